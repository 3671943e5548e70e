"""An independent answer to every request: loops over all cells of a world, one by one."""

from itertools import product

import numpy as np
import shapely
from pyproj import Geod

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import Grid, GridAnswer
from casa_ogc.query.request import Area, Box, Disc, Everywhere, Points, Request
from tests.synthetic import LEVELS, TIMES, World

type Cell = tuple[int, int]
type Values = dict[tuple[int, int, int, int], float]

_GEOD = Geod(ellps="WGS84")
_TURNS = (-720, -360, 0, 360, 720)


def expected(world: World, request: Request) -> list[Values] | None:
    """Return the value of every cell that each grid must hold; None where nothing is there."""
    steps, levels = _steps(world, request), _levels(world, request)
    places = [cells for cells in _places(world, request) if cells]
    if not (steps and levels and places):
        return None
    return [
        {(t, z, *cell): world.value(t, z, *cell) for t, z, cell in product(steps, levels, cells)}
        for cells in places
    ]


def told(world: World, answer: GridAnswer, name: str = "xco2") -> list[Values]:
    """Return the value of every cell of each grid, placed by the axes that were sent."""
    return [_told(world, grid, name) for grid in answer.grids]


def same(found: list[Values], wanted: list[Values]) -> bool:
    """Return whether both hold the same cells with the same values, leaving out missing ones."""
    return [_present(one) for one in found] == [_present(one) for one in wanted]


def row_of(world: World, latitude: float) -> int:
    """Return the row that lies at a latitude."""
    return next(r for r, centre in enumerate(world.latitudes) if abs(centre - latitude) < 1e-9)


def column_of(world: World, longitude: float) -> int:
    """Return the column that lies at a longitude, in any turn."""
    if "x" not in world.dims:
        assert longitude == 0
        return 0
    return next(
        c
        for c, centre in enumerate(world.longitudes)
        if any(abs(centre + turn - longitude) < 1e-9 for turn in _TURNS)
    )


def box_cells(world: World, bounds: Bounds) -> list[Cell]:
    """Return the cells of a box."""
    rows = [r for r, y in enumerate(world.latitudes) if bounds.south <= y <= bounds.north]
    rows = rows or row_holding(world, (bounds.south + bounds.north) / 2)
    if "x" not in world.dims:
        return [(row, 0) for row in rows]
    east = bounds.east
    while east < bounds.west:
        east += 360
    columns = [
        c
        for c, x in enumerate(world.longitudes)
        if any(bounds.west <= x + turn <= east for turn in _TURNS)
    ]
    columns = columns or column_holding(world, (bounds.west + east) / 2)
    return list(product(rows, columns))


def row_holding(world: World, latitude: float) -> list[int]:
    """Return the northernmost row whose cells hold a latitude."""
    half = (world.latitudes[1] - world.latitudes[0]) / 2
    return [r for r, y in enumerate(world.latitudes) if y - half <= latitude <= y + half][-1:]


def column_holding(world: World, longitude: float) -> list[int]:
    """Return the column whose cells hold a longitude, the eastern one of two."""
    if "x" not in world.dims:
        return [0]
    half = 180 / world.columns
    return [
        c
        for c, x in enumerate(world.longitudes)
        if any(x + turn - half <= longitude < x + turn + half for turn in _TURNS)
    ]


def _places(world: World, request: Request) -> list[list[Cell]]:
    region = request.region
    every = list(product(range(world.rows), range(world.columns if "x" in world.dims else 1)))
    if isinstance(region, Everywhere):
        return [every]
    if isinstance(region, Box):
        return [box_cells(world, region.bounds)]
    if isinstance(region, Points):
        places = zip(region.longitudes, region.latitudes, strict=True)
        return [_holding(world, *place) for place in places]
    if isinstance(region, Disc):
        inside = [cell for cell in every if _within(world, region, cell)]
        return [inside or _holding(world, region.longitude, region.latitude)]
    if "x" not in world.dims:
        _, south, _, north = region.geometry.bounds
        rows = [r for r, y in enumerate(world.latitudes) if south <= y <= north]
        inside = [(row, 0) for row in rows]
    else:
        inside = [cell for cell in every if _inside(world, region, cell)]
    centroid = region.geometry.centroid
    return [inside or _holding(world, centroid.x, centroid.y)]


def _holding(world: World, longitude: float, latitude: float) -> list[Cell]:
    return list(product(row_holding(world, latitude), column_holding(world, longitude)))


def _within(world: World, disc: Disc, cell: Cell) -> bool:
    longitude = world.longitudes[cell[1]] if "x" in world.dims else disc.longitude
    latitude = world.latitudes[cell[0]]
    return bool(_GEOD.inv(disc.longitude, disc.latitude, longitude, latitude)[2] <= disc.radius)


def _inside(world: World, area: Area, cell: Cell) -> bool:
    latitude, longitude = world.latitudes[cell[0]], world.longitudes[cell[1]]
    turned = (shapely.Point(longitude + turn, latitude) for turn in _TURNS)
    return any(area.geometry.covers(point) for point in turned)


def _steps(world: World, request: Request) -> list[int]:
    if "t" not in world.dims or request.time is None:
        return list(range(len(TIMES) if "t" in world.dims else 1))
    return [
        t
        for t, instant in enumerate(TIMES)
        if any(
            (low is None or instant >= low) and (high is None or instant <= high)
            for low, high in request.time.intervals
        )
    ]


def _levels(world: World, request: Request) -> list[int]:
    asked = request.vertical
    if "z" not in world.dims or asked is None:
        return list(range(len(LEVELS) if "z" in world.dims else 1))
    low, high = asked.interval or (np.inf, -np.inf)
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    return [z for z, level in enumerate(LEVELS) if level in asked.levels or low <= level <= high]


def _told(world: World, grid: Grid, name: str) -> Values:
    field = grid.fields[name]
    wanted = tuple(role for role in "tzyx" if role in world.dims or role in "yx")
    assert field.roles == wanted == tuple(grid.axes)
    assert field.values.shape == tuple(grid.axes[role].size for role in field.roles)
    assert field.values.flags.c_contiguous
    times = (
        [int(np.flatnonzero(v == TIMES)[0]) for v in grid.axes["t"].values]
        if "t" in wanted
        else [0]
    )
    levels = (
        [int(np.flatnonzero(v == LEVELS)[0]) for v in grid.axes["z"].values]
        if "z" in wanted
        else [0]
    )
    rows = [row_of(world, value) for value in grid.axes["y"].values.tolist()]
    columns = [column_of(world, value) for value in grid.axes["x"].values.tolist()]
    keys = list(product(times, levels, rows, columns))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, field.values.ravel().tolist(), strict=True))


def _present(values: Values) -> Values:
    return {key: value for key, value in values.items() if value == value}
