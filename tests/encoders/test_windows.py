"""Projections and windows beside PROJ; pictures beside an independent reader."""

import weakref
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from casa_ogc.archive.axes import Bounds
from casa_ogc.encoders.images import colour_named, image_bytes, on_ground, overlaid, png_bytes
from casa_ogc.encoders.projections import projection
from casa_ogc.encoders.tile_matrices import TILE_MATRIX_SETS, definition, place_of_tile
from casa_ogc.encoders.window import Window, extent
from casa_processes.common.errors import InvalidValueError, UnknownNameError

pixels = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4)))


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_mercator_is_that_of_proj(longitude: float, latitude: float) -> None:
    system = projection("EPSG:3857")
    x, y = system.forward(np.array([longitude]), np.array([latitude]))
    proj = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
    assert (x[0], y[0]) == pytest.approx(proj.transform(longitude, latitude), abs=1e-6)
    back = system.backward(x, y)
    assert (back[0][0], back[1][0]) == pytest.approx((longitude, latitude), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "system", "northing_first"),
    [
        (None, "CRS84", False),
        ("CRS:84", "CRS84", False),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84", False),
        ("epsg:4326", "EPSG:4326", True),
        ("urn:ogc:def:crs:EPSG::3857", "EPSG:3857", False),
        ("EPSG:900913", "EPSG:3857", False),
        ("[EPSG:3035]", "EPSG:3035", True),
        ("EPSG:3413", "EPSG:3413", False),
        ("http://www.opengis.net/def/crs/EPSG/0/32650", "EPSG:32650", False),
    ],
)
def test_systems_have_names_and_an_order_of_axes(
    name: str | None, system: str, northing_first: bool
) -> None:
    found = projection(name)
    assert (found.name, found.northing_first) == (system, northing_first)
    assert projection(found.uri) == found


@pytest.mark.parametrize("name", ["", "EPSG:", "EPSG:0000", "EPSG:5773", "4326", "x" * 999])
def test_what_is_no_horizontal_system_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError, match="crs"):
        projection(name)


@given(st.sampled_from(["CRS84", "EPSG:3857", "EPSG:3413"]), st.floats(0, 99), st.floats(0, 79))
def test_a_place_of_a_pixel_lies_in_it(name: str, column: float, row: float) -> None:
    system = projection(name)
    edges = extent(Bounds(-60.0, 50.0, -20.0, 80.0), system)
    window = Window(system, *edges, 100, 80)
    longitude, latitude = window.place(column, row)
    across, down = window.pixels(np.array([longitude]), np.array([latitude]))
    assert (across[0], down[0]) == pytest.approx((column, row), abs=1e-5)


@pytest.mark.parametrize("name", ["CRS84", "EPSG:3857", "EPSG:3413", "EPSG:3035", "EPSG:3031"])
def test_the_box_around_a_window_holds_all_its_pixels(name: str) -> None:
    system = projection(name)
    south, north = (-80.0, -65.0) if name == "EPSG:3031" else (40.0, 80.0)
    window = Window(system, *extent(Bounds(-30.0, south, 50.0, north), system), 40, 30)
    box = window.bounds(2)
    longitudes, latitudes = window.places()
    known = np.isfinite(longitudes)
    assert (latitudes[known] >= box.south).all()
    assert (latitudes[known] <= box.north).all()
    assert ((longitudes[known] - box.west) % 360 <= box.east - box.west).all()


def test_a_box_without_an_area_in_the_projection_is_refused() -> None:
    for box in (Bounds(0, 86, 10, 89), Bounds(0, 10, 10, 10)):
        with pytest.raises(InvalidValueError, match="area"):
            extent(box, projection("EPSG:3857"))


@given(pixels)
def test_a_png_is_read_back_as_it_was(picture: np.ndarray) -> None:
    image = Image.open(BytesIO(png_bytes(picture)))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    assert (np.asarray(image) == picture).all()


@given(pixels)
def test_webp_keeps_every_colour_that_is_seen(picture: np.ndarray) -> None:
    found = np.asarray(Image.open(BytesIO(image_bytes(picture, "image/webp"))).convert("RGBA"))
    seen = picture[:, :, 3] > 0
    assert (found[seen] == picture[seen]).all()
    assert (found[~seen][:, 3] == 0).all()


def test_another_format_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="image/webp"):
        image_bytes(np.zeros((1, 1, 4), np.uint8), "image/tiff")


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("0x102030", (16, 32, 48, 255)),
        ("0X80102030", (16, 32, 48, 128)),
        ("#102030", (16, 32, 48, 255)),
        ("White", (255, 255, 255, 255)),
    ],
)
def test_colours_have_names_and_numbers(text: str, colour: tuple[int, ...]) -> None:
    assert colour_named(text) == colour


@pytest.mark.parametrize("text", ["", "0x", "0x12", "0xGGGGGG", "no colour"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="bgcolor"):
        colour_named(text)


def test_the_upper_picture_hides_the_lower_one() -> None:
    lower, upper = np.full((2, 2, 4), 255, np.uint8), np.zeros((2, 2, 4), np.uint8)
    upper[0, 0] = (10, 20, 30, 255)
    both = overlaid([lower, None, upper], 2, 2)
    assert both[0, 0].tolist() == [10, 20, 30, 255]
    assert both[1, 1].tolist() == [255] * 4
    assert on_ground(upper, (1, 2, 3, 255))[1, 0].tolist() == [1, 2, 3, 255]
    assert not overlaid([None, None], 2, 3).any()


def test_a_picture_is_drawn_when_those_before_it_are_merged() -> None:
    held: list[weakref.ref[np.ndarray]] = []

    def drawn() -> Iterator[np.ndarray]:
        for _ in range(5):
            picture = np.full((4, 4, 4), 99, np.uint8)
            held.append(weakref.ref(picture))
            yield picture
            del picture
            assert sum(one() is not None for one in held) <= 2

    assert overlaid(drawn(), 4, 4).shape == (4, 4, 4)


@pytest.mark.parametrize("name", TILE_MATRIX_SETS)
@given(st.floats(-179.9, 179.9), st.floats(-84, 84), st.integers(0, 17))
def test_a_place_lies_in_its_tile(name: str, longitude: float, latitude: float, level: int) -> None:
    matrices = TILE_MATRIX_SETS[name]
    row, column = matrices.tile_at(level, longitude, latitude)
    window = matrices.window(level, row, column)
    across, down = window.pixels(np.array([longitude]), np.array([latitude]))
    assert -1e-3 <= across[0] <= 256.001
    assert -1e-3 <= down[0] <= 256.001
    assert place_of_tile(matrices, str(level), str(row), str(column)) == (level, row, column)


def test_matrices_halve_from_level_to_level() -> None:
    for matrices in TILE_MATRIX_SETS.values():
        found = definition(matrices)["tileMatrices"]
        for one, other in pairwise(found):
            assert one["cellSize"] == pytest.approx(2 * other["cellSize"])
            assert 2 * one["matrixWidth"] == other["matrixWidth"]
