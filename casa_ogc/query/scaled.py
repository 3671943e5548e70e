"""Planning an answer on another grid: from which layout its cells are made, and what it costs.

Means are made from the stored cells themselves, unless each cell of the answer is one cell of an
overview, which holds the same mean. Only where this would read more cells than allowed they are
made from the finest overview that stays below; then a stored cell that is partly missing weighs as
a whole one. Flags are never made from overviews that could be avoided.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.query.cost import Cost, Options
from casa_ogc.query.groups import groups
from casa_ogc.query.instants import steps
from casa_ogc.query.levels import levels
from casa_ogc.query.overlaps import Overlap
from casa_ogc.query.picks import Pick
from casa_ogc.query.places import checked
from casa_ogc.query.plan import cells_of
from casa_ogc.query.reading import Itinerary
from casa_ogc.query.regridding import Regrid, area_weighted
from casa_ogc.query.request import Box, Everywhere, Request
from casa_ogc.query.targets import Form, Target, target
from casa_ogc.query.variables import chosen
from casa_ogc.query.warping import points_allowed, points_needed, warped
from casa_ogc.query.windows import ground, rough_window
from casa_processes.common.errors import InvalidValueError, TooLargeError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube, Layout

MAP, OVERVIEW = "map", "overview/"
READ_FACTOR = 16
"""Stored cells that may be read for each cell that an answer may have."""
BLOCK = 1 << 20
"""Stored cells that are read at once, unless one time step has more."""


@dataclass(frozen=True, eq=False)
class Depth:
    """Stored steps or levels, the axis of the answer, and what each of its cells is made of."""

    pick: Pick
    axis: Axis
    shares: Overlap

    @property
    def joined(self) -> bool:
        """Whether a cell of the answer may have several stored ones."""
        return self.axis.size != self.pick.axis.size


@dataclass(frozen=True, eq=False)
class Source:
    """A layout, how its cells make those of the answer, and which variables are made from it."""

    name: str
    layout: "Layout"
    regrid: Regrid
    variables: tuple[Variable, ...]


@dataclass(frozen=True, eq=False)
class ScaledPlan:
    """What to read for an answer on another grid, and what it costs."""

    target: Target
    depth: Mapping[Role, Depth]
    sources: tuple[Source, ...]
    order: tuple[str, ...]
    points: bool
    cost: Cost


def plan_scaled(cube: "Cube", request: Request, form: Form, options: Options) -> ScaledPlan | None:
    """Return how a question is answered on another grid; None when nothing is there.

    Nothing is read.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist, regions other than a box, and reference
        systems made for another part of the Earth.
    TooLargeError
        When the answer, or what must be read for it, has more cells than allowed.
    """
    checked(request.region)
    if not isinstance(request.region, Everywhere | Box):
        raise InvalidValueError("coords", "a geometry", "a box, where the answer is scaled")
    variables = chosen(cube.variables, request.variables, options.defaults)
    bounds = request.region.bounds if isinstance(request.region, Box) else None
    depth = _depth(cube.axes, request, form)
    window = rough_window(ground(cube.axes), request.region)
    if depth is None or window is None:
        return None
    layers = _layers(cube, variables, depth)

    def check(rows: int, columns: int) -> None:
        if layers * rows * columns > options.max_cells:
            raise TooLargeError("cells", layers * rows * columns, options.max_cells)

    goal = target(window, bounds, form, check)
    finder = _Finder(cube, goal, prod(one.pick.axis.size for one in depth.values()), options)
    found = [(variable, finder.source(variable)) for variable in variables]
    chosen_ones = [(variable, source) for variable, source in found if source is not None]
    if not chosen_ones:
        return None
    sources = tuple(_sources(cube, chosen_ones))
    order = tuple(variable.name for variable in variables)
    cost = _cost(sources, depth, goal)
    return ScaledPlan(goal, depth, sources, order, finder.single_points, cost)


def _depth(axes: Mapping[Role, Axis], request: Request, form: Form) -> dict[Role, Depth] | None:
    """Return times and levels; None when an interval holds none."""
    picks: dict[Role, Pick | None] = {}
    scaled = {*form.scaling.factors, *form.scaling.sizes, *form.scaling.resolutions}
    if "t" in axes or request.time is not None:
        picks["t"] = steps(axes.get("t"), request.time)
    if "z" in axes or request.vertical is not None:
        picks["z"] = levels(axes.get("z"), request.vertical)
    if ("t" in scaled or form.scaling.period) and "t" not in picks:
        raise InvalidValueError("scale-axes", "time", "none: the product has no time axis")
    if "z" in scaled and "z" not in picks:
        raise InvalidValueError("scale-axes", "z", "none: the product has no vertical axis")
    found: dict[Role, Depth] = {}
    for role, pick in picks.items():
        if pick is None:
            return None
        found[role] = Depth(pick, *groups(pick.axis, form.scaling))
    return found


def _layers(cube: "Cube", variables: tuple[Variable, ...], depth: Mapping[Role, Depth]) -> int:
    """Return the number of layers of rows and columns in an answer."""
    arrays = cube.layouts[MAP].arrays
    return sum(
        prod(one.axis.size for role, one in depth.items() if role in arrays[variable.name].roles)
        for variable in variables
    )


class _Finder:
    """Finds the layout from which each variable is made; looks at each layout once."""

    def __init__(self, cube: "Cube", goal: Target, depth: int, options: Options) -> None:
        self._cube, self._goal, self._depth = cube, goal, depth
        self._limit = options.max_cells * READ_FACTOR
        self._known: dict[str, Regrid | None] = {}
        self._reached: dict[str, int] = {}
        self._names = [MAP, *(name for name in cube.layouts if name.startswith(OVERVIEW))]
        self.single_points = False

    def source(self, variable: Variable) -> tuple[str, Regrid] | None:
        """Return the layout of a variable; None when no stored cell meets the target.

        Raises
        ------
        TooLargeError
            When more stored cells than allowed would have to be read.
        """
        names = self._fine_enough()
        if self._goal.latitudes is not None and not discrete(variable):
            for name in reversed(names):
                regrid = self._regrid(name)
                if regrid is not None and regrid.aligned:
                    return name, regrid
        cells = 0
        for name in names:
            regrid = self._regrid(name)
            if regrid is None:
                return None
            cells = regrid.sources * self._depth
            if cells <= self._limit:
                return name, regrid
        raise TooLargeError("stored cells to read", cells, self._limit)

    def _fine_enough(self) -> list[str]:
        """Return the layouts of which every cell can be reached, the finest first."""
        if self._goal.latitudes is not None:
            return self._names
        allowed = points_allowed(self._goal)
        coarse = [name for name in self._names if self._points(name) <= allowed]
        return coarse or self._names[-1:]

    def _points(self, name: str) -> int:
        if name not in self._reached:
            grid = ground(self._cube.layouts[name].axes)
            self._reached[name] = points_needed(grid, self._goal)
        return self._reached[name]

    def _regrid(self, name: str) -> Regrid | None:
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def _made(self, name: str) -> Regrid | None:
        goal, grid = self._goal, ground(self._cube.layouts[name].axes)
        if goal.latitudes is not None and goal.longitudes is not None:
            return area_weighted(grid, goal.latitudes, goal.longitudes)
        points = self._points(name)
        self.single_points = points == 1
        return warped(grid, goal, min(points, points_allowed(goal)))


def _sources(cube: "Cube", found: list[tuple[Variable, tuple[str, Regrid]]]) -> Iterator[Source]:
    names = dict.fromkeys(name for _, (name, _) in found)
    for name in names:
        members = [(variable, regrid) for variable, (one, regrid) in found if one == name]
        variables = tuple(variable for variable, _ in members)
        yield Source(name, cube.layouts[name], members[0][1], variables)


def discrete(variable: Variable) -> bool:
    """Tell whether values are codes or counts, of which there is no mean."""
    return bool(variable.flags) or variable.dtype.startswith(("int", "uint", "bool"))


def _cost(sources: tuple[Source, ...], depth: Mapping[Role, Depth], goal: Target) -> Cost:
    cells = size = chunks = read_bytes = 0
    picks = {role: one.pick for role, one in depth.items()}
    for source in sources:
        itinerary = Itinerary(cells_of(picks, source.regrid.y.cells, source.regrid.x.cells))
        for variable in source.variables:
            array = source.layout.arrays[variable.name]
            deep = prod(one.axis.size for role, one in depth.items() if role in array.roles)
            count = deep * goal.y.size * goal.x.size
            decoded = itinerary.chunks(array)
            cells, size = cells + count, size + count * array.dtype.itemsize
            chunks += decoded
            read_bytes += decoded * prod(array.chunks) * array.dtype.itemsize
    return Cost(cells, size, read_bytes, chunks, ",".join(source.name for source in sources))
