"""Reading of stored cubes: axes, and cells as they are stored, block by block.

A gridded product is a folder with a ``head.json`` and an Icechunk repository ``cube``, whose group
of a layout is a CF data set of Zarr arrays; checksums of their chunks are compared when read.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any, cast

import icechunk
import numpy as np
import zarr
from numpy.typing import NDArray

from casa_processes.common.errors import UnknownNameError
from casa_processes.common.io import read_manifest
from casa_processes.common.references import Along, InputRef

ROLES = ("t", "z", "y", "x")
_AXES = {"T": "t", "Z": "z", "Y": "y", "X": "x"}
_OPEN = 16
_DECIMALS = 10

type Indices = Mapping[str, NDArray[np.int64]]
"""Stored cells along each axis, in the order wanted."""


@dataclass(frozen=True, eq=False)
class GridAxis:
    """Some cells of one axis.

    Attributes
    ----------
    name
        Of the dimension.
    values
        Centres as they are stored, times as whole seconds since 1970; longitudes from -180..180 on
        and ascending, past 180 where the cells cross it.  shape (n,)
    bounds
        Edges in the order of `values`, or None.  shape (n, 2)
    attributes
        CF attributes.
    """

    name: str
    values: NDArray[Any]
    bounds: NDArray[Any] | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class GridField:
    """What is stored of one variable.

    Attributes
    ----------
    roles
        Axes in stored order.
    chunks
        Smallest piece that can be read alone, along each of `roles`.
    dtype
        Type on disk.
    fill
        Number on disk that means missing, NaN for floats; None where there is none.
    attributes
        CF attributes, among them those of the packing.
    """

    roles: tuple[str, ...]
    chunks: tuple[int, ...]
    dtype: np.dtype[Any]
    fill: float | int | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class StoredGrid:
    """The part of a cube that a selection means.

    Attributes
    ----------
    axes
        By role, in the order t, z, y, x; those that the cube has.
    indices
        Their stored cells.
    fields
        What is meant, by name.
    attributes
        Global attributes of the product.
    """

    axes: Mapping[str, GridAxis]
    indices: Indices
    fields: Mapping[str, GridField]
    attributes: Mapping[str, str]


def open_grid(reference: InputRef) -> StoredGrid:
    """Read axes and descriptions of what a reference selects; no value is read.

    Raises
    ------
    UnknownNameError
        When the product no longer keeps the snapshot, or stores no such variable.
    IntegrityError
        When the manifest of the snapshot is missing or damaged.
    """
    selection = reference.selection
    assert selection is not None
    attributes = read_manifest(reference)["head"]["attributes"]
    group = _layout(reference.href, reference.snapshot, selection.layout, os.getpid())
    stored = _axes(group)
    indices = {one.role: _indices(one) for one in selection.cells}
    axes = {role: _axis(group, stored[role], role, cells) for role, cells in indices.items()}
    roles = {name: role for role, name in stored.items()}
    fields = {name: _field(group, name, roles) for name in selection.variables}
    return StoredGrid(axes, indices, fields, attributes)


def read_cells(reference: InputRef, layout: str, name: str, indices: Indices) -> NDArray[Any]:
    """Read cells of one variable as they are stored, axes in the order t, z, y, x.

    Parameters
    ----------
    reference
        Product and snapshot.
    layout
        Arrangement to read from.
    name
        Of the variable.
    indices
        Stored cells along each axis that the variable has.
    """
    group = _layout(reference.href, reference.snapshot, layout, os.getpid())
    array = cast("zarr.Array[Any]", group[name])
    roles = _field(group, name, {axis: role for role, axis in _axes(group).items()}).roles
    along = [_stretches(indices[role]) for role in roles]
    found = np.empty([indices[role].size for role in roles], array.dtype)
    for stretches in product(*along):
        values = cast("NDArray[Any]", array[tuple(stored for stored, _, _ in stretches)])
        turned = tuple(slice(None, None, step) for _, _, step in stretches)
        found[tuple(target for _, target, _ in stretches)] = values[turned]
    return found.transpose([roles.index(role) for role in ROLES if role in roles])


def blocks(
    sizes: Mapping[str, int], chunks: Mapping[str, int], most: int
) -> list[dict[str, slice]]:
    """Cut a grid into blocks of at most `most` cells, or of a chunk, in the order of its axes.

    Parameters
    ----------
    sizes
        Cells along each axis, outermost first.
    chunks
        Cells along each axis that are best read together.
    """
    lengths = block_lengths(sizes, chunks, most)
    pieces = [
        [slice(start, min(start + length, size)) for start in range(0, size, length)]
        for size, length in zip(sizes.values(), lengths.values(), strict=True)
    ]
    return [dict(zip(sizes, chosen, strict=True)) for chosen in product(*pieces)]


def block_lengths(sizes: Mapping[str, int], chunks: Mapping[str, int], most: int) -> dict[str, int]:
    """Return the cells of a block along each axis; the last block may be shorter."""
    lengths = dict(sizes)
    for role, size in sizes.items():
        cells = int(np.prod(list(lengths.values()), dtype=np.int64))
        if cells <= most:
            break
        chunk = chunks[role]
        lengths[role] = min(size, max(most // (cells // size) // chunk, 1) * chunk)
    return lengths


@lru_cache(maxsize=_OPEN)
def _layout(href: str, snapshot: str, layout: str, _process: int) -> zarr.Group:
    """Open a layout once per process: threads of an open session do not survive a fork."""
    folder = Path(href)
    if not (folder / "cube").is_dir():
        raise UnknownNameError("cube", folder.name, [])
    storage = icechunk.local_filesystem_storage(str(folder / "cube"))
    session = icechunk.Repository.open(storage).readonly_session(snapshot_id=snapshot)
    return cast(zarr.Group, zarr.open_group(session.store, mode="r")[layout])


def _axes(group: zarr.Group) -> dict[str, str]:
    """Return the name of each axis by its role."""
    marked = ((str(array.attrs.get("axis", "")), name) for name, array in group.arrays())
    return {_AXES[mark]: name for mark, name in marked if mark in _AXES}


def _indices(along: Along) -> NDArray[np.int64]:
    runs = [np.arange(start, stop) for start, stop in along.runs]
    return np.concatenate([run[::-1] for run in runs] if along.reverse else runs)


def _axis(group: zarr.Group, name: str, role: str, cells: NDArray[np.int64]) -> GridAxis:
    array = cast("zarr.Array[Any]", group[name])
    attributes = dict(array.attrs)
    values = cast("NDArray[Any]", array[:])[cells]
    edges = attributes.get("bounds")
    bounds = None
    if edges is not None:
        bounds = cast("NDArray[Any]", cast("zarr.Array[Any]", group[str(edges)])[:])[cells]
    if role == "x":
        values, bounds = _eastwards(values, bounds)
    return GridAxis(name, values, bounds, attributes)


def _eastwards(
    values: NDArray[np.float64], bounds: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Move longitudes by whole turns: the first into -180..180, each other east of the last."""
    turns = np.floor((values + 180) / 360)
    wrapped = values - 360 * turns
    turns -= np.append(0, np.cumsum(np.diff(wrapped) < 0))
    moved = np.where(turns == 0, values, np.round(values - 360 * turns, _DECIMALS))
    if bounds is None:
        return moved, None
    shift = 360 * turns[:, None]
    ordered = np.sort(bounds, axis=1)
    return moved, np.where(shift == 0, ordered, np.round(ordered - shift, _DECIMALS))


def _field(group: zarr.Group, name: str, roles: Mapping[str, str]) -> GridField:
    if name not in group:
        raise UnknownNameError("variable", name, set(group.array_keys()) - set(roles))
    array = cast("zarr.Array[Any]", group[name])
    attributes = dict(array.attrs)
    names: Sequence[str] = cast(Any, array.metadata).dimension_names or ()
    fill: Any = np.nan if array.dtype.kind == "f" else attributes.get("_FillValue")
    found = tuple(roles[each] for each in names)
    return GridField(found, array.chunks, array.dtype, fill, attributes)


def _stretches(cells: NDArray[np.int64]) -> list[tuple[slice, slice, int]]:
    """Cut cells into neighbouring ones: stored slice, where they go, and in which direction."""
    cuts = np.flatnonzero(np.abs(np.diff(cells)) != 1) + 1
    edges = [0, *cuts.tolist(), cells.size]
    found = []
    for start, stop in pairwise(edges):
        low, high = sorted((int(cells[start]), int(cells[stop - 1])))
        step = -1 if cells[stop - 1] < cells[start] else 1
        found.append((slice(low, high + 1), slice(start, stop), step))
    return found
