"""Soundings as dots: the mean of all whose dot covers a pixel."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.encoders.window import Window

RADIUS = 2
"""Pixels around the middle of a dot."""

type Field = NDArray[np.float32]


class Placed(NamedTuple):
    """Soundings on a map, from the top down.

    Attributes
    ----------
    columns, rows
        Places in pixels, float64, shape (n,); columns of any turn of the world.
    values
        Float32, shape (n,).
    """

    columns: NDArray[np.float64]
    rows: NDArray[np.float64]
    values: Field


def placed(
    window: Window,
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
    values: NDArray[np.generic],
) -> Placed:
    """Put soundings on a map; those without a value or a place are left out."""
    columns, rows = window.pixels(longitudes, latitudes)
    numbers = values.astype(np.float32)
    known = np.isfinite(columns) & np.isfinite(rows) & np.isfinite(values.astype(np.float64))
    order = np.flatnonzero(known)[np.argsort(rows[known], kind="stable")]
    return Placed(columns[order], rows[order], numbers[order])


def spots(window: Window, seen: Placed, first: int = 0, count: int | None = None) -> Field:
    """Return the mean of the soundings whose dots cover each pixel; NaN without any.

    The order of the soundings does not matter, and neighbouring tiles fit together when each is
    given the soundings within `RADIUS` pixels around it.

    Parameters
    ----------
    first, count
        Rows of pixels to draw; all by default.

    Returns
    -------
    Shape (count, width).
    """
    height = window.height if count is None else count
    near = slice(*seen.rows.searchsorted([first - RADIUS - 1, first + height + RADIUS + 1]))
    size = height + 2 * RADIUS, window.width + 2 * RADIUS
    sums, counts = np.zeros(size, np.float32), np.zeros(size, np.float32)
    _gather(
        seen.columns[near], seen.rows[near] - first, seen.values[near], window.turn, sums, counts
    )
    means = np.empty((height, window.width), np.float32)
    _spread(sums, counts, means)
    return means


@njit(nogil=True, cache=True, error_model="numpy")
def _gather(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    values: Field,
    turn: float,
    sums: Field,
    counts: Field,
) -> None:
    """Add each sounding to the pixel of its centre, on every turn of the world that is seen.

    `sums` and `counts` have a margin of `RADIUS` pixels.
    """
    height, width = sums.shape
    for n in range(values.size):
        row = np.floor(rows[n]) + RADIUS
        if row < 0 or row >= height:
            continue
        column = columns[n] + RADIUS
        if turn > 0:
            column = column % turn
        while 0 <= column < width:
            i, j = np.uint32(row), np.uint32(column)
            sums[i, j] += values[n]
            counts[i, j] += np.float32(1)
            if turn <= 0:
                break
            column += turn


@njit(nogil=True, cache=True, error_model="numpy")
def _spread(sums: Field, counts: Field, means: Field) -> None:
    """Give each pixel the mean of all soundings that lie within a dot around it."""
    totals = np.zeros(means.shape, dtype=np.float32)
    means[:] = 0
    for i in range(sums.shape[0]):
        for j in range(sums.shape[1]):
            if counts[i, j] > 0:
                _stamp(i - RADIUS, j - RADIUS, sums[i, j], means)
                _stamp(i - RADIUS, j - RADIUS, counts[i, j], totals)
    for i in range(means.shape[0]):
        for j in range(means.shape[1]):
            means[i, j] = means[i, j] / totals[i, j]


@njit(nogil=True, cache=True, error_model="numpy")
def _stamp(i: int, j: int, amount: np.float32, field: Field) -> None:
    """Add an amount to the pixels of a dot around (i, j)."""
    for y in range(max(i - RADIUS, 0), min(i + RADIUS + 1, field.shape[0])):
        for x in range(max(j - RADIUS, 0), min(j + RADIUS + 1, field.shape[1])):
            if (y - i) * (y - i) + (x - j) * (x - j) <= RADIUS * RADIUS + 1:
                field[y, x] += amount
