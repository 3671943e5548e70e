"""Shares of footprints: against polygons of another library, and what cannot be otherwise."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import InvalidValueError, TooLargeError
from casa_processes.common.jit import plain
from casa_processes.common.references import Box
from casa_processes.gridding import sums
from casa_processes.gridding.grid import cell_of, grid_of
from casa_processes.gridding.kernel import cut, overlaps, polygon_area, sort_corners
from casa_processes.gridding.sums import Footprints, shares

KM2 = EARTH_RADIUS**2 / 1e6
DEGREES = st.floats(-4.0, 4.0, allow_nan=False)


def footprints(longitudes, latitudes):
    longitudes, latitudes = (np.atleast_2d(np.array(x, float)) for x in (longitudes, latitudes))
    return Footprints(longitudes.mean(axis=1), latitudes.mean(axis=1), longitudes, latitudes)


def plane(longitudes, latitudes):
    """Places where areas are those of the sphere."""
    return np.stack([np.radians(longitudes), np.sin(np.radians(latitudes))], axis=-1)


def expected(grid, longitudes, latitudes):
    """Overlaps of one footprint by shapely, by cell; longitudes are those of the grid."""
    shape = shapely.MultiPoint(plane(longitudes, latitudes)).convex_hull
    found = {}
    for line, south in enumerate(grid.latitude - grid.step[1] / 2):
        for column, west in enumerate(grid.longitude - grid.step[0] / 2):
            low, high = plane(
                *np.array([[west, west + grid.step[0]], [south, south + grid.step[1]]])
            )
            area = shape.intersection(shapely.box(*low, *high)).area
            if area > 0:
                found[line * grid.size[0] + column] = area * KM2
    return found


def divided(grid, longitudes, latitudes, point_area=1.0):
    found = shares(footprints(longitudes, latitudes), grid, point_area)
    return dict(zip(found.cell.tolist(), found.area.tolist(), strict=True))


@given(
    corners=st.lists(st.tuples(DEGREES, DEGREES), min_size=4, max_size=4),
    place=st.tuples(st.floats(-160, 160), st.floats(-70, 70)),
    step=st.sampled_from([(1.0, 1.0), (2.5, 2.0), (0.5, 1.5)]),
)
def test_shares_are_those_of_polygons_of_another_library(corners, place, step):
    longitudes, latitudes = np.array(corners).T + np.array(place)[:, None]
    hull = shapely.MultiPoint(plane(longitudes, latitudes)).convex_hull
    if not isinstance(hull, shapely.Polygon) or len(hull.exterior.coords) < 5:
        return  # corners that are no convex quadrilateral are tested below
    west, south = np.floor(place[0]) - 6, np.floor(place[1]) - 6
    grid = grid_of(step, Box(west, south, west + 12, south + 12))
    found, wanted = divided(grid, longitudes, latitudes), expected(grid, longitudes, latitudes)
    assert sum(found.values()) == pytest.approx(hull.area * KM2, rel=1e-9, abs=1e-6)
    for cell in found.keys() | wanted.keys():
        assert found.get(cell, 0.0) == pytest.approx(wanted.get(cell, 0.0), rel=1e-7, abs=1e-5)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (0, 2, 1, 3), (1, 3, 0, 2)])
def test_the_order_of_corners_does_not_matter(order):
    x, y = np.array([10.2, 10.8, 11.1, 10.5]), np.array([30.1, 30.0, 30.7, 30.9])
    grid = grid_of((1.0, 1.0), Box(8, 28, 13, 33))
    plain_order = divided(grid, x, y)
    assert divided(grid, x[list(order)], y[list(order)]) == pytest.approx(plain_order)
    assert sum(plain_order.values()) == pytest.approx(sum(expected(grid, x, y).values()))


def test_a_cell_that_is_a_footprint_is_its_own_whole_share():
    grid = grid_of((1.0, 1.0), Box(10, 50, 13, 53))
    found = divided(grid, [11, 12, 12, 11], [51, 51, 52, 52])
    north, south = np.sin(np.radians([52.0, 51.0]))
    assert found == {4: pytest.approx(np.radians(1.0) * (north - south) * KM2)}


@pytest.mark.parametrize("turn", [0.0, 360.0, -360.0])
def test_a_footprint_across_180_is_divided_like_any_other(turn):
    here = divided(grid_of((1.0, 1.0)), [9.5, 10.5, 10.5, 9.5], [20.2, 20.2, 20.8, 20.8])
    east = np.array([179.5, -179.5, -179.5, 179.5]) + turn
    there = divided(grid_of((1.0, 1.0)), east, [20.2, 20.2, 20.8, 20.8])
    assert sorted(there.values()) == pytest.approx(sorted(here.values()))
    assert sorted(cell % 360 for cell in there) == [0, 359]
    crossing = grid_of((1.0, 1.0), Box(178, 19, -178, 22))
    assert crossing.longitude.tolist() == [178.5, 179.5, 180.5, 181.5]
    again = divided(crossing, east, [20.2, 20.2, 20.8, 20.8])
    assert sorted(again) == [5, 6]
    assert sorted(again.values()) == pytest.approx(sorted(here.values()))


def test_only_the_part_within_the_grid_counts():
    grid = grid_of((1.0, 1.0), Box(10, 0, 12, 2))
    found = divided(grid, [9.5, 10.5, 10.5, 9.5], [-0.5, -0.5, 0.5, 0.5])
    assert list(found) == [0]
    whole = divided(grid_of((1.0, 1.0)), [9.5, 10.5, 10.5, 9.5], [-0.5, -0.5, 0.5, 0.5])
    assert found[0] == pytest.approx(sum(whole.values()) / 4)


@given(place=st.tuples(st.floats(-180, 180), st.floats(-85, 85)), size=st.floats(0.01, 3.0))
def test_areas_of_all_cells_add_up_to_the_footprint_anywhere(place, size):
    x = place[0] + size * np.array([-1.0, 1.0, 1.1, -0.9])
    y = place[1] + size * np.array([-1.0, -0.8, 1.0, 0.9])
    whole = polygon_area(*(np.ascontiguousarray(each) for each in plane(x, y).T), 4) * KM2
    assert sum(divided(grid_of((0.5, 0.5)), x, y).values()) == pytest.approx(whole, rel=1e-8)


@pytest.mark.parametrize(
    "corners",
    [
        ([np.nan, 10.5, 10.5, 9.5], [0.0, 0.0, 1.0, 1.0]),
        ([9.5, 10.5, 10.5, 9.5], [0.0, 0.0, np.nan, 1.0]),
        ([-50.0, 50.0, 50.0, -50.0], [0.0, 0.0, 1.0, 1.0]),
        ([9.5, 10.5, 10.5, 9.5], [-15.0, -15.0, 15.0, 15.0]),
        ([9.5, 10.5, 10.5, 9.5], [89.0, 89.0, 91.0, 91.0]),
    ],
)
def test_without_usable_corners_a_sounding_is_a_point(corners):
    grid = grid_of((1.0, 1.0))
    places = Footprints(np.array([10.0]), np.array([0.5]), *np.array(corners)[:, None])
    found = shares(places, grid, 7.0)
    assert found.cell.tolist() == [90 * 360 + 190]
    assert found.area.tolist() == [7.0]


def test_points_outside_the_grid_or_without_a_place_have_no_share():
    grid = grid_of((1.0, 1.0), Box(0, 0, 2, 2))
    longitudes, latitudes = np.array([-0.1, 1.5, np.nan, 1.0]), np.array([1.0, 1.5, 1.0, 2.1])
    unknown = np.full((4, 4), np.nan)
    found = shares(Footprints(longitudes, latitudes, unknown, unknown), grid, 1.0)
    assert (found.row.tolist(), found.cell.tolist()) == ([1], [3])


def test_points_and_polygons_keep_the_order_of_soundings():
    x = np.array([[0.2, 0.8, 0.8, 0.2], [np.nan] * 4, [1.2, 1.8, 1.8, 1.2]])
    y = np.array([[0.2, 0.2, 0.8, 0.8]] * 3)
    places = Footprints(np.array([0.5, 1.5, 1.5]), np.full(3, 0.5), x, y)
    found = shares(places, grid_of((1.0, 1.0), Box(0, 0, 2, 1)), 1.0)
    assert (found.row.tolist(), found.cell.tolist()) == ([0, 1, 2], [0, 1, 1])


def test_cells_far_too_small_for_footprints_are_refused(monkeypatch):
    monkeypatch.setattr(sums, "MOST_OVERLAPS", 1000)
    with pytest.raises(TooLargeError, match="overlaps of footprints"):
        divided(grid_of((0.01, 0.01)), [0, 1, 1, 0], [0, 0, 1, 1])


@given(
    place=st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    step=st.sampled_from([0.25, 1.0, 7.5]),
)
def test_the_cell_of_a_place_holds_it(place, step):
    grid = grid_of((step, step))
    cell = int(cell_of(grid, *(np.array([each]) for each in place))[0])
    line, column = divmod(cell, grid.size[0])
    away = (place[0] - grid.longitude[column] + 180) % 360 - 180
    assert abs(away) <= step / 2 + 1e-9
    assert abs(place[1] - grid.latitude[line]) <= step / 2 + 1e-9


@pytest.mark.parametrize(
    ("step", "box", "first", "size"),
    [
        ((1.0, 1.0), None, (0, 0), (360, 180)),
        ((0.1, 0.1), None, (0, 0), (3600, 1800)),
        ((2.5, 2.0), Box(-180, -90, 180, 90), (0, 0), (144, 90)),
        ((1.0, 1.0), Box(0.5, 0.5, 1.5, 1.0), (180, 90), (2, 1)),
        ((1.0, 1.0), Box(170, 80, -170, 90), (350, 170), (20, 10)),
        ((1.0, 1.0), Box(3, 4, 3, 4), (183, 94), (1, 1)),
        ((60.0, 60.0), Box(-180, 89, 180, 90), (0, 2), (6, 1)),
    ],
)
def test_the_grid_is_the_smallest_window_around_the_box(step, box, first, size):
    grid = grid_of(step, box)
    assert (grid.first, grid.size, grid.turn) == (first, size, round(360 / step[0]))
    assert grid.cells == size[0] * size[1]
    assert grid.numbers.tolist() == [*first, *size, grid.turn]


@pytest.mark.parametrize("step", [(0.7, 1.0), (1.0, 0.7), (0.0, 1.0), (-1.0, 1.0), (400.0, 1.0)])
def test_cells_that_do_not_go_round_the_earth_are_refused(step):
    with pytest.raises(InvalidValueError, match="size of a cell"):
        grid_of(step)


def test_plain_functions_do_what_the_compiled_ones_do():
    x, y = np.array([[10.2, 10.8, 11.1, 10.5]]), np.array([[30.1, 30.0, 30.7, 30.9]])
    grid, steps = grid_of((0.25, 0.25)).numbers, np.array([0.25, 0.25])
    for ours, theirs in zip(
        plain(overlaps)(x, y, steps, grid, 100), overlaps(x, y, steps, grid, 100), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_triangle_is_cut_where_it_crosses_the_line():
    out = np.empty((2, 16))
    count = plain(cut)(np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.0, 2.0]), 3, 1.0, 1.0, out)
    assert sorted(zip(*out[:, :count].tolist(), strict=True)) == [(1, 0), (1, 1), (2, 0)]
    count = plain(cut)(np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.0, 2.0]), 3, 1.0, -1.0, out)
    assert plain(polygon_area)(out[0], out[1], count) == pytest.approx(1.5)


def test_corners_are_sorted_round_their_middle():
    x, y = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0, 1.0])
    plain(sort_corners)(x, y)
    assert shapely.Polygon(np.stack([x, y], axis=1)).area == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("longitude", "column"), [(180.0, 0), (-180.0, 0), (540.0, 0), (179.9, 359)]
)
def test_a_place_past_180_is_in_the_cell_from_minus_180_on(longitude, column):
    place = np.array([longitude]), np.array([0.5])
    assert cell_of(grid_of((1.0, 1.0)), *place).tolist() == [90 * 360 + column]
    crossing = grid_of((1.0, 1.0), Box(178, 0, -178, 1))
    assert cell_of(crossing, *place).tolist() == [2 if column == 0 else 1]
