"""Reading cubes for maps: the overview that fits, and the cells that are seen of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.query.blocks import BLOCKS, Block
from casa_ogc.query.instants import steps
from casa_ogc.query.levels import levels
from casa_ogc.query.picks import Pick
from casa_ogc.query.request import TimeSelection, VerticalSelection
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube, Layout

_SLENDER = 8.0
_REMEMBERED = 512
_EQUAL = 1 + 1e-6
_POLE_TO_POLE = Axis("latitude", "y", np.array([0.0]), np.array([[-90.0, 90.0]]), "degrees_north")
_ROUND = Axis("longitude", "x", np.array([0.0]), np.array([[-180.0, 180.0]]), "degrees_east")

type Places = NDArray[np.int32]


@dataclass(frozen=True)
class Depth:
    """One time and one level of a cube: places on its stored axes, as far as it has them."""

    t: int | None
    z: int | None


def horizontal(layout: "Layout") -> tuple[Axis, Axis]:
    """Return latitudes and longitudes of a layout; a missing axis is one cell all the way."""
    return layout.axes.get("y") or _POLE_TO_POLE, layout.axes.get("x") or _ROUND


def depth(
    cube: "Cube", time: TimeSelection | None, level: VerticalSelection | None
) -> Depth | None:
    """Return the time and level of a cube that a map shows; None where there is no such step.

    Parameters
    ----------
    time
        Of several steps that it means the last is shown; None is the last of all.
    level
        None is the first one stored; of several that it means, the first.

    Raises
    ------
    InvalidValueError
        For a level that is not stored, or a time or level of a cube without such an axis.
    """
    t = z = None
    if "t" in cube.axes or time is not None:
        picked = steps(cube.axes.get("t"), time)
        if picked is None:
            return None
        t = _place(picked, int(np.argmax(picked.axis.values)))
    if "z" in cube.axes or level is not None:
        held = levels(cube.axes.get("z"), level)
        if held is None:
            return None
        z = _place(held, 0)
    return Depth(t, z)


def fitting(cube: "Cube", across: float, down: float) -> str:
    """Return the name of the coarsest layout whose cells are no larger than pixels.

    Parameters
    ----------
    across, down
        Size of a pixel along longitude and latitude [degrees]. Where one is more than 8 times the
        other, the smaller one counts as an eighth of the larger.
    """
    across, down = max(across, down / _SLENDER), max(down, across / _SLENDER)
    names = [name for name in cube.layouts if name.startswith("overview/")]
    for name in sorted(names, key=lambda one: int(one.rpartition("/")[2]), reverse=True):
        y, x = horizontal(cube.layouts[name])
        if _size(y) <= down * _EQUAL and _size(x) <= across * _EQUAL:
            return name
    return "map"


def numeric(cube: "Cube", name: str) -> None:
    """Check that a variable can be drawn.

    Raises
    ------
    UnknownNameError
        When it is not stored.
    InvalidValueError
        When it holds no numbers.
    """
    if name not in cube.variables:
        raise UnknownNameError("variable", name, cube.variables)
    if cube.layouts["map"].arrays[name].dtype.kind not in "fiub":
        raise InvalidValueError("variable", name, "a numeric variable")


def cells(
    layout: "Layout", name: str, at: Depth, seen: tuple[Places, Places], limit: int
) -> tuple[Block, Places, Places]:
    """Read the cells of a variable that a map shows.

    Whole chunks are read and kept for the next map.

    Parameters
    ----------
    seen
        Rows and columns that are shown, as places on the stored axes, in any order.
    limit
        Most cells to hold in memory.

    Returns
    -------
    values
        Shape (rows, columns) of those chunks, read-only.
    rows, columns
        Places of `seen` in `values`.

    Raises
    ------
    TooLargeError
        For more cells than the limit, before anything is read.
    """
    array = layout.arrays[name]
    sizes = dict(zip(array.roles, zip(array.shape, array.chunks, strict=True), strict=True))
    down, rows = _chunks(seen[0], *sizes.get("y", (1, 1)))
    across, columns = _chunks(seen[1], *sizes.get("x", (1, 1)))
    held = sum(b - a for a, b in down) * sum(b - a for a, b in across)
    if held > limit:
        raise TooLargeError("cells", held, limit)
    fixed = {"t": (at.t or 0, (at.t or 0) + 1), "z": (at.z or 0, (at.z or 0) + 1)}
    parts = [[BLOCKS.get(array, _window(fixed, y, x)) for x in across] for y in down]
    if len(down) == len(across) == 1:
        return parts[0][0], rows, columns
    return np.block(parts), rows, columns


def _window(
    fixed: Mapping[str, tuple[int, int]], y: tuple[int, int], x: tuple[int, int]
) -> dict[Role, tuple[int, int]]:
    return {"t": fixed["t"], "z": fixed["z"], "y": y, "x": x}


def _chunks(places: Places, size: int, chunk: int) -> tuple[list[tuple[int, int]], Places]:
    """Return the runs of cells of the chunks that hold some places, and the places in them."""
    if places.size == 0 or size <= chunk:
        return [(0, size)], places
    used, position = np.unique(places // chunk, return_inverse=True)
    runs = [(int(n) * chunk, min((int(n) + 1) * chunk, size)) for n in used]
    return runs, (position.reshape(places.shape) * chunk + places % chunk).astype(np.int32)


def _place(picked: Pick, number: int) -> int:
    """Return the stored place of a cell of a straight axis."""
    for start, stop in picked.cells.runs:
        if number < stop - start:
            return start + number
        number -= stop - start
    raise IndexError(number)


@lru_cache(maxsize=_REMEMBERED)
def _size(axis: Axis) -> float:
    """Return the median size of the cells of an axis [degrees]."""
    bounds = axis.bounds
    return float(np.median(np.abs(np.diff(bounds, axis=1)))) if bounds is not None else 360.0
