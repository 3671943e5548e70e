"""Writing of results: netCDF files in vocabulary names and units, as a reader would return them.

No instant of writing is kept, so that the same values give the same file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.vocabulary import Variable, variable

MEDIA_TYPE = "application/x-netcdf"
NO_FLAG = -1
_EPOCH = "nanoseconds since 1970-01-01"
SHAPES = {
    "scalar": ("sounding",),
    "level": ("sounding", "level"),
    "vertex": ("sounding", "vertex"),
}
COORDINATES = ("time", "latitude", "longitude")
_AXES = {"time": "T", "latitude": "Y", "longitude": "X"}

type Columns = Mapping[str, NDArray[Any]]


def write_soundings(path: Path, columns: Columns, attributes: Mapping[str, str]) -> Path:
    """Write soundings; returns `path`.

    Parameters
    ----------
    path
        File to write.
    columns
        Vocabulary names, among them ``sounding_id``, ``time`` (datetime64[ns]), ``latitude`` and
        ``longitude``, to values in the vocabulary's units; shape (sounding,), or (sounding, level)
        and (sounding, vertex) where the vocabulary says so. Missing numbers are NaN.
    attributes
        Global attributes: ``title`` and what else is known.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    """
    with h5netcdf.File(path, "w") as file:
        file.attrs.update({"Conventions": "CF-1.8", "featureType": "point", **attributes})
        for name, values in columns.items():
            row = variable(name)
            dims = SHAPES[row.shape]
            for dim, size in zip(dims, values.shape, strict=True):
                if dim not in file.dimensions:
                    file.dimensions[dim] = size
            places = {} if name in _AXES else _PLACES
            _put(file, row, dims, values, places | companion(row, columns))
    return path


def write_grid(path: Path, fields: Columns, axes: Columns, attributes: Mapping[str, str]) -> Path:
    """Write a grid of time, latitude and longitude; returns `path`.

    Parameters
    ----------
    path
        File to write.
    fields
        Vocabulary names to values in the vocabulary's units, shape (time, latitude, longitude);
        missing numbers are NaN.
    axes
        ``time`` (datetime64[ns]), ``latitude`` and ``longitude`` [degree] of the cells' centres,
        each strictly monotonic.
    attributes
        Global attributes: ``title``, ``time_resolution`` and what else is known.

    Raises
    ------
    UnknownNameError
        When the vocabulary has no such variable.
    """
    with h5netcdf.File(path, "w") as file:
        file.attrs.update({"Conventions": "CF-1.8", **attributes})
        for name in COORDINATES:
            file.dimensions[name] = axes[name].size
            _put(file, variable(name), (name,), axes[name], {"axis": _AXES[name]})
        for name, values in fields.items():
            _put(file, variable(name), COORDINATES, values, companion(variable(name), fields))
    return path


_PLACES = {"coordinates": " ".join(COORDINATES)}


def companion(row: Variable, given: Columns) -> dict[str, str]:
    """Point at the uncertainty of a variable where the file has it."""
    name = row.uncertainty
    return {"ancillary_variables": name} if name is not None and name in given else {}


def _put(
    file: h5netcdf.File,
    row: Variable,
    dims: tuple[str, ...],
    values: NDArray[Any],
    more: Mapping[str, str],
) -> None:
    """Write one variable with what the vocabulary says of it."""
    if row.dtype == "str":
        text = values.astype(object)
        made = file.create_variable(row.name, dims, dtype=h5py.string_dtype(), data=text)
    elif row.name == "time":
        instants = values.astype("datetime64[ns]").astype(np.int64)
        made = file.create_variable(row.name, dims, data=instants)
    else:
        made = _numbers(file, row, dims, values)
    made.attrs.update({**described(row), **more})


def _numbers(
    file: h5netcdf.File, row: Variable, dims: tuple[str, ...], values: NDArray[Any]
) -> Any:
    """Write numbers in the vocabulary's type; floats with NaN as their fill value."""
    stored = values.astype(row.dtype)
    fill = np.array(np.nan, stored.dtype)[()] if stored.dtype.kind == "f" else None
    return file.create_variable(row.name, dims, data=stored, fillvalue=fill)


def in_type(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return a column in the vocabulary's type; flags that are missing are -1."""
    row = variable(name)
    if row.dtype == "str":
        return values.astype(np.str_)
    if row.dtype.startswith("int") and values.dtype.kind == "f":
        values = np.where(np.isnan(values), NO_FLAG, values)
    return values.astype(row.dtype)


def described(row: Variable) -> dict[str, Any]:
    """Return the CF attributes of a variable."""
    attributes: dict[str, Any] = {"long_name": row.en}
    if row.standard_name:
        attributes["standard_name"] = row.standard_name
    if row.name == "time":
        return attributes | {"units": _EPOCH, "calendar": "proleptic_gregorian"}
    if row.units:
        attributes["units"] = row.units
    return attributes | _coded(row)


def _coded(row: Variable) -> dict[str, Any]:
    """Return the attributes that tell what codes or bits of a flag mean."""
    kinds = (("flag_values", row.flags), ("flag_masks", row.masks))
    for name, codes in kinds:
        if codes:
            values = np.array([code for code, _ in codes], dtype=row.dtype)
            return {name: values, "flag_meanings": " ".join(meaning for _, meaning in codes)}
    return {}
