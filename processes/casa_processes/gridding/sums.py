"""Sums over the soundings of cells: what parts of a run give, and how parts become one.

The errors of two soundings of a cell have one correlation within an overpass, and none between
overpasses; overpasses are told by their time alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import InvalidValueError, TooLargeError
from casa_processes.gridding.grid import FARTHEST, Grid, cell_of
from casa_processes.gridding.kernel import (
    VERTICES,
    cell_sums,
    footprint_areas,
    most_overlaps,
    overlaps,
)

MOST_OVERLAPS = 20_000_000
"""Most overlaps of footprints and cells of a part: some 500 MB."""
SUMS = ("count", "weight", "mean", "squares", "noise", "common")
"""What is summed, in the order of `cell_sums`."""
KEYS = ("cell", "step", "pass")

_WIDEST, _TALLEST = 90.0, 20.0
"""Extent in longitude and latitude beyond which corners are taken for wrong.  [degree]"""
_KM2 = EARTH_RADIUS**2 / 1e6
"""Area of one steradian.  [km2]"""
_SMALLEST = 1e-6
"""Area below which corners are those of a point.  [km2]"""
_SUREST = 1e-100
"""Uncertainty below which a variance has no inverse."""

type Floats = NDArray[np.float64]
type Wholes = NDArray[np.int64]
type Sums = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Footprints:
    """Where soundings are.

    Attributes
    ----------
    longitude, latitude
        Centres.  [degree], shape (sounding,)
    longitudes, latitudes
        Corners in any order, NaN where unknown.  [degree], shape (sounding, 4)
    """

    longitude: Floats
    latitude: Floats
    longitudes: Floats
    latitudes: Floats


@dataclass(frozen=True, eq=False)
class Shares:
    """Overlaps of footprints and cells, in the order of the footprints.

    Attributes
    ----------
    row, cell
        Number of the sounding and of the cell.  shape (overlap,)
    area
        [km2], shape (overlap,)
    """

    row: Wholes
    cell: Wholes
    area: Floats


@dataclass(frozen=True, eq=False)
class Measured:
    """Values of one variable at soundings; missing ones are NaN.

    Attributes
    ----------
    value, sigma
        Value and standard uncertainty; without one it is 0.  shape (sounding,)
    step, overpass
        Number of the step of time and of the overpass.  shape (sounding,)
    """

    value: Floats
    sigma: Floats
    step: Wholes
    overpass: Wholes


def shares(places: Footprints, grid: Grid, point_area: float) -> Shares:
    """Divide footprints among cells.

    Parameters
    ----------
    places
        Of the soundings.
    grid
        The cells.
    point_area
        Area of a sounding without corners (or with corners that span too much, or no area), all
        of it in the cell of its centre.  [km2]

    Raises
    ------
    InvalidValueError
        When footprints have no four corners.
    TooLargeError
        When there are too many overlaps: cells are too small for such footprints.
    """
    for each in (places.longitudes, places.latitudes):
        if each.shape != (places.longitude.size, VERTICES):
            raise InvalidValueError("corners of footprints", each.shape, f"{VERTICES} of each")
    corners = _without_jumps(places)
    known = _spread(corners, places.latitudes)
    rows = np.flatnonzero(known)
    wide, high = corners[rows], np.ascontiguousarray(places.latitudes[rows], np.float64)
    steps = np.array(grid.step)
    most = int(most_overlaps(wide, high, steps)) if rows.size else 0
    if most > MOST_OVERLAPS:
        raise TooLargeError("overlaps of footprints and cells at a time", most, MOST_OVERLAPS)
    number, cell, area = overlaps(wide, high, steps, grid.numbers, most)
    points = np.flatnonzero(~known)
    held = cell_of(grid, places.longitude[points], places.latitude[points])
    points, held = points[held >= 0], held[held >= 0]
    row = np.concatenate([rows[number], points])
    order = np.argsort(row, kind="stable")
    sizes = np.concatenate([area * _KM2, np.full(points.size, point_area)])
    return Shares(row[order], np.concatenate([cell, held])[order], sizes[order])


def _spread(longitudes: Floats, latitudes: Floats) -> NDArray[np.bool_]:
    """Tell which footprints have corners with a believable extent, and an area."""
    found = np.isfinite(latitudes).all(axis=1) & np.isfinite(longitudes).all(axis=1)
    found &= (np.abs(latitudes) <= 90.0).all(axis=1)
    found &= (np.ptp(longitudes, axis=1) < _WIDEST) & (np.ptp(latitudes, axis=1) < _TALLEST)
    rows = np.flatnonzero(found)
    high = np.ascontiguousarray(latitudes[rows], np.float64)
    found[rows] = footprint_areas(longitudes[rows], high) * _KM2 > _SMALLEST
    return found


def _without_jumps(places: Footprints) -> Floats:
    """Move corners by whole turns next to the first one, which comes to -180..180.

    Numbers that no longitude has become NaN.
    """
    given = np.ascontiguousarray(places.longitudes, np.float64)
    found = np.where(np.abs(given) <= FARTHEST, given, np.nan)
    first = (found[:, :1] + 180.0) % 360.0 - 180.0
    moved: Floats = first + (found - found[:, :1] + 180.0) % 360.0 - 180.0
    return moved


def summed(parts: Shares, measured: Measured, *, by_variance: bool) -> Sums:
    """Sum one variable over the soundings of each cell, step and overpass.

    Parameters
    ----------
    parts
        Overlaps.
    measured
        Values; soundings without a value or uncertainty are left out.
    by_variance
        Whether areas are divided by the variances of the values; those of 0, or of so little that
        they have no inverse, are then left out.

    Returns
    -------
    dict
        `KEYS` and `SUMS` by name, in the order of step, overpass and cell; shape (group,).
    """
    sigma = measured.sigma
    used = np.isfinite(measured.value) & np.isfinite(sigma) & (sigma >= 0.0)
    used &= measured.step >= 0
    if by_variance:
        used &= sigma > _SUREST
    kept = used[parts.row]
    row, cell, weight = parts.row[kept], parts.cell[kept], parts.area[kept]
    if by_variance:
        weight = weight / sigma[row] ** 2
    keys = np.stack([cell, measured.overpass[row], measured.step[row]])
    order = np.lexsort(keys)
    sorted_keys = keys[:, order]
    new = np.ones(order.size, np.bool_)
    new[1:] = (np.diff(sorted_keys, axis=1) != 0).any(axis=0)
    group = np.cumsum(new) - 1
    rows = np.stack([weight, measured.value[row], sigma[row]], axis=1)
    found = cell_sums(order, group, int(new.sum()), rows)
    named = zip(("cell", "pass", "step"), sorted_keys[:, new], strict=True)
    return {**dict(named), **dict(zip(SUMS, found.T.copy(), strict=True))}


@dataclass(eq=False)
class StepSums:
    """Sums of one step, dense over the cells of a grid, to which parts are added in time order.

    Within an overpass the sums of w sigma wait until the next one begins.
    """

    cells: int
    totals: dict[str, Floats] = field(default_factory=dict)
    passing: int = -(2**62)

    def __post_init__(self) -> None:
        self.totals = {name: np.zeros(self.cells) for name in (*SUMS, "waiting")}

    def add(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Add groups of one step: `KEYS` and `SUMS` by name, overpasses ascending."""
        for begin, end in _runs(part["pass"]):
            overpass = int(part["pass"][begin])
            if overpass != self.passing:
                self._close()
                self.passing = overpass
            self._put({name: values[begin:end] for name, values in part.items()})

    def _put(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Add groups of one overpass: every cell at most once."""
        cell, all_of = part["cell"], self.totals
        before, more = all_of["weight"][cell], part["weight"]
        away = part["mean"] - all_of["mean"][cell]
        whole = before + more
        # Chan, Golub and LeVeque (1983): means and squares of two groups together.
        all_of["mean"][cell] += away * (more / whole)
        all_of["squares"][cell] += part["squares"] + away**2 * before * (more / whole)
        all_of["weight"][cell] = whole
        all_of["count"][cell] += part["count"]
        all_of["noise"][cell] += part["noise"]
        all_of["waiting"][cell] += part["common"]

    def _close(self) -> None:
        """Square what the soundings of an overpass have in common."""
        self.totals["common"] += self.totals["waiting"] ** 2
        self.totals["waiting"][:] = 0.0

    def fields(self, correlation: float) -> dict[str, Floats]:
        """Return what is told of each cell, shape (cell,).

        Parameters
        ----------
        correlation
            Of the errors of two soundings of a cell within an overpass.  [1]

        Returns
        -------
        dict
            ``count``; ``mean``, its standard ``uncertainty``, and the ``deviation`` of values from
            it (weighted, divided by all weight), NaN in cells without a sounding, the deviation
            also where there is but one.

        Notes
        -----
        With u = w sigma: variance = ((1 - rho) sum u^2 + rho sum over overpasses of (sum u)^2) /
        (sum w)^2.
        """
        self._close()
        all_of, seen = self.totals, self.totals["count"] > 0
        weight = np.where(seen, all_of["weight"], np.nan)
        variance = (1.0 - correlation) * all_of["noise"] + correlation * all_of["common"]
        spread = np.where(all_of["count"] > 1, all_of["squares"] / weight, np.nan)
        return {
            "count": all_of["count"],
            "mean": np.where(seen, all_of["mean"], np.nan),
            "uncertainty": np.sqrt(variance) / weight,
            "deviation": np.sqrt(spread),
        }


def _runs(values: NDArray[Any]) -> list[tuple[int, int]]:
    """Return begin and end of each run of equal neighbours."""
    if not values.size:
        return []
    edges = np.flatnonzero(np.diff(values)) + 1
    return list(zip([0, *edges.tolist()], [*edges.tolist(), values.size], strict=True))
