"""Making an answer on another grid, some time steps at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Axis, Role
from casa_ogc.query.answer import Grid, GridAnswer, GridField, Origin
from casa_ogc.query.overlaps import sums
from casa_ogc.query.picks import Pick, trimmed
from casa_ogc.query.plan import cells_of
from casa_ogc.query.reading import Itinerary, read
from casa_ogc.query.regridding import Numbers
from casa_ogc.query.scaled import BLOCK, Depth, ScaledPlan, Source, discrete
from casa_processes.common.vocabulary import VOCABULARY, Variable

_CORRELATED = " (standard uncertainty of a mean of fully correlated errors)"


def scale(plan: ScaledPlan, origin: Origin) -> GridAnswer:
    """Return the grid of a plan.

    Values are area-weighted means of the valid cells; an uncertainty is that of a mean of fully
    correlated errors, as in the overviews of the archive: the mean of the uncertainties of the
    cells whose value is valid. Flags and counts take the value of the largest area, the lower one
    of two as large. Times weigh by duration and levels by thickness.
    """
    made: dict[str, GridField] = {}
    for source in plan.sources:
        made |= _fields(plan, source)
    used = {role for one in made.values() for role in one.roles}
    axes: dict[Role, Axis] = {role: one.axis for role, one in plan.depth.items()}
    axes |= {"y": plan.target.y, "x": plan.target.x}
    held = {role: axes[role] for role in ROLES if role in axes and role in used}
    fields = {name: made[name] for name in plan.order if name in made}
    return GridAnswer(origin, (Grid(held, fields),), plan.target.system.uri)


@dataclass(eq=False)
class _Mean:
    """Weighted sums of one group, until its last step."""

    total: Numbers | None = None
    weight: Numbers | None = None

    def add(self, totals: Numbers, weights: Numbers, share: float) -> None:
        """Add one step, whose arrays are used up."""
        if share != 1.0:
            totals *= share
            weights *= share
        if self.total is None or self.weight is None:
            self.total, self.weight = totals, weights
        else:
            self.total += totals
            self.weight += weights

    def result(self) -> Numbers:
        if self.total is None or self.weight is None:
            return np.array(np.nan)
        known = self.weight > 0
        np.divide(self.total, self.weight, out=self.total, where=known)
        self.total[~known] = np.nan
        return self.total


@dataclass(eq=False)
class _Majority:
    """Areas of each code in one group, until its last step."""

    areas: dict[float, Numbers] = field(default_factory=dict)

    def add(self, code: float, areas: Numbers, share: float) -> None:
        known = self.areas.get(code)
        self.areas[code] = areas * share if known is None else known + areas * share

    def result(self) -> Numbers:
        best, most = np.array(np.nan), np.array(0.0)
        for code in sorted(self.areas):
            best = np.where(self.areas[code] > most, code, best)
            most = np.maximum(self.areas[code], most)
        return best


def _fields(plan: ScaledPlan, source: Source) -> dict[str, GridField]:
    """Make the variables of one source."""
    timeless = [v for v in source.variables if "t" not in source.layout.arrays[v.name].roles]
    timed = [v for v in source.variables if v not in timeless]
    made: dict[str, GridField] = {}
    if timeless:
        made |= _made(plan, source, tuple(timeless), None)
    if timed:
        made |= _made(plan, source, tuple(timed), plan.depth["t"])
    return made


def _made(
    plan: ScaledPlan, source: Source, variables: tuple[Variable, ...], time: Depth | None
) -> dict[str, GridField]:
    results = {one.name: _empty(plan, source, one, time) for one in variables}
    groups: dict[str, _Mean | _Majority] = {}
    last = _last_steps(time)
    for first, values in _blocks(plan, source, variables, time):
        for one in variables:
            partner = _partner(one, values)
            summed = list(_summed(plan, source, one, values[one.name], partner))
            for step in range(values[one.name].shape[0]):
                group, share, closes = last[first + step]
                running = groups.setdefault(one.name, _Majority() if discrete(one) else _Mean())
                for code, totals, weights in summed:
                    if isinstance(running, _Mean):
                        running.add(totals[step], weights[step], share)
                    else:
                        running.add(code, totals[step], share)
                if closes:
                    results[one.name][group] = groups.pop(one.name).result()
    return {one.name: _field(plan, source, one, results[one.name], time) for one in variables}


def _last_steps(time: Depth | None) -> list[tuple[int, float, bool]]:
    """Return group and weight of each step, and whether it is the last of its group."""
    if time is None:
        return [(0, 1.0, True)]
    shares, found = time.shares, []
    for group, (start, stop) in enumerate(zip(shares.starts, shares.stops, strict=True)):
        weights = shares.weights[start:stop].tolist()
        found += [(group, weight, n + start == stop - 1) for n, weight in enumerate(weights)]
    return found


def _blocks(
    plan: ScaledPlan, source: Source, variables: tuple[Variable, ...], time: Depth | None
) -> Iterator[tuple[int, dict[str, NDArray[Any]]]]:
    """Yield the first step and the values of each variable and its partner, shape (t, z, y, x)."""
    names = dict.fromkeys(one.name for one in variables)
    names |= dict.fromkeys(p for p in map(_owner, names) if p and p in source.layout.arrays)
    level = plan.depth.get("z")
    deep = 1 if level is None else level.pick.axis.size
    cells = max(source.regrid.sources, plan.target.y.size * plan.target.x.size)
    step = max(1, BLOCK // max(1, cells * deep))
    count = 1 if time is None else time.pick.axis.size
    picks: dict[Role, Pick] = {} if level is None else {"z": level.pick}
    for first in range(0, count, step):
        here = dict(picks)
        if time is not None:
            here["t"] = trimmed(time.pick, first, min(first + step, count))
        itinerary = Itinerary(cells_of(here, source.regrid.y.cells, source.regrid.x.cells))
        yield first, {name: _read(source, name, itinerary) for name in names}


def _read(source: Source, name: str, itinerary: Itinerary) -> NDArray[Any]:
    """Read one variable; axes that it lacks have one cell, but rows and columns are all there."""
    array = source.layout.arrays[name]
    values = read(array, itinerary)
    stored = [role for role in ROLES if role in array.roles]
    sizes = dict(zip(stored, values.shape, strict=True))
    shaped = values.reshape([sizes.get(role, 1) for role in ROLES])
    regrid = source.regrid
    whole = (*shaped.shape[:2], regrid.y.axis.size, regrid.x.axis.size)
    return np.broadcast_to(shaped, whole)


def _owner(name: str) -> str | None:
    """Return the variable whose uncertainty this is."""
    return _OWNERS.get(name)


_OWNERS: Mapping[str, str] = {
    one.uncertainty: one.name for one in VOCABULARY.values() if one.uncertainty
}


def _partner(one: Variable, values: Mapping[str, NDArray[Any]]) -> NDArray[Any] | None:
    owner = _owner(one.name)
    found = None if owner is None else values.get(owner)
    return found if found is not None and found.shape == values[one.name].shape else None


def _summed(
    plan: ScaledPlan,
    source: Source,
    one: Variable,
    values: NDArray[Any],
    partner: NDArray[Any] | None,
) -> Iterator[tuple[float, Numbers, Numbers]]:
    """Yield sums and weights of a block, shape (t, z, rows, columns); of flags for each code."""
    if not discrete(one):
        floats = values if values.dtype.kind == "f" else values.astype(np.float64)
        if partner is not None and partner.dtype.kind == "f":
            floats = np.where(np.isnan(partner), np.nan, floats)
        totals, weights = source.regrid.sums(floats)
        yield 0.0, _levelled(plan, totals), _levelled(plan, weights)
        return
    valid = np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, dtype=bool)
    for code in np.unique(values[valid]).tolist():
        marked = np.where(valid, (values == code).astype(np.float32), np.nan)
        totals, _ = source.regrid.sums(marked)
        yield float(code), _levelled(plan, totals), totals


def _levelled(plan: ScaledPlan, totals: Numbers) -> Numbers:
    level = plan.depth.get("z")
    if level is None or not level.joined or totals.shape[1] != level.pick.axis.size:
        return totals
    return sums(totals, level.shares, 1)


def _empty(plan: ScaledPlan, source: Source, one: Variable, time: Depth | None) -> NDArray[Any]:
    """Return the array that takes the values of one variable, all missing."""
    array = source.layout.arrays[one.name]
    level = plan.depth["z"].axis.size if "z" in array.roles else 1
    count = 1 if time is None else time.axis.size
    dtype = array.dtype if array.dtype.kind == "f" else np.result_type(array.dtype, np.float32)
    shape = (count, level, plan.target.y.size, plan.target.x.size)
    return np.full(shape, np.nan, dtype=dtype)


def _field(
    plan: ScaledPlan, source: Source, one: Variable, values: NDArray[Any], time: Depth | None
) -> GridField:
    array = source.layout.arrays[one.name]
    present: tuple[tuple[Role, bool], ...] = (
        ("t", time is not None),
        ("z", "z" in array.roles),
        ("y", True),
        ("x", True),
    )
    roles = tuple(role for role, there in present if there)
    shaped = values.reshape(
        [n for n, (_, there) in zip(values.shape, present, strict=True) if there]
    )
    if array.dtype.kind != "f" and not np.isnan(shaped).any():
        shaped = shaped.astype(array.dtype)
    return GridField(one, roles, shaped, _methods(plan, source, one, roles))


def _methods(plan: ScaledPlan, source: Source, one: Variable, roles: tuple[Role, ...]) -> str:
    """Tell in the words of CF what the values are made of."""
    how = "mode" if discrete(one) else "mean"
    point = source.regrid.aligned and source.name == "map"
    parts = [] if point else [f"area: {'point' if plan.points else how}"]
    deep = [plan.depth[role] for role in ("t", "z") if role in roles]
    parts += [f"{one.axis.name}: {how}" for one in deep if one.joined]
    text = " ".join(parts)
    return text + _CORRELATED if parts and _owner(one.name) and how == "mean" else text
