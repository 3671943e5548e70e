"""Kernels of the renderer: cells are averaged where pixels are large, and coloured.

They stand in one file, since a compiled kernel is renewed when its own file changes.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.encoders.spans import Spans

CLEAR = 256
"""Place in the table of colours of what is missing, the one after the last colour."""
_LARGEST = np.finfo(np.float32).max
_PART = 512

type Field = NDArray[np.float32]
type Colours = NDArray[np.uint32]
type Ramp = tuple[np.float32, np.float32]
"""Value of the first colour, and colours per unit."""


@njit(nogil=True, cache=True, error_model="numpy")
def _steps(values: Field, ramp: Ramp, steps: Colours) -> None:
    """Turn values into steps of the colour table; NaN becomes the clear one after the last."""
    low, factor = ramp
    for i in range(values.size):
        step = (values[i] - low) * factor
        bounded = min(max(step, np.float32(0)), np.float32(255))
        steps[i] = np.uint32(np.int32(bounded)) if step == step else np.uint32(CLEAR)


@njit(nogil=True, cache=True, error_model="numpy")
def paint_cells(
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
                _sum_rows(values, rows, (start, stop), west, sums)
                _column_means(sums, columns, slots.size > 0, west, means)
                line = means
            if own or slots.size == 0:
                shade(line[slots[0] if own else 0 :], ramp, table, pixels[i])
            else:
                shade(line, ramp, table, shades[: line.size])
                _look_up(slots, shades, pixels[i])


@njit(nogil=True, cache=True, error_model="numpy")
def shade(values: Field, ramp: Ramp, table: Colours, colours: Colours) -> None:
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
def _slots(columns: Spans, west: int, east: int) -> Colours:
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
def _ascending(slots: Colours) -> bool:
    """Tell whether there are slots, and each is the one after that before."""
    for j in range(1, slots.size):
        if slots[j] != slots[j - 1] + 1:
            return False
    return slots.size > 0


@njit(nogil=True, cache=True, error_model="numpy")
def _look_up(places: Colours, table: Colours, found: Colours) -> None:
    """Fill `found` with what stands in `table` at `places`."""
    for j in range(found.size):
        found[j] = table[places[j]]


@njit(nogil=True, cache=True, error_model="numpy")
def _fill(pixels: Colours) -> None:
    """Clear a row of pixels."""
    for j in range(pixels.size):
        pixels[j] = 0


@njit(nogil=True, cache=True, error_model="numpy")
def _copy(source: Colours, target: Colours) -> None:
    """Copy a row of pixels."""
    for j in range(source.size):
        target[j] = source[j]


@njit(nogil=True, cache=True, error_model="numpy")
def _repeated(rows: Spans, i: int) -> bool:
    """Tell whether a row of pixels shows just the one row of cells that the row above shows."""
    before, first, stop = rows.starts[i - 1], rows.starts[i], rows.starts[i + 1]
    single: bool = first - before == 1 == stop - first
    return single and bool(rows.cells[first] == rows.cells[before])


@njit(nogil=True, cache=True, error_model="numpy")
def _sum_rows(values: Field, rows: Spans, entries: tuple[int, int], west: int, sums: Field) -> None:
    """Sum the rows of cells of one row of pixels, and the weights of what is known.

    Five or three rows are added at once: the sums are then read and written less often.
    """
    start, stop = entries
    seen = slice(west, west + sums.shape[1])
    for k in range(start, stop, 5):
        if stop - k > 3:
            _add_five(values, rows, (k, stop), seen, k > start, sums)
        else:
            _add_three(values, rows, (k, stop), seen, k > start, sums)


@njit(nogil=True, cache=True, error_model="numpy")
def _add_three(
    values: Field, rows: Spans, entries: tuple[int, int], seen: slice, more: bool, sums: Field
) -> None:
    """Make up to three rows of cells the sums of their columns, or add them when there are more."""
    k, stop = entries
    (a, p), (b, q) = _row(values, rows, k, stop, seen), _row(values, rows, k + 1, stop, seen)
    c, r = _row(values, rows, k + 2, stop, seen)
    line, shares, none = sums[0], sums[1], np.float32(0)
    for n in range(line.size):
        total = (_part(a[n], p) + _part(b[n], q)) + _part(c[n], r)
        share = (_known(a[n], p) + _known(b[n], q)) + _known(c[n], r)
        line[n] = total + (line[n] if more else none)
        shares[n] = share + (shares[n] if more else none)


@njit(nogil=True, cache=True, error_model="numpy")
def _add_five(
    values: Field, rows: Spans, entries: tuple[int, int], seen: slice, more: bool, sums: Field
) -> None:
    """Make up to five rows of cells the sums of their columns, or add them when there are more."""
    k, stop = entries
    (a, p), (b, q) = _row(values, rows, k, stop, seen), _row(values, rows, k + 1, stop, seen)
    (c, r), (d, s) = _row(values, rows, k + 2, stop, seen), _row(values, rows, k + 3, stop, seen)
    e, t = _row(values, rows, k + 4, stop, seen)
    line, shares, none = sums[0], sums[1], np.float32(0)
    for n in range(line.size):
        total = (_part(a[n], p) + _part(b[n], q)) + (_part(c[n], r) + _part(d[n], s))
        share = (_known(a[n], p) + _known(b[n], q)) + (_known(c[n], r) + _known(d[n], s))
        line[n] = total + _part(e[n], t) + (line[n] if more else none)
        shares[n] = share + _known(e[n], t) + (shares[n] if more else none)


@njit(nogil=True, cache=True, error_model="numpy")
def _row(values: Field, rows: Spans, k: int, stop: int, seen: slice) -> tuple[Field, np.float32]:
    """Return the row of cells of an entry and its weight; beyond the last, that one with none."""
    if k < stop:
        return values[rows.cells[k]][seen], rows.weights[k]
    return values[rows.cells[stop - 1]][seen], np.float32(0)


@njit(nogil=True, cache=True, error_model="numpy")
def _part(value: np.float32, weight: np.float32) -> np.float32:
    """Return what a value adds to a sum; one that is not finite adds nothing."""
    return weight * value if abs(value) <= _LARGEST else np.float32(0)


@njit(nogil=True, cache=True, error_model="numpy")
def _known(value: np.float32, weight: np.float32) -> np.float32:
    """Return the weight of a value; one that is not finite has none."""
    return weight if abs(value) <= _LARGEST else np.float32(0)


@njit(nogil=True, cache=True, error_model="numpy")
def _column_means(sums: Field, columns: Spans, single: bool, west: int, means: Field) -> None:
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
