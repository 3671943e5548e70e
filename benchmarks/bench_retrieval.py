"""The retrieval of XCO2: a closed loop, the time of a sounding, and what two processes make of it.

Soundings are simulated with the model that retrieves them: this proves the solver and its speed,
not the physics. States are drawn from the prior, with ln optical depths of their own deviation;
seeds were not tuned on. Time is that of the processor in one thread; the mean counts, as a few
soundings need many steps. Before it is taken, one sounding is retrieved.

The limit of the forward model is what one core needs at least: the longer of moving the rows of the
tables and of the answer at the speed of a copy and of its arithmetic at the speed of a loop that
multiplies and adds in the nearest memory, and then the sums over the responses of the channels
at the speed of one large product of matrices. Operations are counted in the source.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from typing import Any, Literal

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import numpy as np

from benchmarks.retrieval_limit import limit, seconds
from benchmarks.retrieval_scenes import TABLES, drawn, physics
from benchmarks.services import report
from casa_processes.xco2.model import Options, Physics, retrieve
from casa_processes.xco2.model.retrieval import measurement, prepared, search
from casa_processes.xco2.model.scenes import Simulated
from casa_processes.xco2.result import Outcome, Retrieval

type Scattering = Literal["single", "multiple"]

GOALS: dict[Scattering, float] = {"single": 8.0, "multiple": 2.0}
"""Soundings a second and core."""
EFFICIENT = 0.9
SINGLE = Options(scattering="single")
"""Of what is compared by time or steps alone."""
_ENOUGH = (Outcome.CONVERGED, Outcome.CONVERGED_HIGH_CHI2)


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--scenes", type=int, default=24, help="210 for the closed loop of the docs"
    )
    parser.add_argument("--multiple", type=int, default=12, help="scenes with all orders")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--depths", type=float, default=0.7, help="deviation of ln optical depth")
    parser.add_argument("--threshold", type=float, default=0.005)
    parser.add_argument("--rounds", type=int, default=3, help="of two processes; 0 for none")
    parser.add_argument("--steps", type=int, default=0, help="scenes to compare kinds of steps on")
    parser.add_argument("--tables", type=Path, default=TABLES)
    parser.add_argument("--coarse", action="store_true", help="small tables")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    known = physics(given.tables, given.coarse)
    rows: list[dict[str, Any]] = []
    counts: dict[Scattering, int] = {"single": given.scenes, "multiple": given.multiple}
    for scattering, count in counts.items():
        if count:
            options = Options(scattering=scattering, threshold=given.threshold)
            scenes = drawn(known, options, given.seed, given.depths, count)
            rows += [loop(known, options, scenes, given.depths), forward(known, options, scenes[0])]
    if given.steps:
        scenes = drawn(known, SINGLE, given.seed, given.depths, given.steps)
        rows += [steps(known, SINGLE, scenes, bent) for bent in (False, True)]
    if given.rounds:
        rows.append(
            together(partial(physics, given.tables, given.coarse), given.seed, given.rounds)
        )
    content = {
        "benchmark": f"XCO2 retrieval, closed loop, one thread, threshold {given.threshold:g}",
        "seed": given.seed,
        "tables": "coarse" if given.coarse else "fine",
        "rows": rows,
    }
    return report.write("retrieval", content, given.results)


def loop(
    known: Physics, options: Options, scenes: Sequence[Simulated], depths: float
) -> dict[str, Any]:
    """Retrieve scenes that are known; returns one row of results."""
    retrieve(scenes[0].sounding, scenes[0].weather, known, options)
    found, spent = [], []
    for each in scenes:
        start = time.process_time()
        found.append(retrieve(each.sounding, each.weather, known, options))
        spent.append(time.process_time() - start)
    goal, rate = GOALS[options.scattering], 1.0 / mean(spent)
    return {
        "what": f"{options.scattering} scattering, deviation of ln depth {depths:g}",
        "scenes": len(scenes),
        **agreement([each.xco2 for each in scenes], found),
        "cpu_ms": round(mean(spent) * 1e3, 1),
        "cpu_median_ms": round(median(spent) * 1e3, 1),
        "per_second": round(rate, 2),
        "goal": f">= {goal:g} soundings/s",
        "reached": rate >= goal,
    }


def agreement(true: Sequence[float], found: Sequence[Retrieval]) -> dict[str, Any]:
    """Compare columns with the true ones, of soundings that converged."""
    pairs = [(a, b) for a, b in zip(true, found, strict=True) if b.outcome in _ENOUGH]
    evaluations = mean(1 + each.steps + each.rejected for each in found)
    facts: dict[str, Any] = {"converged": len(pairs), "evaluations": round(evaluations, 2)}
    if not pairs:
        return facts
    error = np.array([each.xco2 - column for column, each in pairs])
    sigma = np.array([each.uncertainty for _, each in pairs])
    return facts | {
        "bias_ppm": round(float(error.mean()), 3),
        "bias_error_ppm": round(float(error.std() / np.sqrt(error.size)), 3),
        "scatter_ppm": round(float(error.std()), 3),
        "scatter_over_sigma": round(float(np.sqrt(np.mean((error / sigma) ** 2))), 3),
        "degrees": round(mean(each.dof_co2 for _, each in pairs), 2),
    }


def forward(known: Physics, options: Options, scene: Simulated) -> dict[str, Any]:
    """Time radiances with all derivatives of one state, and the least that they can take."""
    model, _ = prepared(scene.sounding, scene.weather, known, options)
    run: Callable[[], object] = lambda: model(scene.state)  # noqa: E731
    run()
    spent, least = [], []
    for _ in range(9):
        spent.append(seconds(run))
        least.append(limit(model, scene.state))
    return {
        "what": f"{options.scattering} scattering: radiances and derivatives of one state",
        "milliseconds": round(median(spent) * 1e3, 2),
        "limit_ms": round(median(least) * 1e3, 2),
        "part_of_limit": report.spread([a / b for a, b in zip(least, spent, strict=True)]),
    }


def steps(
    known: Physics, options: Options, scenes: Sequence[Simulated], bent: bool
) -> dict[str, Any]:
    """Search with plain or with bent steps; returns one row of results."""
    ended = []
    for each in scenes:
        model, before = prepared(each.sounding, each.weather, known, options)
        ended.append(search(model, before, *measurement(model), bent))
    return {
        "what": f"single scattering, {'bent' if bent else 'plain'} steps",
        "scenes": len(scenes),
        "converged": sum(each.outcome == "converged" for each in ended),
        "evaluations": round(mean(1 + each.accepted + each.rejected for each in ended), 2),
    }


_ROOM: dict[str, Any] = {}


def _ready(load: Callable[[], Physics], seed: int) -> None:
    known = load()
    _ROOM["known"], _ROOM["scenes"] = known, drawn(known, SINGLE, seed, 0.7, 12)
    _work(0)


def _work(_: int) -> float:
    """Retrieve all scenes of this process; returns its time of the processor [s]."""
    start = time.process_time()
    for each in _ROOM["scenes"]:
        retrieve(each.sounding, each.weather, _ROOM["known"], SINGLE)
    return time.process_time() - start


def together(load: Callable[[], Physics], seed: int, rounds: int) -> dict[str, Any]:
    """Let one process, then two at once, retrieve the same number of scenes each.

    Time is that of the processor: what processes cost each other by memory and caches. The clock
    would also tell of other work on the machine.
    """
    with ProcessPoolExecutor(2, get_context("spawn"), _ready, (load, seed)) as pool:
        list(pool.map(_work, range(2)))
        alone, pair = [], []
        for _ in range(rounds):
            alone.append(pool.submit(_work, 0).result())
            pair.append(mean(pool.map(_work, range(2))))
    parts = [a / b for a, b in zip(alone, pair, strict=True)]
    return {
        "what": "two processes at once against one alone, CPU time",
        "one_ms": round(median(alone) * 1e3),
        "efficiency": report.spread(parts),
        "goal": f">= {EFFICIENT:.0%}",
        "reached": median(parts) >= EFFICIENT,
    }


if __name__ == "__main__":
    print(main().read_text())
