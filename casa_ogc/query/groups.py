"""Groups of neighbouring steps or levels that become one."""

from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.query.overlaps import Overlap, grouped, identity
from casa_ogc.query.parse.scaling import Duration, Scaling
from casa_processes.common.errors import InvalidValueError


def groups(axis: Axis, scaling: Scaling) -> tuple[Axis, Overlap]:
    """Return the axis of groups, and which steps or levels each group holds with which weight.

    A factor joins so many neighbours, the last group perhaps fewer; a size makes groups as equal
    as possible; a period joins the steps of each calendar year, month, week (from the first step
    on), and so on; a resolution joins levels. Steps weigh by their duration, levels by their
    thickness, those without bounds alike.

    Raises
    ------
    InvalidValueError
        When more cells are asked than there are.
    """
    starts = _starts(axis, scaling)
    if starts.size == axis.size:
        return axis, identity(axis.size)
    return _joined(axis, starts), grouped(_weights(axis), starts)


def _starts(axis: Axis, scaling: Scaling) -> NDArray[np.intp]:
    """Return where each group begins."""
    role, count = axis.role, axis.size
    if role in scaling.factors:
        factor = scaling.factors[role]
        if factor < 1:
            raise InvalidValueError("scale-axes", factor, f"1 or more for {axis.name}")
        return _split(count, ceil(count / factor - 1e-9), factor)
    if role in scaling.sizes:
        size = scaling.sizes[role]
        if size > count:
            raise InvalidValueError("scale-size", size, f"at most {count} for {axis.name}")
        return _split(count, size, count / size)
    if role == "t" and scaling.period is not None:
        return _changes(_periods(axis.values, scaling.period))
    if role in scaling.resolutions:
        values = np.asarray(axis.values, dtype=np.float64)
        return _changes(np.floor(np.abs(values - values[0]) / scaling.resolutions[role] + 1e-9))
    return np.arange(count)


def _split(count: int, parts: int, factor: float) -> NDArray[np.intp]:
    starts = np.round(np.arange(parts) * factor).astype(np.intp)
    return np.unique(starts[starts < count])


def _changes(labels: NDArray[Any]) -> NDArray[np.intp]:
    """Return where a label differs from the one before."""
    return np.append(0, np.flatnonzero(labels[1:] != labels[:-1]) + 1).astype(np.intp)


def _periods(values: NDArray[Any], period: Duration) -> NDArray[np.int64]:
    """Number the periods in which instants lie: calendar ones of one unit, else from the first."""
    count, unit = period
    if unit in ("Y", "M"):
        numbers = values.astype(f"datetime64[{unit}]").astype(np.int64)
        return numbers // count
    first = values.min().astype("datetime64[D]").astype("datetime64[ns]")
    step = np.timedelta64(count, unit).astype("timedelta64[ns]")  # type: ignore[call-overload]
    numbers = (values.astype("datetime64[ns]") - first) // step
    return np.asarray(numbers, dtype=np.int64)


def _weights(axis: Axis) -> NDArray[np.float64]:
    if axis.bounds is None:
        return np.ones(axis.size)
    edges = axis.bounds
    lengths = np.abs((edges[:, 1] - edges[:, 0]).astype(np.float64))
    return lengths if (lengths > 0).all() else np.ones(axis.size)


def _joined(axis: Axis, starts: NDArray[np.intp]) -> Axis:
    """Return the axis whose cells reach over the members of each group."""
    whole = axis.values.dtype.kind == "M"
    values = axis.values.astype("datetime64[ns]").view(np.int64) if whole else axis.values
    edges = np.stack([values, values], axis=1)
    if axis.bounds is not None:
        bounds = axis.bounds
        edges = bounds.astype("datetime64[ns]").view(np.int64) if whole else bounds
    low = np.minimum.reduceat(edges.min(axis=1), starts)
    high = np.maximum.reduceat(edges.max(axis=1), starts)
    middle = low + (high - low) // 2 if whole else (low + high) / 2
    alone = np.diff(np.append(starts, values.size)) == 1
    middle = np.where(alone, values[starts], middle)
    both = np.stack([low, high], axis=1)
    if whole:
        return replace(
            axis, values=middle.view("datetime64[ns]"), bounds=both.view("datetime64[ns]")
        )
    return replace(axis, values=middle, bounds=both)
