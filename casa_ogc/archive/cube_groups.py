"""Zarr groups of a cube: creating them as CF data sets, and reading their axes back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import Crc32cCodec, ZstdCodec

from casa_ogc.archive.axes import ROLES, Axis, Role
from casa_ogc.archive.cf import axis_attributes
from casa_ogc.archive.cube_chunks import LEVEL
from casa_ogc.archive.layouts import Chunking
from casa_ogc.archive.packing import Packing

MAP = "map"
SERIES = "series"
OVERVIEW = "overview"
_AXIS_ROLES: dict[str, Role] = {"T": "t", "Z": "z", "Y": "y", "X": "x"}
_SECOND = np.timedelta64(1, "s")


@dataclass(frozen=True)
class Field:
    """One variable to be stored: its roles in stored order, its packing and its attributes."""

    name: str
    roles: tuple[Role, ...]
    packing: Packing
    attributes: Mapping[str, Any]


def create_field(
    group: zarr.Group, field: Field, axes: Mapping[Role, Axis], chunking: Chunking
) -> None:
    """Create the empty array of a variable: every value missing."""
    fill: float | None = field.packing.fill
    if fill is None:
        fill = np.nan if field.packing.dtype.kind == "f" else 0
    group.create_array(
        field.name,
        shape=tuple(axes[role].size for role in field.roles),
        dtype=field.packing.dtype,
        chunks=chunking.chunks,
        shards=chunking.shards,
        compressors=[ZstdCodec(level=LEVEL), Crc32cCodec()],
        fill_value=fill,
        attributes={**field.attributes, **field.packing.attributes},
        dimension_names=tuple(axes[role].name for role in field.roles),
    )


def write_axis(group: zarr.Group, axis: Axis, given: Mapping[str, Any]) -> None:
    """Write (or replace) a coordinate variable with its bounds."""
    _replace(
        group,
        axis.name,
        stored_values(axis.values),
        (axis.name,),
        axis_attributes(axis, dict(given)),
    )
    if axis.bounds is not None:
        names = (axis.name, "bound")
        _replace(group, f"{axis.name}_bounds", stored_values(axis.bounds), names, {})


def read_axes(group: zarr.Group) -> dict[Role, Axis]:
    """Return the axes of a group in the order t, z, y, x."""
    axes: dict[Role, Axis] = {}
    for name, array in group.arrays():
        role = _AXIS_ROLES.get(str(array.attrs.get("axis", "")))
        if role is not None:
            axes[role] = _axis(group, name, array, role)
    return {role: axes[role] for role in ROLES if role in axes}


def field_names(group: zarr.Group) -> tuple[str, ...]:
    """Return the names of the data variables, sorted."""
    arrays = dict(group.arrays())
    bounds = {str(array.attrs.get("bounds", "")) for array in arrays.values()}
    axes = {name for name, array in arrays.items() if "axis" in array.attrs}
    return tuple(sorted(set(arrays) - bounds - axes))


def field_array(group: zarr.Group, name: str) -> zarr.Array[Any]:
    """Return the array called `name`."""
    return cast("zarr.Array[Any]", group[name])


def stored_values(values: NDArray[Any]) -> NDArray[Any]:
    """Return axis values as they are stored: instants as whole seconds since 1970."""
    if values.dtype.kind != "M":
        return values
    return values.astype("datetime64[s]").astype(np.int64)


def _axis(group: zarr.Group, name: str, array: zarr.Array[Any], role: Role) -> Axis:
    attributes = dict(array.attrs)
    bounds = group.get(str(attributes.get("bounds", ""))) if "bounds" in attributes else None
    axis = Axis(
        name,
        role,
        cast(NDArray[Any], array[:]),
        None if bounds is None else cast(NDArray[Any], cast("zarr.Array[Any]", bounds)[:]),
        "" if role == "t" else str(attributes["units"]),
        cast("str | None", attributes.get("positive")),
    )
    return _instants(axis) if role == "t" else axis


def _instants(axis: Axis) -> Axis:
    values, bounds = axis.values, axis.bounds
    return replace(
        axis,
        values=values.astype("datetime64[s]").astype("datetime64[ns]"),
        bounds=None if bounds is None else bounds.astype("datetime64[s]").astype("datetime64[ns]"),
    )


def _replace(
    group: zarr.Group,
    name: str,
    values: NDArray[Any],
    dims: tuple[str, ...],
    attributes: dict[str, Any],
) -> None:
    group.create_array(
        name,
        data=values,
        chunks=values.shape,
        compressors=[ZstdCodec(level=LEVEL), Crc32cCodec()],
        attributes=attributes,
        dimension_names=dims,
        overwrite=True,
    )
