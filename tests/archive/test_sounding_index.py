"""The index over all parts: whatever their number, their overlap and their identifiers."""

import logging

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from casa_ogc.archive import sounding_writing
from casa_ogc.archive import soundings as module
from casa_ogc.archive.heads import read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.manifests import read_manifest
from casa_ogc.archive.sounding_columns import columns_name, columns_of, open_columns
from casa_ogc.archive.soundings import open_soundings, write_soundings
from tests.archive.builders import START, files_below, soundings, source


def stored(root, datasets, limit=131_072):
    """A store of several commits whose parts hold about `limit` rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounding_writing, "PART_ROWS", limit)
        for number, dataset in enumerate(datasets):
            head = write_soundings(root, "p", dataset, [source(f"{number}.nc")])
    return open_soundings(root, "p", head.snapshot)


def named(dataset, names):
    return dataset.assign_coords(sounding_id=("sounding", names))


@settings(max_examples=25)
@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=5),
    limit=st.sampled_from([1, 40, 131_072]),
    steps=st.sampled_from([1, 5, 1000]),
    most=st.one_of(st.none(), st.integers(0, 400)),
)
def test_rows_of_many_parts_come_in_the_order_of_time_and_identifier(
    tmp_path_factory, sizes, limit, steps, most
):
    root = tmp_path_factory.mktemp("order")
    rows, datasets = [], []
    for number, size in enumerate(sizes):
        chance = np.random.default_rng(number)
        dataset = soundings(size, seed=number)
        times = START + chance.integers(0, steps, size) * np.timedelta64(2, "h")
        names = [f"{chance.integers(10**6)}-{number}-{i}" for i in range(size)]
        datasets.append(named(dataset.assign_coords(time=("sounding", times)), names))
        rows += zip(times, names, strict=True)
    store = stored(root, datasets, limit)
    hits = store.hits(most=most)
    found = store.columns(["time", "sounding_id"], hits)
    expected = sorted(rows)[:most]
    assert found["sounding_id"].tolist() == [name for _, name in expected]
    assert found["time"].tolist() == [time.astype(np.int64) for time, _ in expected]


NAMES = st.lists(
    st.one_of(
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1),
        st.sampled_from(["a", "aa", "a/b", "a b", "é", "観測", "%2F", "..", "0" * 60]),
    ),
    min_size=1,
    max_size=40,
    unique=True,
)


@settings(max_examples=40)
@given(names=NAMES, others=NAMES, limit=st.sampled_from([5, 131_072]))
def test_an_identifier_finds_its_row_and_no_other(tmp_path_factory, names, others, limit):
    root = tmp_path_factory.mktemp("names")
    store = stored(root, [named(soundings(len(names)), names)], limit)
    for name in names:
        hit = store.find(name)
        assert hit is not None
        assert store.columns(["sounding_id"], np.array([hit]))["sounding_id"].tolist() == [name]
    for name in set(others) - set(names):
        assert store.find(name) is None
    assert sorted(store.select(["sounding_id"])["sounding_id"].tolist()) == sorted(names)


@pytest.mark.parametrize("name", ["", "\0", "0000000001\0", "000000000", "00000000010", "x" * 9999])
def test_what_is_no_identifier_finds_nothing(tmp_path, name):
    assert stored(tmp_path, [soundings(20)]).find(name) is None


def test_mapped_columns_hold_what_the_part_holds(tmp_path):
    stored(tmp_path, [soundings(5000, period=20)])
    (part,) = files_below(tmp_path / "p" / "soundings")
    made = columns_of(part)
    mapped = open_columns(tmp_path / "p" / columns_name(str(part)))
    assert mapped.values.keys() == made.values.keys()
    for name, values in made.values.items():
        assert mapped.values[name].dtype == values.dtype
        assert_array_equal(mapped.values[name], values)
    assert_array_equal(mapped.times, made.times)
    assert_array_equal(mapped.places, made.places)
    assert len(mapped.times) == 3
    assert mapped.block_rows.tolist() == [2048, 2048, 904]


def test_mapped_columns_are_arrow_that_others_can_read_and_are_not_copied(tmp_path):
    store = stored(tmp_path, [soundings(300, period=20)])
    (path,) = files_below(tmp_path / "p" / "columns")
    batch = pa.ipc.open_file(path).get_batch(0)
    assert {"time", "longitude", "latitude", "sounding_id", "xco2"} <= set(batch.schema.names)
    assert_array_equal(np.sort(batch["xco2"]), np.sort(store.select(["xco2"])["xco2"]))
    assert all(not v.flags.owndata for v in store.index.columns[0].values.values())


def test_every_part_has_its_columns_among_the_objects_of_the_snapshot(tmp_path):
    stored(tmp_path, [soundings(100, seed=n, first=80 * n) for n in range(4)], limit=60)
    head = read_head(tmp_path, "p")
    objects = read_manifest(tmp_path, "p", head.snapshot).objects
    parts = {name for name in objects if name.endswith(".parquet")}
    assert set(objects) - parts == {columns_name(name) for name in parts}
    assert verify(tmp_path, "p") == ()


def test_a_changed_byte_of_the_columns_is_found(tmp_path):
    stored(tmp_path, [soundings(100, period=9)])
    (path,) = files_below(tmp_path / "p" / "columns")
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)
    (damage,) = verify(tmp_path, "p")
    assert (damage.item, damage.problem) == (f"columns/{path.name}", "changed")


def test_a_snapshot_without_columns_answers_the_same_and_says_so(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sounding_writing.SoundingWriter, "_place_columns", lambda *_: None)
    bare = stored(tmp_path / "bare", [soundings(500)])
    monkeypatch.undo()
    full = stored(tmp_path / "full", [soundings(500)])
    assert not (tmp_path / "bare" / "p" / "columns").exists()
    names = ["sounding_id", "time", "longitude", "xco2"]
    with caplog.at_level(logging.WARNING):
        module._open.cache_clear()
        bare = open_soundings(tmp_path / "bare", "p", bare.snapshot)
    assert "held in memory" in caplog.text
    one, other = bare.select(names), full.select(names)
    for name in names:
        assert_array_equal(one[name], other[name])


def test_the_next_commit_gives_columns_to_the_parts_that_lack_them(tmp_path, monkeypatch):
    monkeypatch.setattr(sounding_writing.SoundingWriter, "_place_columns", lambda *_: None)
    stored(tmp_path, [soundings(50)])
    monkeypatch.undo()
    head = write_soundings(tmp_path, "p", soundings(9, first=90), [source("more.nc")])
    store = open_soundings(tmp_path, "p", head.snapshot)
    assert len(files_below(tmp_path / "p" / "columns")) >= len(store.parts)
    assert store.find("0000000091") is not None
    assert verify(tmp_path, "p") == ()
