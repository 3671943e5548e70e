"""Gridded means as a file that can be published: step by step, in bounded memory."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.io_grids import GridAxis, GridField, StoredGrid
from casa_processes.common.netcdf import companion, described
from casa_processes.common.netcdf_blocks import grid_file
from casa_processes.common.vocabulary import VOCABULARY, variable
from casa_processes.gridding.grid import Grid

COUNT, DEVIATION = "sounding_count", "_standard_deviation"
"""Variable of the number of soundings, and end of the name of their standard deviation."""
_SECONDS = {"units": "seconds since 1970-01-01", "calendar": "proleptic_gregorian"}
_AXES = {"t": ("time", "T"), "y": ("latitude", "Y"), "x": ("longitude", "X")}


def written_names(names: Sequence[str], uncertain: Mapping[str, bool]) -> dict[str, str]:
    """Return what is written of some variables: name of the output to ``variable:statistic``.

    The uncertainty is written of those that have one in the data, the standard deviation where the
    vocabulary has it; the number of soundings is that of the first variable.
    """
    found = {COUNT: f"{names[0]}:count"}
    for name in names:
        found[name] = f"{name}:mean"
        error = variable(name).uncertainty
        if error is not None and uncertain[name]:
            found[error] = f"{name}:uncertainty"
        if name + DEVIATION in VOCABULARY:
            found[name + DEVIATION] = f"{name}:deviation"
    return found


@contextmanager
def gridded_file(
    path: Path,
    grid: Grid,
    borders: NDArray[np.datetime64],
    names: Sequence[str],
    attributes: Mapping[str, str],
) -> Iterator[h5netcdf.File]:
    """Create the file of a grid; its time is the middle of each step, between its bounds.

    Parameters
    ----------
    path
        File to write.
    grid, borders
        Cells, and the borders of the steps of time, shape (step + 1,).
    names
        Vocabulary names of what will be written.
    attributes
        Global attributes.
    """
    fields = {name: _field(name, names) for name in names}
    stored = StoredGrid(_axes(grid, borders), {}, fields, {})
    lengths = {"t": 1, "y": grid.size[1], "x": grid.size[0]}
    with grid_file(path, stored, dict.fromkeys(names, lengths), attributes) as file:
        yield file


def put_step(
    file: h5netcdf.File,
    step: int,
    fields: Mapping[str, Mapping[str, NDArray[np.float64]]],
    what: Mapping[str, str],
) -> None:
    """Write one step; steps that are not written hold no soundings.

    Parameters
    ----------
    file
        As `gridded_file` gives it.
    step
        Its number.
    fields
        By variable what `StepSums.fields` returns.
    what
        As `written_names` returns it.
    """
    for name, told in what.items():
        source, _, statistic = told.partition(":")
        array = file[name]
        values = fields[source][statistic].reshape(array.shape[1:])
        array[step] = values.astype(variable(name).dtype)


def _axes(grid: Grid, borders: NDArray[np.datetime64]) -> dict[str, GridAxis]:
    seconds = borders.astype("datetime64[s]").astype(np.float64)
    pairs = np.stack([seconds[:-1], seconds[1:]], axis=1)
    values = {"t": pairs.mean(axis=1), "y": grid.latitude, "x": grid.longitude}
    bounds = {"t": pairs, **_edges(grid)}
    axes = {}
    for role, (name, axis) in _AXES.items():
        more = _SECONDS if role == "t" else {}
        attributes: dict[str, Any] = {**described(variable(name)), **more, "axis": axis}
        axes[role] = GridAxis(name, values[role], bounds[role], attributes)
    return axes


def _edges(grid: Grid) -> dict[str, NDArray[np.float64]]:
    borders = {"y": grid.latitude_borders, "x": grid.longitude_borders}
    return {role: np.stack([each[:-1], each[1:]], axis=1) for role, each in borders.items()}


def _field(name: str, names: Sequence[str]) -> GridField:
    row = variable(name)
    whole = row.dtype.startswith("int")
    attributes = described(row) | companion(row, dict.fromkeys(names, np.empty(0)))
    fill = None if whole else np.nan
    return GridField(("t", "y", "x"), (1, 1, 1), np.dtype(row.dtype), fill, attributes)
