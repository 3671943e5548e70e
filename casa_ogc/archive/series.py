"""The time-friendly layout: years of ``series`` made anew from ``map``, whole shards at a time."""

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any, cast

import zarr

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.archive.cube_chunks import read_block, write_block
from casa_ogc.archive.cube_groups import MAP, SERIES, field_array, field_names

BLOCK_BYTES = 128 << 20


def refresh(
    root: zarr.Group,
    axes: Mapping[Role, Axis],
    changed: Iterable[int],
    moved_from: int | None,
) -> None:
    """Write the shards of ``series`` that hold changed steps.

    Parameters
    ----------
    changed
        Indices of steps that were written.
    moved_from
        First step that changed its index; all after it are written as well.
    """
    source, target = cast(zarr.Group, root[MAP]), cast(zarr.Group, root[SERIES])
    time = axes.get("t")
    for name in field_names(source):
        array = field_array(target, name)
        shard = array.shards or array.chunks
        if time is None or not _has_time(array, time):
            years = [slice(0, array.shape[0])] if array.shape else []
        else:
            steps = set(changed) | set(
                range(moved_from, time.size) if moved_from is not None else ()
            )
            numbers = sorted({step // shard[0] for step in steps})
            years = [slice(n * shard[0], min((n + 1) * shard[0], time.size)) for n in numbers]
        for year in years:
            for block in _blocks(array, shard, year):
                write_block(array, block, read_block(field_array(source, name), block))


def _has_time(array: "zarr.Array[Any]", time: Axis) -> bool:
    names = cast(Any, array.metadata).dimension_names or ()
    return time.name in names[:1]


def _blocks(
    array: "zarr.Array[Any]", shard: tuple[int, ...], first: slice
) -> Iterator[tuple[slice, ...]]:
    """Cut a year into blocks of whole shards that fit the memory, the last dimension longest."""
    sizes: tuple[int, ...] = (first.stop - first.start, *list(array.shape)[1:])
    piece = [min(s, n) for s, n in zip(shard, sizes, strict=True)]
    for dim in range(len(piece) - 1, 0, -1):
        room = BLOCK_BYTES // max(1, prod(piece) * array.dtype.itemsize)
        piece[dim] = min(sizes[dim], max(1, room) * piece[dim])
    yield from _tiles(first, sizes, piece)


def _tiles(first: slice, sizes: tuple[int, ...], piece: list[int]) -> Iterator[tuple[slice, ...]]:
    if len(sizes) == 1:
        yield (first,)
        return
    for rest in _tiles(first, sizes[:-1], piece[:-1]):
        for start in range(0, sizes[-1], piece[-1]):
            yield (*rest, slice(start, min(start + piece[-1], sizes[-1])))
