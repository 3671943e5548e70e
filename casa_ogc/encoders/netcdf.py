"""CF-1.8 netCDF4 in memory, compressed (deflate 1 with shuffle).

One grid fills the file. Single places on common times and levels are stacked along a dimension
``place``; other sets of grids become groups ``grid_1``, ``grid_2``, ... Soundings are a discrete
sampling geometry: points, or profiles where a column has levels.
"""

from io import BytesIO
from typing import Any

import h5netcdf
import numpy as np

from casa_ogc import __version__
from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.netcdf_grids import write_grid, write_places
from casa_ogc.encoders.netcdf_soundings import write_soundings
from casa_ogc.query.answer import Answer, Grid, GridAnswer, Origin

_OURS = {
    "title",
    "summary",
    "keywords",
    "source",
    "references",
    "history",
    "licence",
    "Conventions",
}
"""Attributes of the source files for which an answer has its own."""


def encode(answer: Answer) -> bytes:
    """Encode an answer as the bytes of one netCDF4 file; equal answers give equal bytes."""
    sink = BytesIO()
    with h5netcdf.File(sink, "w") as file:
        write(file, answer)
    return sink.getvalue()


def write(file: h5netcdf.File, answer: Answer) -> None:
    """Write an answer into an empty file, or into anything that takes variables like one."""
    file.attrs.update(_provenance(answer.origin))
    if not isinstance(answer, GridAnswer):
        write_soundings(file, answer)
    elif len(answer.grids) == 1:
        write_grid(file, answer.grids[0], answer.crs)
    elif _stackable(answer.grids):
        write_places(file, answer.grids)
    else:
        for number, grid in enumerate(answer.grids, start=1):
            write_grid(file.create_group(f"grid_{number}"), grid, answer.crs)


def _provenance(origin: Origin) -> dict[str, Any]:
    """Return global attributes (CF and ACDD) that say where the data comes from."""
    attributes = {
        "Conventions": "CF-1.8, ACDD-1.3",
        "title": origin.title,
        "summary": origin.summary,
        "keywords": ", ".join(origin.keywords),
        "source": f"snapshot {origin.snapshot} of product {origin.product}",
        "product": origin.product,
        "product_version": origin.snapshot,
        "license": origin.licence,
        "references": origin.citation,
        "history": _history(origin),
    }
    said = {name: text for name, text in origin.attributes.items() if name not in _OURS}
    return said | {name: text for name, text in attributes.items() if text}


def _history(origin: Origin) -> str:
    """Tell what was made of what; the same answer of the same version has the same history."""
    stored = f"{origin.committed}: " if origin.committed else ""
    cut = f"{stored}snapshot {origin.snapshot} committed; cut from it by CASA OGC {__version__}"
    return f"{cut}: {origin.request}" if origin.request else cut


def _stackable(grids: tuple[Grid, ...]) -> bool:
    """Tell whether all grids are single places with the same times, levels and fields."""
    first = grids[0]
    return all(
        grid.axes["x"].size == grid.axes["y"].size == 1
        and set(grid.axes) == set(first.axes)
        and all(_same(grid.axes[role], first.axes[role]) for role in set(first.axes) & {"t", "z"})
        and _signature(grid) == _signature(first)
        for grid in grids
    )


def _same(one: Axis, other: Axis) -> bool:
    """Tell whether two axes have the same coordinates."""
    return np.array_equal(one.values, other.values)


def _signature(grid: Grid) -> dict[str, tuple[Any, ...]]:
    """Return what fields must share to be stacked."""
    return {name: (field.roles, field.values.dtype) for name, field in grid.fields.items()}
