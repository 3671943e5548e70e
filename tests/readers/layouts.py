"""Writes synthetic netCDF4 files from declared variables, changed where a test says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np

from tests.readers.tables_a import UNITS

NONE = "-"
MARKS = {"f": -999999.0, "b": 127, "i": -9999, "u": 0, "q": np.nan}


@dataclass(frozen=True)
class Column:
    """One variable of a synthetic file."""

    path: str
    dtype: str
    dims: tuple[str, ...]
    units: str
    mark: str

    @property
    def missing(self) -> tuple[str, Any] | None:
        """Name and value of the attribute that marks missing values."""
        if self.mark == "n":
            return None
        if self.mark == "t":
            return "missing_value", "Missing"
        name = "_FillValue" if self.mark == "q" else "missing_value"
        return name, np.array(MARKS[self.mark], dtype=self.dtype)[()]


def columns(table: str) -> tuple[Column, ...]:
    lines = (line.split() for line in table.splitlines() if line.strip())
    return tuple(
        Column(path, dtype, tuple(dims.split(",")), UNITS.get(units, units), mark)
        for path, dtype, dims, units, mark in lines
    )


@dataclass(frozen=True)
class Synthetic:
    """A file to write: its name, variables, dimensions, values and attributes."""

    name: str
    columns: tuple[Column, ...]
    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def write(
        self,
        folder: Path,
        *,
        values: Mapping[str, Any] | None = None,
        units: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
        name: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Path:
        """Write the file, changed where a test says so; return its path."""
        path = folder / (name or self.name)
        content = {**self.values, **(values or {})}
        with h5netcdf.File(path, "w") as file:
            file.dimensions = dict(self.sizes)
            for column in self.columns:
                if column.path not in without:
                    stated = (units or {}).get(column.path, column.units)
                    _put(file, column, content[column.path], stated)
            file.attrs.update({**self.attributes, **(attributes or {})})
        return path


def _put(file: h5netcdf.File, column: Column, values: Any, units: str) -> None:
    array = np.asarray(values)
    if array.dtype.kind not in "SUO":
        array = array.astype(column.dtype)
    missing = column.missing
    fill = missing[1] if missing and missing[0] == "_FillValue" else None
    kind = h5py.string_dtype() if array.dtype.kind == "O" else array.dtype
    made = file.create_variable(column.path, column.dims, kind, data=array, fillvalue=fill)
    if units != NONE:
        made.attrs["units"] = units
    if missing and missing[0] == "missing_value":
        made.attrs["missing_value"] = missing[1]


def compare_with(genuine: Path, synthetic: Synthetic) -> None:
    """Assert that a genuine file declares every variable as the synthetic one does."""
    with h5netcdf.File(genuine, "r") as file:
        for column in synthetic.columns:
            found = file[column.path]
            assert str(found.dtype) == column.dtype, column.path
            assert found.dimensions == column.dims, column.path
            stated = found.attrs.get("units", "")
            stated = stated.decode() if isinstance(stated, bytes) else stated
            assert (stated or NONE) == column.units, column.path
            if column.missing:
                name, value = column.missing
                np.testing.assert_equal(np.asarray(found.attrs[name]).item(), value.item())
