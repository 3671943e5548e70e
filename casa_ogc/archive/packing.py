"""CF packing: whole numbers on disk, with scale, offset and fill value in the attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError


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
    it is.
    """
    packed = np.dtype(encoding.get("dtype", dtype))
    if encoding.get("_Unsigned") == "true":
        packed = np.dtype(f"u{packed.itemsize}")
    if dtype.kind != "f" or packed.kind not in "iu":
        return Packing(np.dtype(np.int8) if dtype.kind == "b" else dtype.newbyteorder("="))
    fill = encoding.get("_FillValue", encoding.get("missing_value"))
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
        Naming the range of the values.
    """
    numbers = values[np.isfinite(values)] if packing.fill is not None else values[:0]
    if numbers.size == 0:
        return
    ends = np.array([numbers.min(), numbers.max()], dtype=np.float64)
    stored = np.rint((ends - (packing.offset or 0.0)) / (packing.scale or 1.0))
    limits = np.iinfo(packing.dtype)
    if stored.min() < limits.min or stored.max() > limits.max:
        raise FileContentError(
            file, name, f"values that fit the stored {packing}", f"{ends[0]:g}..{ends[1]:g}"
        )


def packed(values: NDArray[Any], packing: Packing) -> NDArray[Any]:
    """Return `values`, which `check_range` accepted, as they are stored; undone by `unpacked`.

    What is not finite is stored as missing.
    """
    if packing.fill is None:
        return values.astype(packing.dtype, copy=False)
    numbers = values.astype(np.float64)
    missing = ~np.isfinite(numbers)
    numbers -= packing.offset or 0.0
    numbers /= packing.scale or 1.0
    np.rint(numbers, out=numbers)
    numbers[missing] = packing.fill
    return numbers.astype(packing.dtype)


def unpacked(stored: NDArray[Any], packing: Packing) -> NDArray[Any]:
    """Return decoded values: NaN where missing, then scaled, then moved."""
    if packing.fill is None and packing.scale is None and packing.offset is None:
        return stored
    values = stored.astype(packing.decoded)
    if packing.fill is not None:
        values[stored == packing.fill] = np.nan
    if packing.scale is not None:
        values *= packing.scale
    if packing.offset is not None:
        values += packing.offset
    return values


def _number(value: Any) -> float | None:
    return None if value is None else float(np.asarray(value).item())
