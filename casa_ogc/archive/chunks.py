"""Chunks of a stored array, read straight from their files.

Icechunk says where the chunks of a snapshot lie; Zarr's way to them through an event loop costs
about ten times as much as reading and decoding one. This module therefore decodes what
`cube_groups.create_field` writes, and nothing else: little-endian values, Zstandard, CRC-32C, with
or without shards around them.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from pathlib import Path
from threading import local
from typing import Any, NamedTuple, cast

import google_crc32c
import numpy as np
import zarr
from icechunk import IcechunkStore
from numcodecs.zstd import Zstd  # type: ignore[import-untyped]  # numcodecs is not typed
from numpy.typing import NDArray
from zarr.codecs import BytesCodec, Crc32cCodec, ShardingCodec, ZstdCodec
from zarr.core.sync import sync

from casa_processes.common.errors import IntegrityError

_FILE, _INLINE = 1, 3  # values of icechunk.ChunkType: native and inline
_BATCH = 1 << 20
CHECKSUM = 4
"""Bytes of the checksum behind a chunk and behind the index of a shard."""
_ABSENT = np.uint64(2**64 - 1)
_ZSTD = Zstd()
_THREAD = local()

type Numbers = tuple[int, ...]


class Place(NamedTuple):
    """Where the bytes of a chunk, or of a shard, are."""

    path: str
    offset: int
    length: int


class Span(NamedTuple):
    """Part of a window along one axis that lies in one chunk."""

    chunk: int
    source: slice
    target: slice


@dataclass(frozen=True, eq=False)
class ChunkFiles:
    """The chunks of one array of a read-only snapshot; safe for any number of threads.

    Attributes
    ----------
    folder
        Folder of the Icechunk repository.
    array
        The array as Zarr opened it.
    per_shard
        Chunks of a shard along each axis; None without shards.
    """

    folder: Path
    array: "zarr.Array[Any]"
    per_shard: Numbers | None
    _indexes: dict[Numbers, NDArray[np.uint64]] = field(default_factory=dict)

    def read(self, index: tuple[slice, ...]) -> NDArray[Any]:
        """Return stored values of a window, C-contiguous; chunks never written hold the fill value.

        Parameters
        ----------
        index
            One ascending, non-empty slice of unit step for each axis.

        Raises
        ------
        IntegrityError
            When bytes are missing or differ from those that were written.
        """
        cuts = [range(n)[one] for one, n in zip(index, self.array.shape, strict=True)]
        spans = [tuple(_spans(c, n)) for c, n in zip(cuts, self.array.chunks, strict=True)]
        result = np.empty([len(cut) for cut in cuts], self.array.dtype)
        for parts in product(*spans):
            target = tuple(part.target for part in parts)
            chunk = self._chunk(tuple(part.chunk for part in parts))
            if chunk is None:
                result[target] = self.array.fill_value
            else:
                result[target] = chunk[tuple(part.source for part in parts)]
        return result

    @cached_property
    def places(self) -> dict[Numbers, Place | bytes]:
        """Where each written chunk (or shard) is; small ones are kept here themselves."""
        return sync(self._listed())

    async def _listed(self) -> dict[Numbers, Place | bytes]:
        store = cast(IcechunkStore, self.array.store)
        found: dict[Numbers, Place | bytes] = {}
        batches = store.array_chunk_iterator(f"/{self.array.path}", _BATCH)
        async for numbers, kinds, paths, offsets, lengths, inlined in batches:
            rows = zip(numbers.tolist(), kinds, paths, offsets, lengths, strict=True)
            for row, (chunk, kind, path, offset, length) in enumerate(rows):
                if kind == _INLINE:
                    found[tuple(chunk)] = inlined[row]
                elif kind == _FILE:
                    found[tuple(chunk)] = Place(f"chunks/{path}", int(offset), int(length))
                else:
                    raise self._damaged(path, "a reference to data outside of the archive")
        return found

    def _chunk(self, numbers: Numbers) -> NDArray[Any] | None:
        """Return the values of one chunk, None when it was never written."""
        if self.per_shard is None:
            place = self.places.get(numbers)
            return None if place is None else self._values(place, 0, _length(place))
        pairs = [divmod(n, size) for n, size in zip(numbers, self.per_shard, strict=True)]
        shard, inner = (tuple(part) for part in zip(*pairs, strict=True))
        place = self.places.get(shard)
        if place is None:
            return None
        offset, length = self._index(shard, place, self.per_shard)[inner]
        return None if offset == _ABSENT else self._values(place, int(offset), int(length))

    def _values(self, place: Place | bytes, offset: int, length: int) -> NDArray[Any]:
        """Decode a chunk into memory of this thread, which its next chunk takes over."""
        content = self._content(place, offset, length)
        size = prod(self.array.chunks) * self.array.dtype.itemsize
        decoded = _ZSTD.decode(content, out=_memory("decoded", size))
        return np.frombuffer(decoded, self.array.dtype).reshape(self.array.chunks)

    def _index(
        self, shard: Numbers, place: Place | bytes, per_shard: Numbers
    ) -> NDArray[np.uint64]:
        """Return offset and length of each chunk of a shard, which stand at its end."""
        if shard not in self._indexes:
            size = 16 * prod(per_shard) + CHECKSUM
            content = self._content(place, _length(place) - size, size)
            self._indexes[shard] = np.frombuffer(content.tobytes(), "<u8").reshape((*per_shard, 2))
        return self._indexes[shard]

    def _content(self, place: Place | bytes, offset: int, length: int) -> NDArray[np.uint8]:
        """Read bytes and return them without the checksum that follows, which must be right."""
        if isinstance(place, bytes):
            encoded = np.frombuffer(place, np.uint8)[offset : offset + length]
        else:
            encoded = self._read(place, place.offset + offset, length)
        encoded.flags.writeable = False
        content, checksum = encoded[:-CHECKSUM], encoded[-CHECKSUM:].tobytes()
        sound = encoded.size == length > CHECKSUM
        if not sound or google_crc32c.value(content) != int.from_bytes(checksum, "little"):
            path = "inline" if isinstance(place, bytes) else place.path
            raise self._damaged(path, "bytes differ from those that were written")
        return content

    def _read(self, place: Place, offset: int, length: int) -> NDArray[np.uint8]:
        encoded = _memory("encoded", length)
        try:
            handle = os.open(self.folder / place.path, os.O_RDONLY)
        except OSError as error:
            raise self._damaged(place.path, str(error.strerror)) from error
        try:
            return encoded[: os.preadv(handle, [encoded], offset)]
        finally:
            os.close(handle)

    def _damaged(self, path: str, found: str) -> IntegrityError:
        return IntegrityError(self.folder.parent.name, f"{self.array.path} ({path})", found)


def chunk_files(folder: Path, array: "zarr.Array[Any]") -> ChunkFiles | None:
    """Return the chunks of an array, or None when it is not encoded the way this module decodes."""
    codecs = cast(Any, array.metadata).codecs
    per_shard = None
    if len(codecs) == 1 and isinstance(codecs[0], ShardingCodec):
        sharding = codecs[0]
        if sharding.index_location != "end" or not _checked(sharding.index_codecs):
            return None
        codecs, shards = sharding.codecs, cast(Numbers, array.shards)
        per_shard = tuple(s // c for s, c in zip(shards, array.chunks, strict=True))
    known = len(codecs) == 3 and isinstance(codecs[1], ZstdCodec)
    if not known or not _checked((codecs[0], codecs[2])):
        return None
    return ChunkFiles(folder, array, per_shard)


def plainly_encoded(array: "zarr.Array[Any]") -> bool:
    """Tell whether an array is encoded the way this module decodes."""
    return chunk_files(Path(), array) is not None


def _checked(codecs: tuple[Any, ...]) -> bool:
    """Tell whether values are written little-endian, as the machine holds them, with a checksum."""
    first, last = codecs
    plain = isinstance(first, BytesCodec) and first.endian in (None, "little")
    return plain and isinstance(last, Crc32cCodec) and np.little_endian


def _memory(use: str, size: int) -> NDArray[np.uint8]:
    """Return memory of this thread: what is allocated anew costs as much as decoding."""
    held: NDArray[np.uint8] | None = getattr(_THREAD, use, None)
    if held is None or held.size < size:
        held = np.empty(size, np.uint8)
        setattr(_THREAD, use, held)
    return held[:size]


def _length(place: Place | bytes) -> int:
    return len(place) if isinstance(place, bytes) else place.length


def _spans(cut: range, size: int) -> Iterator[Span]:
    """Cut a range of cells at the borders of chunks."""
    for number in range(cut.start // size, (cut.stop - 1) // size + 1):
        first = number * size
        low, high = max(cut.start, first), min(cut.stop, first + size)
        source = slice(low - first, high - first)
        yield Span(number, source, slice(low - cut.start, high - cut.start))
