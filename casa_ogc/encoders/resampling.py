"""Cells to coloured pixels, in one pass over memory."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.colour import Scale, colour_table
from casa_ogc.encoders.frame import Frame
from casa_ogc.encoders.spans import Spans, column_spans, row_spans
from casa_ogc.encoders.window import Window

_CLEAR = 256
_LARGEST = float(np.finfo(np.float32).max)

type Field = NDArray[np.float32]
type Ramp = tuple[np.float32, np.float32]
"""Value of the first colour, and colours per unit."""


def draw_cells(
    values: NDArray[Any],
    y: Axis,
    x: Axis,
    frame: Frame | Window,
    scale: Scale,
) -> NDArray[np.uint8]:
    """Draw the cells of a field on pixels whose edges are meridians and parallels.

    A pixel that is no larger than the cell at its centre has the colour of that cell. A larger one
    has the colour of the mean of all cells that it overlaps, weighted by the area of the overlap.

    Parameters
    ----------
    values
        Shape (y, x); NaN is missing and stays transparent.
    frame
        Window whose columns of pixels are meridians and whose rows are parallels.

    Returns
    -------
    RGBA, shape (height, width, 4); the first row is the north whatever the order of the axis.
    """
    meridians, parallels = frame.edges()
    return paint(values, row_spans(y, parallels), column_spans(x, meridians), scale)


def paint(values: NDArray[Any], rows: Spans, columns: Spans, scale: Scale) -> NDArray[np.uint8]:
    """Colour the cells that each row and column of pixels shows; RGBA, shape (height, width, 4)."""
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    pixels = np.empty((rows.starts.size - 1, columns.starts.size - 1), dtype=np.uint32)
    _paint(numbers, rows, columns, _table(scale), _ramp(scale), pixels)
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)


def coloured(values: NDArray[Any], scale: Scale) -> NDArray[np.uint8]:
    """Colour single values, any shape; NaN is transparent.  RGBA, shape (..., 4)."""
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    steps = np.empty(numbers.size, dtype=np.uint32)
    _steps(numbers.reshape(-1), _ramp(scale), steps)
    return _table(scale)[steps].view(np.uint8).reshape(*numbers.shape, 4)


def _table(scale: Scale) -> NDArray[np.uint32]:
    """Return the colours of a scale as one number each, and a clear one after the last."""
    table = np.zeros(_CLEAR + 1, dtype=np.uint32)
    table[:_CLEAR] = np.ascontiguousarray(colour_table(scale.colour_map)).view(np.uint32).ravel()
    return table


def _ramp(scale: Scale) -> Ramp:
    """Return the ramp of a scale in single precision, however narrow or far away it is."""
    factor = min(256.0 / (scale.high - scale.low), _LARGEST)
    return np.float32(np.clip(scale.low, -_LARGEST, _LARGEST)), np.float32(factor)


@njit(nogil=True, cache=True, error_model="numpy")
def _steps(values: Field, ramp: Ramp, steps: NDArray[np.uint32]) -> None:
    """Turn values into steps of the colour table; NaN becomes the clear one after the last."""
    low, factor = ramp
    for i in range(values.size):
        step = (values[i] - low) * factor
        bounded = min(max(step, np.float32(0)), np.float32(255))
        steps[i] = np.uint32(np.int32(bounded)) if step == step else np.uint32(_CLEAR)


@njit(nogil=True, cache=True, error_model="numpy")
def _paint(
    values: Field,
    rows: Spans,
    columns: Spans,
    table: NDArray[np.uint32],
    ramp: Ramp,
    pixels: NDArray[np.uint32],
) -> None:
    """Colour each pixel by the mean of its cells. Rows of pixels on the same cells are copies."""
    west, east = _extent(columns.cells)
    sums = np.empty((2, east - west), dtype=np.float32)
    slots = _slots(columns, west, east)
    means = np.empty(east - west if slots.size else pixels.shape[1], dtype=np.float32)
    steps = np.full(means.size + 1, _CLEAR, dtype=np.uint32)
    for i in range(pixels.shape[0]):
        first, stop = rows.starts[i], rows.starts[i + 1]
        if first == stop or west == east:
            pixels[i] = 0
        elif i > 0 and _repeated(rows, i):
            pixels[i] = pixels[i - 1]
        else:
            if stop - first == 1 and slots.size:
                _steps(values[rows.cells[first]][west:east], ramp, steps)
            else:
                _sum_rows(values, rows, i, west, sums)
                _means(sums, columns, slots.size > 0, west, means)
                _steps(means, ramp, steps)
            _colour(steps, slots, table, pixels[i])


@njit(nogil=True, cache=True, error_model="numpy")
def _extent(cells: NDArray[np.int32]) -> tuple[int, int]:
    """Return the first cell and the one after the last; an empty range without any."""
    return (int(cells.min()), int(cells.max()) + 1) if cells.size else (0, 0)


@njit(nogil=True, cache=True, error_model="numpy")
def _slots(columns: Spans, west: int, east: int) -> NDArray[np.uint32]:
    """Return the one cell of each column of pixels, that after the last where there is none.

    Empty when a column of pixels has several cells.
    """
    count = np.diff(columns.starts)
    if count.size == 0 or count.max() > 1:
        return np.empty(0, dtype=np.uint32)
    slots = np.full(count.size, east - west, dtype=np.uint32)
    slots[count == 1] = (columns.cells - west).astype(np.uint32)
    return slots


@njit(nogil=True, cache=True, error_model="numpy")
def _colour(
    steps: NDArray[np.uint32],
    slots: NDArray[np.uint32],
    table: NDArray[np.uint32],
    pixels: NDArray[np.uint32],
) -> None:
    """Colour a row of pixels by the steps of their slots, or by their own without slots."""
    if slots.size:
        for j in range(pixels.size):
            pixels[j] = table[steps[slots[j]]]
    else:
        for j in range(pixels.size):
            pixels[j] = table[steps[j]]


@njit(nogil=True, cache=True, error_model="numpy")
def _repeated(rows: Spans, i: int) -> bool:
    """Tell whether a row of pixels shows just the one row of cells that the row above shows."""
    before, first, stop = rows.starts[i - 1], rows.starts[i], rows.starts[i + 1]
    single: bool = first - before == 1 == stop - first
    return single and bool(rows.cells[first] == rows.cells[before])


@njit(nogil=True, cache=True, error_model="numpy")
def _sum_rows(values: Field, rows: Spans, i: int, west: int, sums: Field) -> None:
    """Sum the rows of cells of one row of pixels, and the weights of what is known.

    Two rows are added at once: the sums are then read and written half as often.
    """
    east = west + sums.shape[1]
    sums[:] = 0
    for k in range(rows.starts[i], rows.starts[i + 1] - 1, 2):
        one, other = values[rows.cells[k]][west:east], values[rows.cells[k + 1]][west:east]
        _add(one, other, rows.weights[k], rows.weights[k + 1], sums[0], sums[1])
    if (rows.starts[i + 1] - rows.starts[i]) % 2:
        last = rows.starts[i + 1] - 1
        row = values[rows.cells[last]][west:east]
        _add(row, row, rows.weights[last], np.float32(0), sums[0], sums[1])


@njit(nogil=True, cache=True, error_model="numpy")
def _add(
    one: Field, other: Field, weight: np.float32, its: np.float32, line: Field, shares: Field
) -> None:
    """Add two rows of cells to the sums of their columns; NaN has no share."""
    none = np.float32(0)
    for c in range(one.size):
        a, b = one[c], other[c]
        line[c] += (weight * a if a == a else none) + (its * b if b == b else none)
        shares[c] += (weight if a == a else none) + (its if b == b else none)


@njit(nogil=True, cache=True, error_model="numpy")
def _means(sums: Field, columns: Spans, single: bool, west: int, means: Field) -> None:
    """Return the means of columns of cells, or of pixels that have several; NaN without any.

    Cells are added in pairs, so that one sum need not wait for the one before.
    """
    line, shares = sums[0], sums[1]
    if single:
        for c in range(means.size):
            means[c] = line[c] / shares[c]
        return
    k, one = np.uint64(0), np.uint64(1)
    for j in range(means.size):
        total = share = np.float32(0)
        stop = np.uint64(columns.starts[j + 1])
        if (stop - k) % np.uint64(2):
            cell, weight = np.uint64(columns.cells[k] - west), columns.weights[k]
            total, share = weight * line[cell], weight * shares[cell]
            k += one
        while k < stop:
            left, right = (
                np.uint64(columns.cells[k] - west),
                np.uint64(columns.cells[k + one] - west),
            )
            a, b = columns.weights[k], columns.weights[k + one]
            total += a * line[left] + b * line[right]
            share += a * shares[left] + b * shares[right]
            k += np.uint64(2)
        means[j] = total / share
