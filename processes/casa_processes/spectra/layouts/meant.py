"""Numbers of plain files as they are meant: what is missing, and what nothing can be."""

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.spectra.layouts.hdf5 import is_array
from casa_processes.spectra.layouts.rows import UNKNOWN

type Values = NDArray[np.float64]

_PACKED = ("scale_factor", "add_offset")
_LAST_CODE = 255
_RANGES = {
    "solar_zenith_angle": (0.0, 180.0),
    "sensor_zenith_angle": (0.0, 180.0),
    "land_fraction": (0.0, 1.0 + 1e-6),
}
"""Least and largest numbers that there can be; others are missing."""
_YEARS = -2_208_988_800.0, 7_258_118_400.0
"""Seconds from 1970 to 1900 and to 2200."""


def check_unpacked(file: h5py.File) -> None:
    """Refuse arrays of packed numbers.

    Raises
    ------
    FileContentError
        Naming the first.
    """
    for name, held in file.items():
        found = [each for each in _PACKED if each in held.attrs]
        if is_array(held) and found:
            expected = "numbers that are not packed"
            raise FileContentError(Path(file.filename).name, name, expected, found[0])


def check_one_of(file: h5py.File, name: str, shapes: Sequence[tuple[int, ...]]) -> None:
    """Refuse an array that has none of some shapes; one that is not there is no fault.

    Raises
    ------
    FileContentError
        Which tells its shape.
    """
    if name in file and file[name].shape not in shapes:
        found = f"shape {file[name].shape}"
        raise FileContentError(Path(file.filename).name, name, f"shape {shapes[0]}", found)


def fill_of(array: h5py.Dataset) -> float:
    """Return what stands for missing numbers of an array; NaN where it does not tell."""
    return float(np.ravel(array.attrs.get("_FillValue", np.nan))[0])


def believed(array: h5py.Dataset, name: str, values: Values) -> Values:
    """Return values, NaN where they are missing or beyond what there can be."""
    low, high = _RANGES.get(name, (-np.inf, np.inf))
    known = (values >= low) & (values <= high) & (values != fill_of(array))
    return np.where(known, values, np.nan)


def codes(values: Values) -> NDArray[np.int64]:
    """Return codes; -1 of what is none."""
    with np.errstate(invalid="ignore"):
        known = (values >= 0) & (values <= _LAST_CODE)
    return np.where(known, values, UNKNOWN).astype(np.int64)


def instants(raw: NDArray[np.generic], factor: int) -> NDArray[np.datetime64]:
    """Return times from counts; NaT of what is not within 1900 to 2200.

    Parameters
    ----------
    raw
        From 1970, whole numbers or not; NaN where missing.
    factor
        Nanoseconds of one.
    """
    seconds = raw.astype(np.float64) * (factor / 1e9)
    known = (seconds >= _YEARS[0]) & (seconds < _YEARS[1])
    whole = np.where(known, raw, 0)
    exact = whole.astype(np.int64) if whole.dtype.kind != "f" else None
    counts = np.round(whole * factor).astype(np.int64) if exact is None else exact * factor
    return np.where(known, counts.astype("datetime64[ns]"), np.datetime64("NaT", "ns"))
