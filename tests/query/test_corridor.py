"""Corridors of grids and soundings, against distances by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.answer import GridAnswer, SoundingsAnswer
from casa_ogc.query.parse import parse_datetime, parse_z
from casa_ogc.query.request import Corridor, Path, Request, Route
from casa_ogc.query.run import Options, estimate, run
from casa_ogc.query.tracks import nearest
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests.query.asking import OPTIONS, regional
from tests.query.lines import distance
from tests.query.oracle import column_of, row_of, told
from tests.query.test_trajectory_grids import cell_of, walked
from tests.synthetic import LEVELS, TIMES, World, encoded_dataset, memory_cube

UNSURE = 2000.0
places = st.tuples(
    st.floats(-179, 179).map(lambda x: round(x, 2) + 0.0037),
    st.floats(-88, 88).map(lambda y: round(y, 2) + 0.0037),
)
lines = st.lists(places, min_size=2, max_size=3)


def path(*vertices, heights=(), seconds=()):
    lon, lat = zip(*vertices, strict=True)
    return Path((Route(lon, lat, heights, seconds),))


def corridor(world, region, **more):
    answer = run(memory_cube(encoded_dataset(world)), Request(region, **more), OPTIONS)
    assert answer is None or isinstance(answer, GridAnswer)
    return answer


@settings(max_examples=25)
@given(lines, st.floats(-180, 180), st.floats(-90, 90))
def test_the_distance_of_a_place_from_a_path_is_the_geodesic_one(vertices, longitude, latitude):
    found = nearest(path(*vertices), np.array([longitude]), np.array([latitude]), np.inf)
    expected, _ = distance(vertices, longitude, latitude)
    assert found.distance[0] == pytest.approx(expected, rel=2e-3, abs=200)


@settings(max_examples=12)
@given(
    st.sampled_from([World("yx"), World("yx", ascending=False, east_only=True)]),
    lines,
    st.floats(1e5, 4e6),
)
def test_a_corridor_holds_the_cells_near_the_path_and_on_it(world, vertices, width):
    (found,) = told(world, corridor(world, Corridor(path(*vertices), width)))
    passed = set(walked(world, vertices))
    for row, latitude in enumerate(world.latitudes):
        for column, longitude in enumerate(world.longitudes):
            off, _ = distance(vertices, longitude, latitude)
            value = found.get((0, 0, row, column), float("nan"))
            if (row, column) in passed or off < width / 2 - UNSURE:
                assert value == world.value(0, 0, row, column)
            elif off > width / 2 + UNSURE and not np.isnan(value):
                assert _touched(world, vertices, row, column)


def _touched(world, vertices, row, column):
    """Whether a path only clips the corner of a cell, which small steps may miss."""
    half = 90 / world.rows * 1.01, 180 / world.columns * 1.01
    off, _ = distance(vertices, world.longitudes[column], world.latitudes[row])
    return off < 111_700 * np.hypot(*half)


def test_a_narrow_corridor_is_the_path_itself():
    world, vertices = World("yx"), [(-100.3, 12.1), (-40.2, 33.3)]
    (found,) = told(world, corridor(world, Corridor(path(*vertices), 0.0)))
    held = {key[2:] for key, value in found.items() if not np.isnan(value)}
    assert held == set(walked(world, vertices))


def test_a_corridor_with_times_holds_each_cell_when_the_path_passes_it():
    world = World("tyx")
    seconds = tuple(TIMES[[0, 4]].astype("datetime64[s]").astype(int).tolist())
    vertices = [(-100.0, 10.0), (40.0, 10.0)]
    (found,) = told(world, corridor(world, Corridor(path(*vertices, seconds=seconds), 500e3)))
    edges = _edges(TIMES.astype("datetime64[s]").astype(float))
    held = {key: value for key, value in found.items() if not np.isnan(value)}
    columns = {key[3] for key in held}
    assert len(held) == len({key[2:] for key in held})
    for t, _, _, column in held:
        part = np.clip((world.longitudes[column] + 100) / 140, 0, 1)
        passed = seconds[0] + part * (seconds[1] - seconds[0])
        assert edges[t] - 1e4 <= passed <= edges[t + 1] + 1e4
    assert len(columns) >= 9


def _edges(seconds):
    middle = (seconds[1:] + seconds[:-1]) / 2
    return np.concatenate([[-np.inf], middle, [np.inf]])


@pytest.mark.parametrize(
    ("height", "levels"), [(None, {1}), (0.0, {1}), (400.0, {0, 1}), (2000.0, {0, 1, 2})]
)
def test_a_corridor_with_a_height_holds_the_levels_within_half_of_it(height, levels):
    world = World("tzyx")
    region = Corridor(path((0.3, 0.4), (20.0, 5.0), heights=(850.0, 850.0)), 1e5, height)
    (found,) = told(world, corridor(world, region, time=parse_datetime("2022-01-01")))
    assert {key[1] for key, value in found.items() if not np.isnan(value)} == levels


def test_a_corridor_without_heights_holds_the_levels_that_are_asked_for():
    world = World("tzyx")
    region = Corridor(path((0.3, 0.4), (20.0, 5.0)), 1e5, 100.0)
    (whole,) = told(world, corridor(world, region))
    (two,) = told(world, corridor(world, region, vertical=parse_z("850,500")))
    assert {key[1] for key in whole} == {0, 1, 2}
    assert {key[1] for key in two} == {1, 2}
    assert LEVELS[1] == 850


def test_a_corridor_across_the_antimeridian_is_one_window():
    world = World("yx")
    (grid,) = corridor(world, Corridor(path((170.0, 1.0), (-170.0, 1.0)), 1e5)).grids
    longitudes = grid.axes["x"].values
    assert np.all(np.diff(longitudes) == 15)
    assert longitudes[-1] > 180


def test_a_corridor_of_a_zonal_product_holds_the_rows_of_its_latitudes():
    world = World("ty")
    (found,) = told(world, corridor(world, Corridor(path((0.0, -20.0), (50.0, 20.0)), 10.0)))
    rows = {world.latitudes[key[2]] for key in found}
    assert rows == {y for y in world.latitudes if abs(y) <= 22.5}


def test_a_corridor_outside_the_grid_is_nothing():
    cube = memory_cube(regional(100, 140))
    assert run(cube, Request(Corridor(path((0.0, 0.0), (10.0, 0.0)), 1000.0)), OPTIONS) is None


def test_a_time_outside_all_steps_is_nothing():
    region = Corridor(path((0.0, 0.0), (10.0, 0.0), seconds=(9e9, 9e9)), 1000.0)
    assert corridor(World("tyx"), region) is None


@pytest.mark.parametrize(
    ("dims", "more", "asked"),
    [
        ("yx", {"seconds": (1.0, 2.0)}, {}),
        ("tyx", {"heights": (1.0, 2.0)}, {}),
        ("tyx", {"seconds": (1.0, 2.0)}, {"time": parse_datetime("2022")}),
        ("tzyx", {"heights": (850.0, 850.0)}, {"vertical": parse_z("850")}),
    ],
)
def test_times_and_levels_that_no_axis_has_or_that_are_said_twice_are_refused(dims, more, asked):
    with pytest.raises(InvalidValueError):
        corridor(World(dims), Corridor(path((0.0, 0.0), (1.0, 1.0), **more), 1000.0), **asked)


@pytest.mark.parametrize("width", [-1.0, float("nan"), float("inf")])
def test_a_width_that_is_no_length_is_refused(width):
    with pytest.raises(InvalidValueError):
        corridor(World("yx"), Corridor(path((0.0, 0.0), (1.0, 1.0)), width))


def test_a_corridor_above_the_limit_is_refused_before_it_is_read():
    cube = memory_cube(encoded_dataset(World("tzyx")))
    region = Corridor(path((-170.0, 0.0), (0.0, 0.0), (170.0, 0.0)), 1e6)
    small = Options(OPTIONS.origin, (), 5000.0, 100)
    assert estimate(cube, Request(region), small).cells > 100
    with pytest.raises(TooLargeError):
        run(cube, Request(region), small)
    assert not any(array.reads for array in cube.layouts["map"].arrays.values())


def test_the_cell_of_a_vertex_is_the_one_that_a_position_has():
    world = World("yx")
    (found,) = told(world, corridor(world, Corridor(path((10.2, 20.3), (10.3, 20.4)), 1.0)))
    assert list(found) == [(0, 0, *cell_of(world, 10.2, 20.3))]
    assert row_of(world, 22.5) == 7
    assert column_of(world, 7.5) == 12


# Soundings.


@settings(max_examples=8)
@given(lines, st.floats(1e5, 3e6))
def test_a_corridor_holds_the_soundings_near_the_path(kept, vertices, width):
    store, dataset = kept()
    answer = run(store, Request(Corridor(path(*vertices), width)), OPTIONS)
    found = set() if answer is None else set(answer.columns["sounding_id"].tolist())
    for number in range(dataset.sizes["sounding"]):
        off, _ = distance(
            vertices, float(dataset.longitude[number]), float(dataset.latitude[number])
        )
        if abs(off - width / 2) > UNSURE:
            assert (f"s{number:05d}" in found) == (off < width / 2)


def test_a_path_meets_the_footprints_that_it_crosses(kept):
    import shapely

    store, dataset = kept()
    vertices = [(-170.0 + 34 * n, 60.0 * (-1) ** n) for n in range(11)]
    answer = run(store, Request(path(*vertices)), OPTIONS)
    assert isinstance(answer, SoundingsAnswer)
    found = set(answer.columns["sounding_id"].tolist())
    line = shapely.LineString(vertices)  # no leg crosses the antimeridian
    expected = set()
    for number in range(dataset.sizes["sounding"]):
        x = dataset.longitude_vertices[number].values
        y = dataset.latitude_vertices[number].values
        centre = float(dataset.longitude[number])
        if np.isnan(x).any():
            off, _ = distance(vertices, centre, float(dataset.latitude[number]))
            met = off <= OPTIONS.footprint_radius
        else:
            x = centre + (x - centre + 180) % 360 - 180
            met = line.intersects(shapely.Polygon(list(zip(x, y, strict=True))))
        if met:
            expected.add(f"s{number:05d}")
    assert found == expected
    assert len(found) > 3


@pytest.mark.parametrize("hours", [1, 24, 24 * 20])
def test_a_path_with_times_meets_what_was_taken_around_its_passing(kept, hours):
    store, _ = kept()
    vertices = [(-170.0, 0.0), (0.0, 10.0), (150.0, 0.0)]
    start, stop = (float(np.datetime64(t, "s").astype(int)) for t in ("2022-01-01", "2022-03-01"))
    seconds = (start, (start + stop) / 2, stop)
    timed = Path(path(*vertices, seconds=seconds).routes, tolerance=hours * 3600.0)
    answer = run(store, Request(Corridor(timed, 6e6)), OPTIONS)
    found = set() if answer is None else set(answer.columns["sounding_id"].tolist())
    whole = run(store, Request(Corridor(path(*vertices), 6e6)), OPTIONS)
    for row, name in enumerate(whole.columns["sounding_id"].tolist()):
        place = (float(whole.columns[n][row]) for n in ("longitude", "latitude"))
        _, part = distance(vertices, *place)
        passed = start + part / 2 * (stop - start)
        off = abs(whole.columns["time"][row].astype("datetime64[s]").astype(float) - passed)
        if abs(off - hours * 3600) > 4 * 3600:
            assert (name in found) == (off <= hours * 3600)
    assert len(found) < whole.matched
