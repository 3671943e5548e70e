"""Chunks that are written directly are those that Zarr writes and reads."""

from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from zarr.codecs import Crc32cCodec, GzipCodec, ZstdCodec

from casa_ogc.archive import cube_chunks as module
from casa_ogc.archive.axes import Axis
from casa_ogc.archive.cube_chunks import read_block, write_block
from casa_ogc.archive.cube_groups import Field, create_field
from casa_ogc.archive.cube_store import writable
from casa_ogc.archive.layouts import Chunking
from casa_ogc.archive.packing import Packing
from casa_processes.common.errors import IntegrityError

FLOAT = Packing(np.dtype(np.float32))
PACKED = Packing(np.dtype(np.int16), 0.01, 400.0, -32768)
WHOLE = Packing(np.dtype(np.int8))


def memory_group() -> zarr.Group:
    return zarr.open_group(zarr.storage.MemoryStore(), mode="w")


def array_of(
    group: zarr.Group,
    shape: tuple[int, ...],
    chunks: tuple[int, ...],
    shards: tuple[int, ...] | None = None,
    packing: Packing = FLOAT,
) -> "zarr.Array":
    roles = ("t", "y", "x")[-len(shape) :]
    axes = {r: Axis(r, r, np.arange(n), None) for r, n in zip(roles, shape, strict=True)}
    create_field(group, Field("v", roles, packing, {}), axes, Chunking(chunks, shards))
    return group["v"]


def numbers(shape: tuple[int, ...], packing: Packing = FLOAT, seed: int = 0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    if packing.dtype.kind == "f":
        values = dice.normal(400, 5, shape).astype(np.float32)
        values[dice.random(shape) < 0.2] = np.nan
        return values
    return dice.integers(-100, 100, shape).astype(packing.dtype)


def everything(shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(0, n) for n in shape)


@pytest.mark.parametrize("packing", [FLOAT, PACKED, WHOLE])
@pytest.mark.parametrize("shards", [None, (4, 6, 8)])
def test_zarr_reads_what_is_written(packing: Packing, shards: tuple[int, ...] | None) -> None:
    shape = (7, 13, 17)
    array = array_of(memory_group(), shape, (2, 3, 4), shards, packing)
    values = numbers(shape, packing)
    write_block(array, everything(shape), values)
    assert_array_equal(array[:], values)


@pytest.mark.parametrize("packing", [FLOAT, PACKED, WHOLE])
def test_stored_bytes_of_chunks_are_those_of_zarr(packing: Packing) -> None:
    shape = (5, 7)
    ours, theirs = memory_group(), memory_group()
    values = numbers(shape, packing)
    values[:3, :4] = np.nan if packing is FLOAT else packing.fill or 0
    write_block(array_of(ours, shape, (3, 4), None, packing), everything(shape), values)
    array_of(theirs, shape, (3, 4), None, packing)[:] = values
    one, other = (store_content(group) for group in (ours, theirs))
    assert one.keys() == other.keys()
    assert one == other
    assert "v/c/0/0" not in one


def store_content(group: zarr.Group) -> dict[str, bytes]:
    held = group.store._store_dict  # type: ignore[attr-defined]
    return {name: content.to_bytes() for name, content in held.items() if "/c/" in name}


def test_a_shard_holds_the_chunks_and_the_index_that_zarr_expects() -> None:
    shape = (4, 6)
    group = memory_group()
    array = array_of(group, shape, (2, 3), (4, 6))
    values = numbers(shape)
    values[:2, :3] = np.nan
    write_block(array, everything(shape), values)
    (content,) = store_content(group).values()
    index = np.frombuffer(content[-(16 * 4 + 4) : -4], "<u8").reshape(2, 2, 2)
    assert (index[0, 0] == 2**64 - 1).all()
    assert index[0, 1].tolist()[0] == 0
    assert index[1, 1].sum() == len(content) - 16 * 4 - 4
    assert_array_equal(array[:], values)


@pytest.mark.parametrize("shards", [None, (4, 6)])
def test_what_holds_nothing_is_not_stored_and_what_held_something_is_removed(
    shards: tuple[int, ...] | None,
) -> None:
    group = memory_group()
    array = array_of(group, (4, 6), (2, 3), shards)
    empty = np.full((4, 6), np.nan, np.float32)
    write_block(array, everything((4, 6)), empty)
    assert not store_content(group)
    write_block(array, everything((4, 6)), numbers((4, 6)))
    assert store_content(group)
    write_block(array, everything((4, 6)), empty)
    assert not store_content(group)
    assert np.isnan(array[:]).all()


@given(st.data())
def test_any_block_changes_its_own_cells_only(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.integers(1, 9)) for _ in range(2))
    chunks = tuple(data.draw(st.integers(1, 5)) for _ in range(2))
    sharded = data.draw(st.booleans())
    shards = tuple(2 * n for n in chunks) if sharded else None
    array = array_of(memory_group(), shape, chunks, shards)
    wanted = np.full(shape, np.nan, np.float32)
    for seed in range(data.draw(st.integers(1, 3))):
        ends = [sorted(data.draw(st.tuples(*[st.integers(0, n)] * 2))) for n in shape]
        block = tuple(slice(a, b) for a, b in ends)
        if any(a == b for a, b in ends):
            continue
        wanted[block] = numbers(wanted[block].shape, seed=seed)
        write_block(array, block, wanted[block])
        assert_array_equal(array[:], wanted)
        assert_array_equal(read_block(array, block), wanted[block])
    assert_array_equal(read_block(array, everything(shape)), wanted)


def test_what_zarr_wrote_is_read_and_what_is_missing_is_the_fill_value() -> None:
    array = array_of(memory_group(), (6, 9), (2, 4), None, PACKED)
    array[2:4, :5] = numbers((2, 5), PACKED)
    found = read_block(array, (slice(1, 6), slice(2, 9)))
    assert_array_equal(found, array[1:6, 2:9])
    assert (found[0] == PACKED.fill).all()


def test_what_is_not_committed_yet_is_read(tmp_path: Path) -> None:
    session = writable(tmp_path)
    array = array_of(zarr.open_group(session.store, mode="a"), (3, 40, 50), (1, 40, 50))
    values = numbers((3, 40, 50))
    write_block(array, everything(values.shape), values)
    assert_array_equal(
        read_block(array, (slice(1, 3), slice(0, 7), slice(9, 50))), values[1:, :7, 9:]
    )
    session.commit("first")
    again = zarr.open_group(writable(tmp_path).store, mode="r")["v"]
    assert_array_equal(again[:], values)


def test_a_chunk_that_changed_is_not_taken_for_sound() -> None:
    group = memory_group()
    array = array_of(group, (4, 6), (4, 6))
    write_block(array, everything((4, 6)), numbers((4, 6)))
    held = group.store._store_dict  # type: ignore[attr-defined]
    buffer = held["v/c/0/0"]
    text = bytearray(buffer.to_bytes())
    text[9] ^= 1
    held["v/c/0/0"] = type(buffer).from_bytes(bytes(text))
    with pytest.raises(IntegrityError, match="bytes differ"):
        read_block(array, everything((4, 6)))
    with pytest.raises(IntegrityError, match="bytes differ"):
        write_block(array, (slice(0, 1), slice(0, 6)), numbers((1, 6)))


@pytest.mark.parametrize(
    "options",
    [
        {"compressors": [GzipCodec(), Crc32cCodec()]},
        {"compressors": [ZstdCodec(level=1)]},
        {"compressors": None},
    ],
)
def test_arrays_of_other_encodings_are_left_to_zarr(options: dict[str, object]) -> None:
    array = memory_group().create_array("v", shape=(5, 7), dtype="f4", chunks=(2, 3), **options)
    values = numbers((5, 7))
    write_block(array, everything((5, 7)), values)
    assert_array_equal(array[:], values)
    assert_array_equal(read_block(array, everything((5, 7))), values)


@pytest.mark.parametrize("broken", [0, 1, 3])
def test_a_store_that_fails_once_fails_the_write(
    monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    array = array_of(memory_group(), (64, 4), (1, 4))
    monkeypatch.setattr(module, "_AT_ONCE", 16)
    calls: list[int] = []

    async def stored(*_: object) -> None:
        calls.append(len(calls))
        if calls[-1] == broken:
            raise OSError("disk full")

    monkeypatch.setattr(module, "_stored", stored)
    with pytest.raises(OSError, match="disk full"):
        write_block(array, everything((64, 4)), numbers((64, 4)))
    assert calls[-1] <= broken + 1
