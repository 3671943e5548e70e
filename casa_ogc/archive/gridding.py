"""From a gridded data set to axes: which dimension is which, checked once at the door."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Axis, Bounds, Role, midpoint_bounds
from casa_processes.common.errors import FileContentError

_HORIZONTAL: dict[str, Role] = {"time": "t", "latitude": "y", "longitude": "x"}
_ROUND = 1e-6


def roles_of(dataset: xr.Dataset) -> dict[str, Role]:
    """Map each dimension of the variables to its role.

    One other than time, latitude and longitude is vertical.

    Raises
    ------
    FileContentError
        When two dimensions would be vertical.
    """
    dims = dict.fromkeys(dim for name in dataset.data_vars for dim in dataset[name].dims)
    others = [str(dim) for dim in dims if dim not in _HORIZONTAL]
    if len(others) > 1:
        raise _error(dataset, "dimensions", "at most one vertical dimension", ", ".join(others))
    roles = {str(dim): _HORIZONTAL.get(str(dim), "z") for dim in dims}
    return dict(sorted(roles.items(), key=lambda item: ROLES.index(item[1])))


def axes_of(dataset: xr.Dataset) -> dict[Role, Axis]:
    """Return the checked axes of a gridded data set in the order t, z, y, x.

    Raises
    ------
    FileContentError
        When a coordinate is missing, not finite, not strictly monotonic or out of range.
    """
    return {role: _axis(dataset, name, role) for name, role in roles_of(dataset).items()}


def horizontal_bounds(axes: dict[Role, Axis]) -> Bounds:
    """Return the outer cell edges; all longitudes give -180..180, as does an axis without them."""
    south, north = _edges(axes.get("y"), (-90.0, 90.0))
    west, east = _edges(axes.get("x"), (-180.0, 180.0))
    if east - west >= 360 - _ROUND:
        return Bounds(-180.0, south, 180.0, north)
    west, east = _wrapped(west), _wrapped(east)
    return Bounds(
        -180.0 if west == 180.0 else west, south, 180.0 if east == -180.0 else east, north
    )


def _wrapped(longitude: float) -> float:
    return (longitude + 180.0) % 360.0 - 180.0 if not -180 <= longitude <= 180 else longitude


def _edges(axis: Axis | None, default: tuple[float, float]) -> tuple[float, float]:
    if axis is None or axis.bounds is None:
        return default
    return float(axis.bounds.min()), float(axis.bounds.max())


def _axis(dataset: xr.Dataset, name: str, role: Role) -> Axis:
    if name not in dataset.coords:
        raise _error(dataset, name, "a coordinate variable", "a dimension without values")
    coordinate = dataset[name]
    values = _values(coordinate, role)
    _check(dataset, name, role, values)
    attrs = coordinate.attrs
    units = {"t": "", "y": "degrees_north", "x": "degrees_east"}.get(role, attrs.get("units", "1"))
    positive = attrs.get("positive") if role == "z" else None
    return Axis(name, role, values, _bounds(dataset, name, role, values), str(units), positive)


def _values(coordinate: xr.DataArray, role: Role) -> NDArray[Any]:
    if role == "t":
        return whole_seconds(coordinate.values)
    return np.asarray(coordinate.values, dtype=np.float64)


def whole_seconds(values: NDArray[Any]) -> NDArray[Any]:
    """Round instants to the nearest second, datetime64[ns]: times of grids are kept in seconds."""
    half = np.timedelta64(500_000_000, "ns")
    rounded = (values.astype("datetime64[ns]") + half).astype("datetime64[s]")
    return rounded.astype("datetime64[ns]")


def _bounds(
    dataset: xr.Dataset, name: str, role: Role, values: NDArray[Any]
) -> NDArray[Any] | None:
    given = dataset.variables.get(f"{name}_bounds")
    if given is not None:
        pairs = np.sort(given.values.reshape(values.size, 2), axis=1)
        return whole_seconds(pairs) if role == "t" else pairs.astype(np.float64)
    if role == "t":
        return None
    bounds = midpoint_bounds(values)
    return np.clip(bounds, -90.0, 90.0) if role == "y" else bounds


def _check(dataset: xr.Dataset, name: str, role: Role, values: NDArray[Any]) -> None:
    if values.size == 0 or np.any(np.isnan(values) if role != "t" else np.isnat(values)):
        raise _error(dataset, name, "finite values", "missing ones")
    steps = np.diff(values.astype(np.int64) if role == "t" else values)
    if role != "t" and not (np.all(steps > 0) or np.all(steps < 0)):
        raise _error(dataset, name, "strictly monotonic values", "others")
    if role == "t" and np.unique(values).size != values.size:
        raise _error(dataset, name, "each time once", "a time twice")
    if role == "y" and np.abs(values).max() > 90:
        raise _error(dataset, name, "-90..90", f"{values.min()}..{values.max()}")
    if role == "x" and (np.ptp(values) > 360 + _ROUND or values.min() < -360 or values.max() > 540):
        raise _error(dataset, name, "at most one turn", f"{values.min()}..{values.max()}")


def _error(dataset: xr.Dataset, where: str, expected: str, found: str) -> FileContentError:
    return FileContentError(str(dataset.attrs.get("source", "data set")), where, expected, found)
