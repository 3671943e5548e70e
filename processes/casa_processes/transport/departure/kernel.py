"""Where air of a line of cells departs from in a step, and what of it arrives where.

The air on the two sides of a face at the end of a step was parted, when it began, at a point of
departure: in a cell, with a certain mass of the cell after it. What arrives in a cell is what lay
between two such points: a piece of a cell, whole cells, and a piece of another. Courant numbers may
have any size; the only condition is that some air is left in each cell.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]
type Flags = NDArray[np.bool_]
type Lines = tuple[Places, Flags, Values, bool]
"""Of many lines: places, whether departures are `near`, parts, and whether they are mixed."""

HERE, MIDDLE, NEXT, FAR, WHOLE, AIR, RISE, SINK, PARTS = range(9)
"""What is known of a cell of a line, and how many numbers that is."""


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
    mass: Values, after: Values, cell: Places, share: Values, closed: bool, place: Places,
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
    place
        Receives the cell of the upper departure, and how many cells lie between the departures of
        the two faces of a cell.  shape (n, 2)
    part
        Receives what the cell of the upper departure brings `HERE` and to the `NEXT` cell, as a
        share of the air after, each with the middle of the piece, -1 to 1 over the cell it is of,
        and a `WHOLE` kilogram; and the `AIR` before.  shape (n, `PARTS`)
    """
    n = mass.size
    for i in range(n):
        before = i - 1 if i > 0 else n - 1
        beyond = i + 1 if i < n - 1 else 0
        other = -1 if closed and i == 0 else cell[before]
        cells = cell[i] - other
        if cells < 0 or (cells == 0 and share[i] > share[before]):
            cells += n
        cut_again = cell[beyond] == cell[i] and share[i] >= share[beyond]
        place[i, 0], place[i, 1] = cell[i], cells
        whole, right = mass[cell[i]], share[i]
        left, on = whole if cells else share[before], 0.0 if cut_again else right
        _piece(left, right, on, 1.0 / whole, 1.0 / after[i], 1.0 / after[beyond], part[i])
        part[i, FAR], part[i, AIR] = (whole - right) / whole, mass[i]


@kernel
def _piece(
    left: float, right: float, on: float, whole: float, after: float, beyond: float, part: Values
) -> None:
    """Tell of a piece, from inverse masses of the whole cell and of the air after."""
    part[HERE] = (left - right) * after
    part[MIDDLE] = max(1.0 - (left + right) * whole, -1.0)
    part[NEXT] = on * beyond
    part[WHOLE] = after


@kernel
def _near(mass: Values, flux: Values) -> bool:
    """Tell whether no face is passed by more than the cell before it holds."""
    n, near = mass.size, mass.size > 2
    for i in range(n):
        beyond = mass[i + 1] if i < n - 1 else mass[0]
        near &= -beyond <= flux[i] <= mass[i]
    return near


@kernel
def _near_pieces(
    mass: Values, after: Values, flux: Values, place: Places, part: Values, inverse: Values
) -> None:
    """Find departures and `pieces` where no departure is beyond the next cell.

    `inverse` is overwritten.  shape (2, n)
    """
    n = mass.size
    for i in range(n):
        inverse[0, i], inverse[1, i] = 1.0 / mass[i], 1.0 / after[i]
    last = flux[n - 1]
    left = last if last >= 0.0 else mass[0] + last
    for i in range(n):
        beyond = i + 1 if i < n - 1 else 0
        out, next_ = flux[i], flux[beyond]
        forth = out >= 0.0
        at = i if forth else beyond
        whole, right = mass[at], out if forth else mass[beyond] + out
        within = last < 0.0 and forth
        place[i, 0], place[i, 1] = at, 1 + (out < 0.0) - (last < 0.0)
        _piece(
            left if within else whole, right, right if forth or next_ < 0.0 else 0.0,
            inverse[0, at], inverse[1, i], inverse[1, beyond], part[i],
        )  # fmt: skip
        part[i, FAR], part[i, AIR] = (whole - right) * inverse[0, at], mass[i]
        last, left = out, right


@kernel
def lines(
    mass: Values, after: Values, flux: Values, closed: bool, place: Places, near: Flags,
    part: Values,
) -> None:  # fmt: skip
    """Find departures and `pieces` of many lines, shape (line, n) and (line, n, ...).

    Those are `near`, shape (line,), whose departures lie no further than in the next cell.
    """
    n = mass.shape[1]
    share, inverse, cell = np.empty(n), np.empty((2, n)), np.empty(n, np.int32)
    for i in range(mass.shape[0]):
        near[i] = _near(mass[i], flux[i])
        if near[i]:
            _near_pieces(mass[i], after[i], flux[i], place[i], part[i], inverse)
        else:
            departures(mass[i], flux[i], cell, share)
            pieces(mass[i], after[i], cell, share, closed, place[i], part[i])
