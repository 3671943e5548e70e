"""Tile matrix sets beside the numbers of OGC 17-083r4 and of PROJ."""

from math import pi

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.encoders.tile_matrices import (
    TILE_MATRIX_SETS,
    definition,
    place_of_tile,
    tile_matrix_set,
)
from casa_processes.common.errors import InvalidValueError, UnknownNameError

SETS = list(TILE_MATRIX_SETS)


@pytest.mark.parametrize(
    ("name", "level", "scale", "cell"),
    [
        ("WebMercatorQuad", 0, 559082264.028717, 156543.033928041),
        ("WebMercatorQuad", 1, 279541132.014358, 78271.5169640204),
        ("WebMercatorQuad", 18, 2132.72958385437, 0.597164283559817),
        ("WebMercatorQuad", 24, 33.3238997477246, 0.00933069193062215),
        ("WorldCRS84Quad", 0, 279541132.014358, 0.703125),
        ("WorldCRS84Quad", 17, 2132.72958385437, 0.00000536441802978516),
    ],
)
def test_scales_and_cells_are_those_of_the_standard(name, level, scale, cell) -> None:
    matrix = definition(tile_matrix_set(name))["tileMatrices"][level]
    assert matrix["id"] == str(level)
    assert matrix["scaleDenominator"] == pytest.approx(scale, rel=1e-9)
    assert matrix["cellSize"] == pytest.approx(cell, rel=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_the_matrices_of_a_set_all_cover_the_same_square_of_the_world(name: str) -> None:
    for matrix in definition(tile_matrix_set(name))["tileMatrices"]:
        width = matrix["matrixWidth"] * matrix["tileWidth"] * matrix["cellSize"]
        height = matrix["matrixHeight"] * matrix["tileHeight"] * matrix["cellSize"]
        world = (360.0, 180.0) if name == "WorldCRS84Quad" else (2 * pi * 6378137,) * 2
        assert (width, height) == pytest.approx(world, rel=1e-12)
        assert matrix["pointOfOrigin"] == pytest.approx([-world[0] / 2, world[1] / 2])


@pytest.mark.parametrize("name", SETS)
@given(level=st.integers(0, 17), data=st.data())
def test_a_tile_begins_where_its_neighbours_end(name: str, level: int, data) -> None:
    matrices = tile_matrix_set(name)
    row = data.draw(st.integers(0, (matrices.rows << level) - 1))
    column = data.draw(st.integers(0, (matrices.columns << level) - 1))
    tile = matrices.window(level, row, column)
    side = matrices.side / 2**level
    assert matrices.window(level, row, column + 1).left == pytest.approx(tile.right, abs=side / 1e6)
    assert matrices.window(level, row + 1, column).top == pytest.approx(tile.bottom, abs=side / 1e6)
    assert (tile.width, tile.height) == (256, 256)
    wide = matrices.window(level, row, column, margin=8)
    assert (wide.width, wide.height) == (272, 272)
    pixel = (tile.right - tile.left) / 256
    assert (wide.right - wide.left) / 272 == pytest.approx(pixel)
    assert (tile.left - wide.left) / pixel == pytest.approx(8, abs=1e-3)
    assert (wide.top - tile.top) / pixel == pytest.approx(8, abs=1e-3)


@given(level=st.integers(0, 12), data=st.data())
def test_corners_of_mercator_tiles_are_those_of_proj(level: int, data) -> None:
    row, column = (data.draw(st.integers(0, 2**level - 1)) for _ in "yx")
    window = tile_matrix_set("WebMercatorQuad").window(level, row, column)
    inverse = pyproj.Transformer.from_crs("EPSG:3857", "OGC:CRS84", always_xy=True)
    west, south, east, north = inverse.transform_bounds(
        window.left, window.bottom, window.right, window.top
    )
    found = window.bounds()
    assert isinstance(found, Bounds)
    edges = (found.west, found.south, found.east, found.north)
    assert edges == pytest.approx((west, south, east, north), abs=1e-6)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("level", [0, 3, 17])
@pytest.mark.parametrize("longitude", [-180.0, 0.0, 180.0, 190.0])
@pytest.mark.parametrize("latitude", [-90.0, 0.0, 90.0])
def test_every_place_even_a_pole_has_a_tile_that_exists(name, level, longitude, latitude) -> None:
    matrices = tile_matrix_set(name)
    row, column = matrices.tile_at(level, longitude, latitude)
    assert place_of_tile(matrices, str(level), str(row), str(column)) == (level, row, column)
    if latitude:
        assert row == (0 if latitude > 0 else (matrices.rows << level) - 1)


@pytest.mark.parametrize(
    "place",
    [
        ("", "0", "0"),
        ("0", "-1", "0"),
        ("0", "0", "+1"),
        ("0.0", "0", "0"),
        ("0", "1e0", "0"),
        ("0", " 0", "0"),
        ("0", "0", "٠"),
        ("0", "0", "²"),
        ("0", "0", "0" * 10),
        ("zero", "0", "0"),
        ("1_0", "0", "0"),
    ],
)
def test_what_is_no_whole_number_is_no_tile(place) -> None:
    with pytest.raises(InvalidValueError, match="whole numbers"):
        place_of_tile(tile_matrix_set("WebMercatorQuad"), *place)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("level", [0, 1, 5])
def test_a_tile_beyond_the_last_row_or_column_does_not_exist(name: str, level: int) -> None:
    matrices = tile_matrix_set(name)
    rows, columns = matrices.rows << level, matrices.columns << level
    assert place_of_tile(matrices, str(level), str(rows - 1), str(columns - 1))
    with pytest.raises(UnknownNameError, match=f"rows 0 to {rows - 1}"):
        place_of_tile(matrices, str(level), str(rows), "0")
    with pytest.raises(UnknownNameError, match=f"columns 0 to {columns - 1}"):
        place_of_tile(matrices, str(level), "0", str(columns))


@pytest.mark.parametrize("name", SETS)
def test_a_level_beyond_the_last_does_not_exist(name: str) -> None:
    matrices = tile_matrix_set(name)
    last = matrices.levels - 1
    assert place_of_tile(matrices, str(last), "0", "0") == (last, 0, 0)
    with pytest.raises(UnknownNameError, match=f"levels 0 to {last}"):
        place_of_tile(matrices, str(last + 1), "0", "0")


@pytest.mark.parametrize("name", ["", "webmercatorquad", "WebMercatorQuad ", "WorldMercatorWGS84"])
def test_an_unknown_set_is_told_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UnknownNameError, match="WebMercatorQuad, WorldCRS84Quad"):
        tile_matrix_set(name)


@pytest.mark.parametrize("name", SETS)
def test_centres_of_pixels_lie_half_a_pixel_inside_their_tile(name: str) -> None:
    window = tile_matrix_set(name).window(3, 2, 5)
    x, y = window.projection.forward(*window.places())
    pixel = (window.right - window.left) / 256
    np.testing.assert_allclose(x[0, [0, -1]], [window.left + pixel / 2, window.right - pixel / 2])
    np.testing.assert_allclose(y[[0, -1], 0], [window.top - pixel / 2, window.bottom + pixel / 2])
