"""One line of cells whose air moves along it, as a remapping by mass.

The air on the two sides of a face at the end of a step was parted, when it began, at a point of
departure: in a cell, with a certain mass of the cell after it. What arrives in a cell is what lay
between two such points: a piece of a cell, whole cells, and a piece of another. Courant numbers may
have any size; the only condition is that some air is left in each cell.

Tracers lie innermost, some at a time: cell k of a line has its values from k times their number on.
The number is the length of a tuple, which is known when a kernel is compiled; that, indices without
a sign, and loops whose end is not known let the compiler use the widest registers there are. Lines
have a cell more at both ends, for slopes; `cell` counts without it.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]
type Width = tuple[int, ...]


@kernel
def departures(mass: Values, flux: Values, cell: Places, share: Values) -> None:
    """Find where the air was parted that is parted by the faces after a step.

    Parameters
    ----------
    mass
        Air before.  [kg], shape (n,)
    flux
        Through the upper face of each cell, positive upwards; the last face is that before the
        first cell on a closed circle, and a wall of flux 0 else.  [kg], shape (n,)
    cell
        Receives the cell in which the point of departure of each face lies.  shape (n,)
    share
        Receives the mass of that cell beyond the point.  [kg], shape (n,)
    """
    n = mass.size
    for i in range(n):
        left = abs(flux[i])
        if flux[i] >= 0.0:
            at = i
            while left > mass[at]:
                left -= mass[at]
                at = at - 1 if at > 0 else n - 1
        else:
            at = i + 1 if i < n - 1 else 0
            while left > mass[at]:
                left -= mass[at]
                at = at + 1 if at < n - 1 else 0
            left = mass[at] - left
        cell[i] = at
        share[i] = left


@kernel
def pieces(
    mass: Values, after: Values, cell: Places, share: Values, closed: bool, span: Places,
    part: Values,
) -> None:  # fmt: skip
    """Tell what of cells arrives where.

    Parameters
    ----------
    mass, after
        Air before and after.  [kg], shape (n,)
    cell, share
        Departures.  shape (n,)
    closed
        Whether the line ends at walls, else it is a circle.
    span
        Receives how many cells lie between the departures of the two faces of a cell.  shape (n,)
    part
        Receives what the cell of the upper departure brings to this cell and to the next, as a
        share of the air after, each with the middle of the piece, -1 to 1 over the cell it is of;
        and the inverse of the air after.  shape (n, 5)
    """
    n = mass.size
    for i in range(n):
        before = i - 1 if i > 0 else n - 1
        beyond = i + 1 if i < n - 1 else 0
        other = -1 if closed and i == 0 else cell[before]
        cells = cell[i] - other
        whole, right = mass[cell[i]], share[i]
        once_round = cells < 0 or (cells == 0 and right > share[before])
        span[i] = cells + n if once_round else cells
        inverse = 1.0 / whole
        part[i, 4] = 1.0 / after[i]
        if span[i] == 0:
            part[i, 0] = (share[before] - right) * part[i, 4]
            part[i, 1] = 1.0 - (share[before] + right) * inverse
        else:
            part[i, 0] = (whole - right) * part[i, 4]
            part[i, 1] = -right * inverse
        cut_again = cell[beyond] == cell[i] and right >= share[beyond]
        part[i, 2] = 0.0 if cut_again else right / after[beyond]
        part[i, 3] = (whole - right) * inverse


@kernel
def lines(
    mass: Values, after: Values, flux: Values, closed: bool, cell: Places, span: Places,
    part: Values,
) -> None:  # fmt: skip
    """Find departures and `pieces` of many lines, shape (line, n)."""
    share = np.empty(mass.shape[1])
    for i in range(mass.shape[0]):
        departures(mass[i], flux[i], cell[i], share)
        pieces(mass[i], after[i], cell[i], share, closed, span[i], part[i])


@kernel
def _cut_limited(
    line: Values, at: int, here: float, middle: float, next_: float, far: float, new: Values,
    i: int, lanes: int, width: Width,
) -> None:  # fmt: skip
    wide = np.uint64(len(width))
    own, one = np.uint64(at) * wide, np.uint64(i) * wide
    for number in range(lanes):
        t = np.uint64(number)
        value = line[own + t]
        a, b = value - line[own - wide + t], line[own + wide + t] - value
        least, most = (a, b) if a < b else (b, a)
        low = most if most < 0.0 else 0.0
        high = least if least > 0.0 else 0.0
        slope = 0.25 * (a + b)
        slope = slope if slope > low else low
        slope = slope if slope < high else high
        new[one + t] += here * (value + middle * slope)
        new[one + wide + t] = next_ * (value + far * slope)


@kernel
def _cut(
    line: Values, at: int, here: float, middle: float, next_: float, far: float, new: Values,
    i: int, lanes: int, width: Width,
) -> None:  # fmt: skip
    wide = np.uint64(len(width))
    own, one = np.uint64(at) * wide, np.uint64(i) * wide
    for number in range(lanes):
        t = np.uint64(number)
        value = line[own + t]
        slope = 0.25 * (line[own + wide + t] - line[own - wide + t])
        new[one + t] += here * (value + middle * slope)
        new[one + wide + t] = next_ * (value + far * slope)


@kernel
def add(
    weight: float, source: Values, at: int, target: Values, i: int, lanes: int, width: Width
) -> None:
    """Add the values of one cell, weighted, to those of another."""
    own, one = np.uint64(at * len(width)), np.uint64(i * len(width))
    for number in range(lanes):
        t = np.uint64(number)
        target[one + t] += weight * source[own + t]


@kernel
def sweep(
    line: Values, mass: Values, cell: Places, span: Places, part: Values, limited: bool,
    new: Values, width: Width,
) -> None:  # fmt: skip
    """Move the tracers of a line.

    Parameters
    ----------
    line
        Mole fractions before, with a cell more at both ends.  [1], shape ((n + 2) tracer,)
    mass
        Air before.  [kg], shape (n,)
    cell, span, part
        Departures and `pieces`.
    limited
        Whether slopes are limited so that no new extreme arises, or linear in the tracer.
    new
        Receives the mole fractions after, and what is of no use in a cell more.
        [1], shape ((n + 1) tracer,)
    width
        As many as there are tracers.

    Notes
    -----
    van Leer (1977), with monotonised central slopes; without limits the scheme of Fromm (1968).
    Whole cells are carried as by Lin and Rood (1996). A slope is half the difference in a cell.
    """
    n = mass.size
    lanes = new.size // (n + 1)
    next_, far = part[n - 1, 2], part[n - 1, 3]
    if next_ != 0.0:
        if limited:
            _cut_limited(line, cell[n - 1] + 1, 0.0, 0.0, next_, far, new, n - 1, lanes, width)
        else:
            _cut(line, cell[n - 1] + 1, 0.0, 0.0, next_, far, new, n - 1, lanes, width)
        new[:lanes] = new[n * lanes :]
    else:
        new[:lanes] = 0.0
    for i in range(n):
        at = cell[i] + 1
        for back in range(1, span[i]):
            inner = at - back if at > back else at - back + n
            add(mass[inner - 1] * part[i, 4], line, inner, new, i, lanes, width)
        here, middle, next_, far = part[i, 0], part[i, 1], part[i, 2], part[i, 3]
        if limited:
            _cut_limited(line, at, here, middle, next_, far, new, i, lanes, width)
        else:
            _cut(line, at, here, middle, next_, far, new, i, lanes, width)


@kernel
def sweep_back(
    given: Values, mass: Values, cell: Places, span: Places, part: Values, bar: Values,
    width: Width,
) -> None:  # fmt: skip
    """Apply the transpose of `sweep` in linear mode.

    Parameters
    ----------
    given
        Sensitivities to the mole fractions after, and a cell more, which is overwritten.
        shape ((n + 1) tracer,)
    mass, cell, span, part, width
        As `sweep` takes them.
    bar
        Receives those to the mole fractions before and to the cells at both ends.
        shape ((n + 2) tracer,)
    """
    n = mass.size
    lanes = bar.size // (n + 2)
    for t in range(bar.size):
        bar[t] = 0.0
    given[n * lanes :] = given[:lanes]
    for i in range(n):
        at = cell[i] + 1
        for back in range(1, span[i]):
            inner = at - back if at > back else at - back + n
            add(mass[inner - 1] * part[i, 4], given, i, bar, inner, lanes, width)
        here, middle, next_, far = part[i, 0], part[i, 1], part[i, 2], part[i, 3]
        _cut_back(given, i, here, 0.25 * middle, next_, 0.25 * far, at, bar, lanes, width)


@kernel
def _cut_back(
    given: Values, i: int, here: float, middle: float, next_: float, far: float, at: int,
    bar: Values, lanes: int, width: Width,
) -> None:  # fmt: skip
    wide = np.uint64(len(width))
    own, one = np.uint64(at) * wide, np.uint64(i) * wide
    for number in range(lanes):
        t = np.uint64(number)
        a, b = here * given[one + t], next_ * given[one + wide + t]
        slope = middle * a + far * b
        bar[own - wide + t] -= slope
        bar[own + t] += a + b
        bar[own + wide + t] += slope
