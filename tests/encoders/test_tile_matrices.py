"""Tile matrix sets are those of OGC 17-083r4, annex D: scales, sizes, places of tiles."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casa_ogc.encoders.tile_matrices import (
    TILE_MATRIX_SETS,
    definition,
    place_of_tile,
    tile_matrix_set,
)
from casa_processes.common.errors import InvalidValueError, UnknownNameError

MERCATOR, PLATE = (TILE_MATRIX_SETS[name] for name in ("WebMercatorQuad", "WorldCRS84Quad"))

# Scale denominator and cell size (OGC 17-083r4, tables D.1 and D.2).
REGISTERED = {
    "WebMercatorQuad": {
        0: (559082264.028717, 156543.033928041),
        1: (279541132.014358, 78271.5169640204),
        5: (17471320.7508974, 4891.96981025128),
        10: (545978.773465544, 152.874056570353),
        18: (2132.72958385, 0.597164283559817),
        24: (33.3238997477, 0.0093306919306221),
    },
    "WorldCRS84Quad": {
        0: (279541132.014358, 0.703125),
        1: (139770566.007179, 0.3515625),
        5: (8735660.37544871, 0.02197265625),
        10: (272989.386732772, 0.0006866455078125),
        17: (2132.72958385, 0.00000536441802978516),
    },
}
EVERY = [(name, level, *row) for name, rows in REGISTERED.items() for level, row in rows.items()]

longitudes = st.floats(-179.999, 179.999)
latitudes = st.floats(-84.9, 84.9)


@pytest.mark.parametrize(("name", "level", "scale", "cell"), EVERY)
def test_a_matrix_has_the_registered_scale_and_cell(
    name: str, level: int, scale: float, cell: float
) -> None:
    matrix = definition(tile_matrix_set(name))["tileMatrices"][level]
    assert matrix["scaleDenominator"] == pytest.approx(scale, rel=1e-9)
    assert matrix["cellSize"] == pytest.approx(cell, rel=1e-9)
    assert (matrix["id"], matrix["tileWidth"], matrix["tileHeight"]) == (str(level), 256, 256)
    wide = 1 if name == "WebMercatorQuad" else 2
    assert (matrix["matrixWidth"], matrix["matrixHeight"]) == (wide * 2**level, 2**level)


@pytest.mark.parametrize("name", REGISTERED)
def test_the_cells_of_every_matrix_span_the_world(name: str) -> None:
    for matrix in definition(tile_matrix_set(name))["tileMatrices"]:
        wide = matrix["matrixWidth"] * 256 * matrix["cellSize"]
        high = matrix["matrixHeight"] * 256 * matrix["cellSize"]
        left, top = matrix["pointOfOrigin"]
        assert (left + wide, top - high) == (pytest.approx(-left), pytest.approx(-top))


@given(longitudes, latitudes, st.integers(0, 18))
def test_a_mercator_tile_is_the_one_of_the_formula_that_all_web_maps_use(
    longitude: float, latitude: float, level: int
) -> None:
    count = 2**level
    column = (longitude + 180) / 360 * count
    row = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * count
    assume(min(abs(column - round(column)), abs(row - round(row))) > 1e-6)
    assert MERCATOR.tile_at(level, longitude, latitude) == (int(row), int(column))


@given(longitudes, st.floats(-89.999, 89.999), st.integers(0, 17))
def test_a_tile_of_degrees_is_the_one_whose_window_holds_the_place(
    longitude: float, latitude: float, level: int
) -> None:
    longitude, latitude = round(longitude, 9), round(latitude, 9)
    row, column = PLATE.tile_at(level, longitude, latitude)
    side = 180 / 2**level
    assert -180 + column * side <= longitude < -180 + (column + 1) * side
    assert 90 - (row + 1) * side < latitude <= 90 - row * side


@given(
    st.sampled_from([MERCATOR, PLATE]),
    st.integers(0, 12),
    st.integers(0, 4095),
    st.integers(0, 4095),
    st.integers(0, 64),
)
def test_the_windows_of_neighbours_meet_and_margins_are_whole_pixels(
    matrices, level: int, row: int, column: int, margin: int
) -> None:
    one, east, south = (
        matrices.window(level, row + down, column + across)
        for down, across in ((0, 0), (0, 1), (1, 0))
    )
    pixel = (one.right - one.left) / 256
    assert one.right == pytest.approx(east.left, abs=pixel * 1e-6)
    assert one.bottom == pytest.approx(south.top, abs=pixel * 1e-6)
    wider = matrices.window(level, row, column, margin)
    assert (wider.width, wider.height) == (256 + 2 * margin, 256 + 2 * margin)
    assert (wider.right - wider.left) / wider.width == pytest.approx(pixel)
    assert one.left - wider.left == pytest.approx(margin * pixel, abs=pixel * 1e-6)
    assert wider.top - one.top == pytest.approx(margin * pixel, abs=pixel * 1e-6)


@pytest.mark.parametrize(
    ("longitude", "latitude", "place"),
    [(180, -90, (3, 7)), (-180, 90, (0, 0)), (500, 0, (2, 7)), (-500, -200, (3, 0))],
)
def test_the_closest_tile_is_told_of_a_place_outside(
    longitude: float, latitude: float, place: tuple[int, int]
) -> None:
    assert PLATE.tile_at(2, longitude, latitude) == place


@given(
    st.sampled_from([MERCATOR, PLATE]),
    st.integers(0, 30),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_a_tile_exists_exactly_within_its_matrix(matrices, z: int, y: int, x: int) -> None:
    inside = z < matrices.levels and y < 2**z and x < matrices.columns * 2**z
    if inside:
        assert place_of_tile(matrices, str(z), str(y), str(x)) == (z, y, x)
    else:
        with pytest.raises(UnknownNameError, match=f"no tile '{z}/{y}/{x}'"):
            place_of_tile(matrices, str(z), str(y), str(x))


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "٣", "1e1", "0000000001", " 1"])
def test_a_tile_is_named_by_plain_digits(text: str) -> None:
    for place in ((text, "0", "0"), ("0", text, "0"), ("0", "0", text)):
        with pytest.raises(InvalidValueError, match="whole numbers level/row/column"):
            place_of_tile(MERCATOR, *place)


def test_an_unknown_set_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownNameError, match="WebMercatorQuad, WorldCRS84Quad"):
        tile_matrix_set("webmercatorquad")
