"""Which cells a place means, case by case."""

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import (
    Area,
    Box,
    Disc,
    Everywhere,
    Points,
    Region,
    Request,
)
from tests.query.asking import WORLD, grid, grids, regional
from tests.synthetic import TIMES, World, encoded_dataset


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
    assert [one.axes["x"].values.item() for one in found] == [110, 100]
    assert [one.axes["y"].values.item() for one in found] == [0, 20]


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
    disc = grid(Request(region=Disc(150.0, 0.0, 3e6)), world)
    assert disc.axes["y"].values.tolist() == [-22.5, -7.5, 7.5, 22.5]
    point = grid(Request(region=Points((150.0,), (40.0,))), world)
    assert point.axes["y"].values.tolist() == [37.5]
