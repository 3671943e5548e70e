"""Layouts of synthetic files: content that a test changes, and three forms to write it in."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.io import netcdf_file


@dataclass
class Stored:
    """One variable as it is in a file."""

    dims: tuple[str, ...]
    values: NDArray[Any]
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Layout:
    """A file: the name it has in the wild, and its content."""

    name: str
    variables: dict[str, Stored]
    attributes: dict[str, Any] = field(default_factory=dict)
    form: str = "netcdf4"

    def without(self, path: str) -> "Layout":
        del self.variables[path]
        return self

    def with_units(self, path: str, units: str | None) -> "Layout":
        attributes = self.variables[path].attributes
        name = "unit" if "unit" in attributes else "units"
        attributes.pop(name, None)
        if units is not None:
            attributes[name] = units
        return self

    def with_values(self, path: str, values: ArrayLike) -> "Layout":
        self.variables[path].values = np.asarray(values)
        return self

    def write(self, folder: Path, name: str | None = None) -> Path:
        path = folder / (name or self.name)
        {"netcdf4": _write_netcdf4, "hdf5": _write_hdf5, "netcdf3": _write_netcdf3}[self.form](
            path, self
        )
        return path


def stored(
    dims: str, values: ArrayLike, units: str | None = None, dtype: str = "f4", **attributes: Any
) -> Stored:
    """A variable; `dims` are names separated by blanks."""
    stated = {} if units is None else {"units": units}
    return Stored(tuple(dims.split()), np.asarray(values, dtype=dtype), {**stated, **attributes})


def _write_netcdf4(path: Path, layout: Layout) -> None:
    with h5netcdf.File(path, "w") as file:
        file.attrs.update(layout.attributes)
        for variable in layout.variables.values():
            for dim, size in zip(variable.dims, variable.values.shape, strict=True):
                if dim not in file.dimensions:
                    file.dimensions[dim] = size
        for name, variable in layout.variables.items():
            made = file.create_variable(f"/{name}", variable.dims, data=variable.values)
            made.attrs.update(variable.attributes)


def _write_hdf5(path: Path, layout: Layout) -> None:
    with h5py.File(path, "w") as file:
        for name, variable in layout.variables.items():
            made = file.create_dataset(name, data=variable.values)
            for key, value in variable.attributes.items():
                made.attrs[key] = np.array([str(value).encode()])


def _write_netcdf3(path: Path, layout: Layout) -> None:
    with netcdf_file(path, "w") as file:
        for name, value in layout.attributes.items():
            setattr(file, name, value)
        for variable in layout.variables.values():
            for dim, size in zip(variable.dims, variable.values.shape, strict=True):
                if dim not in file.dimensions:
                    file.createDimension(dim, size)
        for name, variable in layout.variables.items():
            made = file.createVariable(name, variable.values.dtype, variable.dims)
            made[...] = variable.values
            for key, value in variable.attributes.items():
                setattr(made, key, value)
