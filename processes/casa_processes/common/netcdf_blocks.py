"""Results that are written block by block: netCDF files larger than memory.

As in `casa_processes.common.netcdf`, no instant of writing is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.io_grids import GridAxis, GridField, StoredGrid
from casa_processes.common.netcdf import COORDINATES, SHAPES, companion, described
from casa_processes.common.vocabulary import Variable, variable

CHUNK_CELLS = 1 << 17
"""Most cells that are compressed together."""
ROWS_TOGETHER = 1 << 14
_LEAST_COMPRESSED = 4096
_HIDING = frozenset({"valid_min", "valid_max", "bounds", "_FillValue"})
"""Attributes that are not taken over: noise may lie outside a valid range, and would be hidden."""


@contextmanager
def grid_file(
    path: Path,
    grid: StoredGrid,
    lengths: Mapping[str, Mapping[str, int]],
    attributes: Mapping[str, str],
) -> Iterator[h5netcdf.File]:
    """Create a file of a grid with its axes; ``file[name][...]`` takes values as they are stored.

    Parameters
    ----------
    path
        File to write.
    grid
        What it will hold.
    lengths
        For each field the cells along each axis in which it will be written, by role.
    attributes
        Global attributes.
    """
    with h5netcdf.File(path, "w") as file:
        file.attrs.update({"Conventions": "CF-1.8", **attributes})
        for axis in grid.axes.values():
            _put_axis(file, axis)
        for name, field in grid.fields.items():
            _create_field(file, grid, name, field, lengths[name])
        yield file


@contextmanager
def soundings_file(
    path: Path, rows: int, first: Mapping[str, NDArray[Any]], attributes: Mapping[str, str]
) -> Iterator[h5netcdf.File]:
    """Create a file of soundings; ``file[name][start:stop]`` takes values in vocabulary types.

    Parameters
    ----------
    path
        File to write.
    rows
        Number of soundings.
    first
        Some columns as they will be written: their names, types and widths are taken.
    attributes
        Global attributes.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    """
    with h5netcdf.File(path, "w") as file:
        file.attrs.update({"Conventions": "CF-1.8", "featureType": "point", **attributes})
        file.dimensions["sounding"] = rows
        for name, values in first.items():
            more = companion(variable(name), first)
            _create_column(file, variable(name), rows, values, more)
        yield file


def chunk_lengths(lengths: Sequence[int], most: int) -> tuple[int, ...]:
    """Return parts of a block that divide it evenly, outermost axes first, of at most `most`."""
    found = list(lengths)
    for place, length in enumerate(lengths):
        cells = int(np.prod(found, dtype=np.int64))
        if cells <= most:
            break
        wanted = max(1, most // (cells // length))
        found[place] = next(part for part in range(wanted, 0, -1) if length % part == 0)
    return tuple(found)


def _put_axis(file: h5netcdf.File, axis: GridAxis) -> None:
    kept = {key: value for key, value in axis.attributes.items() if key not in _HIDING}
    file.dimensions[axis.name] = axis.values.size
    if axis.bounds is not None:
        kept["bounds"] = f"{axis.name}_bounds"
        if "bound" not in file.dimensions:
            file.dimensions["bound"] = 2
        edges = axis.bounds.astype(np.float64)
        file.create_variable(f"{axis.name}_bounds", (axis.name, "bound"), data=edges)
    made = file.create_variable(axis.name, (axis.name,), data=axis.values.astype(np.float64))
    made.attrs.update(kept)


def _create_field(
    file: h5netcdf.File, grid: StoredGrid, name: str, field: GridField, lengths: Mapping[str, int]
) -> None:
    roles = [role for role in grid.axes if role in field.roles]
    dims = tuple(grid.axes[role].name for role in roles)
    chunks = chunk_lengths([lengths[role] for role in roles], CHUNK_CELLS)
    fill = None if field.fill is None else np.asarray(field.fill, field.dtype)[()]
    made = file.create_variable(
        name, dims, field.dtype, fillvalue=fill, **_packed(chunks, field.dtype)
    )
    kept = {key: value for key, value in field.attributes.items() if key not in _HIDING}
    made.attrs.update(kept)


def _create_column(
    file: h5netcdf.File, row: Variable, rows: int, values: NDArray[Any], more: Mapping[str, str]
) -> None:
    sized = zip(SHAPES[row.shape][1:], values.shape[1:], strict=True)
    dims = ("sounding", *(_sized(file, dim, size) for dim, size in sized))
    text, time = row.dtype == "str", row.name == "time"
    dtype = h5py.string_dtype() if text else np.dtype(np.int64 if time else row.dtype)
    chunks = (max(1, min(rows, ROWS_TOGETHER)), *values.shape[1:])
    fill = np.array(np.nan, dtype)[()] if not text and dtype.kind == "f" else None
    packed = {} if text else _packed(chunks, dtype)
    made = file.create_variable(row.name, dims, dtype, fillvalue=fill, **packed)
    near = {} if row.name in COORDINATES else {"coordinates": " ".join(COORDINATES)}
    made.attrs.update({**described(row), **more, **near})


def _sized(file: h5netcdf.File, dim: str, size: int) -> str:
    """Return the dimension of a size; a second size has it in its name."""
    known = file.dimensions.get(dim)
    name = dim if known is None or known.size == size else f"{dim}_{size}"
    if name not in file.dimensions:
        file.dimensions[name] = size
    return name


def _packed(chunks: tuple[int, ...], dtype: np.dtype[Any]) -> dict[str, Any]:
    """Return how values are compressed; few are not."""
    if int(np.prod(chunks, dtype=np.int64)) * dtype.itemsize < _LEAST_COMPRESSED:
        return {}
    return {"chunks": chunks, "compression": "gzip", "compression_opts": 1, "shuffle": True}
