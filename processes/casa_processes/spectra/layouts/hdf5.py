"""Arrays of HDF5 files, with errors that name file and array."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.common.hdf5 import own_file as opened
from casa_processes.spectra.layouts.zarr_files import ZarrArray

__all__ = [
    "FILL",
    "check_numbers",
    "check_shape",
    "first_of",
    "is_array",
    "numbers",
    "opened",
    "required",
    "text",
]

type Values = NDArray[np.float64]

FILL = -999_999.0
"""What the files of OCO and ACOS have in place of missing numbers."""


def first_of(file: h5py.File, names: Sequence[str]) -> str | None:
    """Return the first name that is an array of the file."""
    return next((name for name in names if is_array(file.get(name))), None)


def is_array(held: object) -> bool:
    """Tell whether a member of a file is an array."""
    return isinstance(held, (h5py.Dataset, ZarrArray))


def required(file: h5py.File, names: Sequence[str]) -> str:
    """Return the first name that is an array of the file; FileContentError when there is none."""
    found = first_of(file, names)
    if found is None:
        raise FileContentError(_name(file), " or ".join(names), "an array", "nothing")
    return found


def check_shape(file: h5py.File, name: str, shape: Sequence[int | None]) -> None:
    """Refuse an array of another shape; None stands for any length.

    Raises
    ------
    FileContentError
        Which tells both shapes.
    """
    found = file[name].shape
    fits = len(found) == len(shape) and all(
        asked in (None, length) for asked, length in zip(shape, found, strict=True)
    )
    if not fits:
        asked = ", ".join("any" if length is None else str(length) for length in shape)
        raise FileContentError(_name(file), name, f"shape ({asked})", f"shape {found}")


def check_numbers(file: h5py.File, name: str) -> None:
    """Refuse an array that holds no numbers."""
    kind = file[name].dtype
    if kind.kind not in "iuf":
        raise FileContentError(_name(file), name, "numbers", str(kind))


def numbers(file: h5py.File, name: str, where: Any = ()) -> Values:
    """Read a part of an array as double precision, NaN where it has the fill value.

    Raises
    ------
    FileContentError
        When there is no such array, part or number.
    """
    array = file[required(file, (name,))]
    try:
        values = np.asarray(array[where], np.float64)
    except (IndexError, TypeError, ValueError) as error:
        expected = f"numbers at {where}"
        raise FileContentError(_name(file), name, expected, f"{array} ({error})") from None
    return np.where(values == FILL, np.nan, values)


def text(file: h5py.File, name: str) -> str:
    """Read the first text of an array; empty when there is none."""
    found = file.get(name)
    if not isinstance(found, h5py.Dataset) or found.size == 0:
        return ""
    value = np.asarray(found[()]).ravel()[0]
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else str(value)


def _name(file: h5py.File) -> str:
    return Path(file.filename).name
