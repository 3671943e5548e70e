"""Grids: blocks of cells as they are stored, read on any worker and written one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
import shapely
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check, Context
from casa_processes.common.io_grids import (
    GridAxis,
    GridField,
    StoredGrid,
    block_lengths,
    blocks,
    open_grid,
    read_cells,
)
from casa_processes.common.netcdf_blocks import grid_file
from casa_processes.common.polygons import inside
from casa_processes.common.references import InputRef

PIECE_CELLS = 1 << 22
"""Cells that a worker reads at a time: 16 MiB of single precision."""
_ROWS_LOOKED_AT = 256

type Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Block:
    """Some cells of one variable."""

    name: str
    cells: Mapping[str, slice]


def written_grid(
    reference: InputRef, context: Context, attributes: Mapping[str, str]
) -> tuple[int, Path | None]:
    """Write the selected cells; returns their number and the file, None where there are none.

    Parameters
    ----------
    reference
        Product, snapshot and selection of a cube.
    context
        Does the blocks; its folder takes the file.
    attributes
        Global attributes beside those of the product.
    """
    grid, mask = _narrowed(open_grid(reference), reference)
    if mask is not None and not mask.any():
        return 0, None
    if mask is not None:
        grid = replace(grid, fields={name: _holed(each) for name, each in grid.fields.items()})
    lengths = {name: _lengths(grid, name) for name in grid.fields}
    todo = [_Block(name, cells) for name in grid.fields for cells in _blocks(grid, name)]
    parts = [_part(grid, block, reference) for block in todo]
    path = context.folder / "grid.nc"
    with grid_file(path, grid, lengths, {**grid.attributes, **attributes}) as file:
        for block, done in zip(todo, context.map(work, parts), strict=True):
            _put(file, grid, block, done["values"], mask)
    return sum(prod(_sizes(grid, name).values()) for name in grid.fields), path


def work(part: Mapping[str, Any], check: Check) -> Arrays:
    """Read one block: ``values`` as they are stored, axes in the order t, z, y, x."""
    check()
    reference, layout = part["reference"], part["layout"]
    return {"values": read_cells(reference, layout, part["name"], part["indices"])}


def _part(grid: StoredGrid, block: _Block, reference: InputRef) -> dict[str, Any]:
    """Describe a block to a worker."""
    assert reference.selection is not None
    return {
        # The selection is told by the indices; a polygon would travel with every part.
        "reference": replace(reference, selection=None),
        "layout": reference.selection.layout,
        "name": block.name,
        "indices": {role: grid.indices[role][cells] for role, cells in block.cells.items()},
    }


def _sizes(grid: StoredGrid, name: str) -> dict[str, int]:
    return {r: grid.indices[r].size for r in grid.axes if r in grid.fields[name].roles}


def _chunks(grid: StoredGrid, name: str) -> dict[str, int]:
    field = grid.fields[name]
    return dict(zip(field.roles, field.chunks, strict=True))


def _lengths(grid: StoredGrid, name: str) -> dict[str, int]:
    return block_lengths(_sizes(grid, name), _chunks(grid, name), PIECE_CELLS)


def _blocks(grid: StoredGrid, name: str) -> list[dict[str, slice]]:
    return blocks(_sizes(grid, name), _chunks(grid, name), PIECE_CELLS)


def _narrowed(grid: StoredGrid, reference: InputRef) -> tuple[StoredGrid, Mask | None]:
    """Return the smallest grid around the cells of an area, and which are meant; None: all are."""
    text = reference.selection.area if reference.selection else ""
    if not text or "x" not in grid.axes or "y" not in grid.axes:
        return grid, None
    mask = _mask(text, grid.axes["x"].values, grid.axes["y"].values)
    if not mask.any():
        return grid, mask
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    cut = {"y": slice(rows[0], rows[-1] + 1), "x": slice(columns[0], columns[-1] + 1)}
    axes = {r: _trimmed(a, cut[r]) if r in cut else a for r, a in grid.axes.items()}
    indices = {r: i[cut[r]] if r in cut else i for r, i in grid.indices.items()}
    return replace(grid, axes=axes, indices=indices), mask[cut["y"], cut["x"]]


def _mask(text: str, longitudes: NDArray[Any], latitudes: NDArray[Any]) -> Mask:
    """Return which cells have their centre in an area, shape (y, x); some rows at a time."""
    area = shapely.from_wkt(text)
    parts = [
        inside(area, *np.meshgrid(longitudes, latitudes[start : start + _ROWS_LOOKED_AT]))
        for start in range(0, latitudes.size, _ROWS_LOOKED_AT)
    ]
    return np.concatenate(parts)


def _trimmed(axis: GridAxis, cells: slice) -> GridAxis:
    bounds = None if axis.bounds is None else axis.bounds[cells]
    return replace(axis, values=axis.values[cells], bounds=bounds)


def _holed(field: GridField) -> GridField:
    """Return a field that can miss values: whole numbers without a fill value become floats."""
    if field.fill is not None:
        return field
    dtype = np.result_type(field.dtype, np.float32)
    return replace(field, dtype=dtype, fill=np.nan)


def _put(
    file: h5netcdf.File, grid: StoredGrid, block: _Block, values: NDArray[Any], mask: Mask | None
) -> None:
    """Write one block, without the cells outside the area."""
    if mask is not None:
        field = grid.fields[block.name]
        fill = np.asarray(field.fill, field.dtype)
        values = np.where(_meant(mask, block.cells), values.astype(field.dtype), fill)
    file[block.name][tuple(block.cells.values()) or ...] = values


def _meant(mask: Mask, cells: Mapping[str, slice]) -> Mask:
    """Return which cells of a block are meant; of one without rows or columns: where any is."""
    part = mask[cells.get("y", slice(None)), cells.get("x", slice(None))]
    for axis, role in ((1, "x"), (0, "y")):
        if role not in cells:
            part = part.any(axis=axis)
    return part
