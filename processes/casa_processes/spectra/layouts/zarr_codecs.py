"""Codecs of Zarr that give no more than the chunk that was asked for, whatever its bytes claim."""

import zlib
from dataclasses import replace
from typing import Any, cast

import zarr
from zarr.abc.codec import Codec
from zarr.codecs import BloscCodec, GzipCodec, ShardingCodec, ZstdCodec
from zarr.core.array_spec import ArraySpec
from zarr.core.buffer import Buffer

_MAGIC_OF_ZSTD = b"\x28\xb5\x2f\xfd"
_SPARE = 1 << 16
"""What shards and compression may add to a chunk, besides a quarter of it.  [byte]"""


def most_bytes(size: int) -> int:
    """Return the most bytes that may stand for a chunk of some size, compressed or not."""
    return size + size // 4 + _SPARE


def bounded(array: "zarr.Array[Any]") -> "zarr.Array[Any]":
    """Return the same array with codecs that stop at the size of its chunks."""
    metadata = cast("Any", array.metadata)
    limited = replace(metadata, codecs=tuple(_limited(each) for each in metadata.codecs))
    return zarr.Array(zarr.AsyncArray(metadata=limited, store_path=array.store_path))


def _limited(codec: Codec) -> Codec:
    """Return a codec that does the same within bounds."""
    if isinstance(codec, ShardingCodec):
        inner, index = (
            tuple(_limited(each) for each in some) for some in (codec.codecs, codec.index_codecs)
        )
        return replace(codec, codecs=inner, index_codecs=index)
    for kind in (_Blosc, _Zstd, _Gzip):
        if isinstance(codec, kind.__base__ or kind):
            return cast("Codec", kind.from_dict(codec.to_dict()))
    return codec


class _Blosc(BloscCodec):
    """Blosc, whose header tells the size that is allocated and filled."""

    def _decode_sync(self, chunk_bytes: Buffer, chunk_spec: ArraySpec) -> Buffer:
        _check(int.from_bytes(chunk_bytes[4:8].to_bytes(), "little"), chunk_spec)
        return super()._decode_sync(chunk_bytes, chunk_spec)


class _Zstd(ZstdCodec):
    """Zstandard, whose first frame has to tell the size: all is decompressed into as much."""

    def _decode_sync(self, chunk_bytes: Buffer, chunk_spec: ArraySpec) -> Buffer:
        _check(size_of_zstd(chunk_bytes[:18].to_bytes()), chunk_spec)
        return super()._decode_sync(chunk_bytes, chunk_spec)


class _Gzip(GzipCodec):
    """Gzip, which is decompressed as far as it may go; one member alone."""

    def _decode_sync(self, chunk_bytes: Buffer, chunk_spec: ArraySpec) -> Buffer:
        most = _most(chunk_spec)
        inflater = zlib.decompressobj(wbits=31)
        found = inflater.decompress(chunk_bytes.to_bytes(), most + 1)
        _check(len(found), chunk_spec)
        if not inflater.eof:
            raise ValueError("a chunk of gzip that does not end")
        return chunk_spec.prototype.buffer.from_bytes(found)


def size_of_zstd(head: bytes) -> int:
    """Return the size that the header of a frame tells, in bytes.

    Raises
    ------
    ValueError
        When it is no such header, or tells none.

    Notes
    -----
    RFC 8878, section 3.1.1.1: magic number, descriptor, window unless all is one segment, number
    of the dictionary, size of the content in 0 to 8 bytes, little-endian.
    """
    if head[:4] != _MAGIC_OF_ZSTD or len(head) < 6:
        raise ValueError("no frame of Zstandard")
    described = head[4]
    flag, single, dictionary = described >> 6, described >> 5 & 1, described & 3
    width = (single, 2, 4, 8)[flag]
    first = 6 - single + (0, 1, 2, 4)[dictionary]
    if not width or len(head) < first + width:
        raise ValueError("a frame of Zstandard that does not tell its size")
    return int.from_bytes(head[first : first + width], "little") + (256 if flag == 1 else 0)


def _most(spec: ArraySpec) -> int:
    kind = spec.dtype.to_native_dtype()
    size = kind.itemsize
    for each in spec.shape:
        size *= int(each)
    return most_bytes(size)


def _check(size: int, spec: ArraySpec) -> None:
    """Refuse what is larger than a chunk; ValueError."""
    if size > _most(spec):
        raise ValueError(f"a chunk of {size:,} bytes in place of {_most(spec):,}")
