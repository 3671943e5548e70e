"""Zarr stores in a zip file, seen as the HDF5 files that readers know.

Only stores of version 3 are read whose arrays are numbers or text and whose codecs decompress
numbers: such a store can run no code when it is read.
"""

import base64
import json
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from zarr.storage import ZipStore

from casa_processes.common.errors import FileContentError

_CODECS = frozenset({"bytes", "blosc", "gzip", "zstd", "crc32c", "transpose", "sharding_indexed"})
_KINDS = "iufb"
_MOST_METADATA = 1 << 20
"""Largest description of an array.  [byte]"""
_DAMAGES = (OSError, EOFError, KeyError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile)
_MOST_MEMBERS = 1_000_000
_MOST_CHUNK = 1 << 29
"""Largest chunk, which is read as a whole.  [byte]"""


class ZarrArray:
    """An array with what readers ask of one of HDF5.

    Attributes
    ----------
    file, name
        The file that it is in, and its name there.
    """

    def __init__(self, file: "ZarrFile", name: str, array: "zarr.Array[Any]") -> None:
        self.file, self.name, self._array = file, name, array
        self.shape, self.ndim = array.shape, array.ndim
        self.dtype, self.size = np.dtype(array.dtype), int(array.size)
        self.attrs = {**array.attrs, **_fill(array.attrs.get("_FillValue"))}

    def __getitem__(self, where: Any) -> np.ndarray[Any, Any]:
        """Read a part."""
        return np.asarray(self._array[where])


class ZarrFile:
    """A group with what readers ask of an HDF5 file."""

    def __init__(self, path: Path, group: zarr.Group) -> None:
        self.filename, self._group = str(path), group
        self.attrs = dict(group.attrs)
        self._names = frozenset(name for name, _ in group.arrays())

    def __contains__(self, name: object) -> bool:
        """Tell whether there is an array of that name."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the arrays."""
        return iter(sorted(self._names))

    def __getitem__(self, name: str) -> ZarrArray:
        """Return an array."""
        return ZarrArray(self, name, cast("zarr.Array[Any]", self._group[name]))

    def get(self, name: str) -> ZarrArray | None:
        """Return an array, or None."""
        known = name in self._names
        return self[name] if known else None

    def items(self) -> Iterator[tuple[str, ZarrArray]]:
        """Go through names and arrays."""
        return ((name, self[name]) for name in self)


def is_zipped(path: Path) -> bool:
    """Tell whether a file is a zip archive."""
    return zipfile.is_zipfile(path)


@contextmanager
def opened_zarr(path: Path) -> Iterator[ZarrFile]:
    """Open a zipped store.

    Raises
    ------
    FileContentError
        When it is none of version 3, damaged, or holds what is not read.
    """
    _check(path)
    try:
        store = ZipStore(path, mode="r", read_only=True)
        try:
            yield ZarrFile(path, zarr.open_group(store, mode="r", zarr_format=3))
        finally:
            store.close()
    except _DAMAGES as error:
        raise _wrong(path, "a readable Zarr store of version 3", type(error).__name__) from None


def _check(path: Path) -> None:
    """Look at all descriptions before any array is opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise _wrong(path, f"at most {_MOST_MEMBERS:,} members", f"{len(members):,}")
            described = [each for each in members if each.filename.endswith("zarr.json")]
            for each in described:
                if each.file_size > _MOST_METADATA:
                    raise _wrong(path, f"descriptions of {_MOST_METADATA:,} bytes", each.filename)
                _check_array(path, json.loads(archive.read(each)))
    except _DAMAGES as error:
        raise _wrong(path, "a readable zip archive", type(error).__name__) from None
    if not described:
        raise _wrong(path, "a Zarr store of version 3", "no zarr.json")


def _check_array(path: Path, description: Any) -> None:
    """Refuse what is neither a group nor an array of numbers whose codecs are known."""
    kind = description.get("node_type") if isinstance(description, dict) else None
    if kind == "group":
        return
    names = {str(each.get("name")) for each in _codecs(description)} if kind == "array" else {"?"}
    if strange := names - _CODECS:
        raise _wrong(path, f"codecs out of {', '.join(sorted(_CODECS))}", ", ".join(strange))
    try:
        kind, _ = np.dtype(description["data_type"]), [int(each) for each in description["shape"]]
        chunk = description["chunk_grid"]["configuration"]["chunk_shape"]
        fine, size = kind.kind in _KINDS, math.prod(chunk) * kind.itemsize
    except (TypeError, KeyError, ValueError):
        fine, size = False, 0
    if size > _MOST_CHUNK:
        raise _wrong(path, f"chunks of {_MOST_CHUNK:,} bytes at most", f"{size:,}")
    if not fine:
        raise _wrong(path, "arrays of numbers", str(description.get("data_type"))[:100])


def _fill(told: Any) -> dict[str, float]:
    """Return what stands for missing numbers; xarray writes the bytes of one as text."""
    if not isinstance(told, str):
        return {}
    try:
        return {"_FillValue": float(np.frombuffer(base64.b64decode(told), "<f8")[0])}
    except (ValueError, IndexError):
        return {"_FillValue": math.nan}


def _codecs(description: Any) -> list[dict[str, Any]]:
    """Return all codecs of an array, those within shards included."""
    found = []
    waiting = list(description.get("codecs", ()))
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict):
            each = {"name": each}
        found.append(each)
        inner = each.get("configuration") or {}
        waiting += [*inner.get("codecs", ()), *inner.get("index_codecs", ())]
    return found


def _wrong(path: Path, expected: str, found: str) -> FileContentError:
    return FileContentError(path.name, "/", expected, found)
