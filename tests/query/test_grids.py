"""What a question to a cube means, case by case."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import Grid, GridAnswer, Origin
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import (
    Area,
    Box,
    Disc,
    Everywhere,
    Points,
    Region,
    Request,
    TimeSelection,
    VerticalSelection,
)
from casa_ogc.query.run import Options, estimate, run
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError
from tests.query.oracle import same, told
from tests.synthetic import LEVELS, TIMES, World, encoded_dataset, memory_cube

OPTIONS = Options(Origin("encoded", "s1"), (), 5000.0, 10**9)
WORLD = World()


def grids(dataset: xr.Dataset, request: Request) -> tuple[Grid, ...]:
    answer = run(memory_cube(dataset), request, OPTIONS)
    if answer is None:
        return ()
    assert isinstance(answer, GridAnswer)
    return answer.grids


def grid(request: Request, world: World = WORLD) -> Grid:
    (one,) = grids(encoded_dataset(world), request)
    return one


def regional(west: float, east: float, **coords: Any) -> xr.Dataset:
    """Return a grid of 5 degrees over part of the globe; a value tells row and column."""
    lon, lat = np.arange(west, east + 1, 5.0), np.arange(-20.0, 21, 5)
    values = (np.arange(lat.size)[:, None] * 1000 + np.arange(lon.size)).astype(np.float32)
    return xr.Dataset(
        {"xco2": (("latitude", "longitude"), values)},
        coords={"latitude": lat, "longitude": lon, **coords},
    )


@settings(max_examples=60)
@given(
    edges=st.tuples(*[st.integers(-180, 180)] * 2, *[st.integers(-90, 90)] * 2),
    text=st.sampled_from(["2022-01-02", "2022-01-02T18:00:00", "2022-01", "2022"]),
)
def test_a_box_of_some_days_is_what_xarray_selects(edges: tuple[int, ...], text: str) -> None:
    west, east = sorted(edges[:2])
    south, north = sorted(edges[2:])
    data = encoded_dataset(WORLD)
    wanted = data.xco2.sel(latitude=slice(south, north), longitude=slice(west, east))
    times = wanted.sel(time=slice(text, text)) if len(text) < 19 else wanted.sel(time=[text])
    if 0 in times.shape:
        return
    box = Box(Bounds(west, south, east, north))
    found = grid(Request(region=box, time=parse_datetime(text)))
    assert np.array_equal(found.fields["xco2"].values, times.values)
    assert np.array_equal(found.axes["y"].values, times.latitude.values)
    assert np.array_equal(found.axes["x"].values, times.longitude.values)
    assert np.array_equal(found.axes["t"].values, times.time.values)


@settings(max_examples=60)
@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-89.9, 89.9))
def test_a_point_is_what_xarray_selects_as_nearest(lon: float, lat: float) -> None:
    wanted = encoded_dataset(WORLD).xco2.sel(latitude=lat, longitude=lon, method="nearest")
    near = abs(wanted.longitude - lon) < 7.4 and abs(wanted.latitude - lat) < 7.4
    found = grid(Request(region=Points((lon,), (lat,))))
    if near:
        assert np.array_equal(found.fields["xco2"].values.ravel(), wanted.values)


@pytest.mark.parametrize("east_only", [True, False])
def test_a_box_across_the_antimeridian_is_one_window_that_continues_past_180(
    east_only: bool,
) -> None:
    asked = (
        Box(Bounds(150, 0, -150, 20)),
        Box(Bounds(150, 0, 210, 20)),
        Box(Bounds(-210, 0, -150, 20)),
    )
    for box in asked:
        found = grid(Request(region=box), World(east_only=east_only))
        assert found.axes["x"].values.tolist() == [157.5, 172.5, 187.5, 202.5]
        assert found.axes["x"].bounds is not None
        assert found.axes["x"].bounds[[0, -1]].tolist() == [[150, 165], [195, 210]]


@pytest.mark.parametrize(
    "region", [Everywhere(), Box(Bounds(-180, -90, 180, 90)), Box(Bounds(0, -90, 360, 90))]
)
def test_the_full_globe_runs_from_minus_180_whatever_is_stored(region: Region) -> None:
    for world in (World(), World(east_only=True), World(east_only=True, repeated=True)):
        found = grid(Request(region=region), world)
        assert found.axes["x"].values.tolist() == world.longitudes


def test_a_stored_0_to_360_grid_answers_with_the_same_bits_as_a_stored_180_one() -> None:
    width = 0.1
    lon = np.round(np.arange(3600) * width + 0.05, 10)
    values = np.arange(3600, dtype=np.float32)[None, :]
    east = xr.Dataset(
        {"xco2": (("latitude", "longitude"), np.repeat(values, 2, axis=0))},
        coords={"latitude": [-1.0, 1.0], "longitude": lon},
    )
    both = np.round(np.concatenate([lon[1800:] - 360, lon[:1800]]), 10)
    west = east.roll(longitude=1800).assign_coords(longitude=both)
    for box in (Bounds(-20, -5, 20, 5), Bounds(179, -5, -179, 5), Bounds(-180, -5, 180, 5)):
        (a,), (b,) = (grids(data, Request(region=Box(box))) for data in (east, west))
        assert np.array_equal(a.axes["x"].values, b.axes["x"].values)
        assert np.array_equal(a.fields["xco2"].values, b.fields["xco2"].values)


def test_a_repeated_column_is_answered_once() -> None:
    world = World(centred=True, repeated=True, rows=13)
    whole = grid(Request(), world)
    assert whole.axes["x"].size == 24
    meridian = grid(Request(region=Box(Bounds(180, -90, 180, 90))), world)
    assert meridian.axes["x"].values.tolist() == [-180]
    ends = grid(Request(region=Box(Bounds(165, -90, 180, 90))), world)
    assert ends.axes["x"].values.tolist() == [165, 180]


def test_rows_on_the_poles_end_at_the_poles() -> None:
    world = World(centred=True, rows=13)
    y = grid(Request(), world).axes["y"]
    assert y.bounds is not None
    assert (y.bounds.min(), y.bounds.max()) == (-90, 90)
    for latitude in (90.0, -90.0):
        at = grid(Request(region=Points((0.0,), (latitude,))), world)
        assert at.axes["y"].values.tolist() == [latitude]


def test_latitudes_stay_in_stored_order() -> None:
    for ascending in (True, False):
        y = grid(Request(), World(ascending=ascending)).axes["y"].values
        assert bool(y[0] < y[-1]) is ascending


@pytest.mark.parametrize(
    ("west", "east", "values"),
    [
        (100, 120, [100, 105, 110, 115, 120]),
        (200, 220, [-160, -155, -150, -145, -140]),
        (170, 190, [170, 175, 180, 185, 190]),
        (-190, -170, [170, 175, 180, 185, 190]),
        (350, 360, [-10, -5, 0]),
    ],
)
def test_a_regional_grid_is_answered_in_one_piece(
    west: float, east: float, values: list[float]
) -> None:
    (found,) = grids(regional(west, east), Request())
    assert found.axes["x"].values.tolist() == values
    assert found.fields["xco2"].values[0].tolist() == list(range(len(values)))


@pytest.mark.parametrize("shift", [0, 360])
def test_a_regional_grid_ends_at_its_outer_edges(shift: float) -> None:
    data = regional(100 + shift / 2, 120 + shift / 2)
    low, high = 97.5 + shift / 2, 122.5 + shift / 2
    for lon, lat in [(low, 0.0), (high, 0.0), (high, 22.5), (low, -22.5)]:
        assert len(grids(data, Request(region=Points((lon,), (lat,))))) == 1
    for lon, lat in [(low - 0.01, 0.0), (high + 0.01, 0.0), (low + 180, 0.0), (high, 22.51)]:
        assert grids(data, Request(region=Points((lon,), (lat,)))) == ()
        assert grids(data, Request(region=Disc(lon, lat, 10.0))) == ()
        assert grids(data, Request(region=Box(Bounds(lon, lat, lon, lat)))) == ()
        assert grids(data, Request(region=Area(shapely.Point(lon, lat).buffer(1e-3)))) == ()


def test_points_outside_are_left_out_and_the_others_answered_in_order() -> None:
    data = regional(100, 120)
    found = grids(data, Request(region=Points((110.0, 0.0, 100.0), (0.0, 0.0, 20.0))))
    assert [one.fields["xco2"].values.item() for one in found] == [4002, 8000]


def test_a_gap_between_cells_holds_no_point() -> None:
    lon = np.array([100.0, 110.0])
    data = xr.Dataset(
        {"xco2": (("latitude", "longitude"), np.zeros((1, 2), dtype=np.float32))},
        coords={
            "latitude": [0.0],
            "longitude": lon,
            "longitude_bounds": (("longitude", "bound"), np.stack([lon - 1, lon + 1], axis=1)),
        },
    )
    assert grids(data, Request(region=Points((105.0,), (0.0,)))) == ()
    assert len(grids(data, Request(region=Points((109.5,), (0.0,))))) == 1


def test_longitudes_stored_from_east_to_west_are_answered_from_west_to_east() -> None:
    data = regional(100, 120).isel(longitude=slice(None, None, -1))
    (found,) = grids(data, Request(region=Box(Bounds(104, 0, 116, 6))))
    assert found.axes["x"].values.tolist() == [105, 110, 115]
    assert found.fields["xco2"].values.tolist() == [[4001, 4002, 4003], [5001, 5002, 5003]]


def test_cells_outside_a_disc_or_an_area_are_missing_and_whole_numbers_become_floats() -> None:
    data = regional(100, 120)
    data = data.assign(quality_flag=data.xco2.astype(np.int8)).rename(quality_flag="co2")
    triangle = Area(shapely.Polygon([(99, -6), (111, -6), (99, 6)]))
    for region in (Disc(105.0, 0.0, 600_000.0), triangle):
        (found,) = grids(data, Request(region=region))
        values = found.fields["xco2"].values
        assert np.isnan(values).any()
        assert np.isfinite(values).any(axis=0).all()
        assert np.isfinite(values).any(axis=1).all()
        assert np.array_equal(np.isnan(found.fields["co2"].values), np.isnan(values))


def test_a_zonal_grid_has_one_cell_round_the_globe_and_minds_latitudes_only() -> None:
    world = World("ty")
    for region in (
        Everywhere(),
        Box(Bounds(100, -90, 110, 90)),
        Disc(100.0, 0.0, 2.1e7),
        Area(shapely.box(100, -90, 110, 90)),
    ):
        found = grid(Request(region=region), world)
        assert found.axes["x"].values.tolist() == [0]
        assert found.axes["x"].bounds is not None
        assert found.axes["x"].bounds.tolist() == [[-180, 180]]
        assert found.fields["xco2"].values.shape == (len(TIMES), 12, 1)
    point = grid(Request(region=Points((150.0,), (40.0,))), world)
    assert point.axes["y"].values.tolist() == [37.5]


def test_nearest_replaces_an_instant_without_an_equal_step_and_nothing_else() -> None:
    def asked(text: str) -> list[int]:
        request = Request(time=parse_datetime(text, nearest=True))
        found = grids(encoded_dataset(WORLD), request)
        return [] if not found else np.searchsorted(TIMES, found[0].axes["t"].values).tolist()

    assert asked("2022-01-02T10:00:00Z") == [1]
    assert asked("2022-01-02T12:15:00Z") == [1]
    assert asked("2022-01-02T12:15:01Z") == [2]
    assert asked("1990-01-01T00:00:00Z") == [0]
    assert asked("2090-01-01T00:00:00Z") == [5]
    assert asked("2022-01-02T06:30:00Z") == [1]
    assert asked("2022-01-02T10:00:00Z,2022-02-01T00:00:00Z") == [1, 3]
    assert asked("2022-01-20") == []
    assert asked("2022-01-20T00:00:00Z/2022-01-21T00:00:00Z") == []


@pytest.mark.parametrize("year", [1, 1900, 3000])
def test_instants_that_nanoseconds_cannot_hold_are_before_or_after_all(year: int) -> None:
    instant = np.datetime64(f"{year:04d}-01-01", "s")
    after = Request(time=TimeSelection(((instant, None),)))
    before = Request(time=TimeSelection(((None, instant),)))
    assert bool(grids(encoded_dataset(WORLD), after)) is (year < 2000)
    assert bool(grids(encoded_dataset(WORLD), before)) is (year > 2000)


@pytest.mark.parametrize(
    ("asked", "levels"),
    [
        (VerticalSelection((850.0,)), [850]),
        (VerticalSelection((850.0005,)), [850]),
        (VerticalSelection((500.0, 1000.0, 500.0)), [1000, 500]),
        (VerticalSelection(interval=(500.0, 850.0)), [850, 500]),
        (VerticalSelection(interval=(None, 900.0)), [850, 500]),
        (VerticalSelection((1000.0,), (400.0, 600.0)), [1000, 500]),
        (VerticalSelection(interval=(600.0, 700.0)), []),
        (None, LEVELS.tolist()),
    ],
)
def test_levels_are_answered_in_stored_order(
    asked: VerticalSelection | None, levels: list[float]
) -> None:
    found = grids(encoded_dataset(World("tzyx")), Request(vertical=asked))
    assert (found[0].axes["z"].values.tolist() if found else []) == levels


def test_the_level_of_a_point_stands_for_the_vertical_selection() -> None:
    world = World("tzyx")
    found = grid(Request(region=Points((7.5,), (7.5,), (850.0,))), world)
    assert found.axes["z"].values.tolist() == [850]


def test_variables_bring_their_uncertainty_and_defaults_answer_an_open_question() -> None:
    cube = memory_cube(encoded_dataset(WORLD))

    def fields(names: tuple[str, ...], defaults: tuple[str, ...]) -> list[str]:
        answer = run(cube, Request(variables=names), replace(OPTIONS, defaults=defaults))
        assert isinstance(answer, GridAnswer)
        return list(answer.grids[0].fields)

    both, one = ["xco2", "xco2_uncertainty"], ["xco2_uncertainty"]
    assert fields(("xco2",), ()) == both
    assert fields(("xco2", "xco2_uncertainty", "xco2"), ()) == both
    assert fields(("xco2_uncertainty",), ()) == one
    assert fields((), ()) == both
    assert fields((), ("xco2_uncertainty", "co2")) == one
    assert fields((), ("co2",)) == both


def test_variables_of_one_cube_may_have_different_axes() -> None:
    data = encoded_dataset(World("tzyx"))
    data["xco2_uncertainty"] = data.xco2_uncertainty.isel(time=0, pressure=0, drop=True)
    (found,) = grids(data, Request(region=Disc(0.0, 0.0, 3e6)))
    assert found.fields["xco2"].roles == ("t", "z", "y", "x")
    assert found.fields["xco2_uncertainty"].roles == ("y", "x")
    missing = np.isnan(found.fields["xco2"].values[0, 0])
    assert np.array_equal(np.isnan(found.fields["xco2_uncertainty"].values), missing)
    (flat,) = grids(data, Request(variables=("xco2_uncertainty",)))
    assert tuple(flat.axes) == ("y", "x")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(region=Points((0.0,), (95.0,))), "latitude from -90 to 90"),
        (Request(region=Points((0.0,), (float("nan"),))), "latitude from -90 to 90"),
        (Request(region=Points((float("inf"),), (0.0,))), "longitude from"),
        (Request(region=Points((1000.0,), (0.0,))), "longitude from"),
        (Request(region=Points((), ())), "one point or more"),
        (Request(region=Points((0.0, 1.0), (0.0, 1.0), (1.0, 2.0))), "one common level"),
        (Request(region=Box(Bounds(0, 10, 1, 0))), "south not above north"),
        (Request(region=Disc(0.0, 0.0, float("nan"))), "0 m or more"),
        (Request(region=Area(shapely.box(0, 0, 400, 1))), "at most 360"),
        (Request(time=TimeSelection(())), "one interval"),
        (Request(time=TimeSelection(((np.datetime64("NaT", "ns"), None),))), "an instant"),
        (Request(vertical=VerticalSelection((850.0,))), "no vertical axis"),
        (Request(region=Points((0.0,), (0.0,), (850.0,))), "no vertical axis"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(request_: Request, message: str) -> None:
    for ask in (run, estimate):
        with pytest.raises(InvalidValueError, match=message):
            ask(memory_cube(encoded_dataset(WORLD)), request_, OPTIONS)


def test_an_unknown_level_is_refused_with_the_stored_ones() -> None:
    cube = memory_cube(encoded_dataset(World("tzyx")))
    for level in (851.0, float("nan")):
        with pytest.raises(InvalidValueError, match=r"levels 1000, 850, 500 \(hPa\)"):
            run(cube, Request(vertical=VerticalSelection((850.0, level))), OPTIONS)


def test_a_time_asked_of_a_grid_without_time_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="no time axis"):
        run(memory_cube(regional(0, 20)), Request(time=parse_datetime("2022")), OPTIONS)


def test_an_unknown_variable_is_refused_with_the_known_ones() -> None:
    cube = memory_cube(encoded_dataset(WORLD))
    with pytest.raises(UnknownNameError, match="'co2'; there are: xco2, xco2_uncertainty"):
        run(cube, Request(variables=("xco2", "co2")), OPTIONS)


def test_an_answer_above_the_limit_is_refused_before_anything_is_read() -> None:
    cube = memory_cube(encoded_dataset(WORLD))
    cells = 2 * len(TIMES) * 12 * 24
    with pytest.raises(TooLargeError, match="3,456 cells; the limit is 3,455"):
        run(cube, Request(), replace(OPTIONS, max_cells=cells - 1))
    reads: Any = [a for layout in cube.layouts.values() for a in layout.arrays.values()]
    assert all(not array.reads for array in reads)
    answer = run(cube, Request(), replace(OPTIONS, max_cells=cells))
    assert isinstance(answer, GridAnswer)
    assert same(told(WORLD, answer), told(WORLD, answer, "xco2"))
