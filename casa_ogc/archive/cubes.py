"""Cubes as they are read: axes and arrays of each layout, opened once per snapshot."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.archive.chunks import ChunkFiles, chunk_files
from casa_ogc.archive.cube_groups import MAP, OVERVIEW, SERIES, field_array, field_names, read_axes
from casa_ogc.archive.cube_store import readable
from casa_ogc.archive.heads import Head
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.packing import Packing, packing_from, unpacked
from casa_processes.common.errors import UnknownNameError

if TYPE_CHECKING:
    import xarray as xr

OPEN_CUBES = 256


@dataclass(frozen=True, eq=False)
class StoredArray:
    """One variable of one layout.

    Attributes
    ----------
    roles
        Axes in stored order: a subset of t, z, y, x in that order.
    shape
        Number of cells along each of `roles`.
    chunks
        Smallest piece that can be read alone, along each of `roles`.
    dtype
        Type of the decoded values.
    """

    roles: tuple[Role, ...]
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: np.dtype[Any]
    _array: "zarr.Array[Any]"
    _packing: Packing
    _files: ChunkFiles | None

    def read(self, index: tuple[slice, ...]) -> NDArray[Any]:
        """Return the decoded values of a window, axes as `roles`, missing ones NaN.

        Parameters
        ----------
        index
            One ascending slice of unit step for each of `roles`.
        """
        stored = self._array[index] if self._files is None else self._files.read(index)
        return unpacked(cast(NDArray[Any], stored), self._packing)


@dataclass(frozen=True, eq=False)
class Layout:
    """One arrangement of a cube's values: ``map``, ``series`` or ``overview/1`` and so on."""

    axes: Mapping[Role, Axis]
    arrays: Mapping[str, StoredArray]


@dataclass(frozen=True, eq=False)
class Cube:
    """A snapshot of a gridded product, open for reading by any number of threads."""

    product: str
    snapshot: str
    layouts: Mapping[str, Layout]

    @property
    def axes(self) -> Mapping[Role, Axis]:
        """Axes of the ``map`` layout in the order t, z, y, x."""
        return self.layouts[MAP].axes

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the stored variables, sorted."""
        return tuple(self.layouts[MAP].arrays)


def open_cube(root: Path, product: str, snapshot: str) -> Cube:
    """Return the cube of a snapshot; what was opened once stays open.

    Raises
    ------
    UnknownNameError
        When the archive has no such product or snapshot.
    """
    return _open(root, product, snapshot, os.getpid())


def write_cube(
    root: Path, product: str, dataset: "xr.Dataset", source_files: Sequence[SourceFile]
) -> Head:
    """Create a cube, or append or replace time steps of it, in one commit; returns the new head.

    Files that are known by their checksum change nothing.

    Raises
    ------
    FileContentError
        When the axes, variables or the stream differ from what the product holds.
    UnknownNameError
        When the vocabulary has no such variable.
    """
    # xarray and the writing side are not needed by a server that only reads.
    from casa_ogc.archive.cube_writing import CubeWriter
    from casa_ogc.archive.transactions import write_items

    items = ((dataset, tuple(source_files)),)
    return write_items(root, product, "grid", CubeWriter, items)


@lru_cache(maxsize=OPEN_CUBES)
def _open(root: Path, product: str, snapshot: str, _process: int) -> Cube:
    """Open once per process: the threads of an open session do not survive a fork."""
    folder = root / product
    if not (folder / "cube").is_dir():
        raise UnknownNameError("cube", product, [])
    group = readable(folder, snapshot)
    names = [MAP, SERIES]
    if OVERVIEW in group:
        levels = cast(zarr.Group, group[OVERVIEW])
        names += [f"{OVERVIEW}/{level}" for level in sorted(map(int, levels.group_keys()))]
    return Cube(
        product, snapshot, {name: _layout(folder, cast(zarr.Group, group[name])) for name in names}
    )


def _layout(folder: Path, group: zarr.Group) -> Layout:
    axes = read_axes(group)
    roles = {axis.name: role for role, axis in axes.items()}
    arrays = {name: _stored(folder, field_array(group, name), roles) for name in field_names(group)}
    return Layout(axes, arrays)


def _stored(folder: Path, array: "zarr.Array[Any]", roles: Mapping[str, Role]) -> StoredArray:
    names = cast(Any, array.metadata).dimension_names or ()
    packing = packing_from(array.dtype, array.attrs)
    return StoredArray(
        roles=tuple(roles[name] for name in names),
        shape=array.shape,
        chunks=array.chunks,
        dtype=packing.decoded,
        _array=array,
        _packing=packing,
        _files=chunk_files(folder / "cube", array),
    )
