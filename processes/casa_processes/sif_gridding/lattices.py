"""Grids as soundings: each cell of each time is one, its borders are the corners of its footprint.

So that a grid, such as gross primary production of a model, is put on other cells by area.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.common.hdf5 import own_file
from casa_processes.common.vocabulary import VOCABULARY, variable
from casa_processes.sif_gridding.files import Known, checked_units, text_of, told, typed

_AXES = ("time", "latitude", "longitude")
_MOST = 50_000_000
"""Most cells of all times, as for soundings.  [1]"""
_WIDEST = 20.0
"""Largest size of a cell.  [degree]"""
_SINCE = re.compile(
    r"(nanoseconds|seconds|hours|days) since (\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00)?)?Z?"
)
_NANOSECONDS = {"nanoseconds": 1, "seconds": 10**9, "hours": 3600 * 10**9, "days": 86_400 * 10**9}
_YEARS = -2_208_988_800, 7_258_118_400
"""Seconds from 1970 to 1900 and to 2200."""

type Values = NDArray[np.float64]


def is_lattice(path: Path) -> bool:
    """Tell whether a file holds a grid: axes of time, latitude and longitude of their own.

    Raises
    ------
    FileContentError
        When it is no file of this kind at all.
    """
    with own_file(path) as file:
        held = [file.get(name) for name in _AXES]
        axes = all(isinstance(each, h5py.Dataset) and each.ndim == 1 for each in held)
        return axes and any(_field(file, name) for name in file)


def listed_lattice(path: Path) -> Known:
    """Return the times of all cells, the columns that there are, and global attributes.

    Parameters
    ----------
    path
        A netCDF-4 file whose fields have the shape (time, latitude, longitude).

    Raises
    ------
    FileContentError
        When axes cannot be used, or there are too many cells.
    """
    with own_file(path) as file:
        sizes = tuple(file[name].size for name in _AXES)
        if min(sizes) < 1 or min(sizes[1:]) < 2 or np.prod([float(each) for each in sizes]) > _MOST:
            expected = f"1 x 2 x 2 to {_MOST:,} cells"
            raise FileContentError(path.name, "latitude", expected, f"{sizes}")
        times = _times(path, file)
        for name in _AXES[1:]:
            _borders(path, file, name)
        fields = frozenset(name for name in file if _field(file, name))
        for name in sorted(fields):
            checked_units(path, file[name], name)
        attributes = told(file)
    known = fields | {*_AXES, "latitude_vertices", "longitude_vertices"}
    return np.repeat(times, sizes[1] * sizes[2]), known, attributes


def lattice_rows(
    path: Path, start: int, stop: int, names: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Read some cells as soundings, time after time and row after row; see `files.rows`."""
    found: dict[str, NDArray[Any]] = {}
    with own_file(path) as file:
        height, width = file["latitude"].size, file["longitude"].size
        step, place = np.divmod(np.arange(start, stop), height * width)
        row, column = np.divmod(place, width)
        latitude, longitude = (_borders(path, file, name) for name in _AXES[1:])
        steps = slice(start // (height * width), -(-stop // (height * width)))
        for name in names:
            if name == "time":
                found[name] = _times(path, file)[step]
            elif name == "latitude":
                found[name] = latitude.mean(axis=1)[row]
            elif name == "longitude":
                found[name] = longitude.mean(axis=1)[column]
            elif name == "latitude_vertices":
                found[name] = latitude[row][:, [0, 0, 1, 1]]
            elif name == "longitude_vertices":
                found[name] = longitude[column][:, [0, 1, 1, 0]]
            else:
                values = file[name][steps].reshape(-1)
                first = steps.start * height * width
                found[name] = typed(file[name], name, values[start - first : stop - first])
    return found


def _field(file: h5py.File, name: str) -> bool:
    """Tell whether an array is a field of numbers that the vocabulary has."""
    held = file[name]
    if name not in VOCABULARY or name in _AXES or not isinstance(held, h5py.Dataset):
        return False
    shape = tuple(file[axis].shape[0] for axis in _AXES)
    return bool(held.dtype.kind in "iuf" and held.shape == shape and variable(name))


def _times(path: Path, file: h5py.File) -> NDArray[np.datetime64]:
    """Return the times of the steps, which ascend."""
    held = file["time"]
    units = text_of(held.attrs.get("units", ""))
    found = _SINCE.fullmatch(units)
    if found is None or held.dtype.kind not in "iuf":
        expected = "numbers in days, hours or seconds since a date"
        raise FileContentError(path.name, "time", expected, units or str(held.dtype))
    values = held[()].astype(np.float64 if held.dtype.kind == "f" else np.int64)
    scale = _NANOSECONDS[found[1]]
    start = int(np.datetime64(found[2], "s").astype(np.int64))
    seconds = start + np.asarray(values, np.float64) * (scale / 1e9)
    if not ((seconds > _YEARS[0]) & (seconds < _YEARS[1])).all() or (np.diff(seconds) <= 0).any():
        raise FileContentError(path.name, "time", "times from 1900 to 2200 that ascend", "others")
    return (np.round(seconds).astype(np.int64) * 10**9).astype("datetime64[ns]")


def _borders(path: Path, file: h5py.File, name: str) -> Values:
    """Return both borders of each cell of an axis, half way to its neighbours.  shape (cell, 2)."""
    held = file[name]
    values = held[()].astype(np.float64) if held.dtype.kind in "iuf" else np.full(held.size, np.nan)
    steps = np.diff(values)
    even = np.isfinite(values).all() and (np.abs(steps - steps[0]) < 1e-3 * abs(steps[0])).all()
    limit = 90.0 if name == "latitude" else 720.0
    if not (even and 0.0 < abs(steps[0]) <= _WIDEST and np.abs(values).max() <= limit):
        expected = f"degrees at even distances of {_WIDEST:g} at most"
        raise FileContentError(path.name, name, expected, "others")
    half = abs(steps[0]) / 2.0
    pairs = np.stack([values - half, values + half], axis=1)
    return np.clip(pairs, -90.0, 90.0) if name == "latitude" else pairs
