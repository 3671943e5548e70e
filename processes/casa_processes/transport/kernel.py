"""A step of transport: lines of all three directions, tracers innermost and some at a time.

Horizontal moves of a layer may be cut into parts, which lie one after the other in arrays of shape
(part, ...); `first` says which are of a layer. `Lines` are those of all parts, one after the other.
Tracers are an array of one dimension.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.departure.kernel import Lines
from casa_processes.transport.exchange.kernel import sunk
from casa_processes.transport.lanes.kernel import Width, load, minus, plus, store
from casa_processes.transport.line.kernel import sweep

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]


@kernel
def _gather(q: Values, start: int, stride: int, line: Values, width: Width) -> None:
    """Copy some tracers of cells into a line, between the cells of its ends."""
    wide = len(width)
    for k in range(line.size // wide - 2):
        store(load(q, start + k * stride, width), line, (k + 1) * wide)


@kernel
def _close(line: Values, limited: bool, width: Width) -> None:
    """Fill the cells at both ends of a line between walls.

    With limited slopes there is none at a wall; without, that of the neighbour goes on.
    """
    wide = len(width)
    end = line.size - wide
    low, high = load(line, wide, width), load(line, end - wide, width)
    if not limited:
        low = minus(plus(low, low), load(line, 2 * wide, width))
        high = minus(plus(high, high), load(line, end - 2 * wide, width))
    store(low, line, 0)
    store(high, line, end)


@kernel
def _circle(line: Values, width: Width) -> None:
    """Let a line go on into itself at both ends."""
    wide = len(width)
    end = line.size - wide
    store(load(line, end - wide, width), line, 0)
    store(load(line, wide, width), line, end)


@kernel
def _join(line: Values, other: Values, width: Width) -> None:
    """Let two lines go on into each other at both ends, as meridians do over the poles."""
    wide = len(width)
    end = line.size - wide
    store(load(other, wide, width), line, 0)
    store(load(line, wide, width), other, 0)
    store(load(other, end - wide, width), line, end)
    store(load(line, end - wide, width), other, end)


@kernel
def _move(
    line: Values, lines: Lines, one: int, limited: bool, q: Values, start: int, stride: int,
    new: Values, width: Width,
) -> None:  # fmt: skip
    """Move and mix what lies along a line, on to where it belongs."""
    if lines[3]:
        sweep(line, lines, one, limited, new, 0, len(width), width)
        sunk(new, lines[2], one, q, start, stride, width)
    else:
        sweep(line, lines, one, limited, q, start, stride, width)


@kernel
def _zonal(
    q: Values, base: int, tracers: int, rows: int, lines: Lines, part: int, limited: bool,
    line: Values, width: Width,
) -> None:  # fmt: skip
    columns = lines[0].shape[1]
    for j in range(rows):
        start = base + j * columns * tracers
        _gather(q, start, tracers, line, width)
        _circle(line, width)
        _move(line, lines, part * rows + j, limited, q, start, tracers, line, width)


@kernel
def _meridional(
    q: Values, base: int, tracers: int, columns: int, lines: Lines, part: int, limited: bool,
    line: Values, other: Values, new: Values, width: Width,
) -> None:  # fmt: skip
    stride = columns * tracers
    half = columns // 2 if columns % 2 == 0 else 0
    for i in range(half if half else columns):
        start, opposite = base + i * tracers, base + (i + half) * tracers
        _gather(q, start, stride, line, width)
        if half:
            _gather(q, opposite, stride, other, width)
            _join(line, other, width)
            _move(other, lines, part * columns + i + half, limited, q, opposite, stride, new, width)
        else:
            _close(line, limited, width)
        _move(line, lines, part * columns + i, limited, q, start, stride, new, width)


@kernel
def horizontal(
    q: Values, tracers: int, first: Places, zonal: Lines, meridional: Lines, zonal_first: bool,
    limited: bool, width: Width,
) -> None:  # fmt: skip
    """Move tracers along circles of latitude and meridians, in place.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z y x tracer,)
    tracers
        Their number, a multiple of as many as `width` has members.
    first
        Parts of layer k are first[k] to first[k + 1].  shape (z + 1,)
    zonal, meridional
        Of circles and meridians, part by part.
    zonal_first
        Whether circles come before meridians.
    limited
        Whether slopes are limited.
    width
        As many as tracers are moved at a time.
    """
    y, x = meridional[0].shape[1], zonal[0].shape[1]
    wide = len(width)
    row, new = np.empty((x + 2) * wide), np.empty(y * wide)
    line, other = np.empty((y + 2) * wide), np.empty((y + 2) * wide)
    for k in range(first.size - 1):
        for base in range(k * y * x * tracers, k * y * x * tracers + tracers, wide):
            for p in range(first[k], first[k + 1]):
                if zonal_first:
                    _zonal(q, base, tracers, y, zonal, p, limited, row, width)
                _meridional(
                    q, base, tracers, x, meridional, p, limited, line, other, new, width
                )  # fmt: skip
                if not zonal_first:
                    _zonal(q, base, tracers, y, zonal, p, limited, row, width)


@kernel
def vertical(q: Values, tracers: int, lines: Lines, limited: bool, width: Width) -> None:
    """Move tracers up and down and mix them, in place.

    Parameters
    ----------
    q
        Mole fractions.  [1], shape (z cell tracer,)
    tracers
        Their number.
    lines
        Of columns.
    limited
        Whether slopes are limited.
    width
        As many as tracers are moved at a time.
    """
    cells, z = lines[0].shape[:2]
    line, new = np.empty((z + 2) * len(width)), np.empty(z * len(width))
    for i in range(cells):
        for start in range(i * tracers, (i + 1) * tracers, len(width)):
            _gather(q, start, cells * tracers, line, width)
            _close(line, limited, width)
            _move(line, lines, i, limited, q, start, cells * tracers, new, width)
