"""Steps of a cube: groups for its layouts, and the values of one data set put into them."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.archive.cf import cell_methods, variable_attributes
from casa_ogc.archive.cube_chunks import write_block
from casa_ogc.archive.cube_groups import (
    MAP,
    OVERVIEW,
    SERIES,
    Field,
    create_field,
    field_array,
    field_names,
    write_axis,
)
from casa_ogc.archive.layouts import map_chunking, overview_chunking, series_chunking, steps_of_year
from casa_ogc.archive.overviews import cell_areas, majorities, means, pyramid_axes
from casa_ogc.archive.packing import (
    Packing,
    check_range,
    packed,
    packing_from,
    packing_of,
    unpacked,
)
from casa_ogc.archive.time_merge import Merge
from casa_processes.common.errors import FileContentError
from casa_processes.common.vocabulary import variable

SLAB_BYTES = 16 << 20


def fields_of(dataset: xr.Dataset, axes: Mapping[Role, Axis]) -> dict[str, Field]:
    """Return how each variable of a data set is to be stored, sorted by name.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    FileContentError
        When there is no variable at all.
    """
    names = sorted(str(name) for name in dataset.data_vars)
    if not names:
        source = str(dataset.attrs.get("source", "data set"))
        raise FileContentError(source, "variables", "at least one", "none")
    return {name: _field(dataset, name, names, axes) for name in names}


def create_groups(
    root: zarr.Group,
    axes: Mapping[Role, Axis],
    fields: Mapping[str, Field],
    dataset: xr.Dataset,
) -> None:
    """Create the groups of all layouts, empty."""
    sizes = {role: axis.size for role, axis in axes.items()}
    time = axes.get("t")
    year = steps_of_year(time, str(dataset.attrs.get("time_resolution", ""))) if time else 1
    for name in (MAP, SERIES):
        group = _group(root, name, axes, dataset)
        for field in fields.values():
            bytes_each = field.packing.dtype.itemsize
            chunking = (
                map_chunking(field.roles, sizes, bytes_each)
                if name == MAP
                else series_chunking(field.roles, sizes, bytes_each, year)
            )
            create_field(group, field, axes, chunking)
    for level, coarse in enumerate(pyramid_axes(axes), start=1):
        group = _group(root, f"{OVERVIEW}/{level}", coarse, dataset)
        shape = {role: axis.size for role, axis in coarse.items()}
        for field in map(_overview_field, fields.values()):
            bytes_each = field.packing.dtype.itemsize
            chunking = overview_chunking(field.roles, shape, bytes_each)
            create_field(group, field, coarse, chunking)


def check_fields(root: zarr.Group, file: str, fields: Mapping[str, Field]) -> None:
    """Refuse data whose dimensions or packing are not those of the stored arrays.

    Raises
    ------
    FileContentError
        Naming the variable, what is stored and what was found.
    """
    group = cast(zarr.Group, root[MAP])
    for name, field in fields.items():
        array = field_array(group, name)
        stored = packing_from(array.dtype, array.attrs)
        if len(array.shape) != len(field.roles):
            found = ", ".join(field.roles)
            raise FileContentError(file, name, f"{len(array.shape)} dimensions", found)
        if stored != field.packing:
            raise FileContentError(file, name, str(stored), str(field.packing))


def resize(root: zarr.Group, merge: Merge) -> None:
    """Make room along time and move the stored steps to their new index."""
    if merge.axis is None:
        return
    for group in all_groups(root):
        series = group.name.strip("/") == SERIES
        for name in field_names(group):
            array = field_array(group, name)
            if _first_name(array) != merge.axis.name:
                continue
            if array.shape[0] != merge.axis.size:
                array.resize((merge.axis.size, *array.shape[1:]))
            if not series:
                for old, new in merge.moves[::-1]:
                    array[int(new)] = array[int(old)]


def write_steps(
    root: zarr.Group,
    dataset: xr.Dataset,
    fields: Mapping[str, Field],
    axes: Mapping[Role, Axis],
    positions: NDArray[np.int64],
) -> None:
    """Write the values of a data set into ``map`` and the overviews.

    Parameters
    ----------
    positions
        Index along time of each step of the data set.
    """
    for field in fields.values():
        for steps in _slabs(dataset[field.name], field, positions):
            values = _values(dataset, field, axes, steps)
            target = slice(int(positions[steps.start]), int(positions[steps.stop - 1]) + 1)
            index = (target,) if "t" in field.roles else ()
            array = field_array(cast(zarr.Group, root[MAP]), field.name)
            stored = packed(values, field.packing)
            write_block(array, _block(array, index), stored)
            values = unpacked(stored, field.packing)
            _write_overviews(root, dataset, field, axes, steps, values, index)


def all_groups(root: zarr.Group) -> Iterator[zarr.Group]:
    """Yield the groups of all layouts."""
    yield cast(zarr.Group, root[MAP])
    yield cast(zarr.Group, root[SERIES])
    yield from overview_groups(root)


def overview_groups(root: zarr.Group) -> Iterator[zarr.Group]:
    """Yield the groups of the overviews, the finest first."""
    if OVERVIEW in root:
        levels = cast(zarr.Group, root[OVERVIEW])
        for level in sorted(map(int, levels.group_keys())):
            yield cast(zarr.Group, levels[str(level)])


def _write_overviews(
    root: zarr.Group,
    dataset: xr.Dataset,
    field: Field,
    axes: Mapping[Role, Axis],
    steps: slice,
    values: NDArray[Any],
    index: tuple[slice, ...],
) -> None:
    groups = list(overview_groups(root))
    if not groups:
        return
    horizontal = {role: axes[role] for role in ("y", "x") if role in field.roles}
    areas = cell_areas(cast(Mapping[Role, Axis], horizontal))
    ends = {"y": -2, "x": -1}
    missing = tuple(sorted(ends[role] for role in ("y", "x") if role not in field.roles))
    whole = np.expand_dims(_masked(dataset, field, axes, steps, values), missing)
    reduce = means if whole.dtype.kind == "f" else majorities
    for group, coarse in zip(groups, reduce(whole, areas, len(groups)), strict=True):
        array = field_array(group, field.name)
        found = np.squeeze(coarse, axis=missing).astype(array.dtype, copy=False)
        write_block(array, _block(array, index), found)


def _masked(
    dataset: xr.Dataset,
    field: Field,
    axes: Mapping[Role, Axis],
    steps: slice,
    values: NDArray[Any],
) -> NDArray[Any]:
    """Take an uncertainty only where the value that it belongs to is there."""
    for name in dataset.data_vars:
        if (
            variable(str(name)).uncertainty == field.name
            and dataset[name].dims == dataset[field.name].dims
        ):
            partner = _values(dataset, _with_name(field, str(name)), axes, steps)
            return np.where(np.isnan(partner), np.nan, values).astype(values.dtype)
    return values


def _block(array: "zarr.Array[Any]", index: tuple[slice, ...]) -> tuple[slice, ...]:
    """Return some steps, or all of what has none, as a slice for each axis."""
    return (*index, *(slice(0, size) for size in array.shape[len(index) :]))


def _with_name(field: Field, name: str) -> Field:
    return Field(name, field.roles, field.packing, field.attributes)


def _slabs(array: xr.DataArray, field: Field, positions: NDArray[np.int64]) -> Iterator[slice]:
    """Yield runs of steps that lie side by side in the store and fit the memory of a slab."""
    if "t" not in field.roles:
        yield slice(0, 1)
        return
    step_bytes = max(1, array.nbytes // max(1, positions.size))
    most = max(1, SLAB_BYTES // step_bytes)
    start = 0
    for stop in range(1, positions.size + 1):
        broken = stop == positions.size or positions[stop] != positions[stop - 1] + 1
        if broken or stop - start >= most:
            yield slice(start, stop)
            start = stop


def _values(
    dataset: xr.Dataset, field: Field, axes: Mapping[Role, Axis], steps: slice
) -> NDArray[Any]:
    array = dataset[field.name].transpose(*(axes[role].name for role in field.roles))
    if "t" in field.roles:
        array = array.isel({axes["t"].name: steps})
    return array.values


def _field(dataset: xr.Dataset, name: str, names: list[str], axes: Mapping[Role, Axis]) -> Field:
    array = dataset[name]
    packing = packing_of(array.dtype, array.encoding)
    check_range(array.values, packing, str(dataset.attrs.get("source", "data set")), name)
    attributes = variable_attributes(name, names, packing.fill is not None)
    attributes |= cell_methods(str(array.attrs.get("cell_methods", "")), False, False, False)
    roles = tuple(role for role, axis in axes.items() if axis.name in array.dims)
    return Field(name, roles, packing, attributes)


def _overview_field(field: Field) -> Field:
    """Overviews hold decoded values: a mean of packed numbers is none of them."""
    decoded = field.packing.decoded
    if field.packing.dtype.kind in "iu" and field.packing.dtype.itemsize <= 2:
        decoded = decoded if field.packing.fill is None else np.dtype(np.float32)
    whole = decoded.kind != "f"
    attributes = variable_attributes(field.name, (), False)
    ancillary = field.attributes.get("ancillary_variables")
    attributes |= {"ancillary_variables": ancillary} if ancillary else {}
    uncertain = field.name.endswith("_uncertainty")
    attributes |= cell_methods("", True, whole, uncertain)
    return Field(field.name, field.roles, Packing(decoded), attributes)


def _group(
    root: zarr.Group, name: str, axes: Mapping[Role, Axis], dataset: xr.Dataset
) -> zarr.Group:
    group = root.require_group(name)
    for axis in axes.values():
        given = dataset[axis.name].attrs if axis.name in dataset.coords else {}
        write_axis(group, axis, given)
    return group


def _first_name(array: "zarr.Array[Any]") -> str:
    names = cast(Any, array.metadata).dimension_names or ("",)
    return str(names[0]) if names else ""
