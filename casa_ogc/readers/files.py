"""Variables of a file as they are stored, whichever of the formats it has."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.io import netcdf_file

from casa_processes.common.errors import FileContentError

_UNREADABLE = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    RuntimeError,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class RawVariable:
    """One variable of an open file: its shape and attributes at once, its values on demand.

    Attributes
    ----------
    dims
        Name of each dimension, without its group; ``""`` where the file names none.
    attributes
        Attributes; text as str, arrays of one element as scalars.
    load
        Reads the values as they are stored, neither scaled nor masked.
    """

    path: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    attributes: Mapping[str, Any]
    load: Callable[[], NDArray[Any]]

    def values(self, file: str) -> NDArray[Any]:
        """Read the values.

        Raises
        ------
        FileContentError
            When the file says that they are there and they cannot be read.
        """
        try:
            return np.asarray(self.load())
        except _UNREADABLE as error:
            raise FileContentError(file, self.path, "readable values", _short(error)) from error


@dataclass(frozen=True, eq=False)
class RawFile:
    """An open file: its global attributes, and its variables by path (None where there is none)."""

    name: str
    attributes: Mapping[str, Any]
    find: Callable[[str], RawVariable | None]


@contextmanager
def opened(path: Path, load: Callable[[Path], xr.Dataset] | None = None) -> Iterator[RawFile]:
    """Open a netCDF4, HDF5 or netCDF3 file, or whatever `load` opens.

    Raises
    ------
    FileContentError
        When there is no such file, when it is empty, truncated, or of another format.
    """
    if not path.is_file():
        raise FileContentError(path.name, "file", "a file", f"nothing at {path}")
    if path.stat().st_size == 0:
        raise FileContentError(path.name, "file", "content", "an empty file")
    try:
        handle = _open(path, load)
    except _UNREADABLE as error:
        raise FileContentError(path.name, "file", "a complete file", _short(error)) from error
    with handle:
        yield _view(path.name, handle)


def _open(
    path: Path, load: Callable[[Path], xr.Dataset] | None
) -> h5py.File | netcdf_file | xr.Dataset:
    if load is not None:
        return load(path)
    with path.open("rb") as stream:
        magic = stream.read(8)
    if magic[:3] == b"CDF":
        return netcdf_file(path, "r", mmap=False)
    if h5py.is_hdf5(path):
        return h5py.File(path, "r")
    shown = magic.decode("latin-1").encode("unicode_escape").decode()
    raise FileContentError(path.name, "file", "netCDF or HDF5", f"bytes starting {shown!r}")


def _view(name: str, handle: h5py.File | netcdf_file | xr.Dataset) -> RawFile:
    """The file with every failure of the format's library said in our words."""
    try:
        plain = _plain_view(name, handle)
    except _UNREADABLE as error:
        raise FileContentError(name, "global attributes", "readable", _short(error)) from error

    def find(path: str) -> RawVariable | None:
        try:
            return plain.find(path)
        except _UNREADABLE as error:
            raise FileContentError(name, path, "a readable variable", _short(error)) from error

    return RawFile(name, plain.attributes, find)


def _plain_view(name: str, handle: h5py.File | netcdf_file | xr.Dataset) -> RawFile:
    if isinstance(handle, xr.Dataset):
        return RawFile(name, dict(handle.attrs), lambda path: _from_dataset(handle, path))
    if isinstance(handle, netcdf_file):
        return RawFile(name, _plain(handle._attributes), lambda path: _from_classic(handle, path))
    return RawFile(name, _plain(handle.attrs), lambda path: _from_hdf5(handle, path))


def _from_dataset(dataset: xr.Dataset, path: str) -> RawVariable | None:
    if path not in dataset.variables:
        return None
    found = dataset.variables[path]
    stored = {**found.encoding, **found.attrs}
    dims = tuple(str(dim) for dim in found.dims)
    return RawVariable(path, dims, found.shape, found.dtype, stored, lambda: found.values)


def _from_classic(handle: netcdf_file, path: str) -> RawVariable | None:
    found = handle.variables.get(path)
    if found is None:
        return None
    attributes = _plain(found._attributes)
    dims, values = tuple(found.dimensions), found.data
    return RawVariable(path, dims, values.shape, values.dtype, attributes, lambda: values)


def _from_hdf5(handle: h5py.File, path: str) -> RawVariable | None:
    found = handle.get(path)
    if not isinstance(found, h5py.Dataset) or _is_dimension_only(found):
        return None
    dims = tuple(_dimension(found, axis) for axis in range(found.ndim))
    return RawVariable(
        path, dims, found.shape, found.dtype, _plain(found.attrs), lambda: _values(found)
    )


def _is_dimension_only(found: h5py.Dataset) -> bool:
    """Whether netCDF4 wrote it for the length of a dimension that has no variable."""
    name = _scalar(found.attrs.get("NAME", ""))
    return isinstance(name, str) and name.startswith("This is a netCDF dimension but not")


def _values(found: h5py.Dataset) -> NDArray[Any]:
    if found.dtype.kind == "O" and h5py.check_string_dtype(found.dtype) is not None:
        return np.asarray(found.asstr("utf-8", errors="replace")[...], dtype=np.str_)
    return np.asarray(found[...])


def _dimension(found: h5py.Dataset, axis: int) -> str:
    scales = found.dims[axis].values()
    if scales:
        return str(scales[0].name).rsplit("/", 1)[-1]
    return str(found.name).rsplit("/", 1)[-1] if found.is_scale and found.ndim == 1 else ""


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes without those of the HDF5 bookkeeping, text as str, single elements as scalars."""
    hidden = {"DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"}
    return {
        name: _scalar(attributes[name])
        for name in attributes
        if name not in hidden and not name.startswith("_N")
    }


def _scalar(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, np.ndarray) and value.size == 1:
        return _scalar(value.reshape(-1)[0])
    return value


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else f"{text[:160]}..."
