"""Chunks of a cube that is being written: encoded and decoded by threads, each once.

Zarr's way through an event loop costs several times as much as compressing. What is written here is
what Zarr writes for the codecs of `cube_groups.create_field`: little-endian values, Zstandard,
CRC-32C, and where there are shards their chunks in C order before an index. A chunk that holds
nothing but the fill value is not stored, as with Zarr.
"""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import product
from math import prod
from typing import Any, cast

import google_crc32c
import numpy as np
import zarr
from numcodecs.zstd import Zstd  # type: ignore[import-untyped]  # numcodecs is not typed
from numpy.typing import NDArray
from zarr.core.buffer import default_buffer_prototype
from zarr.core.sync import sync

from casa_ogc.archive.chunks import CHECKSUM, plainly_encoded
from casa_processes.common.errors import IntegrityError

LEVEL = 1
"""Level of Zstandard with which chunks are compressed."""
_THREADS = min(4, os.cpu_count() or 1)
_AT_ONCE = 8 * _THREADS
_ABSENT = 2**64 - 1
_ZSTD = Zstd(level=LEVEL)

type Numbers = tuple[int, ...]
type Block = tuple[slice, ...]
type Part = tuple[Numbers, Block, Block]
"""A chunk: its numbers, its cells of the array, and the same ones counted from the block's."""


def write_block(array: "zarr.Array[Any]", block: Block, values: NDArray[Any]) -> None:
    """Write a block of an array; chunks that it covers in part keep their other cells.

    Parameters
    ----------
    block
        One slice of unit step for each axis.
    values
        As they are to be stored, of the block's shape.
    """
    whole = array.shards or array.chunks
    parts = list(_parts(block, whole))
    sharded = array.shards is not None
    direct = _direct(array) and not (sharded and any(_partial(p, whole, array) for p in parts))
    if not direct:
        array[block] = values
        return
    encode = partial(_encoded, array, values)
    with ThreadPoolExecutor(_THREADS) as pool, ThreadPoolExecutor(1) as writer:
        waiting: Future[None] | None = None
        for some in _batches(parts, 1 if sharded else _AT_ONCE):
            if sharded:
                stored = [_shard(array, values, part, pool) for part in some]
            else:
                stored = list(pool.map(encode, some))
            if waiting is not None:
                waiting.result()
            waiting = writer.submit(_put, array, [part[0] for part in some], stored)
        if waiting is not None:
            waiting.result()


def read_block(array: "zarr.Array[Any]", block: Block) -> NDArray[Any]:
    """Return a block of an array without shards as it is stored, also what is not committed yet.

    Parameters
    ----------
    block
        One slice of unit step for each axis.
    """
    if array.shards is not None or not _direct(array):
        return cast(NDArray[Any], array[block])
    values = np.empty([part.stop - part.start for part in block], array.dtype)
    decode = partial(_decoded, array, values)
    with ThreadPoolExecutor(_THREADS) as pool:
        for some in _batches(list(_parts(block, array.chunks)), _AT_ONCE):
            contents = sync(_got(array, [part[0] for part in some]))
            list(pool.map(decode, some, contents))
    return values


def _direct(array: "zarr.Array[Any]") -> bool:
    """Tell whether an array has cells and is encoded the way this module does it."""
    return prod(array.shape) > 0 and plainly_encoded(array)


def _parts(block: Block, size: Numbers) -> Iterator[Part]:
    """Cut a block at the borders of chunks of a size."""
    numbers = [range(c.start // n, -(-c.stop // n)) for c, n in zip(block, size, strict=True)]
    for chunk in product(*numbers):
        cells = tuple(
            slice(max(k * n, cut.start), min((k + 1) * n, cut.stop))
            for k, n, cut in zip(chunk, size, block, strict=True)
        )
        inner = tuple(
            slice(one.start - cut.start, one.stop - cut.start)
            for one, cut in zip(cells, block, strict=True)
        )
        yield chunk, cells, inner


def _partial(part: Part, size: Numbers, array: "zarr.Array[Any]") -> bool:
    """Tell whether a block leaves out some cells that the array has in a chunk."""
    numbers, cells, _ = part
    return any(
        one.start > k * n or one.stop < min((k + 1) * n, length)
        for one, k, n, length in zip(cells, numbers, size, array.shape, strict=True)
    )


def _encoded(array: "zarr.Array[Any]", values: NDArray[Any], part: Part) -> bytes | None:
    """Return what is stored of a chunk; None when it holds nothing but the fill value."""
    numbers, cells, inner = part
    chunk = values[inner]
    if chunk.shape != array.chunks:
        origin = [k * n for k, n in zip(numbers, array.chunks, strict=True)]
        place = tuple(
            slice(one.start - o, one.stop - o) for one, o in zip(cells, origin, strict=True)
        )
        chunk = np.full(array.chunks, array.fill_value, array.dtype)
        if _partial(part, array.chunks, array):
            _decoded_chunk(array, chunk, sync(_got(array, [numbers]))[0])
        chunk[place] = values[inner]
    return _packed(array, chunk)


def _packed(array: "zarr.Array[Any]", chunk: NDArray[Any]) -> bytes | None:
    if _empty(chunk, array.fill_value):
        return None
    content: bytes = _ZSTD.encode(np.ascontiguousarray(chunk, array.dtype))
    return content + _checksum(content)


def _shard(
    array: "zarr.Array[Any]", values: NDArray[Any], part: Part, pool: ThreadPoolExecutor
) -> bytes | None:
    """Return what is stored of a shard that a block covers; None when it is empty."""
    numbers, cells, inner = part
    shards = cast(Numbers, array.shards)
    shard = values[inner]
    if shard.shape != shards:
        shard = np.full(shards, array.fill_value, array.dtype)
        origin = [k * n for k, n in zip(numbers, shards, strict=True)]
        place = [slice(c.start - o, c.stop - o) for c, o in zip(cells, origin, strict=True)]
        shard[tuple(place)] = values[inner]
    cuts = [piece[1] for piece in _parts(_whole(shards), array.chunks)]
    contents = list(pool.map(lambda cut: _packed(array, shard[cut]), cuts))
    if not any(contents):
        return None
    lengths = np.array([len(content or b"") for content in contents], "<u8")
    index = np.stack([np.cumsum(lengths) - lengths, lengths], axis=1)
    index[lengths == 0] = _ABSENT
    written = index.astype("<u8").tobytes()
    return b"".join([*filter(None, contents), written, _checksum(written)])


def _decoded(array: "zarr.Array[Any]", values: NDArray[Any], part: Part, content: Any) -> None:
    """Put the cells of a chunk into the block; missing chunks hold the fill value."""
    numbers, cells, inner = part
    if content is None:
        values[inner] = array.fill_value
        return
    chunk = np.empty(array.chunks, array.dtype)
    _decoded_chunk(array, chunk, content)
    origin = [k * n for k, n in zip(numbers, array.chunks, strict=True)]
    place = [slice(c.start - o, c.stop - o) for c, o in zip(cells, origin, strict=True)]
    values[inner] = chunk[tuple(place)]


def _decoded_chunk(array: "zarr.Array[Any]", chunk: NDArray[Any], content: Any) -> None:
    """Fill a chunk with what is stored of it; nothing happens without.

    Raises
    ------
    IntegrityError
        When the bytes are not those that were written.
    """
    if content is None:
        return
    encoded = content.as_numpy_array()
    values = encoded[:-CHECKSUM]
    if _checksum(values) != encoded[-CHECKSUM:].tobytes():
        item = f"a chunk of {array.path}"
        raise IntegrityError("cube", item, "bytes differ from those that were written")
    _ZSTD.decode(values, out=chunk)


def _put(array: "zarr.Array[Any]", chunks: list[Numbers], contents: list[bytes | None]) -> None:
    """Store chunks, and remove those without content."""
    sync(_stored(array, chunks, contents))


async def _stored(
    array: "zarr.Array[Any]", chunks: list[Numbers], contents: list[bytes | None]
) -> None:
    buffer = default_buffer_prototype().buffer
    paths = [array.store_path / array.metadata.encode_chunk_key(chunk) for chunk in chunks]
    await asyncio.gather(
        *(
            path.delete() if content is None else path.set(buffer.from_bytes(content))
            for path, content in zip(paths, contents, strict=True)
        )
    )


async def _got(array: "zarr.Array[Any]", chunks: list[Numbers]) -> list[Any]:
    paths = [array.store_path / array.metadata.encode_chunk_key(chunk) for chunk in chunks]
    return await asyncio.gather(*(path.get() for path in paths))


def _batches(parts: list[Part], size: int) -> Iterator[list[Part]]:
    for start in range(0, len(parts), size):
        yield parts[start : start + size]


def _whole(shape: Numbers) -> Block:
    return tuple(slice(0, size) for size in shape)


def _empty(chunk: NDArray[Any], fill: Any) -> bool:
    """Tell whether a chunk holds nothing but the fill value."""
    first = chunk.flat[0]
    if fill != fill:
        return bool(first != first and np.isnan(chunk).all())
    return bool(first == fill and (chunk == fill).all())


def _checksum(content: Any) -> bytes:
    return int(google_crc32c.value(content)).to_bytes(CHECKSUM, "little")
