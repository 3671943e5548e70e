"""Reading what was planned: grids with the axes of the data that is sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Role
from casa_ogc.query.answer import Grid, GridAnswer, GridField, Origin
from casa_ogc.query.picks import Cells
from casa_ogc.query.plan import Plan, cells_of, chunk_groups
from casa_ogc.query.reading import Itinerary, read
from casa_ogc.query.windows import Window, exact_window

type Fields = Mapping[str, GridField]


def grids(plan: Plan, origin: Origin) -> GridAnswer | None:
    """Return the grids of a plan: one window, or one cell for each point; None when there is none.

    Rows stay in stored order, from north to south or from south to north; columns go from west to
    east. Values are C-contiguous.
    """
    if plan.region is None:
        found = dict(_cells(plan))
        return GridAnswer(origin, tuple(found[number] for number in range(len(plan.windows))))
    window = exact_window(plan.ground, plan.region, plan.windows[0])
    if window is None:
        return None
    return GridAnswer(origin, (_grid(plan, window, _fields(plan, window.y.cells, window.x.cells)),))


def _cells(plan: Plan) -> Iterator[tuple[int, Grid]]:
    """Yield the number and the grid of each point; those in one chunk are read together."""
    for numbers in chunk_groups(plan.layout, plan.variables[0].name, plan.windows):
        members = [plan.windows[number] for number in numbers]
        y, x = _hull([one.y.cells for one in members]), _hull([one.x.cells for one in members])
        fields = _fields(plan, y, x)
        for number, cell in zip(numbers, members, strict=True):
            own = {
                name: _part(field, cell.y.cells.first - y.first, cell.x.cells.first - x.first)
                for name, field in fields.items()
            }
            yield number, _grid(plan, cell, own)


def _hull(cells: Sequence[Cells]) -> Cells:
    """Return one run that holds several single cells of an axis."""
    starts = [cell.first for cell in cells]
    return Cells(((min(starts), max(starts) + 1),))


def _fields(plan: Plan, y: Cells, x: Cells) -> Fields:
    """Read all variables of a plan in some rows and columns."""
    itinerary = Itinerary(cells_of(plan.depth, y, x))
    fields = {}
    for variable in plan.variables:
        array = plan.layout.arrays[variable.name]
        values = read(array, itinerary)
        stored = [role for role in ROLES if role in array.roles]
        roles = tuple(r for r in ROLES if r in stored or (r in "yx" and r not in plan.layout.axes))
        sizes = dict(zip(stored, values.shape, strict=True))
        shaped = values.reshape([sizes.get(role, 1) for role in roles])
        fields[variable.name] = GridField(variable, roles, shaped)
    return fields


def _part(field: GridField, row: int, column: int) -> GridField:
    """Return one cell of a field."""
    places = {"y": slice(row, row + 1), "x": slice(column, column + 1)}
    index = tuple(places.get(role, slice(None)) for role in field.roles)
    return GridField(field.variable, field.roles, np.ascontiguousarray(field.values[index]))


def _grid(plan: Plan, window: Window, fields: Fields) -> Grid:
    """Return fields on their axes, with NaN in the cells of a window that are not meant."""
    used = {role for field in fields.values() for role in field.roles}
    axes = {role: pick.axis for role, pick in plan.depth.items() if role in used}
    axes |= {"y": window.y.axis, "x": window.x.axis}
    if window.mask is not None:
        fields = {name: _masked(field, window.mask) for name, field in fields.items()}
    return Grid({role: axes[role] for role in ROLES if role in axes}, fields, window.mask)


def _masked(field: GridField, mask: NDArray[np.bool_]) -> GridField:
    """Blank the cells that are not meant; whole numbers become floats that can hold NaN."""
    absent: tuple[Role, ...] = tuple(role for role in ("y", "x") if role not in field.roles)
    for role in absent:
        mask = mask.any(axis=0 if role == "y" else -1)
    if field.values.dtype.kind == "f":
        dtype: np.dtype[Any] = field.values.dtype
    else:
        dtype = np.result_type(field.values.dtype, np.float32)
    values = np.where(mask, field.values.astype(dtype, copy=False), dtype.type(np.nan))
    return GridField(field.variable, field.roles, values)
