"""Zarr stores in a zip file, seen as the HDF5 files that readers know.

Only stores of version 3 are read whose arrays are numbers and whose codecs decompress numbers: such
a store can run no code when it is read. Each array is described by its own ``zarr.json``, which is
looked at before anything is opened; consolidated copies of it are not believed. Neither a member of
the archive nor what it decompresses to may be larger than the chunk that is described.
"""

import base64
import json
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from zarr.storage import ZipStore

from casa_processes.common.errors import FileContentError
from casa_processes.spectra.layouts.zarr_codecs import bounded, most_bytes

_CODECS = frozenset({"bytes", "blosc", "gzip", "zstd", "crc32c", "transpose", "sharding_indexed"})
_KINDS = "iufb"
_MOST_METADATA = 1 << 20
_MOST_DESCRIBED = 1 << 24
"""Largest description of an array, and all of them.  [byte]"""
_DAMAGES = (OSError, EOFError, KeyError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile)
_MOST_MEMBERS = 1_000_000
_MOST_CHUNK, _MOST_VALUES = 1 << 29, 1 << 40
"""Largest chunk, which is read as a whole [byte]; most values of an array."""
_DESCRIPTION = "zarr.json"


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
        return ZarrArray(self, name, bounded(cast("zarr.Array[Any]", self._group[name])))

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
    """Open a zipped store; it is checked once, and again when the file has changed.

    Raises
    ------
    FileContentError
        When it is none of version 3, damaged, or holds what is not read.
    """
    status = path.stat()
    _check(path, status.st_size, status.st_mtime_ns)
    try:
        store = ZipStore(path, mode="r", read_only=True)
        try:
            yield ZarrFile(path, _group(store))
        finally:
            store.close()
    except _DAMAGES as error:
        raise _wrong(path, "a readable Zarr store of version 3", type(error).__name__) from None


def _group(store: ZipStore) -> zarr.Group:
    return zarr.open_group(store, mode="r", zarr_format=3, use_consolidated=False)


@lru_cache(maxsize=64)
def _check(path: Path, _size: int, _changed: int) -> None:
    """Look at all descriptions and sizes before any array is opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members)
            described = [each for each in members if _is_description(each.filename)]
            _check_descriptions(path, described)
            chunks = {
                each.filename.removesuffix(_DESCRIPTION): _checked_array(
                    path, json.loads(archive.read(each))
                )
                for each in described
            }
            _check_sizes(path, members, chunks)
    except (*_DAMAGES, RecursionError) as error:
        raise _wrong(path, "a readable zip archive", type(error).__name__) from None


def _is_description(name: str) -> bool:
    return name.rpartition("/")[2] == _DESCRIPTION


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuse too many members, two of one name, and those that are compressed by the archive."""
    if len(members) > _MOST_MEMBERS:
        raise _wrong(path, f"at most {_MOST_MEMBERS:,} members", f"{len(members):,}")
    if len({each.filename for each in members}) < len(members):
        raise _wrong(path, "members of different names", "two of one name")
    for each in members:
        if each.compress_type != zipfile.ZIP_STORED or each.compress_size != each.file_size:
            raise _wrong(path, "members that are stored, not compressed", each.filename)


def _check_descriptions(path: Path, described: list[zipfile.ZipInfo]) -> None:
    """Refuse none, and descriptions that are too large, alone or together."""
    if not described:
        raise _wrong(path, "a Zarr store of version 3", "no zarr.json")
    for each in described:
        if each.file_size > _MOST_METADATA:
            raise _wrong(path, f"descriptions of {_MOST_METADATA:,} bytes", each.filename)
    if (size := sum(each.file_size for each in described)) > _MOST_DESCRIBED:
        raise _wrong(path, f"descriptions of {_MOST_DESCRIBED:,} bytes together", f"{size:,}")


def _check_sizes(path: Path, members: list[zipfile.ZipInfo], chunks: dict[str, int | None]) -> None:
    """Refuse members of an array that are larger than its chunks may be."""
    arrays = {name: size for name, size in chunks.items() if size is not None}
    for each in members:
        folder = each.filename
        while folder and folder not in arrays:
            folder = folder.rstrip("/").rpartition("/")[0]
            folder += "/" if folder else ""
        size = arrays.get(folder)
        known = size is None or _is_description(each.filename)
        if not known and each.file_size > most_bytes(size or 0):
            expected = f"chunks of {most_bytes(size or 0):,} bytes at most"
            raise _wrong(path, expected, f"{each.filename} of {each.file_size:,}")


def _checked_array(path: Path, description: Any) -> int | None:
    """Return the size of a chunk [byte], None of a group.

    Refuses what is neither a group nor an array of numbers whose codecs are known.
    """
    kind = description.get("node_type") if isinstance(description, dict) else None
    if kind == "group":
        return None
    names = {str(each.get("name")) for each in _codecs(description)} if kind == "array" else {"?"}
    if strange := names - _CODECS:
        raise _wrong(path, f"codecs out of {', '.join(sorted(_CODECS))}", ", ".join(strange))
    try:
        kind, shape = np.dtype(description["data_type"]), _lengths(description["shape"], 0)
        chunk = _lengths(description["chunk_grid"]["configuration"]["chunk_shape"], 1)
        fine, size = kind.kind in _KINDS, int(math.prod(chunk) * kind.itemsize)
    except (TypeError, KeyError, ValueError):
        fine, size, shape = False, 0, []
    if size > _MOST_CHUNK:
        raise _wrong(path, f"chunks of {_MOST_CHUNK:,} bytes at most", f"{size:,}")
    if math.prod(shape) > _MOST_VALUES:
        raise _wrong(path, f"arrays of {_MOST_VALUES:,} values at most", f"{shape}"[:100])
    if not fine:
        raise _wrong(path, "arrays of numbers", str(description.get("data_type"))[:100])
    return size


def _lengths(told: Any, least: int) -> list[int]:
    """Return lengths of dimensions; ValueError when one is impossible."""
    found = [int(each) for each in told]
    if any(each < least for each in found):
        raise ValueError(told)
    return found


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
