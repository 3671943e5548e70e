"""Soundings at the ends of the globe and of time: poles, antimeridian, equal times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.soundings import open_soundings, write_soundings
from tests.archive.builders import START, soundings, source

LONGITUDES = (-180.0, -179.99999, 0.0, 179.99999, 180.0)
LATITUDES = (-90.0, -89.99999, 0.0, 89.99999, 90.0)
edges_x = st.sampled_from([-180.0, -179.5, 0.0, 179.5, 180.0])
edges_y = st.sampled_from([-90.0, -89.5, 0.0, 89.5, 90.0])
boxes = st.tuples(edges_x, edges_x, edges_y, edges_y).map(
    lambda e: Bounds(min(e[:2]), min(e[2:]), max(e[:2]), max(e[2:]))
)


@pytest.fixture(scope="module")
def corners(tmp_path_factory):
    """Every combination of the ends, four times each, at three times; several parts of blocks."""
    places = [(x, y) for x in LONGITUDES for y in LATITUDES] * 4
    count = len(places)
    longitude, latitude = np.array(places).T
    times = START + (np.arange(count) % 3) * np.timedelta64(40, "D")
    data = soundings(count).assign_coords(
        time=("sounding", times),
        longitude=("sounding", longitude),
        latitude=("sounding", latitude),
    )
    root = tmp_path_factory.mktemp("corners")
    for number in range(4):
        some = data.isel(sounding=slice(number, None, 4))
        head = write_soundings(root, "p", some, [source(f"{number}.nc")])
    return data, open_soundings(root, "p", head.snapshot)


@settings(max_examples=80)
@given(
    where=st.lists(boxes, max_size=3),
    start=st.sampled_from([None, 0, 40, 41]),
    stop=st.sampled_from([None, 0, 40, 80]),
)
def test_closed_boxes_hold_the_poles_and_both_sides_of_the_antimeridian(
    corners, where, start, stop
):
    data, store = corners
    interval = tuple(None if n is None else START + np.timedelta64(n, "D") for n in (start, stop))
    columns = (data[name].values for name in ("sounding_id", "time", "longitude", "latitude"))
    wanted = sorted(
        (time, name)
        for name, time, x, y in zip(*columns, strict=True)
        if (not where or any(b.west <= x <= b.east and b.south <= y <= b.north for b in where))
        and (interval[0] is None or time >= interval[0])
        and (interval[1] is None or time <= interval[1])
    )
    found = store.select(["sounding_id", "time"], where, interval)
    assert found["sounding_id"].tolist() == [name for _, name in wanted]
    assert store.number(where, interval) == len(wanted) <= store.count(where, interval)


def test_overlapping_boxes_give_each_sounding_once(corners):
    _, store = corners
    globe = Bounds(-180.0, -90.0, 180.0, 90.0)
    found = store.select(["sounding_id"], [globe, globe, Bounds(0.0, 0.0, 180.0, 90.0)])
    assert len(set(found["sounding_id"].tolist())) == found["sounding_id"].size == store.rows


def test_a_box_that_is_a_point_holds_just_what_lies_there(corners):
    _, store = corners
    found = store.select(["longitude", "latitude"], [Bounds(180.0, 90.0, 180.0, 90.0)])
    assert found["longitude"].tolist() == [180.0] * 4
    assert found["latitude"].tolist() == [90.0] * 4


def test_an_interval_that_ends_before_it_begins_holds_nothing(corners):
    data, store = corners
    late, early = data["time"].values.max(), data["time"].values.min()
    assert store.select(["xco2"], (), (late, early))["xco2"].size == 0
    assert store.number((), (late, early)) == 0


@pytest.mark.parametrize("nanoseconds", [-1, 0, 1])
def test_times_are_told_apart_to_the_nanosecond(corners, nanoseconds):
    data, store = corners
    instant = START + np.timedelta64(40, "D") + np.timedelta64(nanoseconds, "ns")
    wanted = int((data["time"].values == instant).sum())
    assert store.number((), (instant, instant)) == wanted


def test_equal_times_come_in_the_order_of_identifiers(corners):
    data, store = corners
    instant = START + np.timedelta64(40, "D")
    found = store.select(["sounding_id"], (), (instant, instant))["sounding_id"].tolist()
    same = data["sounding_id"].values[data["time"].values == instant]
    assert found == sorted(same.tolist())
