"""Grids along paths: the value of the cell, step and level that hold each sample."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.query.answer import PathAnswer
from casa_ogc.query.cost import NOTHING, Cost, Options, refuse_excess
from casa_ogc.query.gather import Places, cheapest, gather
from casa_ogc.query.holding import cells_holding
from casa_ogc.query.instants import steps
from casa_ogc.query.levels import levels
from casa_ogc.query.picks import Pick
from casa_ogc.query.places import checked
from casa_ogc.query.request import Path, Request
from casa_ogc.query.sampling import Samples, samples
from casa_ogc.query.variables import chosen
from casa_ogc.query.windows import ground
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube

_COORDINATES = 4

type Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Course:
    """Which cells a path means.

    Attributes
    ----------
    variables
        What to read.
    samples
        Where, without those whose time or level is not stored.
    times, heights
        Stored steps and levels: of each sample where the path has time or height, else those that
        are repeated for the whole path; None where the cube has no such axis.
    timed, deep
        Whether the path has time, or height.
    """

    variables: tuple[Variable, ...]
    samples: Samples
    times: Numbers | None
    heights: Numbers | None
    timed: bool
    deep: bool

    @property
    def repeats(self) -> tuple[int, int]:
        """How many steps and levels the path is repeated at."""
        steps_ = 1 if self.timed or self.times is None else self.times.size
        levels_ = 1 if self.deep or self.heights is None else self.heights.size
        return steps_, levels_

    @property
    def rows(self) -> int:
        """Number of rows of the answer."""
        return self.samples.size * self.repeats[0] * self.repeats[1]


def along(cube: "Cube", request: Request, options: Options) -> PathAnswer | None:
    """Return a grid along a path; None where no sample has a cell.

    A path without time is answered at each step that is asked for, one without height at each
    level; each of these is a track of its own.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist, and for a time or level both in the path and
        beside it.
    TooLargeError
        For more values than allowed, before anything is read.
    """
    course = _course(cube, request, options)
    if course is None:
        return None
    refuse_excess(_cells(course), options)
    places = _places(course)
    names = [variable.name for variable in course.variables]
    layout, _, _ = cheapest(cube.layouts, names, places)
    columns = _coordinates(cube, course, places)
    arrays = cube.layouts[layout].arrays
    columns |= {name: gather(arrays[name], places) for name in names}
    axis = cube.axes.get("z")
    return PathAnswer(
        origin=options.origin,
        columns=columns,
        variables={variable.name: variable for variable in course.variables},
        matched=course.rows,
        vertical="" if axis is None else axis.name,
        units="" if axis is None else axis.units,
        positive=None if axis is None else axis.positive,
    )


def path_cost(cube: "Cube", request: Request, options: Options) -> Cost:
    """Return what a grid along a path costs; nothing of the data is read.

    Raises
    ------
    UnknownNameError, InvalidValueError, TooLargeError
        As `along`.
    """
    course = _course(cube, request, options)
    if course is None:
        return NOTHING
    cost = _cells(course)
    refuse_excess(cost, options)
    names = [variable.name for variable in course.variables]
    layout, chunks, size = cheapest(cube.layouts, names, _places(course))
    return Cost(cost.cells, cost.bytes, size, chunks, layout)


def _course(cube: "Cube", request: Request, options: Options) -> Course | None:
    path = request.region
    assert isinstance(path, Path)
    checked(path)
    variables = chosen(cube.variables, request.variables, options.defaults)
    timed, deep = bool(path.routes[0].seconds), bool(path.routes[0].heights)
    check_once(cube, request, timed, deep)
    found = samples(ground(cube.axes), path, options.max_cells)
    kept = np.ones(found.size, dtype=bool)
    nearest = request.time is not None and request.time.nearest
    times = heights = None
    if timed:
        times = cells_holding(cube.axes["t"], found.seconds, nearest)
        kept &= times >= 0
    elif "t" in cube.axes or request.time is not None:
        times = _listed(steps(cube.axes.get("t"), request.time))
    if deep:
        heights = cells_holding(cube.axes["z"], found.height)
        kept &= heights >= 0
    elif "z" in cube.axes or request.vertical is not None:
        heights = _listed(levels(cube.axes.get("z"), request.vertical))
    found = found.part(kept)
    times = times[kept] if timed and times is not None else times
    heights = heights[kept] if deep and heights is not None else heights
    course = Course(variables, found, times, heights, timed, deep)
    return course if course.rows else None


def check_once(cube: "Cube", request: Request, timed: bool, deep: bool) -> None:
    """Refuse times and levels of a line that no axis has, or that are said twice.

    Raises
    ------
    InvalidValueError
        Naming the coordinate, or the parameter beside it.
    """
    if timed and "t" not in cube.axes:
        raise InvalidValueError("coords", "M", "no times: the product has no time axis")
    if timed and request.time is not None and request.time.intervals:
        raise InvalidValueError("datetime", request.time, "times in coords or here, not in both")
    if deep and "z" not in cube.axes:
        raise InvalidValueError("coords", "Z", "no levels: the product has no vertical axis")
    if deep and request.vertical is not None:
        raise InvalidValueError("z", request.vertical, "levels in coords or here, not in both")


def _listed(pick: Pick | None) -> Numbers:
    """Return the stored cells of a pick in the order of the answer."""
    if pick is None:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate([np.arange(*run) for run in pick.cells.runs])


def _cells(course: Course) -> Cost:
    cells = course.rows * (len(course.variables) + _COORDINATES)
    return Cost(cells, 8 * cells, 0, 0, "")


def _places(course: Course) -> Places:
    """Return the stored cells of all rows: steps, levels within, samples within."""
    (steps_, levels_), found = course.repeats, course.samples
    places: dict[Any, Numbers] = {
        "y": np.tile(found.row, steps_ * levels_),
        "x": np.tile(found.column, steps_ * levels_),
    }
    if course.times is not None:
        each = course.times if course.timed else np.repeat(course.times, levels_ * found.size)
        places["t"] = np.tile(each, levels_) if course.timed else each
    if course.heights is not None:
        each = course.heights if course.deep else np.repeat(course.heights, found.size)
        places["z"] = np.tile(each, steps_)
    return places


def _coordinates(cube: "Cube", course: Course, places: Places) -> dict[str, NDArray[Any]]:
    """Return time, place, level and track of all rows: those of the path where it has them."""
    found, repeats = course.samples, course.repeats[0] * course.repeats[1]
    longitude = np.tile(found.longitude, repeats)
    turned = np.round((longitude + 180) % 360 - 180, 10)
    within = (longitude >= -180) & (longitude <= 180)
    columns: dict[str, NDArray[Any]] = {
        "time": np.full(longitude.size, np.datetime64("NaT", "ns")),
        "longitude": np.where(within, longitude, turned),
        "latitude": np.tile(found.latitude, repeats),
    }
    columns |= dict(_depths(cube, course, places, repeats))
    lines = int(found.line.max()) + 1
    track = np.arange(repeats)[:, None] * lines + found.line[None, :]
    _, numbers = np.unique(track.ravel(), return_inverse=True)
    return columns | {"track": (numbers + 1).astype(np.int32)}


def _depths(
    cube: "Cube", course: Course, places: Places, repeats: int
) -> Iterator[tuple[str, NDArray[Any]]]:
    if course.timed:
        instants = np.round(np.tile(course.samples.seconds, repeats) * 1e3).astype(np.int64)
        yield "time", instants.astype("datetime64[ms]").astype("datetime64[ns]")
    elif course.times is not None:
        axis: Axis = cube.axes["t"]
        yield "time", axis.values[places["t"]].astype("datetime64[ns]")
    if course.heights is not None:
        axis = cube.axes["z"]
        path = np.tile(course.samples.height, repeats)
        yield axis.name, path if course.deep else axis.values[places["z"]].astype(np.float64)
