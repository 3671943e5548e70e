"""Reading stored soundings through a reference."""

from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import IntegrityError, UnknownNameError
from casa_processes.common.io import read_piece, read_soundings, select_soundings
from casa_processes.common.references import Box
from tests.processes import stored


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return stored.product(tmp_path_factory.mktemp("archive"))


def names(reference, **selection):
    return list(read_soundings(replace(reference, **selection), [], 99).columns["sounding_id"])


def test_rows_come_in_the_order_of_time_over_all_parts(reference):
    found = read_soundings(reference, ["latitude", "pressure_levels"], 99)
    expected = stored.soundings()
    assert found.matched == 6
    for name in ("sounding_id", "time", "latitude", "pressure_levels"):
        np.testing.assert_array_equal(found.columns[name], expected[name])
    assert found.columns["time"].dtype == "datetime64[ns]"


def test_a_limit_cuts_the_earliest_rows_and_tells_how_many_matched(reference):
    found = read_soundings(reference, ["pressure_weight"], 2)
    assert list(found.columns["sounding_id"]) == ["s0", "s1"]
    assert found.columns["pressure_weight"].shape == (2, stored.LEVELS)
    assert found.matched == 6


def test_missing_values_of_profiles_are_nan(reference):
    found = read_soundings(reference, ["xco2_averaging_kernel"], 99).columns
    missing = np.isnan(found["xco2_averaging_kernel"]).all(axis=1)
    np.testing.assert_array_equal(missing, [False, True, False, False, False, False])


def test_intervals_are_closed_and_their_union_is_taken(reference):
    one = ("2023-04-01T06:00:00", "2023-04-01T12:00:00")
    assert names(reference, intervals=(one,)) == ["s1", "s2"]
    assert names(reference, intervals=(one, ("2023-04-02T06:00", None))) == ["s1", "s2", "s5"]
    assert names(reference, intervals=((None, "2023-04-01T05:59:59.999999999"),)) == ["s0"]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Box(150, 0, 170, 20), ["s0", "s1", "s2"]),
        (Box(170, -90, -170, 90), ["s2", "s3", "s4"]),
        (Box(-180, 35, -160, 90), ["s4", "s5"]),
        (Box(0, 0, 1, 1), []),
    ],
)
def test_boxes_are_closed_and_cross_the_antimeridian(reference, box, expected):
    assert names(reference, box=box) == expected


@given(
    st.floats(-180, 180), st.floats(-180, 180), st.integers(0, 30), st.integers(0, 30), st.data()
)
def test_every_selection_agrees_with_numpy(reference, west, east, start, end, data):
    limit = data.draw(st.integers(1, 7))
    rows = stored.soundings()
    first, last = (
        np.datetime64("2023-04-01", "h") + np.timedelta64(hours, "h") for hours in (start, end)
    )
    x, time = rows["longitude"], rows["time"]
    across = (x >= west) & (x <= east) if west <= east else (x >= west) | (x <= east)
    expected = rows["sounding_id"][across & (time >= first) & (time <= last)]
    chosen = replace(reference, box=Box(west, -90, east, 90), intervals=((str(first), str(last)),))
    found = read_soundings(chosen, ["co2_profile_apriori"], limit)
    assert list(found.columns["sounding_id"]) == list(expected[:limit])
    assert found.matched == len(expected)
    assert found.columns["co2_profile_apriori"].shape == (len(expected[:limit]), stored.LEVELS)


def test_an_unknown_column_is_answered_with_those_that_exist(reference):
    with pytest.raises(UnknownNameError, match=r"no variable 'zork'; there are: .*pressure_weight"):
        read_soundings(reference, ["zork"], 1)


def test_a_snapshot_that_is_not_there_is_named(reference):
    with pytest.raises(UnknownNameError, match=r"no snapshot '0002'; there are: 0001"):
        read_soundings(replace(reference, snapshot="0002"), [], 1)


def test_a_damaged_or_lost_manifest_is_named(tmp_path):
    reference = stored.product(tmp_path)
    (manifest,) = (tmp_path / "demo/manifests").iterdir()
    manifest.write_bytes(manifest.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=r"bytes differ"):
        read_soundings(reference, [], 1)
    manifest.unlink()
    with pytest.raises(IntegrityError, match=r"demo: manifests/0001\..*json: missing"):
        read_soundings(reference, [], 1)


def test_a_lost_part_is_named(tmp_path):
    reference = stored.product(tmp_path)
    (tmp_path / "demo/soundings/year=2023/month=04/1.parquet").unlink()
    with pytest.raises(IntegrityError, match=r"1.parquet: missing"):
        read_soundings(reference, [], 1)


def test_a_column_that_a_part_lacks_is_missing_there(tmp_path):
    reference = stored.product(tmp_path)
    part = tmp_path / "demo/soundings/year=2023/month=04/0.parquet"
    pq.write_table(pq.read_table(part, partitioning=None).drop_columns(["pressure_levels"]), part)
    found = read_soundings(reference, ["pressure_levels"], 99).columns["pressure_levels"]
    missing = np.isnan(found).all(axis=1)
    np.testing.assert_array_equal(missing, [False, False, False, True, True, True])


def test_parts_that_the_snapshot_does_not_name_are_not_read(tmp_path):
    reference = stored.product(tmp_path)
    folder = tmp_path / "demo/soundings/year=2023/month=04"
    (folder / "stray.parquet").write_bytes((folder / "0.parquet").read_bytes())
    assert read_soundings(reference, [], 99).matched == 6


def in_pieces(reference, columns, limit, rows):
    """The first rows of a selection, read piece by piece, in the order of time."""
    selected = select_soundings(reference, limit, rows)
    done = [read_piece(piece, columns, selected.last) for piece in selected.pieces]
    if not done:
        return selected, None
    whole = {name: np.concatenate([each[name] for each in done]) for name in done[0]}
    order = np.lexsort((whole["sounding_id"].astype(str), whole["time"]))[:limit]
    return selected, {name: values[order] for name, values in whole.items()}


SELECTIONS = [
    {},
    {"box": Box(170, -90, -170, 90)},
    {"intervals": (("2023-04-01T06:00:00", "2023-04-02T00:00:00"),)},
    {"intervals": ((None, "2023-04-01T06:00:00"), ("2023-04-02T00:00:00", None))},
    {"intervals": (("2024-01-01T00:00:00", None),)},
]


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("group", [1, 2, 1024])
@pytest.mark.parametrize("rows", [1, 3, 10**6])
@pytest.mark.parametrize("limit", [1, 2, 4, 6, 99])
def test_pieces_hold_together_what_is_read_at_once(tmp_path, selection, group, rows, limit):
    reference = replace(stored.product(tmp_path, group=group), **selection)
    columns = ["latitude", "xco2_averaging_kernel"]
    expected = read_soundings(reference, columns, limit)
    selected, found = in_pieces(reference, columns, limit, rows)
    assert selected.matched == expected.matched
    assert selected.attributes == expected.attributes
    if found is None:
        assert expected.matched == 0
        return
    for name, values in expected.columns.items():
        np.testing.assert_array_equal(found[name], values)


def test_a_piece_is_as_large_as_asked_and_no_row_group_lies_in_two(tmp_path):
    reference = stored.product(tmp_path, count=12, group=1)
    pieces = select_soundings(reference, 99, 4).pieces
    assert [len(piece.row_groups) for piece in pieces] == [4, 2, 4, 2]
    assert len({(piece.file, g) for piece in pieces for g in piece.row_groups}) == 12
    assert len(select_soundings(reference, 99, 10**6).pieces) == 2


def test_row_groups_outside_a_selection_are_in_no_piece(tmp_path):
    reference = replace(
        stored.product(tmp_path, group=1),
        intervals=(("2023-04-01T06:00:00", "2023-04-01T12:00:00"),),
    )
    pieces = select_soundings(reference, 99, 10**6).pieces
    assert sum(len(piece.row_groups) for piece in pieces) == 2


def test_a_piece_without_a_variable_is_refused(reference):
    (piece, *_) = select_soundings(reference, 99, 99).pieces
    with pytest.raises(UnknownNameError, match="no variable 'zork'"):
        read_piece(piece, ["zork"])
