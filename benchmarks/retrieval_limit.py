"""The least time that a core needs for radiances of a sounding with all their derivatives."""

import time
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.xco2.model.forward import Forward
from casa_processes.xco2.model.responses import near
from casa_processes.xco2.model.scattering import directions

type Values = NDArray[np.float64]

OPERATIONS = {"single": (14, 70), "multiple": (14, 560)}
"""Of a gas, and of all else, in a layer at a point."""
_TERM = 3
"""Operations of a term of a direction."""


def seconds(run: Callable[[], object]) -> float:
    """Return the time of the processor that a run takes [s]."""
    start = time.process_time()
    run()
    return time.process_time() - start


def limit(model: Forward, state: Values) -> float:
    """Return the least time of one state [s]; the machine's speeds are measured anew."""
    copied, computed, multiplied = _copies(), _arithmetic(), _products()
    scene = model.scene(state)
    gas, rest = OPERATIONS[model.options.scattering]
    whole = 0.0
    for band in model.windows:
        _, _, along = directions(band, scene.air, scene.change, scene.particles)
        count, gases, layers = along.gas.shape
        points = band.grid.size
        terms = sum(np.count_nonzero(each) for each in along)
        moved = 4 * points * (4 * layers * gases + 2 * (2 + count))
        operations = points * (layers * (gas * gases + rest) + _TERM * terms)
        weights = np.count_nonzero(near(band, band.wavelength, 0.0, 0.0, 0.0).weight)
        whole += max(moved / copied, operations / computed)
        whole += 2 * weights * (2 + count) / multiplied
    return whole


@kernel
def _multiply_add(a: NDArray[np.float32], b: NDArray[np.float32], times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            a[i] = a[i] * b[i] + b[i]


@cache
def _memory() -> tuple[NDArray[np.float32], ...]:
    source = np.ones(16_000_000, np.float32)
    square = np.ones((768, 768), np.float32)
    return (
        source,
        np.empty_like(source),
        square,
        np.ones(256, np.float32),
        np.full(256, 0.5, np.float32),
    )


def _copies() -> float:
    """Return bytes a second, read and written."""
    source, target, *_ = _memory()
    return 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(3))


def _arithmetic() -> float:
    *_, a, b = _memory()
    _multiply_add(a, b, 1)
    return 2 * a.size * 20_000 / min(seconds(lambda: _multiply_add(a, b, 20_000)) for _ in range(3))


def _products() -> float:
    square = _memory()[2]
    count: int = 2 * len(square) ** 3
    return count / min(seconds(lambda: square @ square) for _ in range(3))
