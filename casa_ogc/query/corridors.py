"""Grids within corridors: cells near a path, at the steps and levels at which it passes."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Bounds, Role
from casa_ogc.query.along import check_once
from casa_ogc.query.answer import Grid, GridAnswer, GridField
from casa_ogc.query.cost import NOTHING, Cost, Options, refuse_excess
from casa_ogc.query.grids import grids
from casa_ogc.query.holding import cells_holding, edges
from casa_ogc.query.picks import Pick
from casa_ogc.query.places import checked
from casa_ogc.query.plan import Plan, plan
from casa_ogc.query.request import (
    Box,
    Corridor,
    Everywhere,
    Path,
    Request,
    TimeSelection,
    VerticalSelection,
)
from casa_ogc.query.sampling import samples
from casa_ogc.query.tracks import Nearest, nearest, surrounding
from casa_ogc.query.windows import Ground, Window, ground, shrunk

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube


@dataclass(frozen=True, eq=False)
class _Passing:
    """The question to the box around a corridor, and where the steps of its path are."""

    question: Request
    corridor: Corridor
    timed: bool
    deep: bool


def corridor_grid(cube: "Cube", request: Request, options: Options) -> GridAnswer | None:
    """Return the cells of a corridor; None where there is none.

    A cell is meant when its centre lies within half the width of the path, or when the path passes
    through it. Where the path has times, a cell holds a value at the step that holds the time of
    the closest place of the path. Where it has heights, it holds values at the levels within half
    the height of the path there and at the one that holds it; without a corridor height at the
    latter alone. A path without heights means every level that is asked for.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist, and for those that are said twice.
    TooLargeError
        For more values than allowed, before anything is read.
    """
    passing = _passing(cube, request)
    planned = None if passing is None else plan(cube, passing.question, options)
    if passing is None or planned is None:
        return None
    refuse_excess(planned.cost, options)
    window = _window(planned, passing.corridor, options)
    if window is None:
        return None
    answer = grids(replace(planned, region=Everywhere(), windows=(window,)), options.origin)
    if answer is None or not (passing.timed or passing.deep):
        return answer
    grid = _passed(answer.grids[0], passing)
    return None if grid is None else replace(answer, grids=(grid,))


def corridor_cost(cube: "Cube", request: Request, options: Options) -> Cost:
    """Return what a corridor costs at most: the box around it.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `corridor_grid`.
    """
    passing = _passing(cube, request)
    planned = None if passing is None else plan(cube, passing.question, options)
    return NOTHING if planned is None else planned.cost


def _passing(cube: "Cube", request: Request) -> _Passing | None:
    """Return the question to the box around a corridor; None when nothing is stored then."""
    corridor = request.region
    assert isinstance(corridor, Corridor)
    checked(corridor)
    path = corridor.path
    timed, deep = bool(path.routes[0].seconds), bool(path.routes[0].heights)
    check_once(cube, request, timed, deep)
    question = replace(request, region=_box(ground(cube.axes), corridor))
    if timed:
        seconds = [second for route in path.routes for second in route.seconds]
        time = _steps_between(cube.axes["t"], min(seconds), max(seconds))
        question = replace(question, time=time)
    if deep:
        half = (corridor.height or 0.0) / 2
        heights = [height for route in path.routes for height in route.heights]
        levels = _levels_between(cube.axes["z"], min(heights) - half, max(heights) + half)
        question = replace(question, vertical=levels)
    absent = (timed and question.time is None) or (deep and question.vertical is None)
    return None if absent else _Passing(question, corridor, timed, deep)


def _box(grid: Ground, corridor: Corridor) -> Box:
    """Return the box around a corridor, and a cell more on every side."""
    around = surrounding(corridor.path, corridor.width / 2)
    down = float((grid.rows.north - grid.rows.south).max())
    across = float((grid.circle.bounds[:, 1] - grid.circle.bounds[:, 0]).max())
    south, north = max(around.south - down, -90.0), min(around.north + down, 90.0)
    if around.east - around.west + 2 * across >= 360:
        return Box(Bounds(-180.0, south, 180.0, north))
    return Box(Bounds(around.west - across, south, around.east + across, north))


def _steps_between(axis: Axis, first: float, last: float) -> TimeSelection | None:
    low, high = edges(axis)
    met = np.flatnonzero((low <= last) & (high >= first))
    if met.size == 0:
        return None
    ascending = np.sort(axis.values)
    return TimeSelection(((ascending[met[0]], ascending[met[-1]]),))


def _levels_between(axis: Axis, lowest: float, highest: float) -> VerticalSelection | None:
    low, high = edges(axis)
    met = np.flatnonzero((low <= highest) & (high >= lowest))
    if met.size == 0:
        return None
    ascending = np.sort(axis.values)
    return VerticalSelection(interval=(float(ascending[met[0]]), float(ascending[met[-1]])))


def _window(planned: Plan, corridor: Corridor, options: Options) -> Window | None:
    """Return the smallest window that holds the cells of a corridor, and which they are."""
    rough, grid = planned.windows[0], planned.ground
    latitudes, longitudes = rough.y.axis.values, rough.x.axis.values
    if grid.zonal:
        around = surrounding(corridor.path, corridor.width / 2)
        near = (latitudes >= around.south) & (latitudes <= around.north)
        mask = near[:, None] & np.ones(longitudes.size, dtype=bool)
    else:
        mask = _near(corridor, latitudes, longitudes)
    mask |= _crossed(grid, corridor.path, rough, options.max_cells)
    return shrunk(rough, mask) if mask.any() else None


def _near(
    corridor: Corridor, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> NDArray[np.bool_]:
    x, y = np.meshgrid(longitudes, latitudes)
    close = nearest(corridor.path, x.ravel(), y.ravel(), corridor.width / 2)
    return np.isfinite(close.distance).reshape(x.shape)


def _crossed(grid: Ground, path: Path, window: Window, most: int) -> NDArray[np.bool_]:
    """Return which cells of a window a path passes through."""
    found = samples(grid, path, most)
    y, x = _positions(window.y), _positions(window.x)
    mask = np.zeros((window.y.axis.size, window.x.axis.size), dtype=bool)
    inside = [
        (y[row], x[column])
        for row, column in zip(found.row.tolist(), found.column.tolist(), strict=True)
        if row in y and column in x
    ]
    if inside:
        mask[tuple(np.array(inside).T)] = True
    return mask


def _positions(pick: Pick) -> dict[int, int]:
    """Return where in the answer each stored cell of a pick is."""
    cells = pick.cells
    runs = [range(*run)[::-1] if cells.reverse else range(*run) for run in cells.runs]
    return {cell: place for place, cell in enumerate(cell for run in runs for cell in run)}


def _passed(grid: Grid, passing: _Passing) -> Grid | None:
    """Blank the steps and levels at which the path is not close to a cell."""
    y, x = grid.axes["y"], grid.axes["x"]
    longitudes, latitudes = np.meshgrid(x.values, y.values)
    path = passing.corridor.path
    close = nearest(path, longitudes.ravel(), latitudes.ravel(), np.inf)
    masks: dict[Role, NDArray[np.bool_]] = {}
    if passing.timed:
        held = cells_holding(grid.axes["t"], close.seconds)
        masks["t"] = held[None, :] == np.arange(grid.axes["t"].size)[:, None]
    if passing.deep:
        masks["z"] = _levels_passed(grid.axes["z"], close, passing.corridor.height)
    if not all(mask.any() for mask in masks.values()):
        return None
    shape = (y.size, x.size)
    fields = {
        name: _blanked(field, {role: mask.reshape(-1, *shape) for role, mask in masks.items()})
        for name, field in grid.fields.items()
    }
    return Grid(grid.axes, fields, grid.mask)


def _levels_passed(axis: Axis, close: Nearest, height: float | None) -> NDArray[np.bool_]:
    """Return at which levels each cell is met, shape (level, cell)."""
    held: NDArray[np.bool_] = (
        cells_holding(axis, close.height)[None, :] == np.arange(axis.size)[:, None]
    )
    if height is not None:
        off = np.abs(axis.values[:, None].astype(np.float64) - close.height[None, :])
        held |= off <= height / 2
    return held


def _blanked(field: GridField, masks: dict[Role, NDArray[np.bool_]]) -> GridField:
    values = field.values
    if values.dtype.kind != "f":
        values = values.astype(np.result_type(values.dtype, np.float32))
    for role, mask in masks.items():
        if role in field.roles and field.roles[-2:] == ("y", "x"):
            shape = [1] * values.ndim
            shape[field.roles.index(role)] = mask.shape[0]
            shape[-2:] = mask.shape[1:]
            values = np.where(mask.reshape(shape), values, values.dtype.type(np.nan))
    return replace(field, values=np.ascontiguousarray(values))
