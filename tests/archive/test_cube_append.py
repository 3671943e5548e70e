"""Appending to cubes: times merge sorted, equal ones replace, everything else must agree."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from casa_ogc.archive.cubes import open_cube, write_cube
from casa_ogc.archive.heads import read_head
from casa_ogc.archive.integrity import verify
from casa_processes.common.errors import FileContentError
from tests.archive.builders import day_values, days, grid, source, whole


def layouts(root, product="p"):
    cube = open_cube(root, product, read_head(root, product).snapshot)
    return cube, {name: cube.layouts[name].arrays["xco2"] for name in ("map", "series")}


def expect(root, numbers, marks=None):
    """Each layout holds the days `numbers`, marked as `marks` says."""
    cube, arrays = layouts(root)
    assert_array_equal(cube.axes["t"].values, days(numbers))
    marks = marks or {}
    parts = [day_values(np.array([n]), 18, 36, marks.get(n, 0.0)) for n in numbers]
    for array in arrays.values():
        assert_array_equal(array.read(whole(array.shape)), np.concatenate(parts))


@pytest.mark.parametrize(
    "steps",
    [
        [[0, 1], [2, 3]],
        [[4, 5], [0, 1]],
        [[0, 9], [4]],
        [[0, 2, 4], [1, 2, 3]],
        [[3, 1, 2]],
        [[364, 365], [366, 367], [800]],
        [[366], [0], [365]],
    ],
)
def test_new_times_find_their_sorted_place_in_every_layout(tmp_path, steps):
    for number, some in enumerate(steps):
        write_cube(tmp_path, "p", grid(some), [source(f"{number}.nc")])
    expect(tmp_path, sorted({day for some in steps for day in some}))


@settings(max_examples=12)
@given(st.lists(st.lists(st.integers(0, 800), min_size=1, max_size=4, unique=True), max_size=4))
def test_any_order_of_files_gives_the_same_cube_as_a_dictionary(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("any")
    marks = {}
    for number, some in enumerate(steps):
        write_cube(root, "p", grid(some, mark=number), [source(f"{number}.nc")])
        marks |= dict.fromkeys(some, float(number))
    if marks:
        expect(root, sorted(marks), marks)


def test_a_newer_file_replaces_equal_times(tmp_path):
    write_cube(tmp_path, "p", grid([0, 1, 2]), [source("a.nc")])
    write_cube(tmp_path, "p", grid([1], mark=50), [source("b.nc")])
    expect(tmp_path, [0, 1, 2], {1: 50.0})


def test_overviews_follow_an_insertion(tmp_path):
    shape = {"rows": 72, "columns": 144}
    write_cube(tmp_path, "p", grid([0, 2], **shape), [source("a.nc")])
    write_cube(tmp_path, "p", grid([1], **shape), [source("b.nc")])
    write_cube(tmp_path, "q", grid([0, 1, 2], **shape), [source("c.nc")])
    cubes = [open_cube(tmp_path, p, read_head(tmp_path, p).snapshot) for p in "pq"]
    assert "overview/2" in cubes[0].layouts
    for level in ("overview/1", "overview/2"):
        values = [cube.layouts[level].arrays["xco2"].read(whole((3, 99, 99))) for cube in cubes]
        assert_array_equal(*values)


def test_the_same_file_twice_changes_nothing(tmp_path):
    first = write_cube(tmp_path, "p", grid([0]), [source("a.nc")])
    assert write_cube(tmp_path, "p", grid([0], mark=9), [source("a.nc")]) == first
    assert read_head(tmp_path, "p") == first
    expect(tmp_path, [0])


def test_a_previous_snapshot_stays_readable(tmp_path):
    old = write_cube(tmp_path, "p", grid([0]), [source("a.nc")])
    write_cube(tmp_path, "p", grid([0], mark=7), [source("b.nc")])
    array = open_cube(tmp_path, "p", old.snapshot).layouts["map"].arrays["xco2"]
    assert_array_equal(array.read(whole(array.shape)), day_values(np.array([0]), 18, 36))


def _flat(dataset):
    """The data set with an uncertainty that has no time."""
    return dataset.assign(xco2_uncertainty=dataset["xco2_uncertainty"].isel(time=0, drop=True))


def test_levels_in_other_units_are_refused_and_the_cube_stays(tmp_path):
    def deep(number, units):
        dataset = grid([number], uncertainty=False).expand_dims(level=[1000.0, 500.0])
        return dataset.assign_coords(level=("level", [1000.0, 500.0], {"units": units}))

    first = write_cube(tmp_path, "p", deep(0, "hPa"), [source("a.nc")])
    with pytest.raises(FileContentError, match=re.escape("expected level [hPa], found level [m]")):
        write_cube(tmp_path, "p", deep(1, "m"), [source("b.nc")])
    assert read_head(tmp_path, "p") == first


@pytest.mark.parametrize(
    ("other", "where"),
    [
        (lambda: grid([1], rows=20), "axis latitude"),
        (lambda: grid([1]).assign_coords(longitude=grid([1]).longitude + 1), "axis longitude"),
        (lambda: grid([1], uncertainty=False), "variables"),
        (lambda: grid([1], stream="2"), "--product"),
        (lambda: grid([1]).isel(time=0, drop=True), "axes"),
        (lambda: grid([1]).isel(latitude=slice(None, None, -1)), "axis latitude"),
        (lambda: _flat(grid([1])), "3 dimensions"),
        (lambda: grid([1]).expand_dims(level=[1.0]), "axes"),
        (lambda: grid([1]).expand_dims(level=[1.0], depth=[1.0]), "at most one vertical"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_cube_stays(tmp_path, other, where):
    first = write_cube(tmp_path, "p", grid([0]), [source("a.nc")])
    with pytest.raises(FileContentError, match=re.escape(where)):
        write_cube(tmp_path, "p", other(), [source("b.nc")])
    assert read_head(tmp_path, "p") == first
    assert verify(tmp_path, "p") == ()
    expect(tmp_path, [0])


def test_another_packing_is_refused(tmp_path):
    def packed(number, scale):
        dataset = grid([number], uncertainty=False)
        dataset["xco2"].encoding = {"dtype": "int16", "scale_factor": scale, "_FillValue": -9}
        return dataset

    write_cube(tmp_path, "p", packed(0, 0.1), [source("a.nc")])
    with pytest.raises(FileContentError, match=r"scale=0\.2"):
        write_cube(tmp_path, "p", packed(1, 0.2), [source("b.nc")])


def test_values_beyond_the_packing_are_refused_before_anything_is_written(tmp_path):
    dataset = grid([0], uncertainty=False)
    dataset["xco2"].encoding = {"dtype": "int16", "scale_factor": 0.001, "_FillValue": -9}
    with pytest.raises(FileContentError, match="fit"):
        write_cube(tmp_path, "p", dataset, [source("a.nc")])
    assert not (tmp_path / "p").exists()


def test_a_daily_append_writes_only_the_newest_year_of_series(tmp_path):
    write_cube(tmp_path, "p", grid(range(732), rows=6, columns=12), [source("a.nc")])
    before = {path.name for path in (tmp_path / "p" / "cube" / "chunks").iterdir()}
    write_cube(tmp_path, "p", grid([732], rows=6, columns=12), [source("b.nc")])
    after = {path.name for path in (tmp_path / "p" / "cube" / "chunks").iterdir()}
    assert before <= after
    assert len(after - before) <= 8


def test_missions_and_attributes_gather_over_files(tmp_path):
    write_cube(tmp_path, "p", grid([0], mission="A", references="old"), [source("a.nc")])
    head = write_cube(tmp_path, "p", grid([1], mission="B", references="new"), [source("b.nc")])
    assert head.missions == ("A", "B")
    assert head.attributes["references"] == "new"
    assert head.files == 2
