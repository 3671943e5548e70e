"""Adding soundings: newer rows replace equal identifiers, full parts stay as they are."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from casa_ogc.archive import sounding_writing
from casa_ogc.archive.heads import read_head
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_ogc.archive.transactions import write_items
from casa_processes.common.errors import FileContentError
from tests.archive.builders import files_below, soundings, source


def rows(root, product="p"):
    """Stored value by identifier."""
    store = open_soundings(root, product, read_head(root, product).snapshot)
    found = store.select(["sounding_id", "xco2"])
    assert len(set(found["sounding_id"].tolist())) == found["sounding_id"].size == store.rows
    return dict(zip(found["sounding_id"].tolist(), found["xco2"].tolist(), strict=True))


def given_rows(dataset):
    return dict(zip(dataset["sounding_id"].values, dataset["xco2"].values.tolist(), strict=True))


@pytest.mark.parametrize("limit", [10, 200, 131_072])
def test_overlapping_files_keep_the_newest_row_of_each_identifier(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(sounding_writing, "PART_ROWS", limit)
    expected = {}
    for number in range(5):
        dataset = soundings(120, seed=number, first=number * 70)
        write_soundings(tmp_path, "p", dataset, [source(f"{number}.nc")])
        expected |= given_rows(dataset)
    assert rows(tmp_path) == expected
    assert verify(tmp_path, "p") == ()


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 60)), min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from([5, 30, 1000]),
)
def test_one_commit_or_many_give_the_same_rows(tmp_path_factory, files, together, limit):
    root = tmp_path_factory.mktemp("rows")
    datasets = [soundings(n, seed=i, first=f) for i, (n, f) in enumerate(files)]
    items = [(dataset, (source(f"{i}.nc"),)) for i, dataset in enumerate(datasets)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounding_writing, "PART_ROWS", limit)
        for some in [items] if together else [[item] for item in items]:
            write_items(root, "p", "soundings", sounding_writing.SoundingWriter, some)
    expected = {}
    for dataset in datasets:
        expected |= given_rows(dataset)
    assert rows(root) == expected


def test_of_equal_identifiers_in_one_file_the_last_counts(tmp_path):
    dataset = soundings(3).assign_coords(sounding_id=("sounding", ["a", "b", "a"]))
    write_soundings(tmp_path, "p", dataset, [source("a.nc")])
    assert rows(tmp_path) == {
        "b": dataset["xco2"].values[1],
        "a": dataset["xco2"].values[2],
    }


def test_an_append_leaves_full_parts_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(sounding_writing, "PART_ROWS", 100)
    write_soundings(tmp_path, "p", soundings(150, period=9), [source("a.nc")])
    before = files_below(tmp_path / "p" / "soundings")
    write_soundings(tmp_path, "p", soundings(20, first=900, period=9), [source("b.nc")])
    after = files_below(tmp_path / "p" / "soundings")
    assert set(before) < set(after)
    assert len(after) == 2


def test_small_appends_join_one_part_of_the_month(tmp_path):
    for number in range(4):
        dataset = soundings(10, seed=number, first=number * 10, period=9)
        head = write_soundings(tmp_path, "p", dataset, [source(f"{number}.nc")])
    assert len(open_soundings(tmp_path, "p", head.snapshot).parts) == 1
    assert len(rows(tmp_path)) == 40


def test_the_same_file_twice_changes_nothing(tmp_path):
    first = write_soundings(tmp_path, "p", soundings(10), [source("a.nc")])
    assert write_soundings(tmp_path, "p", soundings(10, seed=3), [source("a.nc")]) == first
    assert rows(tmp_path) == given_rows(soundings(10))


def test_a_previous_snapshot_stays_readable(tmp_path):
    old = write_soundings(tmp_path, "p", soundings(10), [source("a.nc")])
    write_soundings(tmp_path, "p", soundings(10, seed=3), [source("b.nc")])
    found = open_soundings(tmp_path, "p", old.snapshot).select(["xco2"])["xco2"]
    assert_array_equal(np.sort(found), np.sort(soundings(10)["xco2"].values))


def test_columns_that_a_file_lacks_are_missing_there(tmp_path):
    fuller = soundings(5).assign(quality_flag=("sounding", np.arange(5, dtype=np.int8)))
    write_soundings(tmp_path, "p", soundings(5, first=50, levels=3), [source("a.nc")])
    head = write_soundings(tmp_path, "p", fuller, [source("b.nc")])
    names = ["sounding_id", "quality_flag", "xco2_averaging_kernel"]
    found = open_soundings(tmp_path, "p", head.snapshot).select(names)
    new = np.array([int(text) < 50 for text in found["sounding_id"]])
    assert_array_equal(np.sort(found["quality_flag"][new]), np.arange(5))
    assert (found["quality_flag"][~new] == -1).all()
    assert np.isnan(found["xco2_averaging_kernel"][new]).all()
    assert np.isfinite(found["xco2_averaging_kernel"][~new]).all()


def test_columns_that_whole_parts_lack_are_missing_there(tmp_path):
    write_soundings(tmp_path, "p", soundings(5, period=9), [source("a.nc")])
    later = soundings(5, first=50, period=9, levels=4)
    later = later.assign_coords(time=later.time + np.timedelta64(90, "D"))
    head = write_soundings(tmp_path, "p", later, [source("b.nc")])
    store = open_soundings(tmp_path, "p", head.snapshot)
    found = store.select(["xco2_averaging_kernel"])["xco2_averaging_kernel"]
    assert found.shape == (10, 4)
    assert np.isnan(found[:5]).all()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"levels": 7}, "5 levels"),
        ({"levels": 5, "stream": "fast"}, "--product"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_rows_stay(tmp_path, other, message):
    first = write_soundings(tmp_path, "p", soundings(10, levels=5), [source("a.nc")])
    with pytest.raises(FileContentError, match=message):
        write_soundings(tmp_path, "p", soundings(10, first=100, **other), [source("b.nc")])
    assert read_head(tmp_path, "p") == first
    assert verify(tmp_path, "p") == ()


def test_texts_in_bytes_and_truths_are_kept_and_cubes_of_numbers_are_refused(tmp_path):
    data = soundings(3)
    names = np.array([b"one", b"two", "drei \u00e9".encode()])
    data = data.assign_coords(sounding_id=("sounding", names))
    data = data.assign(quality_flag=("sounding", np.array([True, False, True])))
    head = write_soundings(tmp_path, "p", data, [source("a.nc")])
    found = open_soundings(tmp_path, "p", head.snapshot).select(["sounding_id", "quality_flag"])
    kept = dict(zip(found["sounding_id"].tolist(), found["quality_flag"].tolist(), strict=True))
    assert kept == {"one": 1, "two": 0, "drei \u00e9": 1}
    deep = data.assign(xco2=(("sounding", "level", "vertex"), np.zeros((3, 2, 4), np.float32)))
    with pytest.raises(FileContentError, match="one or two dimensions, found 3"):
        write_soundings(tmp_path, "p", deep, [source("b.nc")])
    assert read_head(tmp_path, "p") == head


def test_soundings_do_not_enter_a_cube(tmp_path):
    from casa_ogc.archive.cubes import write_cube
    from tests.archive.builders import grid

    write_cube(tmp_path, "p", grid(), [source("a.nc")])
    with pytest.raises(FileContentError, match="--product"):
        write_soundings(tmp_path, "p", soundings(5), [source("b.nc")])


def test_a_file_without_soundings_is_remembered_and_changes_no_row(tmp_path):
    write_soundings(tmp_path, "p", soundings(10), [source("a.nc")])
    empty: xr.Dataset = soundings(10).isel(sounding=slice(0, 0))
    head = write_soundings(tmp_path, "p", empty, [source("b.nc")])
    assert head.files == 2
    assert len(rows(tmp_path)) == 10
