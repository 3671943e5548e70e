"""Fits of fluorescence: soundings a second, beside numpy's least squares, BLAS and the memory.

72 channels, 6 functions and a noise of its own for each channel; spectra, peers and kernels are
the same for all. One thread, time of the processor; rounds are interleaved and ratios paired.
`numpy.linalg.lstsq` fits one sounding after the other, the batched one solves all normal equations
of a part at once. The limit of the fast path is the speed at which one core reads the same array
of float32 from memory to sum it up in whole registers; numpy's own sum and the product of BLAS with
one vector stand beside it. With the misfit of each sounding the fast path takes longer.
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
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.services import report
from benchmarks.sif_spectra import WIDE, WINDOW, spectra
from casa_processes.common.jit import summing_kernel
from casa_processes.sif_retrieval.functional.kernel import functional
from casa_processes.sif_retrieval.model import Block, Training, WindowResult, fit, train
from casa_processes.sif_retrieval.model.design import Design
from casa_processes.sif_retrieval.model.fitting import least_squares
from casa_processes.sif_retrieval.model.functionals import stacked

type Values = NDArray[np.float64]
type Trainings = tuple[Training | None, ...]

WEIGHTED, SHARE = 0.85e6, 0.8
"""Goals: soundings a second and core, and part of the speed of memory."""


def main(arguments: Sequence[str] | None = None) -> Path:
    """Run the benchmark; returns the file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soundings", type=int, default=200_000)
    parser.add_argument("--peer-soundings", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    rows = []
    for name, window, channels in (("757 nm", WINDOW, 72), ("743-758 nm", WIDE, 120)):
        bare, _ = spectra(4000, 1, channels, window)
        training = train(*bare, window)
        (seen, _), true = spectra(given.soundings, 2, channels, window, green=True)
        few = slice(given.peer_soundings)
        part = Block(seen.radiance[few], seen.noise[few], seen.wavelength, seen.footprint[few])
        rows.append(weighted(name, seen, part, training, given.rounds))
        rows.append(fast(name, seen, training, given.rounds))
        for method in ("weighted", "functional"):
            found = fit(seen, training, window, "weighted" if method == "weighted" else method)
            rows.append({"what": f"{name}: closed loop, {method}", **loop(true, found)})
    content = {"benchmark": "Fits of fluorescence, closed loop and speed, one thread", "rows": rows}
    return report.write("sif", content, given.results)


def seconds(run: Callable[[], object]) -> float:
    """Return the time of the processor that a run takes [s]."""
    start = time.process_time()
    run()
    return time.process_time() - start


def weighted(
    name: str, seen: Block, part: Block, training: Trainings, rounds: int
) -> dict[str, Any]:
    """Time weighted fits and those of numpy; returns one row of results."""
    (one,) = training
    assert one is not None
    functions, ends = Design(one.design, one.scale), (one.first, one.last)
    rows = np.arange(len(seen))
    ours = least_squares(seen, rows, ends, WINDOW, functions)[0][0]
    exact, batch = singly(part, functions), together(part, functions)
    spent: dict[str, list[float]] = {"ours": [], "single": [], "batch": []}
    for _ in range(rounds):
        spent["ours"].append(
            seconds(lambda: least_squares(seen, rows, ends, WINDOW, functions)) / len(seen)
        )
        spent["single"].append(seconds(lambda: singly(part, functions)) / len(part))
        spent["batch"].append(seconds(lambda: together(part, functions)) / len(part))
    rate = 1.0 / median(spent["ours"])
    return {
        "what": f"{name}: weighted, {one.used.size} channels, {len(one.design)} functions",
        "per_second": float(f"{rate:.3g}"),
        "lstsq_over_ours": paired(spent["single"], spent["ours"]),
        "batched_over_ours": paired(spent["batch"], spent["ours"]),
        "largest_difference": float(f"{np.abs(ours[: len(part)] - exact).max():.1e}"),
        "largest_of_batched": float(f"{np.abs(ours[: len(part)] - batch).max():.1e}"),
        "goal": f">= {WEIGHTED / 1e6:g} million/s",
        "reached": rate >= WEIGHTED,
    }


def fast(name: str, seen: Block, training: Trainings, rounds: int) -> dict[str, Any]:
    """Time the product of each spectrum with its functional, and the memory; returns one row."""
    (one,) = training
    assert one is not None
    stack, count = stacked(training), len(seen)
    full, radiance = np.array([np.inf], np.float32), np.asarray(seen.radiance, np.float32)
    found, outcome = np.empty((3, count), np.float32), np.empty(count, np.int8)

    def ours() -> None:
        functional(
            radiance, seen.footprint, stack.channels, full, stack.weights, stack.moments,
            found, outcome,
        )  # fmt: skip

    vector, numbers = one.functional[0].astype(np.float32), radiance.reshape(-1)
    runs: dict[str, Callable[[], object]] = {
        "ours": ours,
        "read": lambda: read(numbers),
        "numpy": radiance.sum,
        "blas": lambda: radiance @ vector,
        "whole": lambda: fit(seen, training, WINDOW if name == "757 nm" else WIDE),
    }
    spent: dict[str, list[float]] = {each: [] for each in runs}
    for run in runs.values():
        run()
    for _ in range(rounds):
        for each, run in runs.items():
            spent[each].append(seconds(run))
    share = [read / mine for read, mine in zip(spent["read"], spent["ours"], strict=True)]
    return {
        "what": f"{name}: functional, {one.used.size} channels",
        "per_second": float(f"{count / median(spent['ours']):.3g}"),
        "gigabytes_per_second": round(radiance.nbytes / median(spent["ours"]) / 1e9, 1),
        "share_of_bandwidth": report.spread(share),
        "numpy_sum_over_ours": paired(spent["numpy"], spent["ours"]),
        "blas_over_ours": paired(spent["blas"], spent["ours"]),
        "with_misfit_per_second": float(f"{count / median(spent['whole']):.3g}"),
        "goal": f">= {SHARE:.0%} of the memory's speed",
        "reached": median(share) >= SHARE,
    }


@summing_kernel
def read(numbers: NDArray[np.float32]) -> np.float32:
    """Sum an array in whole registers: as fast as it can be read."""
    total = np.float32(0.0)
    for place in range(numbers.size):
        total += numbers[place]
    return total


def paired(other: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """Return the spread of how many times as long the other takes."""
    return report.spread([a / b for a, b in zip(other, ours, strict=True)])


def singly(part: Block, known: Design) -> Values:
    """Fit one sounding after the other by numpy."""
    found = np.empty(len(part))
    for row in range(len(part)):
        root = 1.0 / part.noise[row].astype(np.float64)
        parts = np.linalg.lstsq((known.functions * root).T, part.radiance[row] * root, rcond=None)
        found[row] = parts[0][-1]
    return found / known.scale


def together(part: Block, known: Design) -> Values:
    """Fit soundings by numpy, all at once."""
    weight = part.noise.astype(np.float64) ** -2.0
    functions = known.functions
    matrix = np.einsum("sc,ic,jc->sij", weight, functions, functions, optimize=True)
    vector = (weight * part.radiance) @ functions.T
    found: Values = np.linalg.solve(matrix, vector[..., None])[:, -1, 0] / known.scale
    return found


def loop(true: Values, found: WindowResult) -> dict[str, Any]:
    """Compare with what is true."""
    away = found.sif - true
    return {
        "bias": float(f"{away.mean():.2g}"),
        "scatter": float(f"{away.std():.3g}"),
        "scatter_over_sigma": float(f"{np.std(away / found.sif_uncertainty):.3g}"),
        "slope": round(float(np.polyfit(true, found.sif, 1)[0]), 4),
        "misfit": round(float(found.chi_squared.mean()), 3),
    }


if __name__ == "__main__":
    print(main().read_text())
