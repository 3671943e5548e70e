"""Zipped Zarr v3 with the CF attributes of the netCDF, and consolidated metadata.

``xarray.open_zarr(zarr.storage.ZipStore(path, mode="r"))`` opens it. Chunks are compressed by Zarr
(Zstandard), so that the zip stores them as they are.
"""

import warnings
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import h5py
import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.errors import ZarrUserWarning
from zarr.storage import MemoryStore

from casa_ogc.encoders.netcdf import write
from casa_ogc.query.answer import Answer

_CHUNK_CELLS = 1 << 20


def encode(answer: Answer) -> bytes:
    """Encode an answer as the bytes of a zip file; equal answers give equal bytes."""
    store = MemoryStore()
    root = zarr.create_group(store, zarr_format=3)
    file = _Group(root)
    write(file, answer)
    file.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ZarrUserWarning)
        zarr.consolidate_metadata(store)
    sink = BytesIO()
    with ZipFile(sink, "w", ZIP_STORED) as packed:
        for name in sorted(store._store_dict):
            packed.writestr(ZipInfo(name), store._store_dict[name].to_bytes())
    return sink.getvalue()


@dataclass
class _Size:
    """The size of a dimension, as h5netcdf gives it."""

    size: int


class _Dimensions(dict[str, Any]):
    """Dimensions by name; numbers that are set become sizes."""

    def __setitem__(self, name: str, size: int) -> None:
        super().__setitem__(name, _Size(size))


@dataclass
class _Array:
    """A variable whose attributes are set after it was made."""

    attrs: dict[str, Any] = field(default_factory=dict)


class _Group:
    """What the writers of netCDF need of a group, on a group of Zarr."""

    def __init__(self, group: zarr.Group) -> None:
        self._group = group
        self.attrs: dict[str, Any] = {}
        self.dimensions = _Dimensions()
        self._arrays: list[tuple[zarr.Array[Any], _Array]] = []
        self._groups: list[_Group] = []

    def create_group(self, name: str) -> "_Group":
        """Make a group within."""
        inner = _Group(self._group.create_group(name))
        self._groups.append(inner)
        return inner

    def create_variable(
        self,
        name: str,
        dims: tuple[str, ...],
        dtype: Any,
        data: NDArray[Any],
        fillvalue: Any = None,
        **_filters: Any,
    ) -> _Array:
        """Write a variable; texts become strings of any length."""
        data = data if dims else data.reshape(())
        text = h5py.check_string_dtype(np.dtype(dtype)) is not None
        made = self._group.create_array(
            name,
            shape=data.shape,
            dtype=str if text else data.dtype,
            chunks=_chunks(data.shape),
            dimension_names=dims or None,
            fill_value="" if text else (0 if fillvalue is None else fillvalue),
        )
        made[...] = data.astype(np.dtypes.StringDType()) if text else data
        described = _Array()
        self._arrays.append((made, described))
        return described

    def close(self) -> None:
        """Write the attributes."""
        self._group.attrs.update(_plain(self.attrs))
        for array, described in self._arrays:
            array.attrs.update(_plain(described.attrs))
        for group in self._groups:
            group.close()


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as JSON can hold them."""
    kinds = (np.generic, np.ndarray)
    return {k: v.tolist() if isinstance(v, kinds) else v for k, v in attributes.items()}


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return chunks of at most about a million values, the last axes whole."""
    chunks: list[int] = []
    room = _CHUNK_CELLS
    for size in reversed(shape):
        chunks.append(max(1, min(size, room)))
        room = max(1, room // max(1, size))
    return tuple(reversed(chunks))
