"""Windows on fewer or more cells: means weighted by area and by thickness."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.query.answer import Grid, GridAnswer, GridField
from casa_ogc.query.overlaps import overlap, sums
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import VOCABULARY, Variable

type Sizes = Mapping[Role, int]

_CORRELATED = " (standard uncertainty of a mean of fully correlated errors)"
_OWNERS = {one.uncertainty: one.name for one in VOCABULARY.values() if one.uncertainty}


def resampled(answer: GridAnswer, sizes: Sizes, most: int) -> GridAnswer:
    """Return windows on the asked number of equal cells along each axis.

    The new cells divide what lies between the outer edges of the window. A value is the mean of
    the valid cells in it: by their area on the sphere, and by thickness between levels. An
    uncertainty is that of a mean of fully correlated errors, the mean of the uncertainties whose
    value is valid. Codes and counts, of which there is no mean, are those of the cell that holds
    the centre.

    Parameters
    ----------
    sizes
        Number of cells along ``x``, ``y``, ``z``; an axis that is not named stays as it is.
    most
        Most cells that a field may have.

    Raises
    ------
    InvalidValueError
        For an axis that the data do not have, or more cells than allowed.
    """
    return replace(answer, grids=tuple(_resampled(grid, sizes, most) for grid in answer.grids))


def _resampled(grid: Grid, sizes: Sizes, most: int) -> Grid:
    axes = dict(grid.axes)
    for role, size in sizes.items():
        if role not in axes:
            raise InvalidValueError(f"resolution-{role}", size, "0: the data have no such axis")
        axes[role] = _divided(axes[role], size)
    cells = int(np.prod([float(axis.size) for axis in axes.values()]))
    if cells * max(len(grid.fields), 1) > most:
        raise InvalidValueError("resolution", cells, f"at most {most} cells over all variables")
    fields = {name: _field(field, grid, axes, sizes) for name, field in grid.fields.items()}
    return Grid(axes, fields)


def _divided(axis: Axis, size: int) -> Axis:
    """Return the span of an axis divided into equal cells, in its direction."""
    assert axis.bounds is not None
    low, high = float(axis.bounds.min()), float(axis.bounds.max())
    edges = np.linspace(low, high, size + 1)
    if axis.size > 1 and axis.values[0] > axis.values[-1]:
        edges = edges[::-1]
    ordered = np.sort(np.stack([edges[:-1], edges[1:]], axis=1), axis=1)
    if edges[0] > edges[-1]:
        ordered = ordered[:, ::-1]
    return replace(axis, values=(edges[:-1] + edges[1:]) / 2, bounds=ordered)


def _field(field: GridField, grid: Grid, axes: Mapping[Role, Axis], sizes: Sizes) -> GridField:
    changed = [role for role in sizes if role in field.roles]
    if discrete(field.variable):
        return _picked(field, grid, axes, changed)
    valid = np.isfinite(field.values)
    owner = grid.fields.get(_OWNERS.get(field.variable.name, ""))
    if owner is not None and owner.values.shape == field.values.shape:
        valid &= np.isfinite(owner.values)
    total: NDArray[np.float64] = np.where(valid, field.values, 0).astype(np.float64)
    weight = valid.astype(np.float64)
    for role in changed:
        place = field.roles.index(role)
        shares = overlap(_measure(grid.axes[role]), _measure(axes[role]))
        total, weight = sums(total, shares, place), sums(weight, shares, place)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(weight > 0, total / weight, np.nan)
    methods = " ".join(f"{grid.axes[role].name}: mean" for role in changed)
    if methods and field.variable.name in _OWNERS:
        methods += _CORRELATED
    return replace(field, values=mean.astype(_floating(field)), cell_methods=methods)


def _picked(
    field: GridField, grid: Grid, axes: Mapping[Role, Axis], changed: list[Role]
) -> GridField:
    values = field.values
    for role in changed:
        edges = grid.axes[role].bounds
        assert edges is not None
        low, high = edges.min(axis=1), edges.max(axis=1)
        centres = axes[role].values[:, None]
        inside = (low[None, :] <= centres) & (centres <= high[None, :])
        values = np.take(values, inside.argmax(axis=1), axis=field.roles.index(role))
    return replace(field, values=np.ascontiguousarray(values), cell_methods="area: point")


def _measure(axis: Axis) -> NDArray[np.float64]:
    """Return edges on the scale on which cells weigh: the sine of latitude, else as they are."""
    assert axis.bounds is not None
    bounds = np.asarray(axis.bounds, dtype=np.float64)
    return np.sin(np.radians(np.clip(bounds, -90, 90))) if axis.role == "y" else bounds


def discrete(variable: Variable) -> bool:
    """Tell whether values are codes or counts, of which there is no mean."""
    return bool(variable.flags) or not variable.dtype.startswith("float")


def _floating(field: GridField) -> np.dtype[np.floating]:
    return field.values.dtype if field.values.dtype.kind == "f" else np.dtype(np.float64)
