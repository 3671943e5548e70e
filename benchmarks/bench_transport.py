"""Steps of transport: millions of cells times tracers times steps a second, on one core.

72 x 46 x 20 cells, a jet that takes up to two cells of a circle of latitude a step, eddies, rising
and sinking air, mixing of each column. Rounds are interleaved and ratios paired; seconds are those
of the processor. The peer is the same step in plain numpy with a slower jet; its result is compared
with ours first.

The limit is the longer of two times: of the arithmetic, counted in the source, at the speed of a
loop that multiplies and adds eight times what it loads, and of moving all tracers twice in and out
of memory at the speed of a copy. A year is that of the synthetic world, with winds, mixing, plans
and fluxes, but without files: four tracers in an array of eight, 72 x 45 x 20 cells in 2190 steps
and 144 x 90 x 20 in 6570, scaled from some of its days.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks import transport_peer as peer
from benchmarks.services import report
from casa_processes.common.jit import kernel
from casa_processes.simulation.nature import simulated
from casa_processes.simulation.start import start
from casa_processes.simulation.world import FINE, STANDARD, World
from casa_processes.transport.plan import plan
from casa_processes.transport.steps import adjoint_step, step
from casa_processes.transport.types import MassFlux

type Values = NDArray[np.float64]

OPERATIONS = {"monotone": 3 * 17 + 4, "linear": 3 * 9 + 4, "adjoint": 3 * 9 + 4}
"""Of a cell and tracer in a step: three sweeps and the exchange of columns."""

LEAST, MOST_ADJOINT, MOST_YEAR = 250.0, 1.2, 12.0
WORLDS = {"5x4": (STANDARD, 60), "2.5x2": (FINE, 5)}
"""Grids of the synthetic world, and days that are measured."""


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--share", type=float, default=1.0, help="of the days of the worlds")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    rows = [row for tracers in (32, 8) for row in measured(tracers, given.rounds)]
    content = {
        "benchmark": "Transport of tracers, one thread, millions of cells x tracers x steps/s",
        "agreement": compared(),
        "rows": [*rows, preparing(given.rounds), *(year(grid, given.share) for grid in WORLDS)],
    }
    return report.write("transport", content, given.results)


def blowing(jet: float, rows: int = 46) -> MassFlux:
    """Return a forcing with a jet of up to `jet` cells a step."""
    rng = np.random.default_rng(0)
    shape = (20, rows, 72)
    east = jet * np.cos(np.linspace(-1.5, 1.5, rows))[:, None] * np.sin(
        np.linspace(0.0, 3.0, 20)
    ).reshape(-1, 1, 1) + rng.uniform(-0.1, 0.1, shape)
    north, up = rng.uniform(-0.1, 0.1, (20, rows + 1, 72)), rng.uniform(-0.1, 0.1, (21, rows, 72))
    north[:, [0, -1]] = 0.0
    up[[0, -1]] = 0.0
    return MassFlux(np.ones(shape), east, north, up, rng.uniform(0.0, 1.0, (19, rows, 72)))


def compared() -> dict[str, float]:
    """Return the largest differences from the peer."""
    forcing = blowing(0.8)
    q = np.random.default_rng(1).uniform(size=(*forcing.shape, 8))
    found = {}
    for mode in ("monotone", "linear"):
        ours = step(q.copy(), plan(forcing), mode)
        exact = peer.step(q, forcing, mode == "monotone")
        found[mode] = float(np.abs(ours - exact).max())
    return found


def measured(tracers: int, rounds: int) -> list[dict[str, Any]]:
    """Return rates of ours, and ratios of the peer's times and of the adjoint to them."""
    course, slow = plan(blowing(2.0)), blowing(0.8)
    q = np.random.default_rng(1).uniform(size=(*course.shape, tracers))
    runs: dict[str, Callable[[], object]] = {
        "monotone": lambda: step(q, course, "monotone"),
        "linear": lambda: step(q, course, "linear"),
        "adjoint": lambda: adjoint_step(q, course),
        "peer": lambda: peer.step(q, slow, True),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        q[:] = 1.0
        for name, run in runs.items():
            if name != "peer" or turn < 4:
                taken = seconds(run)
                if turn:
                    times[name].append(taken)
    limits = _limits(tracers)
    rows: list[dict[str, Any]] = []
    for name in OPERATIONS:
        here = median(times[name])
        row: dict[str, Any] = {
            "what": f"{name}, {tracers} tracers",
            "million_steps": round(q.size / here / 1e6, 1),
            "part_of_limit": round(limits[name] * q.size / here, 3),
        }
        if name == "monotone":
            row["numpy_over_ours"] = report.spread(
                [b / a for a, b in zip(times[name], times["peer"], strict=False)]
            )
        if name == "adjoint":
            forward = [a / b for a, b in zip(times[name], times["linear"], strict=True)]
            row["over_forward"] = report.spread(forward)
        rows.append(row | _goal(name, tracers, row))
    return rows


def _goal(name: str, tracers: int, row: dict[str, Any]) -> dict[str, Any]:
    if tracers == 32 and name == "monotone":
        return {"goal": f">= {LEAST:g}", "reached": row["million_steps"] >= LEAST}
    if tracers == 32 and name == "adjoint":
        reached = row["over_forward"]["median"] <= MOST_ADJOINT
        return {"goal": f"<= {MOST_ADJOINT:g} x forward", "reached": reached}
    return {}


def preparing(rounds: int) -> dict[str, Any]:
    """Return the time of a plan, in new memory and in that of an old plan."""
    forcing = blowing(2.0)
    old = plan(forcing)
    times: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        times[0].append(seconds(lambda: plan(forcing)))
        times[1].append(seconds(lambda: plan(forcing, room=old)))
    new, again = (round(median(each) * 1e3, 2) for each in times)
    return {"what": "plan of a forcing", "milliseconds": new, "in_old_memory": again}


def year(grid: str, share: float) -> dict[str, Any]:
    """Return the time of a year of the synthetic world, from some of its days."""
    resolution, most = WORLDS[grid]
    here, days = World(resolution), max(1, round(share * most))
    begun = start(here, 2023)

    def run(count: int) -> None:
        for _ in simulated(here, begun, begun.date + np.timedelta64(count, "D")):
            pass

    run(1)
    taken = seconds(lambda: run(days)) / days * 365.0
    row = {"what": f"a year of the synthetic world, {grid}", "days": days, "cpu_s": round(taken, 2)}
    goal = {"goal": f"<= {MOST_YEAR:g} s", "reached": taken <= MOST_YEAR}
    return row | (goal if grid == "5x4" else {})


def seconds(run: Callable[[], object]) -> float:
    """Return the time of the processor that a run takes [s]."""
    start = time.process_time()
    run()
    return time.process_time() - start


@kernel
def _multiply_add(a: Values, b: Values, times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            x, y = a[i], b[i]
            for _ in range(8):
                x = x * y + y
            a[i] = x


def _limits(tracers: int) -> dict[str, float]:
    """Return the shortest possible times of a cell and tracer [s]."""
    a, b = np.ones(512), np.full(512, 0.5)
    _multiply_add(a, b, 1)
    rate = 16 * a.size * 8000 / min(seconds(lambda: _multiply_add(a, b, 8000)) for _ in range(9))
    source = np.ones((20, 46, 72, tracers))
    target = np.empty_like(source)
    moved = 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(9))
    return {name: max(count / rate, 32.0 / moved) for name, count in OPERATIONS.items()}


if __name__ == "__main__":
    print(main().read_text())
