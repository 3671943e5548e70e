"""Regular grids of longitude and latitude whose cells are counted from -180 and -90 degrees."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.common.references import Box

MOST_CELLS = 8_000_000
"""Most cells of a step: 0.1 degrees of the whole Earth are 6.5 million."""
MOST_VALUES = 400_000_000
"""Most cells of all steps together."""
FARTHEST = 720.0
"""Longitudes beyond are none: what files have in place of missing ones.  [degree]"""
_NEAR = 1e-9

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """A window of the cells of the whole Earth.

    Attributes
    ----------
    step
        Size of a cell in longitude and latitude.  [degree]
    first
        Column from -180 and row from -90 of the first cell.
    size
        Numbers of columns and rows.
    turn
        Columns of a whole turn.
    """

    step: tuple[float, float]
    first: tuple[int, int]
    size: tuple[int, int]
    turn: int

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.size[0] * self.size[1]

    @property
    def longitude(self) -> Floats:
        """Centres from west to east, past 180 where the window crosses it.  [degree]."""
        number = np.arange(self.size[0], dtype=np.float64)
        return (self.first[0] + number + 0.5) * self.step[0] - 180.0

    @property
    def latitude(self) -> Floats:
        """Centres from south to north.  [degree]."""
        number = np.arange(self.size[1], dtype=np.float64)
        return (self.first[1] + number + 0.5) * self.step[1] - 90.0

    @property
    def longitude_borders(self) -> Floats:
        """Borders of the columns; those of neighbours are one number.  [degree]."""
        number = np.arange(self.first[0], self.first[0] + self.size[0] + 1, dtype=np.float64)
        return number * 360.0 / self.turn - 180.0

    @property
    def latitude_borders(self) -> Floats:
        """Borders of the rows, -90 and 90 at the poles.  [degree]."""
        number = np.arange(self.first[1], self.first[1] + self.size[1] + 1, dtype=np.float64)
        return number * 180.0 / round(180.0 / self.step[1]) - 90.0

    @property
    def numbers(self) -> NDArray[np.int64]:
        """What kernels are told: first column and row, size, columns of a turn; shape (5,)."""
        return np.array([*self.first, *self.size, self.turn], np.int64)


def grid_of(step: tuple[float, float], box: Box | None = None) -> Grid:
    """Return the smallest window of cells that holds a box; None is the whole Earth.

    Parameters
    ----------
    step
        Size of a cell in longitude and latitude, parts of 360 and 180.  [degree]
    box
        Which west > east crosses 180.

    Raises
    ------
    InvalidValueError
        When 360 or 180 degrees are no whole number of cells.
    """
    turn, lines = (_whole(all_of, each) for all_of, each in zip((360, 180), step, strict=True))
    # The part of a degree that makes cells whole: 360 / turn is rounded once.
    step = (360.0 / turn, 180.0 / lines)
    if box is None:
        return Grid(step, (0, 0), (turn, lines), turn)
    east = box.east if box.east >= box.west else box.east + 360.0
    columns = _touched((box.west + 180.0) / step[0], (east + 180.0) / step[0])
    rows = _touched((box.south + 90.0) / step[1], (box.north + 90.0) / step[1])
    south, north = max(rows[0], 0), min(rows[1], lines)
    count = min(columns[1] - columns[0], turn)
    first = columns[0] % turn if count < turn else 0
    return Grid(step, (first, min(south, lines - 1)), (count, max(north - south, 1)), turn)


def cell_of(grid: Grid, longitudes: Floats, latitudes: Floats) -> NDArray[np.int64]:
    """Return the cell that holds each place, -1 outside the grid.  [degree], shape (sounding,).

    What lies beyond the poles, or more than two turns away, is no place.
    """
    inside = (np.abs(longitudes) <= FARTHEST) & (np.abs(latitudes) <= 90.0)
    x, y = (np.where(inside, each, 0.0) for each in (longitudes, latitudes))
    column = np.floor((x + 180.0) / grid.step[0]).astype(np.int64)
    # The north pole belongs to the last row.
    line = np.floor((np.minimum(y, 90.0 - _NEAR) + 90.0) / grid.step[1]).astype(np.int64)
    column = (column - grid.first[0]) % grid.turn
    line = line - grid.first[1]
    inside &= (column < grid.size[0]) & (line >= 0) & (line < grid.size[1])
    return np.where(inside, line * grid.size[0] + column, -1)


def _whole(degrees: int, step: float) -> int:
    """Return how many cells there are; refuse a part of one."""
    count = round(degrees / step) if step > 0 else 0
    if count < 1 or not math.isclose(count * step, degrees, rel_tol=_NEAR):
        raise InvalidValueError("size of a cell", step, f"a part of {degrees} degrees")
    return count


def _touched(low: float, high: float) -> tuple[int, int]:
    """Return the cells that an interval overlaps, first and last plus one; at least one."""
    first = math.floor(low + _NEAR)
    return first, max(math.ceil(high - _NEAR), first + 1)
