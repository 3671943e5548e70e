"""The tracers of one line of cells, whose air moves along it: a remapping by mass.

Tracers lie innermost, as many at a time as `width` has members: cell k of a line has its values
from k times their number on. Lines have a cell more at both ends, for slopes; places of departures
count without it. The other end of a move, where cells lie `stride` numbers apart from `start` on,
may be an array of all cells.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.departure.kernel import (
    AIR,
    FAR,
    HERE,
    MIDDLE,
    NEXT,
    RISE,
    WHOLE,
    Lines,
)  # fmt: skip
from casa_processes.transport.lanes.kernel import (
    Numbers,
    Width,
    fma,
    greater,
    lesser,
    load,
    minus,
    plus,
    spread,
    store,
    times,
)  # fmt: skip

type Values = NDArray[np.float64]


@kernel
def _slope(line: Values, own: int, limited: bool, width: Width) -> tuple[Numbers, Numbers]:
    """Return values of a cell, and half the differences of its two sides."""
    value = load(line, own, width)
    below, above = load(line, own - len(width), width), load(line, own + len(width), width)
    if limited:
        a, b = minus(value, below), minus(above, value)
        zero = spread(0.0, width)
        slope = greater(times(0.25, plus(a, b)), lesser(greater(a, b), zero))
        return value, lesser(slope, greater(lesser(a, b), zero))
    return value, times(0.25, minus(above, below))


@kernel
def sweep(
    line: Values, lines: Lines, one: int, limited: bool, target: Values, start: int, stride: int,
    width: Width,
) -> None:  # fmt: skip
    """Move the tracers of a line, and let them rise if they are mixed.

    Parameters
    ----------
    line
        Mole fractions before, with a cell more at both ends.  [1], shape ((n + 2) tracer,)
    lines, one
        Lines, and the number of this one.
    limited
        Whether slopes are limited so that no new extreme arises, or linear in the tracer.
    target, start, stride
        Receives the mole fractions after.  [1]
    width
        As many as there are tracers.

    Notes
    -----
    van Leer (1977), with monotonised central slopes; without limits the scheme of Fromm (1968).
    Whole cells are carried as by Lin and Rood (1996). A slope is half the difference in a cell.
    """
    place, _, part, mixed = lines
    n, wide = place.shape[1], len(width)
    value, slope = _slope(line, (place[one, n - 1, 0] + 1) * wide, limited, width)
    brought = times(part[one, n - 1, NEXT], fma(part[one, n - 1, FAR], slope, value))
    last = spread(0.0, width)
    for i in range(n):
        at = place[one, i, 0] + 1
        value, slope = _slope(line, at * wide, limited, width)
        found = fma(part[one, i, HERE], fma(part[one, i, MIDDLE], slope, value), brought)
        brought = times(part[one, i, NEXT], fma(part[one, i, FAR], slope, value))
        for back in range(1, place[one, i, 1]):
            inner = at - back if at > back else at - back + n
            weight = part[one, inner - 1, AIR] * part[one, i, WHOLE]
            found = fma(weight, load(line, inner * wide, width), found)
        last = fma(part[one, i, RISE], last, found) if mixed else found
        store(last, target, start + i * stride)


@kernel
def sweep_back(
    given: Values, start: int, stride: int, lines: Lines, one: int, bar: Values, width: Width
) -> None:
    """Apply the transpose of `sweep` in linear mode.

    Parameters
    ----------
    given, start, stride
        Sensitivities to the mole fractions after.
    lines, one, width
        As `sweep` takes them.
    bar
        Receives those to the mole fractions before, in as many cells as `sweep` takes and one more,
        which is the second of a circle.  shape ((n + 3) tracer,)
    """
    if lines[1][one]:
        _near_back(given, start, stride, lines, one, bar, width)
    else:
        _far_back(given, start, stride, lines, one, bar, width)


@kernel
def _cut_back(
    here: Numbers, above: Numbers, lines: Lines, one: int, i: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Return what reaches a cell, and of it what its upper departure's cell and slope receive."""
    _, _, part, mixed = lines
    if mixed and i < part.shape[1] - 1:
        here = fma(part[one, i + 1, RISE], above, here)
    a, b = times(part[one, i, HERE], here), times(part[one, i, NEXT], above)
    slope = fma(0.25 * part[one, i, MIDDLE], a, times(0.25 * part[one, i, FAR], b))
    return here, plus(a, b), slope


@kernel
def _near_back(
    given: Values, start: int, stride: int, lines: Lines, one: int, bar: Values, width: Width
) -> None:
    """Gather what cells receive while it is in registers: two cells beyond each one at most."""
    place, _, part, _ = lines
    n, wide, zero = place.shape[1], len(width), spread(0.0, width)
    below, own, high, top = zero, zero, zero, zero
    above = load(given, start, width)
    for back in range(n):
        i = n - 1 - back
        here, whole, slope = _cut_back(load(given, start + i * stride, width), above, lines, one, i)
        if place[one, i, 0] == i:
            high = plus(high, slope)
            own, below = plus(own, whole), minus(zero, slope)
        else:
            top, high = plus(top, slope), plus(high, whole)
            own, below = minus(own, slope), zero
            if place[one, i, 1] > 1:
                own = fma(part[one, i, AIR] * part[one, i, WHOLE], here, own)
        store(top, bar, (i + 3) * wide)
        top, high, own, above = high, own, below, here
    store(top, bar, 2 * wide)
    store(high, bar, wide)
    store(own, bar, 0)


@kernel
def _far_back(
    given: Values, start: int, stride: int, lines: Lines, one: int, bar: Values, width: Width
) -> None:
    """Gather what three cells receive in registers, and add it to them when others come."""
    place, _, part, _ = lines
    n, wide, zero = place.shape[1], len(width), spread(0.0, width)
    for i in range(n + 3):
        store(zero, bar, i * wide)
    low, own, high = zero, zero, zero
    above, centre = load(given, start, width), place[one, n - 1, 0] + 1
    for back in range(n):
        i = n - 1 - back
        here, whole, slope = _cut_back(load(given, start + i * stride, width), above, lines, one, i)
        at = place[one, i, 0] + 1
        if at == centre - 1:
            _add(high, bar, (centre + 1) * wide, width)
            low, own, high = zero, low, own
        elif at != centre:
            _add_three(low, own, high, bar, centre * wide, width)
            low, own, high = zero, zero, zero
        low, own, high, centre = minus(low, slope), plus(own, whole), plus(high, slope), at
        for once in range(1, place[one, i, 1]):
            inner = at - once if at > once else at - once + n
            weight = part[one, inner - 1, AIR] * part[one, i, WHOLE]
            _add(times(weight, here), bar, inner * wide, width)
        above = here
    _add_three(low, own, high, bar, centre * wide, width)


@kernel
def _add(lanes: Numbers, bar: Values, at: int, width: Width) -> None:
    store(plus(load(bar, at, width), lanes), bar, at)


@kernel
def _add_three(
    low: Numbers, own: Numbers, high: Numbers, bar: Values, at: int, width: Width
) -> None:
    """Add to a cell and its neighbours."""
    _add(low, bar, at - len(width), width)
    _add(own, bar, at, width)
    _add(high, bar, at + len(width), width)
