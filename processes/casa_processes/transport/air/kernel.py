"""The air of cells in the course of the horizontal moves of a step, and in how many parts they go.

Of two directions, one goes first; in each part both move their share one after the other.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]
type Places = NDArray[np.int32]


@kernel
def fewest(
    air: Values, east: Values, north: Values, count: int, zonal_first: bool, least: float,
    parts: Places, most: int,
) -> bool:  # fmt: skip
    """Find in how few parts the moves of each layer may go; false if not in `most`.

    Parameters
    ----------
    air
        When the moves begin.  [kg], shape (z, y, x)
    east, north
        What passes faces in `count` passages.  [kg], shape (z, y, x) and (z, y + 1, x)
    count
        Of passages.
    zonal_first
        Whether the circles go before the meridians.
    least
        Share of its air that each move must leave in a cell.  [1]
    parts
        Receives the numbers of parts.  shape (z,)
    most
        Most parts.
    """
    for k in range(air.shape[0]):
        parts[k] = 0
        for number in range(1, most + 1):
            if _leave(air[k], east[k], north[k], count, zonal_first, least, number):
                parts[k] = number
                break
        if parts[k] == 0:
            return False
    return True


@kernel
def _leave(
    air: Values, east: Values, north: Values, count: int, zonal_first: bool, least: float,
    parts: int,
) -> bool:  # fmt: skip
    """Tell whether the first and the last part of a layer's moves leave some air in each cell."""
    y, x = air.shape
    leave, later, share = True, (parts - 1.0) / (parts * count), 1.0 / (parts * count)
    for j in range(y):
        for i in range(x):
            zonal = (east[j, i - 1] if i else east[j, x - 1]) - east[j, i]
            both = zonal + (north[j, i] - north[j + 1, i])
            one = zonal if zonal_first else both - zonal
            lost = min(one, both) * share
            first, last = air[j, i], air[j, i] + both * later
            leave &= (first > 0.0) & (lost + (1.0 - least) * first >= 0.0)
            leave &= (last > 0.0) & (lost + (1.0 - least) * last >= 0.0)
    return leave


@kernel
def between(
    air: Values, east: Values, north: Values, count: int, zonal_first: bool, parts: Places,
    along: Values, across: Values,
) -> None:  # fmt: skip
    """Tell the air before and after each part of each direction, and what passes its faces.

    Parameters
    ----------
    air, east, north, count, zonal_first, parts
        As `fewest` takes and finds them.
    along
        Receives before, after, and through the east faces, of circles.
        [kg], shape (3, part, y, x)
    across
        Receives the same of meridians, through the north faces.  [kg], shape (3, part, x, y)
    """
    _, y, x = air.shape
    one, two = (0, 1) if zonal_first else (1, 0)
    p = 0
    for k in range(air.shape[0]):
        for number in range(parts[k]):
            begun, share = number / (parts[k] * count), 1.0 / (parts[k] * count)
            for j in range(y):
                for i in range(x):
                    zonal = (east[k, j, i - 1] if i else east[k, j, x - 1]) - east[k, j, i]
                    both = zonal + (north[k, j, i] - north[k, j + 1, i])
                    before = air[k, j, i] + both * begun
                    middle = before + (zonal if zonal_first else both - zonal) * share
                    after = air[k, j, i] + both * (begun + share)
                    along[0, p, j, i], along[1, p, j, i] = _turn(one, before, middle, after)
                    across[0, p, i, j], across[1, p, i, j] = _turn(two, before, middle, after)
                    along[2, p, j, i] = east[k, j, i] * share
                    across[2, p, i, j] = north[k, j + 1, i] * share
            p += 1


@kernel
def _turn(turn: int, before: float, middle: float, after: float) -> tuple[float, float]:
    """Return the air before and after the first or the second direction."""
    return (middle, after) if turn else (before, middle)
