"""Grids along paths, against cells found by walking the path in small steps."""

from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.answer import PathAnswer
from casa_ogc.query.parse import parse_datetime, parse_z
from casa_ogc.query.request import Path, Request, Route, TimeSelection
from casa_ogc.query.run import Options, estimate, run
from casa_processes.common.errors import InvalidValueError, TooLargeError
from tests.query.asking import OPTIONS, regional
from tests.query.oracle import column_holding, row_holding
from tests.synthetic import LEVELS, TIMES, World, encoded_dataset, memory_cube

STEPS = 4000
worlds = st.sampled_from(
    [
        World(),
        World("yxt", ascending=False),
        World("tzyx", east_only=True, packed=True),
        World("tyx", centred=True),
        World("tzyx", ascending=False, east_only=True, repeated=True),
        World("ty"),
        World("yx", packed=True),
    ]
)
places = st.tuples(
    st.floats(-179, 179).map(lambda x: round(x, 3) + 0.0007),
    st.floats(-89, 89).map(lambda y: round(y, 3) + 0.0007),
)


def along(world, request, options=OPTIONS):
    answer = run(memory_cube(encoded_dataset(world)), request, options)
    assert answer is None or isinstance(answer, PathAnswer)
    return answer


def line(*vertices, heights=(), seconds=()):
    lon, lat = zip(*vertices, strict=True)
    return Path((Route(lon, lat, heights, seconds),))


def walked(world, vertices):
    """Return the cells of a path: of each vertex, and of each longer run of steps between."""
    cells = [cell_of(world, *vertices[0])]
    for (x0, y0), (x1, y1) in pairwise(vertices):
        aside = (x1 - x0 + 180) % 360 - 180
        part = (np.arange(STEPS) + 0.5) / STEPS
        steps = [cell_of(world, x0 + s * aside, y0 + s * (y1 - y0)) for s in part.tolist()]
        ends = {cells[-1], cell_of(world, x1, y1)}
        runs = [(cell, len(list(same))) for cell, same in groupby(steps)]
        cells += [cell for cell, count in runs if cell not in ends and count > 3]
        cells.append(cell_of(world, x1, y1))
    return cells


def cell_of(world, longitude, latitude):
    longitude = (longitude + 180) % 360 - 180
    return row_holding(world, latitude)[-1], column_holding(world, longitude)[-1]


@settings(max_examples=60)
@given(worlds, st.lists(places, min_size=2, max_size=4))
def test_a_path_passes_the_cells_that_small_steps_pass(world, vertices):
    answer = along(world, Request(line(*vertices)))
    first = answer.columns["track"] == 1
    found = list(
        zip(answer.columns["longitude"][first], answer.columns["latitude"][first], strict=True)
    )
    cells = [cell_of(world, float(x), float(y)) for x, y in found]
    expected = walked(world, vertices)
    remaining = iter(cells)
    assert all(cell in remaining for cell in expected), (cells, expected)
    assert len(cells) - len(expected) <= 2 * len(vertices)


@settings(max_examples=60)
@given(worlds, st.lists(places, min_size=2, max_size=4))
def test_every_sample_has_the_value_of_its_cell_step_and_level(world, vertices):
    answer = along(world, Request(line(*vertices)))
    columns = answer.columns
    for row in range(columns["time"].size):
        cell = cell_of(world, float(columns["longitude"][row]), float(columns["latitude"][row]))
        t = int(np.flatnonzero(columns["time"][row] == TIMES)[0]) if "t" in world.dims else 0
        z = int(np.flatnonzero(columns["pressure"][row] == LEVELS)[0]) if "z" in world.dims else 0
        np.testing.assert_equal(float(columns["xco2"][row]), world.value(t, z, *cell))


@settings(max_examples=30)
@given(
    st.lists(places, min_size=2, max_size=3), st.lists(st.integers(0, 5), min_size=3, max_size=3)
)
def test_times_and_levels_of_vertices_choose_the_steps_that_hold_them(vertices, chosen):
    world = World("tzyx")
    seconds = TIMES.astype("datetime64[s]").astype(np.int64)[chosen[: len(vertices)]]
    heights = LEVELS[[number % 3 for number in chosen[: len(vertices)]]]
    path = line(*vertices, heights=tuple(heights.tolist()), seconds=tuple(seconds.tolist()))
    columns = along(world, Request(path)).columns
    for number, (x, y) in enumerate(vertices):
        place = np.flatnonzero((columns["longitude"] == x) & (columns["latitude"] == y))
        values = {float(columns["xco2"][row]) for row in place}
        expected = world.value(chosen[number], chosen[number] % 3, *cell_of(world, x, y))
        assert expected in values
        assert heights[number] in columns["pressure"][place]


def test_heights_and_times_between_vertices_are_linear():
    world = World("tzyx")
    seconds = (1_641_000_000.0, 1_641_200_000.0)
    path = line((-100.0, 10.0), (100.0, 10.0), heights=(1000.0, 500.0), seconds=seconds)
    columns = along(world, Request(path)).columns
    part = ((columns["longitude"] + 100) % 360) / -160 % 1
    aside = (columns["longitude"] + 100 + 180) % 360 - 180
    part = aside / -160
    np.testing.assert_allclose(columns["pressure"], 1000 - 500 * part, atol=1e-6)
    instants = columns["time"].astype("datetime64[ms]").astype(np.int64) / 1e3
    np.testing.assert_allclose(instants, seconds[0] + 200_000 * part, atol=1e-2)


def test_a_step_holds_what_is_closer_to_it_than_to_its_neighbours():
    world = World("tyx")
    between = (TIMES[0] + (TIMES[1] - TIMES[0]) // 2).astype("datetime64[s]").astype(int)
    for offset, step in ((-60, 0), (60, 1)):
        path = line((0.5, 0.5), (0.6, 0.6), seconds=(between + offset,) * 2)
        columns = along(world, Request(path)).columns
        assert float(columns["xco2"][0]) == world.value(step, 0, *cell_of(world, 0.5, 0.5))


def test_times_outside_all_steps_are_left_out_unless_the_nearest_is_asked_for():
    world = World("tyx")
    late = float(np.datetime64("2030-01-01", "s").astype(int))
    path = line((0.5, 0.5), (0.6, 0.6), seconds=(late, late))
    assert along(world, Request(path)) is None
    nearest = along(world, Request(path, time=TimeSelection((), nearest=True)))
    assert float(nearest.columns["xco2"][0]) == world.value(5, 0, *cell_of(world, 0.5, 0.5))


def test_each_step_and_level_is_a_track_of_its_own():
    world = World("tzyx")
    request = Request(
        line((0.5, 0.5), (0.6, 0.6)), time=parse_datetime("2022-01"), vertical=parse_z("1000,500")
    )
    columns = along(world, request).columns
    assert columns["track"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert columns["pressure"].tolist() == [1000.0, 1000.0, 500.0, 500.0] * 3


def test_every_line_is_a_track_of_its_own():
    routes = (Route((0.5, 0.6), (0.5, 0.6)), Route((10.5, 10.6), (0.5, 0.6)))
    columns = along(World("yx"), Request(Path(routes))).columns
    assert columns["track"].tolist() == [1, 1, 2, 2]
    assert np.isnat(columns["time"]).all()


def test_a_path_across_the_antimeridian_takes_the_short_way():
    columns = along(World("yx"), Request(line((175.0, 1.0), (-175.0, 1.0)))).columns
    assert np.abs(columns["longitude"]).min() >= 175


def test_samples_outside_a_regional_grid_are_left_out():
    cube = memory_cube(regional(100, 140))
    answer = run(cube, Request(line((60.0, 0.0), (180.0, 0.0))), OPTIONS)
    assert answer.columns["longitude"].min() >= 97.5
    assert answer.columns["longitude"].max() <= 142.5
    assert run(cube, Request(line((0.0, 0.0), (50.0, 0.0))), OPTIONS) is None


@pytest.mark.parametrize(
    ("dims", "path", "more"),
    [
        ("tyx", {"heights": (1.0, 2.0)}, {}),
        ("zyx", {"seconds": (1.0, 2.0)}, {}),
        ("tyx", {"seconds": (1.0, 2.0)}, {"time": parse_datetime("2022")}),
        ("tzyx", {"heights": (1.0, 2.0)}, {"vertical": parse_z("850")}),
        ("yx", {}, {"time": parse_datetime("2022")}),
        ("tyx", {}, {"vertical": parse_z("850")}),
    ],
)
def test_times_and_levels_that_no_axis_has_or_that_are_said_twice_are_refused(dims, path, more):
    with pytest.raises(InvalidValueError):
        along(World(dims), Request(line((0.0, 0.0), (1.0, 1.0), **path), **more))


def test_a_path_above_the_limit_is_refused_before_it_is_read():
    cube = memory_cube(encoded_dataset(World("tzyx")))
    small = Options(OPTIONS.origin, (), 5000.0, 100)
    with pytest.raises(TooLargeError):
        run(cube, Request(line((-170.0, 0.0), (0.0, 0.0), (170.0, 0.0))), small)
    assert not any(array.reads for array in cube.layouts["map"].arrays.values())


def test_an_estimate_counts_the_values_of_the_answer():
    cube = memory_cube(encoded_dataset(World("tzyx")))
    request = Request(line((-100.0, 0.5), (-40.0, 30.5)))
    cost, answer = estimate(cube, request, OPTIONS), run(cube, request, OPTIONS)
    assert cost.cells == answer.matched * 6
    assert cost.chunks > 0
    reads = sum(len(a.reads) for layout in cube.layouts.values() for a in layout.arrays.values())
    assert reads == cost.chunks
