"""Variables and attributes of netCDF files, as CF wants them."""

from collections.abc import Collection, Sequence
from typing import Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.times import exact_unit
from casa_processes.common.vocabulary import Variable

_UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_COMPRESSED_FROM = 4096
_AXIS = {"t": "T", "z": "Z", "y": "Y", "x": "X"}
_CODES = ("flag_values", "flag_masks")
_STANDARD = {"t": "time", "y": "latitude", "x": "longitude"}
_PROJECTED = {"x": "projection_x_coordinate", "y": "projection_y_coordinate"}
_DEGREES = {"y": "degrees_north", "x": "degrees_east"}

type Attributes = dict[str, Any]


def put(
    group: h5netcdf.Group,
    name: str,
    dims: Sequence[str],
    values: NDArray[Any],
    attributes: Attributes,
) -> None:
    """Write one variable; numbers of 4 KiB and more are compressed, NaN is the fill value.

    Times become numbers with their units.
    """
    if values.dtype.kind == "M":
        values, units = encoded_times(values)
        attributes = attributes | {"units": units, "calendar": "standard"}
    if values.dtype.kind in "OUTS":
        texts = np.array([_text(value) for value in values.ravel().tolist()], dtype=object)
        made = group.create_variable(name, dims, h5py.string_dtype(), texts.reshape(values.shape))
    else:
        numbers = values.astype(np.int8) if values.dtype.kind == "b" else values
        made = group.create_variable(
            name,
            dims,
            numbers.dtype,
            np.ascontiguousarray(numbers),
            fillvalue=numbers.dtype.type(np.nan) if numbers.dtype.kind == "f" else None,
            **_filters(numbers),
        )
        # CF wants codes in the type of what they explain.
        typed = {key: attributes[key].astype(numbers.dtype) for key in _CODES if key in attributes}
        attributes = attributes | typed
    made.attrs.update(attributes)


def put_axis(group: h5netcdf.Group, axis: Axis) -> None:
    """Write the dimension of an axis with its coordinate and its cell bounds."""
    group.dimensions[axis.name] = axis.size
    attributes: Attributes = {"axis": _AXIS[axis.role]}
    standard = _PROJECTED.get(axis.name) or _STANDARD.get(axis.role)
    if standard:
        attributes |= {"standard_name": standard, "long_name": standard.replace("_", " ")}
    given = {"units": axis.units or _DEGREES.get(axis.role, ""), "positive": axis.positive}
    attributes |= {name: text for name, text in given.items() if text}
    values, edges = axis.values, axis.bounds
    if axis.role == "t":
        both = values if edges is None else np.concatenate([values, edges.ravel()])
        numbers, units = encoded_times(both)
        attributes |= {"units": units, "calendar": "standard"}
        values = numbers[: axis.size]
        edges = None if edges is None else numbers[axis.size :].reshape(edges.shape)
    if edges is not None:
        attributes["bounds"] = f"{axis.name}_bounds"
        if "bound" not in group.dimensions:
            group.dimensions["bound"] = 2
        put(group, f"{axis.name}_bounds", (axis.name, "bound"), edges, {})
    put(group, axis.name, (axis.name,), values, attributes)


def encoded_times(values: NDArray[Any]) -> tuple[NDArray[np.float64], str]:
    """Count times from the first midnight, in the coarsest unit that makes them whole numbers.

    Returns
    -------
    Whole numbers as float64 (CF-1.8 knows no 64-bit integers), NaT as NaN; and the CF units.
    """
    stamps = values.astype("datetime64[ns]")
    known = stamps[~np.isnat(stamps)]
    midnight = known.min().astype("datetime64[D]") if known.size else np.datetime64("1970-01-01")
    unit = exact_unit(stamps)
    numbers = (stamps - midnight) / np.timedelta64(1, unit)
    return numbers, f"{_UNITS[unit]} since {midnight} 00:00:00"


def described_by(variable: Variable, given: Collection[str]) -> Attributes:
    """Return the attributes of a data variable.

    The vocabulary's valid range is not among them: programs hide what lies outside, and noise may.

    Parameters
    ----------
    given
        Names of all variables of the answer, to point at the uncertainty among them.
    """
    attributes: Attributes = {"long_name": variable.en or variable.name}
    optional = {
        "long_name_zh": variable.zh,
        "standard_name": variable.standard_name,
        "units": variable.units,
    }
    attributes |= {name: text for name, text in optional.items() if text}
    attributes |= _coded(variable)
    if variable.uncertainty in given and variable.uncertainty != variable.name:
        attributes["ancillary_variables"] = variable.uncertainty
    return attributes


def _coded(variable: Variable) -> Attributes:
    """Return what the codes or bits of a flag mean, as CF tells it."""
    found: Attributes = {}
    for name, codes in (("flag_values", variable.flags), ("flag_masks", variable.masks)):
        if codes:
            found[name] = np.array([code for code, _ in codes])
            found["flag_meanings"] = " ".join(meaning for _, meaning in codes)
    return found


def _filters(values: NDArray[Any]) -> dict[str, Any]:
    """Return the compression of a variable; small ones are stored as they are."""
    if values.nbytes < _COMPRESSED_FROM:
        return {}
    return {"compression": "gzip", "compression_opts": 1, "shuffle": True}


def _text(value: object) -> str:
    """Return a text; nothing becomes the empty text."""
    if value is None or value != value:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
