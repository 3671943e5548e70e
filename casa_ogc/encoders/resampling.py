"""Cells to coloured pixels, in one pass over memory."""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.averaging import column_means, sum_rows
from casa_ogc.encoders.colour import Scale, colour_table
from casa_ogc.encoders.frame import Frame
from casa_ogc.encoders.spans import Spans, column_spans, row_spans
from casa_ogc.encoders.window import Window

_CLEAR = 256
_LARGEST = float(np.finfo(np.float32).max)
_PART = 512

type Field = NDArray[np.float32]
type Colours = NDArray[np.uint32]
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
    pixels = np.empty((rows.starts.size - 1, columns.starts.size - 1, 4), dtype=np.uint8)
    paint_rows(values, (rows, columns), scale, 0, pixels)
    return pixels


def paint_rows(
    values: NDArray[Any],
    seen: tuple[Spans, Spans],
    scale: Scale,
    first: int,
    pixels: NDArray[np.uint8],
) -> None:
    """Colour some rows of pixels.

    Parameters
    ----------
    seen
        The cells that each row and each column of all pixels shows.
    first
        Row of all pixels that is the first one to be coloured.
    pixels
        RGBA, shape (rows, width, 4), C-contiguous; filled.
    """
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    colours = pixels.view(np.uint32)[:, :, 0]
    _paint(numbers, *seen, _table(scale.colour_map), _ramp(scale), first, colours)


def coloured(values: NDArray[Any], scale: Scale) -> NDArray[np.uint8]:
    """Colour single values, any shape; NaN is transparent.  RGBA, shape (..., 4)."""
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    steps = np.empty(numbers.size, dtype=np.uint32)
    _steps(numbers.reshape(-1), _ramp(scale), steps)
    return _table(scale.colour_map)[steps].view(np.uint8).reshape(*numbers.shape, 4)


@lru_cache
def _table(colour_map: str) -> NDArray[np.uint32]:
    """Return the colours of a map as one number each, and a clear one after the last."""
    table = np.zeros(_CLEAR + 1, dtype=np.uint32)
    table[:_CLEAR] = np.ascontiguousarray(colour_table(colour_map)).view(np.uint32).ravel()
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
    table: Colours,
    ramp: Ramp,
    first: int,
    pixels: Colours,
) -> None:
    """Colour each pixel by the mean of its cells. Rows of pixels on the same cells are copies."""
    west, east = _extent(columns.cells)
    slots = _slots(columns, west, east)
    own = _ascending(slots)
    sums = np.empty((2, east - west), dtype=np.float32)
    means = np.empty(east - west if slots.size else pixels.shape[1], dtype=np.float32)
    shades = np.zeros(means.size + 1, dtype=np.uint32)
    for i in range(pixels.shape[0]):
        start, stop = rows.starts[first + i], rows.starts[first + i + 1]
        if start == stop or west == east:
            _fill(pixels[i])
        elif i > 0 and _repeated(rows, first + i):
            _copy(pixels[i - 1], pixels[i])
        else:
            if stop - start == 1 and slots.size:
                line = values[rows.cells[start]][west:east]
            else:
                sum_rows(values, rows, (start, stop), west, sums)
                column_means(sums, columns, slots.size > 0, west, means)
                line = means
            if own or slots.size == 0:
                _shade(line[slots[0] if own else 0 :], ramp, table, pixels[i])
            else:
                _shade(line, ramp, table, shades[: line.size])
                _look_up(slots, shades, pixels[i])


@njit(nogil=True, cache=True, error_model="numpy")
def _shade(values: Field, ramp: Ramp, table: Colours, colours: Colours) -> None:
    """Colour the first values of a row, as many as there are `colours`.

    One part of the row at a time: what the next one needs comes from memory in the meantime.
    """
    steps = np.empty(_PART, dtype=np.uint32)
    for start in range(0, colours.size, _PART):
        part = colours[start : start + _PART]
        _steps(values[start : start + part.size], ramp, steps)
        _look_up(steps, table, part)


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
def _ascending(slots: NDArray[np.uint32]) -> bool:
    """Tell whether there are slots, and each is the one after that before."""
    for j in range(1, slots.size):
        if slots[j] != slots[j - 1] + 1:
            return False
    return slots.size > 0


@njit(nogil=True, cache=True, error_model="numpy")
def _look_up(
    places: NDArray[np.uint32], table: NDArray[np.uint32], found: NDArray[np.uint32]
) -> None:
    """Fill `found` with what stands in `table` at `places`."""
    for j in range(found.size):
        found[j] = table[places[j]]


@njit(nogil=True, cache=True, error_model="numpy")
def _fill(pixels: NDArray[np.uint32]) -> None:
    """Clear a row of pixels."""
    for j in range(pixels.size):
        pixels[j] = 0


@njit(nogil=True, cache=True, error_model="numpy")
def _copy(source: NDArray[np.uint32], target: NDArray[np.uint32]) -> None:
    """Copy a row of pixels."""
    for j in range(source.size):
        target[j] = source[j]


@njit(nogil=True, cache=True, error_model="numpy")
def _repeated(rows: Spans, i: int) -> bool:
    """Tell whether a row of pixels shows just the one row of cells that the row above shows."""
    before, first, stop = rows.starts[i - 1], rows.starts[i], rows.starts[i + 1]
    single: bool = first - before == 1 == stop - first
    return single and bool(rows.cells[first] == rows.cells[before])
