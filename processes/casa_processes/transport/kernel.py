"""A step of transport: lines of all three directions, tracers innermost and some at a time.

Horizontal moves of a layer may be cut into parts, which lie one after the other in arrays of shape
(part, ...); `first` says which are of a layer. What is known of lines comes as a tuple `lines` of
departures (cells, spans, pieces) and the air before, whose last dimension goes along the lines.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.exchange.kernel import exchange
from casa_processes.transport.line.kernel import Width, sweep

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]
type Lines = tuple[Places, Places, Values, Values]


@kernel
def gather(
    q: Values, column: int, base: int, line: Values, start: int, lanes: int, width: Width
) -> None:
    """Copy some tracers of a column of (row, column, tracer) into a line, from cell `start` on."""
    wide, first = np.uint64(len(width)), np.uint64(base)
    for j in range(q.shape[0]):
        at = np.uint64(j + start) * wide
        for t in range(np.uint64(lanes)):
            line[at + t] = q[j, column, first + t]


@kernel
def scatter(
    line: Values, start: int, column: int, base: int, q: Values, lanes: int, width: Width
) -> None:
    """Copy a line back, from its cell `start` on."""
    wide, first = np.uint64(len(width)), np.uint64(base)
    for j in range(q.shape[0]):
        at = np.uint64(j + start) * wide
        for t in range(np.uint64(lanes)):
            q[j, column, first + t] = line[at + t]


@kernel
def close(line: Values, limited: bool, lanes: int, width: Width) -> None:
    """Fill the cells at both ends of a line between walls.

    With limited slopes there is none at a wall; without, that of the neighbour goes on.
    """
    wide = np.uint64(len(width))
    end = np.uint64(line.size) - wide
    for t in range(np.uint64(lanes)):
        low, high = line[wide + t], line[end - wide + t]
        line[t] = low if limited else 2.0 * low - line[wide + wide + t]
        line[end + t] = high if limited else 2.0 * high - line[end - wide - wide + t]


@kernel
def circle(line: Values, lanes: int, width: Width) -> None:
    """Let a line go on into itself at both ends."""
    wide = np.uint64(len(width))
    end = np.uint64(line.size) - wide
    for t in range(np.uint64(lanes)):
        line[t], line[end + t] = line[end - wide + t], line[wide + t]


@kernel
def join(line: Values, other: Values, lanes: int, width: Width) -> None:
    """Let two lines go on into each other at both ends, as meridians do over the poles."""
    wide = np.uint64(len(width))
    end = np.uint64(line.size) - wide
    for t in range(np.uint64(lanes)):
        line[t], other[t] = other[wide + t], line[wide + t]
        line[end + t], other[end + t] = other[end - wide + t], line[end - wide + t]


@kernel
def _zonal(
    q: Values, lines: Lines, part: int, base: int, limited: bool, line: Values, new: Values,
    width: Width,
) -> None:  # fmt: skip
    cells, spans, pieces, mass = lines
    wide, first = np.uint64(len(width)), np.uint64(base)
    lanes = np.uint64(line.size // (q.shape[1] + 2))
    for j in range(q.shape[0]):
        for i in range(q.shape[1]):
            at = np.uint64(i + 1) * wide
            for t in range(lanes):
                line[at + t] = q[j, i, first + t]
        circle(line, line.size // (q.shape[1] + 2), width)
        sweep(
            line, mass[part, j], cells[part, j], spans[part, j], pieces[part, j], limited, new,
            width,
        )  # fmt: skip
        for i in range(q.shape[1]):
            at = np.uint64(i) * wide
            for t in range(lanes):
                q[j, i, first + t] = new[at + t]


@kernel
def _meridian(
    q: Values, column: int, base: int, lines: Lines, part: int, after: Values, mixed: Values,
    limited: bool, line: Values, new: Values, width: Width,
) -> None:  # fmt: skip
    cells, spans, pieces, mass = lines
    cell, span, piece = cells[part, column], spans[part, column], pieces[part, column]
    sweep(line, mass[part, column], cell, span, piece, limited, new, width)
    if mixed.size:
        exchange(new, after[part, column], mixed, False, np.empty(cell.size), width)
    scatter(new, 0, column, base, q, new.size // (cell.size + 1), width)


@kernel
def _meridional(
    q: Values, base: int, lines: Lines, part: int, after: Values, mixed: Values, limited: bool,
    line: Values, other: Values, new: Values, width: Width,
) -> None:  # fmt: skip
    columns = q.shape[1]
    half = columns // 2 if columns % 2 == 0 else 0
    lanes = new.size // (q.shape[0] + 1)
    for i in range(half if half else columns):
        gather(q, i, base, line, 1, lanes, width)
        if half:
            gather(q, i + half, base, other, 1, lanes, width)
            join(line, other, lanes, width)
        else:
            close(line, limited, lanes, width)
        _meridian(q, i, base, lines, part, after, mixed, limited, line, new, width)
        if half:
            _meridian(q, i + half, base, lines, part, after, mixed, limited, other, new, width)


@kernel
def horizontal(
    q: Values, first: Places, zonal: Lines, meridional: Lines, after: Values, lateral: Values,
    zonal_first: bool, limited: bool, width: Width,
) -> None:  # fmt: skip
    """Move tracers along circles of latitude and meridians, in place.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z, y, x, tracer)
    first
        Parts of layer k are first[k] to first[k + 1].  shape (z + 1,)
    zonal, meridional
        Of circles and meridians.  shape (part, y, x) and (part, x, y)
    after
        Air after the moves along meridians.  [kg], shape (part, x, y)
    lateral
        Exchanged each way between rows in a step.  [kg], shape (z, y + 1)
    zonal_first
        Whether circles come before meridians.
    limited
        Whether slopes are limited.
    width
        As many as tracers are moved at a time; their number is a multiple.
    """
    z, y, x, tracers = q.shape
    wide = len(width)
    row, along = np.empty((x + 2) * wide), np.empty((x + 1) * wide)
    line, other = np.empty((y + 2) * wide), np.empty((y + 2) * wide)
    new = np.empty((y + 1) * wide)
    for k in range(z):
        mixed = lateral[k, 1:y] / (first[k + 1] - first[k])
        if not mixed.any():
            mixed = mixed[:0]
        for base in range(0, tracers, wide):
            for p in range(first[k], first[k + 1]):
                if zonal_first:
                    _zonal(q[k], zonal, p, base, limited, row, along, width)
                _meridional(
                    q[k], base, meridional, p, after, mixed, limited, line, other, new, width
                )
                if not zonal_first:
                    _zonal(q[k], zonal, p, base, limited, row, along, width)


@kernel
def vertical(
    q: Values, lines: Lines, after: Values, mixing: Values, limited: bool, width: Width
) -> None:
    """Move tracers up and down and mix them, in place.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z, cell, tracer)
    lines
        Of columns.  shape (cell, z)
    after
        Air after.  [kg], shape (cell, z)
    mixing
        Exchanged each way between layers.  [kg], shape (cell, z - 1)
    limited
        Whether slopes are limited.
    width
        As many as tracers are moved at a time.
    """
    z, cells, tracers = q.shape
    wide = len(width)
    line, new, pivot = np.empty((z + 2) * wide), np.empty((z + 1) * wide), np.empty(z)
    lanes = new.size // (z + 1)
    for i in range(cells):
        for base in range(0, tracers, wide):
            gather(q, i, base, line, 1, lanes, width)
            close(line, limited, lanes, width)
            sweep(line, lines[3][i], lines[0][i], lines[1][i], lines[2][i], limited, new, width)
            exchange(new, after[i], mixing[i], False, pivot, width)
            scatter(new, 0, i, base, q, lanes, width)
