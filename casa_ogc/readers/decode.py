"""Stored values to the vocabulary's type and units: masked, scaled and converted exactly once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.readers.files import RawVariable
from casa_ogc.readers.instants import decode_time
from casa_ogc.readers.reader import Source
from casa_processes.common.errors import FileContentError
from casa_processes.common.units import UnitsError, convert
from casa_processes.common.vocabulary import Variable

_DIMENSIONLESS = frozenset({"", "1", "none", "n/a", "unitless", "dimensionless", "fraction"})
_MARKS = ("_FillValue", "missing_value")


def decode(raw: RawVariable, source: Source, row: Variable, file: str) -> NDArray[Any]:
    """Return the values of one variable in the vocabulary's type and units.

    Missing values are NaN in floating types, NaT in times, ``""`` in text and the lowest number of
    an integer type (``missing_integer``).

    Raises
    ------
    FileContentError
        When units, codes or type are not those of the family; it names file and variable.
    """
    values = raw.values(file)
    if row.dtype == "str":
        return _text(values, raw)
    absent = _missing(values, raw, source)
    if row.dtype == "datetime64[ns]":
        return decode_time(values, absent, raw, source, file)
    if source.codes is not None:
        return _coded(values, absent, raw, source, row, file)
    if values.dtype.kind not in "buif":
        raise FileContentError(file, raw.path, "numbers", f"values of type {values.dtype}")
    if np.dtype(row.dtype).kind == "f":
        return _numbers(values, absent, raw, source, row, file)
    return _integers(values, absent, raw, row, file)


def missing_integer(dtype: str) -> int:
    """Return the number that stands for a missing value of an integer type."""
    return int(np.iinfo(dtype).min)


def stated_units(raw: RawVariable, source: Source, row: Variable, file: str) -> str:
    """Return the units text that the file's values have.

    Raises
    ------
    FileContentError
        When the text is none of those that the family writes.
    """
    found = " ".join(str(raw.attributes.get("units", "")).split())
    accepted = source.accepted
    if not accepted:
        if found == row.units or found.lower() in _DIMENSIONLESS:
            return row.units
        raise FileContentError(file, raw.path, f"units {row.units!r} or none", _shown(found))
    if found not in accepted:
        expected = " or ".join(repr(text) for text in accepted)
        raise FileContentError(file, raw.path, f"units {expected}", _shown(found))
    return source.meaning(found or accepted[0])


def _shown(units: str) -> str:
    return f"units {units!r}" if units else "no units"


def _text(values: NDArray[Any], raw: RawVariable) -> NDArray[np.str_]:
    """Text of any stored kind; whole numbers keep every digit."""
    if values.dtype.kind == "S":
        if values.dtype.itemsize == 1 and values.ndim > 1:
            values = np.ascontiguousarray(values).view(f"S{values.shape[-1]}")[..., 0]
        values = np.char.decode(values, "utf-8", errors="replace")
    text = np.char.strip(values.astype(np.str_))
    absent = {str(raw.attributes[name]) for name in _MARKS if name in raw.attributes}
    return np.where(np.isin(text, sorted(absent)), "", text) if absent else text


def _missing(values: NDArray[Any], raw: RawVariable, source: Source) -> NDArray[np.bool_]:
    """True where the file or the family says that there is no value."""
    absent = np.zeros(values.shape, dtype=bool)
    if values.dtype.kind not in "buif":
        return absent
    declared = [raw.attributes[name] for name in _MARKS if name in raw.attributes]
    for mark in [*declared, *source.fill]:
        for number in np.atleast_1d(np.asarray(mark)):
            if _holds(values.dtype, number):
                absent |= values == number.astype(values.dtype)
    if values.dtype.kind == "f":
        absent |= ~np.isfinite(values)
    return absent


def _holds(dtype: np.dtype[Any], number: np.generic) -> bool:
    """Whether a missing-value mark is a value of `dtype`, if only by its bits (-1b of a ubyte)."""
    if number.dtype.kind not in "buif":
        return False
    if dtype.kind == "f" or (number.dtype.kind in "ui" and number.dtype.itemsize == dtype.itemsize):
        return True
    if number.dtype.kind == "f" and not float(number).is_integer():
        return False
    return bool(np.iinfo(dtype).min <= int(number) <= np.iinfo(dtype).max)


def _numbers(
    values: NDArray[Any],
    absent: NDArray[np.bool_],
    raw: RawVariable,
    source: Source,
    row: Variable,
    file: str,
) -> NDArray[Any]:
    units = stated_units(raw, source, row, file)
    scaled = unpacked(values, raw)
    try:
        converted = convert(scaled, units, row.units)
    except UnitsError as error:
        raise FileContentError(file, raw.path, f"units of {row.units!r}", str(error)) from error
    result = converted.astype(row.dtype)
    result[absent] = np.nan
    return result


def unpacked(values: NDArray[Any], raw: RawVariable) -> NDArray[Any]:
    """Return packed values times ``scale_factor`` plus ``add_offset``."""
    scale = float(raw.attributes.get("scale_factor", 1.0))
    offset = float(raw.attributes.get("add_offset", 0.0))
    if scale == 1.0 and offset == 0.0:
        return values
    return values.astype(np.float64) * scale + offset


def _integers(
    values: NDArray[Any], absent: NDArray[np.bool_], raw: RawVariable, row: Variable, file: str
) -> NDArray[Any]:
    limits = np.iinfo(row.dtype)
    present = values[~absent]
    whole = values.dtype.kind != "f" or bool(np.all(present == np.rint(present)))
    if present.size and (not whole or present.min() <= limits.min or present.max() > limits.max):
        expected = f"whole numbers above {limits.min} up to {limits.max}"
        raise FileContentError(file, raw.path, expected, f"{present.min()} to {present.max()}")
    result = np.full(values.shape, missing_integer(row.dtype), dtype=row.dtype)
    result[~absent] = present
    return result


def _coded(
    values: NDArray[Any],
    absent: NDArray[np.bool_],
    raw: RawVariable,
    source: Source,
    row: Variable,
    file: str,
) -> NDArray[Any]:
    codes = source.codes or {}
    if values.dtype.kind in "SUO":
        values = _text(values, raw)
        absent = values == ""
    result = np.full(values.shape, missing_integer(row.dtype), dtype=row.dtype)
    for native in np.unique(values[~absent]).tolist():
        if native not in codes:
            known = ", ".join(str(code) for code in codes)
            raise FileContentError(file, raw.path, f"one of the codes {known}", repr(native))
        result[values == native] = codes[native]
    return result
