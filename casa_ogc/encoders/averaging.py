"""Means of the cells that pixels show: rows of cells are summed, then columns of the sums."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.encoders.spans import Spans

_LARGEST = np.finfo(np.float32).max

type Field = NDArray[np.float32]


@njit(nogil=True, cache=True, error_model="numpy")
def sum_rows(values: Field, rows: Spans, entries: tuple[int, int], west: int, sums: Field) -> None:
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
def column_means(sums: Field, columns: Spans, single: bool, west: int, means: Field) -> None:
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
