"""Soundings: windows of time, read on any worker and written one after the other."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check, Context
from casa_processes.common.io_rows import read_window, time_windows
from casa_processes.common.netcdf import in_type
from casa_processes.common.netcdf_blocks import soundings_file
from casa_processes.common.references import InputRef

PIECE_BYTES = 16 << 20
"""About how many bytes of columns a worker reads at a time."""


def written_soundings(
    reference: InputRef, context: Context, attributes: Mapping[str, str]
) -> tuple[int, Path | None]:
    """Write the selected soundings; returns their number and the file, None where there are none.

    Parameters
    ----------
    reference
        Product, snapshot and selection of soundings.
    context
        Does the windows; its folder takes the file.
    attributes
        Global attributes beside those of the product.
    """
    assert reference.selection is not None
    names = reference.selection.variables
    found = time_windows(reference, names, PIECE_BYTES)
    if not found.matched:
        return 0, None
    parts = [{"reference": reference, "window": each, "columns": names} for each in found.windows]
    results = context.map(work, parts)
    first = next(results)
    path, start = context.folder / "soundings.nc", 0
    with soundings_file(path, found.matched, first, {**found.attributes, **attributes}) as file:
        for done in chain((first,), results):
            stop = start + done["time"].size
            for name, values in done.items():
                file[name][start:stop] = _written(values)
            start = stop
    return start, path


def _written(values: NDArray[Any]) -> NDArray[Any]:
    """Return a column as the file takes it: instants as numbers, text as objects."""
    if values.dtype.kind == "M":
        return values.astype("datetime64[ns]").astype(np.int64)
    return values.astype(object) if values.dtype.kind == "U" else values


def work(part: Mapping[str, Any], check: Check) -> Arrays:
    """Read one window in the vocabulary's types, in the order of time and identifier."""
    check()
    columns = read_window(part["reference"], part["window"], part["columns"])
    return {name: in_type(name, values) for name, values in columns.items()}
