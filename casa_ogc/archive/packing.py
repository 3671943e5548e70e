"""CF packing: whole numbers on disk, with scale, offset and fill value in the attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError

_WIDEST = 8
_AT_ONCE = 1 << 20
_MOST_DECIMALS = 15
_WHOLE = 1 << 53
"""Whole numbers up to this are exact in double precision."""


@dataclass(frozen=True)
class Packing:
    """How values are stored.

    Attributes
    ----------
    dtype
        Type on disk.
    scale, offset, fill
        ``scale_factor``, ``add_offset`` and ``_FillValue``, or None.
    """

    dtype: np.dtype[Any]
    scale: float | None = None
    offset: float | None = None
    fill: int | None = None

    @property
    def decoded(self) -> np.dtype[Any]:
        """Type of the decoded values, as xarray chooses it."""
        if self.scale is not None or self.offset is not None:
            return np.dtype(np.float64)
        if self.fill is None:
            return self.dtype
        return np.dtype(np.float32 if self.dtype.itemsize <= 2 else np.float64)

    @property
    def attributes(self) -> dict[str, float | int]:
        """CF attributes that say the same."""
        named = {"scale_factor": self.scale, "add_offset": self.offset, "_FillValue": self.fill}
        return {name: value for name, value in named.items() if value is not None}


def packing_of(dtype: np.dtype[Any], encoding: Mapping[str, Any]) -> Packing:
    """Return how an array of type `dtype`, read from a file with `encoding`, is to be stored.

    Floats that were whole numbers in the file are packed as they were there; all else is stored as
    it is. Where the file has no number for what is missing, each of its type may be a value: it is
    stored in a type twice as wide, which has one.
    """
    packed = np.dtype(encoding.get("dtype", dtype))
    if encoding.get("_Unsigned") == "true":
        packed = np.dtype(f"u{packed.itemsize}")
    if dtype.kind != "f" or packed.kind not in "iu":
        return Packing(np.dtype(np.int8) if dtype.kind == "b" else dtype.newbyteorder("="))
    fill = encoding.get("_FillValue", encoding.get("missing_value"))
    if fill is None and packed.itemsize < _WIDEST:
        packed = np.dtype(f"{packed.kind}{2 * packed.itemsize}")
    limits = np.iinfo(packed)
    free = limits.max if packed.kind == "u" else limits.min
    return Packing(
        packed.newbyteorder("="),
        _number(encoding.get("scale_factor")),
        _number(encoding.get("add_offset")),
        free if fill is None else int(np.asarray(fill).reshape(-1)[0].astype(packed)),
    )


def packing_from(dtype: np.dtype[Any], attributes: Mapping[str, Any]) -> Packing:
    """Return the packing of a stored array."""
    fill = attributes.get("_FillValue")
    return Packing(
        dtype,
        attributes.get("scale_factor"),
        attributes.get("add_offset"),
        fill if dtype.kind in "iu" else None,
    )


def check_range(values: NDArray[Any], packing: Packing, file: str, name: str) -> None:
    """Refuse values that the packing cannot hold.

    Raises
    ------
    FileContentError
        Naming the range of the values, or the one that would be stored as missing.
    """
    numbers = values[np.isfinite(values)] if packing.fill is not None else values[:0]
    if numbers.size == 0:
        return
    ends = np.array([numbers.min(), numbers.max()], dtype=np.float64)
    stored = _numbers(ends, packing)
    limits = np.iinfo(packing.dtype)
    if stored.min() < limits.min or stored.max() > limits.max:
        raise FileContentError(
            file, name, f"values that fit the stored {packing}", f"{ends[0]:g}..{ends[1]:g}"
        )

    if packing.fill is not None and stored.min() <= packing.fill <= stored.max():
        for start in range(0, numbers.size, _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            hidden = some[_numbers(some, packing) == packing.fill]
            if hidden.size:
                expected = f"no value that is stored as {packing.fill}, which means missing"
                raise FileContentError(file, name, expected, f"{hidden[0]:g}")


def _numbers(values: NDArray[Any], packing: Packing) -> NDArray[np.float64]:
    """Return the whole numbers that stand for values, before they are cast."""
    found: NDArray[np.float64] = values.astype(np.float64)
    found -= packing.offset or 0.0
    found /= packing.scale or 1.0
    return np.rint(found, out=found)


def packed(values: NDArray[Any], packing: Packing) -> NDArray[Any]:
    """Return `values`, which `check_range` accepted, as they are stored; undone by `unpacked`.

    What is not finite is stored as missing.
    """
    if packing.fill is None:
        return values.astype(packing.dtype, copy=False)
    numbers = _numbers(values, packing)
    numbers[~np.isfinite(values)] = packing.fill
    return numbers.astype(packing.dtype)


def unpacked(stored: NDArray[Any], packing: Packing) -> NDArray[Any]:
    """Return decoded values: NaN where missing, then scaled, then moved.

    Where scale and offset are decimals of few digits, values are those decimals that the stored
    numbers mean, each as the nearest number of double precision: 412.34, not 412.34000000000003.
    """
    if packing.fill is None and packing.scale is None and packing.offset is None:
        return stored
    values = stored.astype(packing.decoded)
    if packing.fill is not None:
        values[stored == packing.fill] = np.nan
    decimal = _decimal(packing)
    if decimal is not None:
        values *= decimal.scale
        values += decimal.offset
        values /= decimal.unit
        return values
    if packing.scale is not None:
        values *= packing.scale
    if packing.offset is not None:
        values += packing.offset
    return values


class _Decimal(NamedTuple):
    """Scale and offset as whole numbers of a decimal unit, all exact in double precision."""

    scale: float
    offset: float
    unit: float


@lru_cache
def _decimal(packing: Packing) -> _Decimal | None:
    """Return the packing in whole numbers; None where it has none, or they are too large."""
    if packing.dtype.kind not in "iu" or packing.decoded != np.float64:
        return None
    scale = Decimal(1) if packing.scale is None else Decimal(repr(packing.scale))
    offset = Decimal(repr(packing.offset or 0.0))
    if not (scale.is_finite() and offset.is_finite()):
        return None
    decimals = max(-int(one.normalize().as_tuple().exponent) for one in (scale, offset))
    if not 0 < decimals <= _MOST_DECIMALS:
        return None
    unit = 10**decimals
    limits = np.iinfo(packing.dtype)
    largest = max(abs(int(limits.min)), int(limits.max))
    if largest * abs(scale * unit) + abs(offset * unit) > _WHOLE:
        return None
    return _Decimal(float(scale * unit), float(offset * unit), float(unit))


def _number(value: Any) -> float | None:
    return None if value is None else float(np.asarray(value).item())
