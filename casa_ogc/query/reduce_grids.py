"""Statistics of windows: over cells weighted by exact areas, over steps by duration."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Axis, Role
from casa_ogc.query.answer import Grid, GridAnswer, GridField
from casa_ogc.query.arcs import arc
from casa_ogc.query.areas import cell_areas
from casa_ogc.query.correlation import Correlation, correlation, time_correlation
from casa_ogc.query.holding import edges
from casa_ogc.query.reducing import OWNERS, Reduction, cell_methods, reduced_variable
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

type Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Frame:
    """Axes and weights of a window.

    `cells` are those that are meant, where cells are reduced; None: all. `areas` has shape
    (cell,), `durations` and `instants` (step,), in m2 and s.
    """

    grid: Grid
    reduction: Reduction
    cells: NDArray[np.intp] | None
    areas: Floats
    durations: Floats | None
    instants: Floats
    links: Correlation | None

    @property
    def space(self) -> bool:
        """Whether cells are reduced."""
        return self.reduction.over in ("space", "all")

    @property
    def time(self) -> bool:
        """Whether steps are reduced."""
        return self.reduction.over in ("time", "all") and "t" in self.grid.axes


def reduce_grids(answer: GridAnswer, reduction: Reduction) -> GridAnswer:
    """Return one value for each level, and step or cell, of every window.

    mean, std: cells weigh by their area on the ellipsoid, steps by the length of their bounds,
    where these are known, else equally; std is that of the population. sum: per-area quantities
    are integrated over area, rates over time (see `reducing.summed_units`). count: valid values.
    Uncertainties of means and sums are propagated with the correlation of the reduction, those
    of other statistics are left out. Codes are only counted.

    Raises
    ------
    InvalidValueError
        For a reduction over time of data without time, a sum of what is no amount or over steps of
        unknown length, and where nothing is left.
    """
    return replace(answer, grids=tuple(_reduced(grid, reduction) for grid in answer.grids))


def _reduced(grid: Grid, reduction: Reduction) -> Grid:
    if reduction.over == "time" and "t" not in grid.axes:
        raise InvalidValueError("reduce-over", "time", "space: the data have no time")
    frame = _frame(grid, reduction)
    fields = {
        name: found
        for name, field in grid.fields.items()
        if (found := _field(frame, field)) is not None
    }
    if not fields:
        raise InvalidValueError("reduce", reduction.how, "count, for variables that hold codes")
    axes = {role: _reduced_axis(frame, role) for role in ROLES if role in grid.axes}
    return Grid(axes, fields)


def _frame(grid: Grid, reduction: Reduction) -> _Frame:
    y, x, t = grid.axes["y"], grid.axes["x"], grid.axes.get("t")
    uncertain = any(_owner(grid, field) is not None for field in grid.fields.values())
    links, areas = None, cell_areas(y, x).ravel()
    cells = None
    if grid.mask is not None and reduction.over != "time":
        cells = np.flatnonzero(grid.mask)
        areas = areas[cells]
    if uncertain and reduction.how in ("mean", "sum") and reduction.over != "time":
        places = [np.ravel(each) for each in np.meshgrid(x.values, y.values)]
        longitudes, latitudes = places if cells is None else (each[cells] for each in places)
        links = correlation(longitudes, latitudes, None, reduction.scales)
    instants = np.zeros(1)
    durations = None
    if t is not None:
        instants = t.values.astype("datetime64[ns]").astype(np.int64) / 1e9
        if t.size > 1 or t.bounds is not None:
            low, high = edges(t)
            durations = (high - low) if t.values[0] <= t.values[-1] else (high - low)[::-1]
    return _Frame(grid, reduction, cells, areas, durations, instants, links)


def _owner(grid: Grid, field: GridField) -> GridField | None:
    """Return the field whose uncertainty this is, where both are there."""
    owner = grid.fields.get(OWNERS.get(field.variable.name, ""))
    return owner if owner is not None and owner.values.shape == field.values.shape else None


def _field(frame: _Frame, field: GridField) -> GridField | None:
    """Reduce one field; None where the statistic has no meaning for it."""
    reduction = frame.reduction
    owner = _owner(frame.grid, field)
    if owner is not None and reduction.how not in ("mean", "sum"):
        return None
    numeric = field.variable.dtype.startswith("float") and not field.variable.flags
    if not numeric and reduction.how != "count":
        return None
    timed = frame.time and "t" in field.roles
    named = reduced_variable(field.variable, reduction, frame.space, timed)
    values = _shaped(frame, field)
    if owner is None:
        found = _statistic(frame, field.variable, values, timed)
    else:
        found = _uncertainty(frame, owner.variable, _shaped(frame, owner), values, timed)
    roles = tuple(r for r in ROLES if r in frame.grid.axes and (r in field.roles or r in "yx"))
    sizes = {role: _reduced_size(frame, role) for role in roles}
    shaped = found.transpose(1, 0, 2).reshape([sizes[role] for role in roles])
    if reduction.how == "count":
        shaped = shaped.astype(np.int64)
    methods = cell_methods(reduction, frame.space, timed, owner is not None)
    return GridField(named, roles, np.ascontiguousarray(shaped), methods)


def _shaped(frame: _Frame, field: GridField) -> Floats:
    """Return values of shape (level, step, cell); axes other than y and x that it lacks have 1."""
    axes = frame.grid.axes
    shape = [axes[role].size if role in field.roles else 1 for role in ROLES]
    full = [*shape[:2], axes["y"].size, axes["x"].size]
    values = np.broadcast_to(field.values.reshape(shape), full).astype(np.float64)
    flat = values.reshape(shape[0], shape[1], -1).transpose(1, 0, 2)
    return flat if frame.cells is None else flat[..., frame.cells]


def _weights(frame: _Frame, variable: Variable, steps: int, timed: bool) -> Floats:
    """Return weights of shape (step, cell): area and duration as far as they are reduced."""
    summing = frame.reduction.how == "sum"
    areal = not summing or "m-2" in variable.units.split()
    cells = frame.areas if frame.space and areal else np.ones(frame.areas.size)
    lengths = np.ones(steps)
    if timed and summing:
        if frame.durations is None:
            raise InvalidValueError("reduce", "sum", "steps of known length to sum over time")
        lengths = frame.durations
    elif timed and frame.grid.axes["t"].bounds is not None and frame.durations is not None:
        lengths = frame.durations
    return lengths[:, None] * cells[None, :]


def _summed(frame: _Frame, values: Floats, timed: bool) -> Floats:
    """Sum over steps and cells as far as they are reduced; the others stay."""
    axes = (1,) * timed + (2,) * frame.space
    return values.sum(axis=axes, keepdims=True) if axes else values


def _statistic(frame: _Frame, variable: Variable, values: Floats, timed: bool) -> Floats:
    how = frame.reduction.how
    valid = np.isfinite(values)
    count = _summed(frame, valid.astype(np.float64), timed)
    if how == "count":
        return count
    axes = (1,) * timed + (2,) * frame.space
    if how in ("min", "max"):
        filled = np.where(valid, values, np.inf if how == "min" else -np.inf)
        found = (np.min if how == "min" else np.max)(filled, axis=axes, keepdims=True)
        return np.where(count > 0, found, np.nan)
    weights = _weights(frame, variable, values.shape[1], timed) * valid
    total = _summed(frame, np.where(valid, values, 0.0) * weights, timed)
    if how == "sum":
        return np.where(count > 0, total, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / _summed(frame, weights, timed)
        if how == "mean":
            return mean
        off = np.where(valid, (values - mean) ** 2, 0.0)
        found = np.sqrt(_summed(frame, off * weights, timed) / _summed(frame, weights, timed))
    return np.where(count > 0, found, np.nan)


def _uncertainty(
    frame: _Frame, variable: Variable, values: Floats, errors: Floats, timed: bool
) -> Floats:
    """Propagate uncertainties of the valid values; an unknown one makes the result unknown."""
    valid = np.isfinite(values)
    weights = _weights(frame, variable, values.shape[1], timed) * valid
    if frame.reduction.how == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            weights = weights / _summed(frame, weights, timed)
    u = np.where(valid, weights * errors, 0.0)
    with np.errstate(invalid="ignore"):
        variance = np.stack([_variance(frame, level, timed) for level in u])
    known = _summed(frame, valid.astype(np.float64), timed) > 0
    return np.where(known, np.sqrt(np.maximum(variance, 0.0)), np.nan)


def _variance(frame: _Frame, u: Floats, timed: bool) -> Floats:
    """Return the variance of the sums of u, shape (step, cell), as far as they are reduced."""
    links, time = frame.links, frame.reduction.scales.time
    if not frame.space:
        if not timed:
            return u**2
        rho = time_correlation(frame.instants, time)
        return ((rho @ u) * u).sum(axis=0, keepdims=True)
    assert links is not None
    if not timed:
        return links.variances(u)[:, None]
    pairs = links.covariances(u) * time_correlation(frame.instants, time)
    return np.array([[pairs.sum()]])


def _reduced_size(frame: _Frame, role: Role) -> int:
    reduced = frame.space if role in ("y", "x") else (role == "t" and frame.time)
    return 1 if reduced else frame.grid.axes[role].size


def _reduced_axis(frame: _Frame, role: Role) -> Axis:
    """Return an axis as it is, or one cell over its whole span; its middle is at most 180 east."""
    axis = frame.grid.axes[role]
    if _reduced_size(frame, role) == axis.size:
        return axis
    bounds: NDArray[Any] = axis.values if axis.bounds is None else axis.bounds
    low, high = bounds.min(), bounds.max()
    if role == "x":
        low, high = _meant_arc(frame) if frame.cells is not None else (low, high)
        turn = 360.0 if low + high > 360 else 0.0
        low, high = low - turn, high - turn
    middle = low + (high - low) / 2
    return replace(axis, values=np.array([middle]), bounds=np.array([[low, high]]))


def _meant_arc(frame: _Frame) -> tuple[float, float]:
    """Return the ends of the shortest arc that holds the columns with cells that are meant."""
    axis, mask = frame.grid.axes["x"], frame.grid.mask
    assert axis.bounds is not None
    assert mask is not None
    bounds = np.sort(axis.bounds[mask.any(axis=0)], axis=1)
    return arc(bounds[:, 0], bounds[:, 1])
