"""The renderer on archived cubes and soundings."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.projections import HALF_TURN, projection
from casa_ogc.encoders.render import MOST_WARPED, Subject, render, scale_of
from casa_ogc.encoders.spots import RADIUS, placed, spots
from casa_ogc.encoders.tile_matrices import TILE_MATRIX_SETS
from casa_ogc.encoders.window import Window
from casa_ogc.query.overview import depth, fitting
from casa_ogc.query.request import TimeSelection, VerticalSelection
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError
from tests.encoders.map_oracle import mercator_latitude, pixel_value, shows

SCALE = Scale("viridis", 380.0, 440.0)
ROWS, COLUMNS, STEPS = 180, 360, 3
LIMIT = 10**7


def field() -> np.ndarray:
    """Noise of 1 degree from south to north, from -180; shape (t, y, x)."""
    rng = np.random.default_rng(3)
    values = rng.uniform(380, 440, (STEPS, ROWS, COLUMNS)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    values[:, 100:140, 200:260] = np.nan
    return values


VALUES = field()
SMOOTH = (
    410
    + 25 * np.sin(np.radians(np.arange(ROWS)[:, None] * 2))
    + 4 * np.cos(np.radians(np.arange(COLUMNS)[None, :] * 2))
).astype(np.float32)
SOUTH_UP = [(-90.0 + i, -89.0 + i) for i in range(ROWS)]
FROM_WEST = [(-180.0 + j, -179.0 + j) for j in range(COLUMNS)]


@pytest.fixture(scope="module", params=["up-180", "down-180", "up-360", "down-360"])
def cube(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Cube:
    data = xr.Dataset(
        {
            "xco2": (("time", "latitude", "longitude"), VALUES),
            "xco2_uncertainty": (("latitude", "longitude"), SMOOTH),
        },
        coords={
            "time": np.datetime64("2022-01-01", "ns") + np.arange(STEPS) * np.timedelta64(1, "D"),
            "latitude": np.arange(ROWS) - 89.5,
            "longitude": np.arange(COLUMNS) - 179.5,
        },
        attrs={"title": "noise", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )
    if request.param.startswith("down"):
        data = data.isel(latitude=slice(None, None, -1))
    if request.param.endswith("360"):
        data = data.assign_coords(longitude=data.longitude % 360).sortby("longitude")
    root = tmp_path_factory.mktemp("render")
    head = write_cube(root, "noise", data, ())
    return open_cube(root, "noise", head.snapshot)


def shown(cube: Cube, window: Window, time: TimeSelection | None = None) -> np.ndarray:
    pixels = render(Subject(cube, "xco2", SCALE, time, None, LIMIT), window)
    assert pixels is not None
    return pixels


def latitude(window: Window, y: float) -> float:
    return mercator_latitude(y) if window.projection.family == "mercator" else y


def check(window: Window, pixels: np.ndarray, values: np.ndarray, stride: int, slack: int) -> None:
    unit = HALF_TURN / 180 if window.projection.family == "mercator" else 1.0
    across = (window.right - window.left) / window.width
    down = (window.top - window.bottom) / window.height
    for i in range(0, window.height, stride):
        for j in range(0, window.width, stride):
            top, left = window.top - i * down, window.left + j * across
            box = (
                left / unit,
                latitude(window, top - down),
                (left + across) / unit,
                latitude(window, top),
            )
            value = pixel_value(values, SOUTH_UP, FROM_WEST, box)
            assert shows(pixels[i, j], value, SCALE, slack), (i, j, box, value, pixels[i, j])


WINDOWS = {
    "enlarged": Window(projection(None), 70.123, 10.321, 90.456, 50.654, 61, 87),
    "antimeridian": Window(projection("EPSG:4326"), 150.1, -60.2, 240.3, 60.4, 120, 97),
    "two turns": Window(projection(None), -270.01, -90.0, 449.99, 90.0, 1440, 360),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_a_pixel_smaller_than_a_cell_shows_the_cell_at_its_place(cube: Cube, name: str) -> None:
    check(WINDOWS[name], shown(cube, WINDOWS[name]), VALUES[-1], 13, 1)


@pytest.mark.parametrize("place", [(2, 1, 3), (3, 5, 0), (5, 11, 25), (7, 50, 101)])
def test_a_mercator_tile_shows_each_cell_at_its_place(
    cube: Cube, place: tuple[int, int, int]
) -> None:
    window = TILE_MATRIX_SETS["WebMercatorQuad"].window(*place)
    if place[0] >= 3:
        check(window, shown(cube, window), VALUES[-1], 29, 1)
    assert (window.width, window.height) == (256, 256)


@pytest.mark.parametrize("size", [(360, 180), (180, 90), (90, 45)])
def test_a_reduced_map_shows_means_by_area_of_all_known_cells(
    cube: Cube, size: tuple[int, int]
) -> None:
    window = Window(projection(None), -180.0, -90.0, 180.0, 90.0, *size)
    check(window, shown(cube, window), VALUES[-1], 7, 1)


@pytest.mark.parametrize("size", [(36, 18), (24, 45), (7, 5), (90, 60)])
def test_pixels_between_two_overviews_blend_the_finer_one(
    cube: Cube, size: tuple[int, int]
) -> None:
    """Cells of an overview that a pixel holds in part count by that part; smooth fields stay."""
    window = Window(projection(None), -180.0, -90.0, 180.0, 90.0, *size)
    pixels = render(Subject(cube, "xco2_uncertainty", SCALE, None, None, LIMIT), window)
    assert pixels is not None
    check(window, pixels, SMOOTH, 3, 6)


def test_the_overview_is_the_coarsest_whose_cells_are_no_larger_than_pixels(cube: Cube) -> None:
    assert fitting(cube, 1.0, 1.0) == "map"
    assert fitting(cube, 1.99, 1.99) == "map"
    assert fitting(cube, 2.0, 2.0) == "overview/1"
    assert fitting(cube, 4.5, 4.5) == "overview/2"
    assert fitting(cube, 360.0, 2.0) == "overview/3"
    assert fitting(cube, 0.001, 0.001) == "map"


def test_time_is_the_last_step_that_is_meant(cube: Cube) -> None:
    first = np.datetime64("2022-01-01", "ns")
    window = WINDOWS["enlarged"]
    check(window, shown(cube, window, TimeSelection(((first, first),))), VALUES[0], 13, 1)
    second = first + np.timedelta64(1, "D")
    check(window, shown(cube, window, TimeSelection(((first, second),))), VALUES[1], 13, 1)
    early = TimeSelection(((None, first - np.timedelta64(1, "D")),))
    assert render(Subject(cube, "xco2", SCALE, early, None, LIMIT), window) is None
    assert depth(cube, early, None) is None


def test_another_projection_shows_the_cell_at_the_centre_of_each_pixel(cube: Cube) -> None:
    window = Window(projection("EPSG:3413"), -2e6, -2e6, 2e6, 2e6, 80, 80)
    pixels = shown(cube, window)
    longitudes, latitudes = window.places()
    level = fitting(cube, *window.resolution())
    assert level == "map"
    for i in range(0, 80, 7):
        for j in range(0, 80, 7):
            x, y = float(longitudes[i, j]), float(latitudes[i, j])
            value = VALUES[STEPS - 1][int(np.floor(y + 90)), int(np.floor(x + 180)) % 360]
            assert shows(pixels[i, j], float(value), SCALE)


def test_what_cannot_be_drawn_is_refused(cube: Cube) -> None:
    window = WINDOWS["enlarged"]
    with pytest.raises(UnknownNameError, match="xco2"):
        render(Subject(cube, "co2", SCALE, None, None, LIMIT), window)
    with pytest.raises(InvalidValueError, match="vertical"):
        level = VerticalSelection(levels=(1.0,))
        render(Subject(cube, "xco2", SCALE, None, level, LIMIT), window)
    with pytest.raises(TooLargeError, match="cells"):
        render(Subject(cube, "xco2", SCALE, None, None, 1000), window)
    side = int(MOST_WARPED**0.5) + 1
    large = Window(projection("EPSG:3413"), -2e6, -2e6, 2e6, 2e6, side, side)
    with pytest.raises(TooLargeError, match="pixels"):
        render(Subject(cube, "xco2", SCALE, None, None, LIMIT), large)


def test_colours_without_limits_come_from_all_times(cube: Cube) -> None:
    scale = scale_of(cube, "xco2", "magma")
    assert scale.colour_map == "magma"
    assert 400 < scale.low < 412 < scale.high < 425
    assert scale_of(cube, "xco2", "magma") is scale


def test_a_window_outside_of_the_data_is_clear(tmp_path: Path) -> None:
    data = xr.Dataset(
        {"xco2": (("latitude", "longitude"), np.full((2, 2), 400, np.float32))},
        coords={"latitude": [10.5, 11.5], "longitude": [20.5, 21.5]},
        attrs={"title": "part", "source": "synthetic", "licence": "CC0-1.0", "mission": "none"},
    )
    head = write_cube(tmp_path, "part", data, ())
    cube = open_cube(tmp_path, "part", head.snapshot)
    assert not shown(cube, Window(projection(None), 100, 0, 110, 10, 20, 20)).any()
    polar = Window(projection("EPSG:3413"), -2e6, -2e6, 2e6, 2e6, 20, 20)
    assert not shown(cube, polar).any()
    found = shown(cube, Window(projection(None), 19, 9, 23, 13, 4, 4))[:, :, 3] > 0
    assert np.argwhere(found).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]


def dots_by_loop(
    window: Window, longitudes: np.ndarray, latitudes: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return the mean of the soundings whose disc covers each pixel, one by one."""
    total = np.zeros((window.height, window.width))
    count = np.zeros_like(total)
    step = (window.right - window.left) / window.width
    for longitude, latitude, value in zip(longitudes, latitudes, values, strict=True):
        row = int(np.floor((window.top - latitude) / step))
        for turn in (-360, 0, 360):
            column = int(np.floor((longitude + turn - window.left) / step))
            for i in range(row - RADIUS, row + RADIUS + 1):
                for j in range(column - RADIUS, column + RADIUS + 1):
                    near = (i - row) ** 2 + (j - column) ** 2 <= RADIUS**2 + 1
                    if near and 0 <= i < window.height and 0 <= j < window.width:
                        total[i, j] += value
                        count[i, j] += 1
    return np.where(count > 0, total / np.where(count > 0, count, 1), np.nan)


@pytest.mark.parametrize("west", [-180.0, 0.0, 170.0])
def test_a_dot_is_the_mean_of_the_soundings_that_cover_it(west: float) -> None:
    rng = np.random.default_rng(int(west) + 400)
    window = Window(projection(None), west, -40, west + 90, 50, 90, 90)
    longitudes, latitudes = rng.uniform(-180, 180, 3000), rng.uniform(-60, 60, 3000)
    values = rng.uniform(380, 440, 3000).astype(np.float32)
    wanted = dots_by_loop(window, longitudes, latitudes, values)
    seen = placed(window, longitudes, latitudes, values)
    np.testing.assert_allclose(spots(window, seen), wanted, rtol=1e-5)
    order = rng.permutation(3000)
    again = spots(window, placed(window, longitudes[order], latitudes[order], values[order]))
    np.testing.assert_allclose(again, wanted, rtol=1e-5)
    parts = [spots(window, seen, first, min(7, 90 - first)) for first in range(0, 90, 7)]
    np.testing.assert_allclose(np.concatenate(parts), wanted, rtol=1e-5)


def test_missing_values_and_places_without_a_place_are_no_dots() -> None:
    window = Window(projection(None), 0, 0, 10, 10, 10, 10)
    values = np.array([np.nan, 1.0])
    none = placed(window, np.array([5.0, np.inf]), np.array([5.0, 5.0]), values)
    assert none.values.size == 0
    assert np.isnan(spots(window, none)).all()
    assert np.isnan(spots(window, placed(window, *[np.empty(0)] * 3))).all()
