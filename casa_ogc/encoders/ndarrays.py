"""Arrays of CoverageJSON: flat values, ready for the JSON writer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from casa_ogc.encoders.decimals import narrowed
from casa_ogc.encoders.times import rfc3339


def nd_array(
    values: NDArray[Any], axis_names: Sequence[str], resolution: str = ""
) -> dict[str, Any]:
    """Describe an array as an NdArray, its values in row-major order.

    Floats keep their precision (float32, and float64 that was made of it, is printed in the
    shortest form that reads back the same); NaN and infinity become null, as do empty texts.
    """
    kind, flat = flat_values(narrowed(values), resolution)
    return {
        "type": "NdArray",
        "dataType": kind,
        "axisNames": list(axis_names),
        "shape": list(values.shape),
        "values": flat,
    }


def flat_values(values: NDArray[Any], resolution: str = "") -> tuple[str, Any]:
    """Return the CoverageJSON data type and the flat values that orjson can write."""
    if values.dtype.kind == "M":
        return "string", rfc3339(values, resolution).ravel().tolist()
    if values.dtype.kind == "f":
        return "float", _native(values)
    if values.dtype.kind in "iu":
        return "integer", _native(values)
    if values.dtype.kind == "b":
        return "integer", _native(values.astype(np.int8))
    return "string", [_text(value) for value in values.ravel().tolist()]


def json_values(values: NDArray[Any], resolution: str = "") -> list[Any]:
    """Return nested lists of what JSON can hold, single precision in its shortest decimal form."""
    _, flat = flat_values(narrowed(values), resolution)
    if isinstance(flat, np.ndarray):
        shaped = flat.reshape(values.shape)
        loaded: list[Any] = orjson.loads(orjson.dumps(shaped, option=orjson.OPT_SERIALIZE_NUMPY))
        return loaded
    nested: list[Any] = np.array(flat, dtype=object).reshape(values.shape).tolist()
    return nested


def _native(values: NDArray[Any]) -> NDArray[Any]:
    """Return flat contiguous values in the byte order of the machine; copies only if needed."""
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("=")).reshape(-1)


def _text(value: object) -> str | None:
    """Return a text without outer blanks; None when nothing is left or nothing was there."""
    if value is None or value != value:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip() or None
