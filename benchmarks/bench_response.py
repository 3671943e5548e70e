"""Line shapes of three bands: our prepared sums, SciPy's sparse product, and a core's limit.

27 rows (a radiance and its derivatives) on grids of 0.01 cm-1, three bands of 1016 channels, tables
of 200 samples cut where NASA cuts those of OCO-2, one thread. Rounds are interleaved and ratios
paired; the least of a round's repetitions counts. The limit is one product of large matrices in
single precision with as many multiplications as the weights that are not zero need.

Answers are compared first.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.services import report
from casa_processes.instruments.kernel import BLOCK
from casa_processes.instruments.response import Response, response
from casa_processes.instruments.shapes import tabulated
from casa_processes.spectroscopy.cross_sections import Grid

type Single = NDArray[np.float32]

ROWS, CHANNELS, SAMPLES = 27, 1016, 200
BANDS = ((12950.0, 13190.0, 4.09e-4, 0.72), (6166.0, 6286.0, 1.08e-3, 0.31),
         (4810.0, 4897.0, 1.40e-3, 0.23))  # fmt: skip
"""Windows [cm-1], where tables are cut [um] and widths [cm-1]."""
LEAST, LEAST_PART = 2.0, 0.3
"""Goals: how many times as long the sparse product takes, and our part of the limit."""


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    prepared = [band(*each) for each in BANDS]
    rng = np.random.default_rng(1)
    rows = [rng.random((ROWS, each.grid.size), np.float32) for each in prepared]
    sparse = [matrix(each) for each in prepared]
    for each, lights, weights in zip(prepared, rows, sparse, strict=True):
        assert np.abs(each.apply(lights) - (weights @ lights.T).T).max() < 1e-5
    runs = {
        "ours": lambda: [p.apply(r) for p, r in zip(prepared, rows, strict=True)],
        "sparse": lambda: [w @ r.T for w, r in zip(sparse, rows, strict=True)],
        "limit": product(sum(each.nnz for each in sparse) * ROWS),
        "prepare": lambda: [band(*each) for each in BANDS],
    }
    content = {
        "benchmark": f"Line shapes: {ROWS} rows, 3 x {CHANNELS} channels, "
        f"{sum(each.grid.size for each in prepared)} points, one thread",
        "peers": {"scipy": version("scipy"), "numpy": version("numpy")},
        "rows": [row(spent(runs, given.rounds))],
    }
    return report.write("line-shapes", content, given.results)


def band(low: float, high: float, reach: float, width: float) -> Response:
    """Prepare one band whose every channel has a table of its own."""
    grid = Grid(low - 9.0, 0.01, round((high - low + 18.0) / 0.01) + 1)
    wavelength = np.linspace(1e4 / high, 1e4 / low, CHANNELS)
    offset = np.tile(np.linspace(-reach, reach, SAMPLES), (CHANNELS, 1))
    away = offset / (width * wavelength.mean() ** 2 / 1e4)
    table = np.exp(-4.0 * np.log(2.0) * away**2) + 2e-3 / (1.0 + (2.35 * away) ** 2)
    return response(tabulated("wavelength", wavelength, offset, table), wavelength, grid)


def matrix(prepared: Response) -> csr_array:
    """Return the same weights as a sparse matrix, shape (channel, point)."""
    blocks, _, points = prepared.weight.shape
    column = prepared.start[:, None, None] + np.arange(points)
    column = np.broadcast_to(column, prepared.weight.shape)
    channel = np.arange(blocks * BLOCK).reshape(blocks, BLOCK, 1)
    channel = np.broadcast_to(channel, prepared.weight.shape)
    there = prepared.weight != 0
    shape = (blocks * BLOCK, prepared.grid.size)
    found = csr_array((prepared.weight[there], (channel[there], column[there])), shape=shape)
    return found[:CHANNELS]


def product(multiplications: int) -> Callable[[], Single]:
    """Return a run of one large product of as many multiplications."""
    side = round(multiplications ** (1.0 / 3.0))
    rng = np.random.default_rng(2)
    first, second = (rng.random((side, side), np.float32) for _ in range(2))
    return lambda: first @ second


def spent(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of runs that take turns, of each turn the least of three."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            least = np.inf
            for _ in range(3):
                start = time.perf_counter()
                run()
                least = min(least, time.perf_counter() - start)
            seconds[name].append(least)
    return seconds


def row(seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Return the row of results."""

    def over(name: str) -> dict[str, Any]:
        return report.spread([a / b for a, b in zip(seconds[name], seconds["ours"], strict=True)])

    ratio, share = over("sparse"), over("limit")
    milliseconds = {
        f"{name}_ms": float(f"{np.median(each) * 1e3:.3g}") for name, each in seconds.items()
    }
    return {
        "request": "all channels, against SciPy's sparse product",
        **milliseconds,
        "other_over_ours": ratio,
        "part_of_limit": share,
        "goal": f">= {LEAST:g}x as fast, >= {LEAST_PART:g} of the limit",
        "reached": ratio["median"] >= LEAST and share["median"] >= LEAST_PART,
    }


if __name__ == "__main__":
    print(main().read_text(encoding="utf-8"))
