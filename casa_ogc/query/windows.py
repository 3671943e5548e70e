"""Windows: the rows and columns of a grid that a region means."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Bounds, Role
from casa_ogc.query.arcs import centroid
from casa_ogc.query.geodesy import surroundings, within
from casa_ogc.query.latitudes import Rows, row_at, rows, rows_between
from casa_ogc.query.longitudes import (
    Circle,
    all_columns,
    circle,
    column_at,
    columns_between,
    homeward,
    middle,
)
from casa_ogc.query.picks import Pick, trimmed
from casa_ogc.query.request import Area, Box, Disc, Everywhere
from casa_processes.common.polygons import inside

_ROUND = Axis("longitude", "x", np.array([0.0]), np.array([[-180.0, 180.0]]), "degrees_east")
_POLE_TO_POLE = Axis("latitude", "y", np.array([0.0]), np.array([[-90.0, 90.0]]), "degrees_north")

type Extended = Everywhere | Box | Disc | Area


@dataclass(frozen=True, eq=False)
class Ground:
    """The horizontal axes of a cube; a missing one is a single cell over its whole range."""

    rows: Rows
    circle: Circle
    zonal: bool


@dataclass(frozen=True, eq=False)
class Window:
    """Rows and columns, and which of their cells are meant.

    `mask` has shape (y, x), True where a cell is meant; None where all are.
    """

    y: Pick
    x: Pick
    mask: NDArray[np.bool_] | None = None


def ground(axes: Mapping[Role, Axis]) -> Ground:
    """Return the horizontal axes of a cube."""
    longitude = axes.get("x")
    return Ground(
        rows(axes.get("y") or _POLE_TO_POLE), circle(longitude or _ROUND), longitude is None
    )


def rough_window(grid: Ground, region: Extended) -> Window | None:
    """Return the window that a region needs at most, without looking at single cells.

    It is exact for a box and for everywhere; `exact_window` narrows it for a disc or an area. A
    region without any centre means the cell that holds its own centre; None outside the grid.

    Zonal grids: their cells go all the way round, so that only the latitudes of a region count.
    """
    match region:
        case Everywhere():
            return Window(grid.rows.line.whole, all_columns(grid.circle))
        case Box(bounds):
            return _box(grid, bounds)
        case Disc():
            around = surroundings(region.longitude, region.latitude, region.radius)
        case Area():
            around = Bounds(*region.geometry.bounds)
    y, x = _centres(grid, around)
    return _containing(grid, region) if y is None or x is None else Window(y, x)


def exact_window(grid: Ground, region: Extended, rough: Window) -> Window | None:
    """Return the smallest window with all cells that are meant, and which they are.

    Disc: cells whose centre lies within the geodesic distance. Area: cells whose centre is inside
    the polygon or on its boundary. Where there is none: the cell that holds the centre of the disc,
    or the centroid of the area; None where that is outside the grid.
    """
    latitudes, longitudes = rough.y.axis.values, rough.x.axis.values
    match region:
        case Disc():
            if grid.zonal:
                longitudes = np.array([region.longitude])
            place = (region.longitude, region.latitude, region.radius)
            mask = within(*place, longitudes[None, :], latitudes[:, None])
        case Area() if not grid.zonal:
            mask = inside(region.geometry, *np.meshgrid(longitudes, latitudes))
        case _:
            return rough
    if not mask.any():
        return _containing(grid, region)
    return shrunk(rough, mask)


def _box(grid: Ground, bounds: Bounds) -> Window | None:
    y, x = _centres(grid, bounds)
    y = y or row_at(grid.rows, (bounds.south + bounds.north) / 2)
    x = x or column_at(grid.circle, middle(bounds.west, bounds.east))
    return None if y is None or x is None else Window(y, x)


def _centres(grid: Ground, bounds: Bounds) -> tuple[Pick | None, Pick | None]:
    y = rows_between(grid.rows, bounds.south, bounds.north)
    if grid.zonal:
        return y, all_columns(grid.circle)
    return y, columns_between(grid.circle, bounds.west, bounds.east)


def _containing(grid: Ground, region: Disc | Area) -> Window | None:
    if isinstance(region, Disc):
        longitude, latitude = region.longitude, region.latitude
    else:
        longitude, latitude = centroid(region.geometry)
    y, x = row_at(grid.rows, latitude), column_at(grid.circle, longitude)
    return None if y is None or x is None else Window(y, x)


def shrunk(window: Window, mask: NDArray[np.bool_]) -> Window:
    """Return the smallest part of a window that holds all cells of a mask, some being meant."""
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom = int(down[0]), int(down[-1]) + 1
    left, right = int(across[0]), int(across[-1]) + 1
    part = mask[top:bottom, left:right]
    y, x = trimmed(window.y, top, bottom), homeward(trimmed(window.x, left, right))
    return Window(y, x, None if part.all() else part)
