"""The transpose of a step in linear mode: sensitivities go back to its start.

Arguments are those of the step's kernels. Lines have a cell more.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.departure.kernel import Lines
from casa_processes.transport.exchange.kernel import sunk_back
from casa_processes.transport.lanes.kernel import Width, load, minus, plus, store
from casa_processes.transport.line.kernel import sweep_back

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]


@kernel
def _scatter(bar: Values, q: Values, start: int, stride: int, width: Width) -> None:
    """Copy a line back without the cells of its ends."""
    wide = len(width)
    for k in range(bar.size // wide - 3):
        store(load(bar, (k + 1) * wide, width), q, start + k * stride)


@kernel
def _give(bar: Values, at: int, to: Values, place: int, sign: int, width: Width) -> None:
    """Give what one cell received to another, once, twice or taken away."""
    given, held = load(bar, at, width), load(to, place, width)
    changed = minus(held, given) if sign < 0 else plus(held, given)
    store(plus(changed, given) if sign > 1 else changed, to, place)


@kernel
def _close_back(bar: Values, width: Width) -> None:
    """Give what the cells beyond walls received to those they were made of."""
    wide = len(width)
    end = bar.size - 2 * wide
    _give(bar, 0, bar, wide, 2, width)
    _give(bar, 0, bar, 2 * wide, -1, width)
    _give(bar, end, bar, end - wide, 2, width)
    _give(bar, end, bar, end - 2 * wide, -1, width)


@kernel
def _circle_back(bar: Values, width: Width) -> None:
    """Give what went once round to where it came from."""
    wide = len(width)
    end = bar.size - 2 * wide
    _give(bar, 0, bar, end - wide, 1, width)
    _give(bar, end, bar, wide, 1, width)
    _give(bar, end + wide, bar, 2 * wide, 1, width)


@kernel
def _join_back(bar: Values, other: Values, width: Width) -> None:
    """Give what went over the poles to the opposite meridians."""
    wide = len(width)
    end = bar.size - 2 * wide
    _give(other, 0, bar, wide, 1, width)
    _give(bar, 0, other, wide, 1, width)
    _give(other, end, bar, end - wide, 1, width)
    _give(bar, end, other, end - wide, 1, width)


@kernel
def _move_back(
    q: Values, start: int, stride: int, lines: Lines, one: int, given: Values, bar: Values,
    width: Width,
) -> None:  # fmt: skip
    """Take sensitivities of a line back to before it was mixed and moved."""
    if lines[3]:
        sunk_back(q, start, stride, lines[2], one, given, width)
        sweep_back(given, 0, len(width), lines, one, bar, width)
    else:
        sweep_back(q, start, stride, lines, one, bar, width)


@kernel
def _zonal(
    q: Values, base: int, tracers: int, rows: int, lines: Lines, part: int, bar: Values,
    width: Width,
) -> None:  # fmt: skip
    columns = lines[0].shape[1]
    for j in range(rows):
        start = base + j * columns * tracers
        _move_back(q, start, tracers, lines, part * rows + j, bar, bar, width)
        _circle_back(bar, width)
        _scatter(bar, q, start, tracers, width)


@kernel
def _meridional(
    q: Values, base: int, tracers: int, columns: int, lines: Lines, part: int, given: Values,
    bar: Values, other: Values, width: Width,
) -> None:  # fmt: skip
    stride = columns * tracers
    half = columns // 2 if columns % 2 == 0 else 0
    for i in range(half if half else columns):
        start, opposite = base + i * tracers, base + (i + half) * tracers
        _move_back(q, start, stride, lines, part * columns + i, given, bar, width)
        if half:
            _move_back(q, opposite, stride, lines, part * columns + i + half, given, other, width)
            _join_back(bar, other, width)
            _scatter(other, q, opposite, stride, width)
        else:
            _close_back(bar, width)
        _scatter(bar, q, start, stride, width)


@kernel
def horizontal_back(
    q: Values, tracers: int, first: Places, zonal: Lines, meridional: Lines, zonal_first: bool,
    width: Width,
) -> None:  # fmt: skip
    """Apply the transpose of ``horizontal``, in place."""
    y, x = meridional[0].shape[1], zonal[0].shape[1]
    wide = len(width)
    row, given = np.empty((x + 3) * wide), np.empty(y * wide)
    line, other = np.empty((y + 3) * wide), np.empty((y + 3) * wide)
    for k in range(first.size - 1):
        for base in range(k * y * x * tracers, k * y * x * tracers + tracers, wide):
            for p in range(first[k + 1] - 1, first[k] - 1, -1):
                if not zonal_first:
                    _zonal(q, base, tracers, y, zonal, p, row, width)
                _meridional(q, base, tracers, x, meridional, p, given, line, other, width)
                if zonal_first:
                    _zonal(q, base, tracers, y, zonal, p, row, width)


@kernel
def vertical_back(q: Values, tracers: int, lines: Lines, width: Width) -> None:
    """Apply the transpose of ``vertical``, in place."""
    cells, z = lines[0].shape[:2]
    bar, given = np.empty((z + 3) * len(width)), np.empty(z * len(width))
    for i in range(cells):
        for start in range(i * tracers, (i + 1) * tracers, len(width)):
            _move_back(q, start, cells * tracers, lines, i, given, bar, width)
            _close_back(bar, width)
            _scatter(bar, q, start, cells * tracers, width)
