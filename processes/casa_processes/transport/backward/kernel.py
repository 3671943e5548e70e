"""The transpose of a step in linear mode: sensitivities go back to its start.

Arguments are those of the step's kernels.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.exchange.kernel import exchange
from casa_processes.transport.kernel import Lines, gather, scatter
from casa_processes.transport.line.kernel import Width, sweep_back

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]


@kernel
def _close_back(bar: Values, lanes: int, width: Width) -> None:
    """Give what the cells beyond walls received to those they were made of."""
    wide = np.uint64(len(width))
    end = np.uint64(bar.size) - wide
    for t in range(np.uint64(lanes)):
        low, high = bar[t], bar[end + t]
        bar[wide + t] += 2.0 * low
        bar[wide + wide + t] -= low
        bar[end - wide + t] += 2.0 * high
        bar[end - wide - wide + t] -= high


@kernel
def _circle_back(bar: Values, lanes: int, width: Width) -> None:
    """Give what went once round to where it came from."""
    wide = np.uint64(len(width))
    end = np.uint64(bar.size) - wide
    for t in range(np.uint64(lanes)):
        bar[end - wide + t] += bar[t]
        bar[wide + t] += bar[end + t]


@kernel
def _join_back(bar: Values, other: Values, lanes: int, width: Width) -> None:
    """Give what went over the poles to the opposite meridians."""
    wide = np.uint64(len(width))
    end = np.uint64(bar.size) - wide
    for t in range(np.uint64(lanes)):
        bar[wide + t] += other[t]
        other[wide + t] += bar[t]
        bar[end - wide + t] += other[end + t]
        other[end - wide + t] += bar[end + t]


@kernel
def _zonal(
    q: Values, lines: Lines, part: int, base: int, given: Values, bar: Values,
    width: Width,
) -> None:  # fmt: skip
    cells, spans, pieces, mass = lines
    wide, first = np.uint64(len(width)), np.uint64(base)
    lanes = np.uint64(bar.size // (q.shape[1] + 2))
    for j in range(q.shape[0]):
        for i in range(q.shape[1]):
            at = np.uint64(i) * wide
            for t in range(lanes):
                given[at + t] = q[j, i, first + t]
        sweep_back(
            given,
            mass[part, j],
            cells[part, j],
            spans[part, j],
            pieces[part, j],
            bar,
            width,
        )
        _circle_back(bar, bar.size // (q.shape[1] + 2), width)
        for i in range(q.shape[1]):
            at = np.uint64(i + 1) * wide
            for t in range(lanes):
                q[j, i, first + t] = bar[at + t]


@kernel
def _meridian(
    q: Values, column: int, base: int, lines: Lines, part: int, after: Values, mixed: Values,
    given: Values, bar: Values, width: Width,
) -> None:  # fmt: skip
    cells, spans, pieces, mass = lines
    cell, span, piece = cells[part, column], spans[part, column], pieces[part, column]
    gather(q, column, base, given, 0, given.size // (cell.size + 1), width)
    if mixed.size:
        exchange(given, after[part, column], mixed, True, np.empty(cell.size), width)
    sweep_back(given, mass[part, column], cell, span, piece, bar, width)


@kernel
def _meridional(
    q: Values, base: int, lines: Lines, part: int, after: Values, mixed: Values, given: Values,
    bar: Values, other: Values, width: Width,
) -> None:  # fmt: skip
    columns = q.shape[1]
    half = columns // 2 if columns % 2 == 0 else 0
    lanes = bar.size // (q.shape[0] + 2)
    for i in range(half if half else columns):
        _meridian(q, i, base, lines, part, after, mixed, given, bar, width)
        if half:
            _meridian(q, i + half, base, lines, part, after, mixed, given, other, width)
            _join_back(bar, other, lanes, width)
            scatter(other, 1, i + half, base, q, lanes, width)
        else:
            _close_back(bar, lanes, width)
        scatter(bar, 1, i, base, q, lanes, width)


@kernel
def horizontal_back(
    q: Values, first: Places, zonal: Lines, meridional: Lines, after: Values, lateral: Values,
    zonal_first: bool, width: Width,
) -> None:  # fmt: skip
    """Apply the transpose of ``horizontal``, in place."""
    z, y, x, tracers = q.shape
    wide = len(width)
    row, along = np.empty((x + 2) * wide), np.empty((x + 1) * wide)
    line, other = np.empty((y + 2) * wide), np.empty((y + 2) * wide)
    given = np.empty((y + 1) * wide)
    for k in range(z):
        mixed = lateral[k, 1:y] / (first[k + 1] - first[k])
        if not mixed.any():
            mixed = mixed[:0]
        for base in range(0, tracers, wide):
            for p in range(first[k + 1] - 1, first[k] - 1, -1):
                if not zonal_first:
                    _zonal(q[k], zonal, p, base, along, row, width)
                _meridional(q[k], base, meridional, p, after, mixed, given, line, other, width)
                if zonal_first:
                    _zonal(q[k], zonal, p, base, along, row, width)


@kernel
def vertical_back(q: Values, lines: Lines, after: Values, mixing: Values, width: Width) -> None:
    """Apply the transpose of ``vertical``, in place."""
    z, cells, tracers = q.shape
    wide = len(width)
    bar, given, pivot = np.empty((z + 2) * wide), np.empty((z + 1) * wide), np.empty(z)
    lanes = bar.size // (z + 2)
    for i in range(cells):
        for base in range(0, tracers, wide):
            gather(q, i, base, given, 0, lanes, width)
            exchange(given, after[i], mixing[i], True, pivot, width)
            sweep_back(given, lines[3][i], lines[0][i], lines[1][i], lines[2][i], bar, width)
            _close_back(bar, lanes, width)
            scatter(bar, 1, i, base, q, lanes, width)
