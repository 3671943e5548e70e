"""Files of soundings as processes write them: netCDF in vocabulary names, in the order of time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.common.hdf5 import own_file
from casa_processes.common.vocabulary import VOCABULARY, variable

_UNITS = "nanoseconds since 1970-01-01"
_NEEDED = ("time", "latitude", "longitude")
_DIMENSIONS = {"scalar": 1, "level": 2, "vertex": 2}
_TOLD = ("title", "mission", "instrument", "licence", "references")

type Known = tuple[NDArray[np.datetime64], frozenset[str], dict[str, str]]


def listed(path: Path) -> Known:
    """Return the times of all soundings, the names of columns, and global attributes.

    Raises
    ------
    FileContentError
        When it is no such file.
    """
    with own_file(path) as file:
        for name in _NEEDED:
            if not isinstance(file.get(name), h5py.Dataset):
                raise FileContentError(path.name, name, "a column of all soundings", "none")
        count = file["time"].shape
        known = frozenset(
            name for name, held in file.items() if name in VOCABULARY and _column(held, name, count)
        )
        units = _text(file["time"].attrs.get("units", ""))
        if units != _UNITS or file["time"].dtype.kind != "i" or len(count) != 1 or not count[0]:
            expected = f"one or more integers in {_UNITS}"
            raise FileContentError(path.name, "time", expected, f"shape {count}, {units!r}")
        times = file["time"][()].astype(np.int64).astype("datetime64[ns]")
        attributes = {name: _text(file.attrs.get(name, "")) for name in _TOLD}
    if np.isnat(times).any() or (np.diff(times.astype(np.int64)) < 0).any():
        raise FileContentError(path.name, "time", "soundings in the order of time", "others")
    return times, known, {name: text for name, text in attributes.items() if text}


def rows(path: Path, start: int, stop: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Read some rows of some columns in vocabulary types; times as datetime64[ns].

    Raises
    ------
    FileContentError
        When they cannot be read.
    """
    found: dict[str, NDArray[Any]] = {}
    with own_file(path) as file:
        for name in names:
            values = file[name][start:stop]
            instants = name == "time"
            dtype = np.dtype("datetime64[ns]" if instants else variable(name).dtype)
            found[name] = values.astype(np.int64).astype(dtype) if instants else _typed(values)
    return found


def _typed(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.float64) if values.dtype.kind == "f" else values


def _column(held: object, name: str, count: tuple[int, ...]) -> bool:
    """Tell whether an array of the file is a column of numbers of the vocabulary's shape."""
    if not isinstance(held, h5py.Dataset) or held.dtype.kind not in "iuf":
        return False
    fits = held.ndim == _DIMENSIONS[variable(name).shape]
    return bool(fits and held.shape[:1] == count)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
