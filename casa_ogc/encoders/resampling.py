"""Cells to coloured pixels, in one pass over memory."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.colour import Scale, colour_table
from casa_ogc.encoders.frame import Frame, cells_at

_CROWDED = 1.5
_CLEAR = 256

type Ramp = tuple[np.float32, np.float32]
"""Value of the first colour, and colours per unit."""


def draw_cells(
    values: NDArray[Any], y: Axis, x: Axis, frame: Frame, scale: Scale
) -> NDArray[np.uint8]:
    """Draw the cells of a field.

    A pixel has the colour of the cell at its centre. Where cells are smaller than pixels, it has
    the colour of the mean, weighted by area, of all cells whose centres are in it.

    Parameters
    ----------
    values
        Shape (y, x); NaN is missing and stays transparent.

    Returns
    -------
    RGBA, shape (height, width, 4); the first row is the north whatever the order of the axis.
    """
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    table = np.zeros(_CLEAR + 1, dtype=np.uint32)
    table[:_CLEAR] = np.ascontiguousarray(colour_table(scale.colour_map)).view(np.uint32).ravel()
    ramp = np.float32(scale.low), np.float32(256.0 / (scale.high - scale.low))
    rows = cells_at(y, frame.latitudes())
    columns = cells_at(x, frame.longitudes(), period=360.0)
    pixels = np.empty((frame.height, frame.width), dtype=np.uint32)
    _nearest(numbers, rows, _slots(columns, x.size), table, ramp, pixels)
    down, along = frame.rows(y.values), frame.columns(np.asarray(x.values, dtype=np.float64))
    if _crowded(down, frame.height) or _crowded(along, frame.width):
        weights = np.cos(np.radians(y.values)).clip(1e-3).astype(np.float32)
        _mean(numbers, down, _slots(along, frame.width), weights, table, ramp, pixels)
    return pixels.view(np.uint8).reshape(frame.height, frame.width, 4)


def _slots(index: NDArray[np.int32], beyond: int) -> NDArray[np.uint32]:
    """Return indices of which -1 points to one slot beyond the last."""
    return np.where(index < 0, beyond, index).astype(np.uint32)


def _crowded(places: NDArray[np.int32], pixels: int) -> bool:
    """Tell whether clearly more cells than pixels have their centres in the window."""
    return int(np.count_nonzero(places >= 0)) > _CROWDED * pixels


@njit(nogil=True, cache=True, error_model="numpy")
def _steps(values: NDArray[np.float32], ramp: Ramp, steps: NDArray[np.uint32]) -> None:
    """Turn values into steps of the colour table; NaN becomes the clear one after the last."""
    low, factor = ramp
    for i in range(values.size):
        step = (values[i] - low) * factor
        bounded = min(max(step, np.float32(0)), np.float32(255))
        steps[i] = np.uint32(np.int32(bounded)) if step == step else np.uint32(_CLEAR)


@njit(nogil=True, cache=True, error_model="numpy")
def _nearest(
    values: NDArray[np.float32],
    rows: NDArray[np.int32],
    columns: NDArray[np.uint32],
    table: NDArray[np.uint32],
    ramp: Ramp,
    pixels: NDArray[np.uint32],
) -> None:
    """Colour each pixel by the cell (row, column) at its centre.

    Row -1 and the column after the last are clear. Rows of pixels on one row of cells are copies.
    """
    cells = values.shape[1]
    steps = np.full(cells + 1, _CLEAR, dtype=np.uint32)
    for i in range(rows.size):
        if rows[i] < 0:
            pixels[i] = 0
        elif i > 0 and rows[i] == rows[i - 1]:
            pixels[i] = pixels[i - 1]
        else:
            _steps(values[rows[i]], ramp, steps[:cells])
            for j in range(columns.size):
                pixels[i, j] = table[steps[columns[j]]]


@njit(nogil=True, cache=True, error_model="numpy")
def _mean(
    values: NDArray[np.float32],
    rows: NDArray[np.int32],
    columns: NDArray[np.uint32],
    weights: NDArray[np.float32],
    table: NDArray[np.uint32],
    ramp: Ramp,
    pixels: NDArray[np.uint32],
) -> None:
    """Colour each pixel that holds centres of cells by their mean; others keep their colour.

    `rows` and `columns` are the pixels of the cells' centres; -1 and the column after the last are
    outside. The cells of one row of pixels are neighbours: they are summed down the columns first.
    """
    width = pixels.shape[1]
    held = np.zeros(width + 1, dtype=np.bool_)
    for place in columns:
        held[place] = True
    sums = np.zeros((2, columns.size), dtype=np.float32)
    steps = np.empty(width, dtype=np.uint32)
    for r in range(rows.size):
        if rows[r] < 0:
            continue
        _add(values[r], weights[r], sums[0], sums[1])
        if r + 1 == rows.size or rows[r + 1] != rows[r]:
            _steps(_means(sums, columns, width), ramp, steps)
            for j in range(width):
                if held[j]:
                    pixels[rows[r], j] = table[steps[j]]
            sums[:] = 0


@njit(nogil=True, cache=True, error_model="numpy")
def _add(
    values: NDArray[np.float32],
    weight: np.float32,
    sums: NDArray[np.float32],
    shares: NDArray[np.float32],
) -> None:
    """Add one row of cells to the sums of their columns; NaN has no share."""
    for c in range(values.size):
        known = values[c] == values[c]
        sums[c] += weight * values[c] if known else np.float32(0)
        shares[c] += weight if known else np.float32(0)


@njit(nogil=True, cache=True, error_model="numpy")
def _means(
    sums: NDArray[np.float32], columns: NDArray[np.uint32], width: int
) -> NDArray[np.float32]:
    """Join the columns of cells that lie in one column of pixels; NaN where nothing is known."""
    totals = np.zeros((2, width + 1), dtype=np.float32)
    total = share = np.float32(0)
    for c in range(columns.size):
        total += sums[0, c]
        share += sums[1, c]
        if c + 1 == columns.size or columns[c + 1] != columns[c]:
            totals[0, columns[c]] += total
            totals[1, columns[c]] += share
            total = share = np.float32(0)
    return totals[0, :width] / totals[1, :width]
