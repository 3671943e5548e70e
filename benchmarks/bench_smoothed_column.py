"""Smoothed columns: our kernel against numpy's einsum and a copy of the same bytes, one thread.

Prints one JSON object. The four arrays (weight, kernel, prior, profile; float64, 51 levels) do not
fit into any cache; rounds are interleaved and the median of their ratios is given.

Measured on one core of an AMD EPYC, three runs: 13.2 to 13.7 million soundings per second, 21.6 to
22.4 GB/s read, which is 0.85 to 0.86 of a copy's bandwidth (bytes read and written), and 2.1 to 2.2
times as fast as einsum.
"""

import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from casa_processes.smoothed_column import checks, model

SOUNDINGS, LEVELS, ROUNDS = 200_000, 51, 15


def seconds(run: Callable[[], object]) -> float:
    """Time of one run [s]."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure() -> dict[str, float]:
    """Return throughput and paired ratios."""
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.5, 1.5, (SOUNDINGS, LEVELS))
    weight /= weight.sum(axis=1, keepdims=True)
    kernel = rng.uniform(0.5, 1.5, weight.shape)
    prior, profile = rng.uniform(380.0, 420.0, (2, *weight.shape))
    retrievals = checks.Retrievals(weight, kernel, prior)
    target = np.empty_like(weight)
    runs: dict[str, Callable[[], object]] = {
        "kernel": lambda: model.smoothed_columns(retrievals, profile),
        "einsum": lambda: np.einsum("nl,nl->n", weight, prior + kernel * (profile - prior)),
        "copy": lambda: np.copyto(target, weight),
    }
    assert np.allclose(runs["kernel"](), runs["einsum"](), rtol=1e-12)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            times[name].append(seconds(run))
    read = 4 * weight.nbytes
    bandwidth = [read / mine / (2 * weight.nbytes / copy) for mine, copy in _pairs(times, "copy")]
    return {
        "soundings_per_second": SOUNDINGS / statistics.median(times["kernel"]),
        "gigabytes_per_second": read / statistics.median(times["kernel"]) / 1e9,
        "part_of_copy_bandwidth": statistics.median(bandwidth),
        "times_faster_than_einsum": statistics.median(
            other / mine for mine, other in _pairs(times, "einsum")
        ),
    }


def _pairs(times: dict[str, list[float]], other: str) -> list[tuple[float, float]]:
    return list(zip(times["kernel"], times[other], strict=True))


if __name__ == "__main__":
    print(json.dumps({name: round(value, 3) for name, value in measure().items()}))
