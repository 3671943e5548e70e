"""Cells picked along single axes, against loops over their cells."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.query.latitudes import row_at, rows, rows_between
from casa_ogc.query.lines import line
from casa_ogc.query.longitudes import all_columns, circle, column_at, columns_between
from casa_ogc.query.picks import Cells, Pick, subset, trimmed

WIDTH = 2.0
TURNS = (-720, -360, 0, 360, 720)


def longitude(values: Sequence[float], width: float | None = None) -> Axis:
    centres = np.array(values, dtype=np.float64)
    half = (width or 0) / 2
    edges = np.stack([centres - half, centres + half], axis=1)
    bounds = midpoint_bounds(centres) if width is None else edges
    return Axis("longitude", "x", centres, bounds, "degrees_east")


def latitude(values: Sequence[float]) -> Axis:
    centres = np.array(values, dtype=np.float64)
    return Axis("latitude", "y", centres, midpoint_bounds(centres), "degrees_north")


def stored(pick: Pick | None) -> list[int]:
    """Return the stored cells of a pick in the order of the answer."""
    if pick is None:
        return []
    found: list[int] = []
    for start, stop in pick.cells.runs:
        found += range(stop - 1, start - 1, -1) if pick.cells.reverse else range(start, stop)
    return found


@st.composite
def longitude_axes(draw: st.DrawFn) -> Axis:
    """Irregular axes of whole degrees with gaps, of less than a turn, stored either way."""
    start = draw(st.integers(-180, 359))
    steps = draw(st.lists(st.integers(2, 40), min_size=0, max_size=20))
    values = [start]
    for step in steps:
        if values[-1] + step - start < 359:
            values.append(values[-1] + step)
    return longitude(values[::-1] if draw(st.booleans()) else values, WIDTH)


@given(longitude_axes(), st.integers(-180, 360), st.integers(-180, 360))
def test_columns_between_are_those_whose_centre_lies_eastwards_of_west(
    axis: Axis, west: int, east: int
) -> None:
    end = east
    while end < west:
        end += 360
    values = axis.values.tolist()
    wanted = {i for i, x in enumerate(values) if any(west <= x + t <= end for t in TURNS)}
    pick = columns_between(circle(axis), west, east)
    found = stored(pick)
    assert set(found) == wanted
    assert len(found) == len(wanted)
    if pick is not None:
        check_axis(axis, pick)


@given(longitude_axes())
def test_all_columns_are_each_column_once(axis: Axis) -> None:
    pick = all_columns(circle(axis))
    assert sorted(stored(pick)) == list(range(axis.size))
    check_axis(axis, pick)


@given(
    longitude_axes(),
    st.one_of(st.integers(-180, 360), st.floats(-180, 360).map(lambda degrees: round(degrees, 3))),
)
def test_the_column_at_a_longitude_is_the_one_whose_cell_holds_it(axis: Axis, lon: float) -> None:
    half = WIDTH / 2
    near = [
        (x + t, i)
        for i, x in enumerate(axis.values.tolist())
        for t in TURNS
        if x + t - half <= lon <= x + t + half
    ]
    wanted = [max(near)[1]] if near else []
    assert stored(column_at(circle(axis), lon)) == wanted


def check_axis(axis: Axis, pick: Pick) -> None:
    """The axis of a pick tells the longitudes of its stored cells, up to whole turns."""
    found, bounds = pick.axis.values, pick.axis.bounds
    assert bounds is not None
    turns = (found - axis.values[stored(pick)]) / 360
    assert np.array_equal(turns, np.round(turns))
    assert (np.diff(found) > 0).all()
    assert -180 <= found[0] <= 180
    assert np.array_equal(bounds, np.stack([found - WIDTH / 2, found + WIDTH / 2], axis=1))


def test_cells_that_file_bounds_cut_at_the_antimeridian_become_one() -> None:
    values = np.arange(-180.0, 181, 10)
    bounds = np.clip(midpoint_bounds(values), -180, 180)
    ring = circle(Axis("longitude", "x", values, bounds, "degrees_east"))
    pick = all_columns(ring)
    assert ring.closed
    assert pick.axis.size == 36
    assert pick.axis.bounds is not None
    assert pick.axis.bounds[0].tolist() == [-185, -175]
    assert stored(column_at(ring, 179.0)) == stored(column_at(ring, -179.0)) == [0]


def test_single_precision_longitudes_go_all_the_way_round() -> None:
    values = (np.arange(3600, dtype=np.float32) * np.float32(0.1) + np.float32(0.05)).astype(float)
    ring = circle(longitude(values.tolist()))
    assert ring.closed
    assert all_columns(ring).axis.size == 3600
    for lon in (0.0, 180.0, -180.0, 359.9999999, 179.9999999):
        assert column_at(ring, lon) is not None


def test_moved_longitudes_are_free_of_rounding() -> None:
    values = [round(0.05 + 0.1 * i, 10) for i in range(3600)]
    moved = all_columns(circle(longitude(values))).axis.values
    assert moved[:3].tolist() == [-179.95, -179.85, -179.75]


@st.composite
def latitude_axes(draw: st.DrawFn) -> Axis:
    values = draw(st.lists(st.integers(-90, 90), min_size=1, max_size=20, unique=True).map(sorted))
    return latitude(values[::-1] if draw(st.booleans()) else values)


@given(latitude_axes(), st.integers(-90, 90), st.integers(-90, 90))
def test_rows_between_are_those_whose_centre_is_in_the_closed_interval(
    axis: Axis, one: int, other: int
) -> None:
    south, north = sorted((one, other))
    wanted = [i for i, y in enumerate(axis.values.tolist()) if south <= y <= north]
    pick = rows_between(rows(axis), south, north)
    assert stored(pick) == wanted
    if pick is not None:
        assert pick.axis.values.tolist() == axis.values[wanted].tolist()


@given(latitude_axes(), st.floats(-90, 90).map(lambda degrees: round(degrees, 2)))
def test_the_row_at_a_latitude_is_the_one_whose_cells_hold_it(axis: Axis, lat: float) -> None:
    assert axis.bounds is not None
    edges = np.sort(axis.bounds, axis=1).tolist()
    holding = [(low, i) for i, (low, high) in enumerate(edges) if low <= lat <= high]
    wanted = [max(holding)[1]] if holding else []
    pick = row_at(rows(axis), lat)
    assert stored(pick) == wanted
    if pick is not None and pick.axis.bounds is not None:
        assert -90 <= pick.axis.bounds.min() <= pick.axis.bounds.max() <= 90


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=20, unique=True).map(sorted),
    st.booleans(),
    st.lists(st.tuples(st.integers(-5, 55), st.integers(-5, 55)), min_size=1, max_size=5),
)
def test_several_intervals_of_a_line_are_answered_once_each_in_stored_order(
    values: list[int], descending: bool, intervals: list[tuple[int, int]]
) -> None:
    kept = np.array(values[::-1] if descending else values, dtype=np.float64)
    axis = Axis("pressure", "z", kept, None, "hPa")
    view = line(axis)
    pick = view.pick([view.between(*interval) for interval in intervals])
    wanted = [
        i for i, value in enumerate(kept) if any(low <= value <= high for low, high in intervals)
    ]
    assert stored(pick) == wanted
    if pick is not None:
        assert pick.axis.values.tolist() == kept[wanted].tolist()


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=20, unique=True).map(sorted),
    st.integers(-10, 60),
)
def test_the_nearest_cell_is_the_lower_one_of_two_as_close(values: list[int], asked: int) -> None:
    view = line(Axis("time", "t", np.array(values, dtype="datetime64[ns]"), None))
    wanted = min(range(len(values)), key=lambda i: (abs(values[i] - asked), values[i]))
    assert view.nearest(asked) == wanted


def test_an_axis_that_is_picked_whole_is_the_stored_one() -> None:
    axis = latitude([0.0, 1.0, 2.0])
    assert subset(axis, [(0, 3)]) is axis
    assert line(axis).pick([(0, 2), (1, 3)]) is line(axis).whole


@pytest.mark.parametrize("reverse", [False, True])
@given(
    cuts=st.lists(st.integers(0, 30), unique=True, min_size=2, max_size=8).map(sorted),
    ends=st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted),
)
def test_a_trimmed_pick_is_a_slice_of_its_cells(
    reverse: bool, cuts: list[int], ends: list[int]
) -> None:
    runs = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    cells = Cells(runs, reverse)
    pick = Pick(latitude([float(i) for i in range(cells.size)]), cells)
    first, stop = (min(end, cells.size) for end in ends)
    if first == stop:
        return
    part = trimmed(pick, first, stop)
    assert stored(part) == stored(pick)[first:stop]
    assert part.axis.values.tolist() == list(range(first, stop))
