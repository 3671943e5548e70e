"""Files of soundings as processes write them: netCDF in vocabulary names, in the order of time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.common.hdf5 import own_file
from casa_processes.common.units import UnitsError, convert
from casa_processes.common.vocabulary import VOCABULARY, variable

_UNITS = "nanoseconds since 1970-01-01"
_NEEDED = ("time", "latitude", "longitude")
_BEYOND = {"scalar": (), "vertex": (4,)}
"""Lengths of columns beside the number of soundings; others are not read."""
_MOST = 50_000_000
"""Most soundings of a file, all of whose times are held.  [1]"""
_UNWRITTEN = 9.9e36
"""Numbers from here on are what netCDF has in place of what was not written."""
_TOLD = ("title", "mission", "instrument", "licence", "references")

type Known = tuple[NDArray[np.datetime64], frozenset[str], dict[str, str]]


def listed(path: Path) -> Known:
    """Return the times of all soundings, the names of columns, and global attributes.

    Raises
    ------
    FileContentError
        When it is no such file, or columns are in units that are none of the vocabulary's.
    """
    with own_file(path) as file:
        for name in _NEEDED:
            if not isinstance(file.get(name), h5py.Dataset):
                raise FileContentError(path.name, name, "a column of all soundings", "none")
        count = file["time"].shape
        known = frozenset(
            name for name, held in file.items() if name in VOCABULARY and _column(held, name, count)
        )
        _checked(path, file, known)
        times = file["time"][()].astype(np.int64).astype("datetime64[ns]")
        attributes = told(file)
    if np.isnat(times).any() or (np.diff(times.astype(np.int64)) < 0).any():
        raise FileContentError(path.name, "time", "soundings in the order of time", "others")
    return times, known, attributes


def _checked(path: Path, file: h5py.File, known: frozenset[str]) -> None:
    """Refuse times, places and units that cannot be used, before any array is read."""
    count = file["time"].shape
    units = text_of(file["time"].attrs.get("units", ""))
    if units != _UNITS or file["time"].dtype.kind != "i" or len(count) != 1 or not count[0]:
        expected = f"one or more integers in {_UNITS}"
        raise FileContentError(path.name, "time", expected, f"shape {count}, {units!r}")
    if count[0] > _MOST:
        raise FileContentError(path.name, "time", f"at most {_MOST:,}", f"{count[0]:,}")
    for name in _NEEDED[1:]:
        if name not in known:
            found = f"{file[name].dtype} of shape {file[name].shape}"
            raise FileContentError(path.name, name, f"numbers of shape {count}", found)
    for name in sorted(known):
        checked_units(path, file[name], name)


def rows(path: Path, start: int, stop: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Read some rows of some columns in the vocabulary's units; times as datetime64[ns].

    Numbers that stand for missing ones become NaN, packed ones are unpacked.

    Raises
    ------
    FileContentError
        When they cannot be read.
    """
    found: dict[str, NDArray[Any]] = {}
    with own_file(path) as file:
        for name in names:
            values = file[name][start:stop]
            if name == "time":
                found[name] = values.astype(np.int64).astype("datetime64[ns]")
            else:
                found[name] = typed(file[name], name, values)
    return found


def told(file: h5py.File) -> dict[str, str]:
    """Return what a file says of itself in global attributes."""
    found = {name: text_of(file.attrs.get(name, "")) for name in _TOLD}
    return {name: text for name, text in found.items() if text}


def typed(held: h5py.Dataset, name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return values as they are meant: in double precision but for whole numbers as they are."""
    packed = {"scale_factor": 1.0, "add_offset": 0.0}
    scale, offset = (_number(held, each, usual) for each, usual in packed.items())
    fill = _number(held, "_FillValue", np.nan)
    kind, units = held.dtype.kind, _units(held, name)
    if kind != "f" and np.isnan(fill) and not packed.keys() & held.attrs.keys():
        return values
    found = values.astype(np.float64)
    missing = found == fill
    if kind == "f":
        missing |= found >= _UNWRITTEN
    found = np.where(missing, np.nan, found * scale + offset)
    wanted = variable(name).units
    return found if units == wanted else convert(found, units, wanted)


def _number(held: h5py.Dataset, attribute: str, usual: float) -> float:
    """Return a number that an attribute holds."""
    return float(np.ravel(held.attrs.get(attribute, usual))[0])


def _units(held: h5py.Dataset, name: str) -> str:
    """Return the units of an array; those of the vocabulary where it does not tell."""
    return text_of(held.attrs.get("units", "")) or variable(name).units


def checked_units(path: Path, held: h5py.Dataset, name: str) -> None:
    """Refuse units that are none of the vocabulary's."""
    units, wanted = _units(held, name), variable(name).units
    if units != wanted and variable(name).dtype.startswith("float"):
        try:
            convert(0.0, units, wanted)
        except UnitsError as error:
            raise FileContentError(path.name, name, f"units {wanted}", str(error)) from None


def _column(held: object, name: str, count: tuple[int, ...]) -> bool:
    """Tell whether an array of the file is a column of numbers of the vocabulary's shape."""
    if not isinstance(held, h5py.Dataset) or held.dtype.kind not in "iuf":
        return False
    beyond = _BEYOND.get(variable(name).shape)
    return bool(beyond is not None and held.shape == (*count, *beyond))


def text_of(value: Any) -> str:
    """Return text that files can hold: without what is no Unicode, and without NUL."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.encode("utf-8", "replace").decode().replace("\0", "")
