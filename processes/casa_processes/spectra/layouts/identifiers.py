"""Identifiers of soundings: text, or whole numbers that no rounding made equal."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError

LONGEST = 256
"""Most bytes of an identifier: arrays of text take as much for each as the longest has."""
_EXACT = 2.0**53
"""From here on double precision leaves whole numbers out."""


def identifiers(array: h5py.Dataset, where: Any = ()) -> NDArray[np.str_]:
    """Read identifiers as text.

    Parameters
    ----------
    array
        Of text, or of whole numbers; in double precision too while they are exact.
    where
        Which part of it.

    Returns
    -------
    ndarray
        One after the other, shape (sounding,).

    Raises
    ------
    FileContentError
        When they are of another type (single precision makes neighbours equal), too long, or text
        that no file can hold.
    """
    kind = array.dtype.kind
    if kind in "iu":
        return np.asarray(array[where]).ravel().astype(np.str_)
    if kind == "f" and array.dtype.itemsize >= _DOUBLE:
        values = np.asarray(array[where], np.float64).ravel()
        if (np.abs(values) < _EXACT).all() and (values == np.floor(values)).all():
            return values.astype(np.int64).astype(np.str_)
        raise _refused(array, "others")
    if kind == "S" and array.dtype.itemsize <= LONGEST:
        return _text(array, np.asarray(array[where]).ravel())
    if h5py.check_string_dtype(array.dtype) is None or kind == "S":
        raise _refused(array, str(array.dtype))
    values = np.asarray(array[where], object).ravel()
    if max(map(len, values), default=0) > LONGEST:
        raise _refused(array, "longer ones")
    return _text(array, values.astype("S"))


_DOUBLE = 8
"""[byte]"""


def _text(array: h5py.Dataset, values: NDArray[np.bytes_]) -> NDArray[np.str_]:
    try:
        found = values.astype(np.str_)
    except UnicodeError:
        raise _refused(array, "other characters") from None
    characters = np.ascontiguousarray(found).view(np.uint32).reshape(found.size, -1)
    if ((characters[:, :-1] == 0) & (characters[:, 1:] != 0)).any():
        raise _refused(array, "NUL")
    return found


def _refused(array: h5py.Dataset, found: str) -> FileContentError:
    expected = f"whole numbers, or ASCII text of at most {LONGEST} bytes"
    file = Path(array.file.filename).name
    return FileContentError(file, str(array.name).lstrip("/"), expected, found)
