"""Vector tiles, read back by an independent reader of the format."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.encoders.tile_matrices import TILE_MATRIX_SETS
from casa_ogc.encoders.vector_tiles import BUFFER, EXTENT, MOST, vector_tile_bytes
from casa_ogc.encoders.window import Window
from tests.encoders.vector_reading import Dot, read_layers

MARGIN = BUFFER * EXTENT / 256
longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, -179.9, -0.1, 0.1, 176.0, 179.9])
MERCATOR = TILE_MATRIX_SETS["WebMercatorQuad"]
PLATE = TILE_MATRIX_SETS["WorldCRS84Quad"]


def dots(window: Window, **columns: object) -> list[Dot]:
    """Points of the one layer of a tile."""
    given = {name: np.asarray(values) for name, values in columns.items()}
    ((name, (extent, found)),) = read_layers(vector_tile_bytes("p", window, given)).items()
    assert (name, extent) == ("p", EXTENT)
    return found


def inside(found: list[Dot]) -> list[Dot]:
    """Points within the tile itself."""
    return [dot for dot in found if 0 <= dot.x < EXTENT and 0 <= dot.y < EXTENT]


def expected(window: Window, longitude: float, latitude: float) -> list[tuple[float, float]]:
    """Every place of a sounding within the tile and its buffer, turn by turn."""
    found = []
    for turn in (-360, 0, 360):
        x, y = window.projection.forward(np.array([longitude + turn]), np.array([latitude]))
        across = (x[0] - window.left) / (window.right - window.left) * EXTENT
        down = (window.top - y[0]) / (window.top - window.bottom) * EXTENT
        if -MARGIN <= across < EXTENT + MARGIN and -MARGIN <= down < EXTENT + MARGIN:
            found.append((across, down))
    return found


@settings(max_examples=60)
@given(
    st.sampled_from([MERCATOR, PLATE]),
    st.lists(st.tuples(longitudes, st.floats(-85, 85)), min_size=1, max_size=12),
    st.integers(0, 5),
)
def test_each_sounding_is_where_a_loop_over_turns_puts_it(matrices, places, level) -> None:
    row, column = matrices.tile_at(level, *places[0])
    window = matrices.window(level, row, column)
    longitude, latitude = np.array(places).T
    found = dots(window, longitude=longitude, latitude=latitude, n=np.arange(len(places)))
    wanted = [(n, *at) for n, place in enumerate(places) for at in expected(window, *place)]
    assert sorted(dot.properties["n"] for dot in found) == [n for n, _, _ in wanted]
    left = sorted((dot.properties["n"], dot.x, dot.y) for dot in found)
    for (n, x, y), (number, across, down) in zip(left, sorted(wanted), strict=True):
        assert n == number
        assert (x, y) == pytest.approx((across, down), abs=1)


@pytest.mark.parametrize("longitude", [-180.0, -179.9, -175.0, 0.0, 175.0, 179.9])
def test_the_tile_of_the_world_holds_every_longitude(longitude: float) -> None:
    found = inside(dots(MERCATOR.window(0, 0, 0), longitude=[longitude], latitude=[10.0]))
    assert [dot.x for dot in found] == [pytest.approx((longitude + 180) / 360 * EXTENT, abs=1)]


@pytest.mark.parametrize("column", [0, 3])
def test_a_sounding_at_the_antimeridian_is_in_the_buffer_of_the_other_side(column: int) -> None:
    window = MERCATOR.window(2, 1, column)
    longitude = 179.9 if column == 0 else -179.9
    (dot,) = dots(window, longitude=[longitude], latitude=[10.0])
    assert (-MARGIN <= dot.x < 0) if column == 0 else (EXTENT < dot.x <= EXTENT + MARGIN)


def test_the_north_is_up() -> None:
    north, south = dots(
        PLATE.window(0, 0, 0), longitude=[-90.0, -90.0], latitude=[80.0, -80.0], n=[0, 1]
    )
    assert (north.properties["n"], south.properties["n"]) == (0, 1)
    assert north.y < EXTENT / 2 < south.y


@given(st.lists(st.floats(width=32), min_size=1, max_size=8), st.data())
def test_values_come_back_in_full_and_missing_ones_are_left_out(values, data) -> None:
    flags = data.draw(st.lists(st.integers(-128, 127), min_size=len(values), max_size=len(values)))
    place = np.linspace(-100, -20, len(values))
    columns = {"xco2": np.array(values, np.float32), "quality_flag": np.array(flags, np.int8)}
    found = dots(PLATE.window(0, 0, 0), longitude=place, latitude=place * 0, **columns)
    for dot, value, flag in zip(found, values, flags, strict=True):
        assert dot.properties.pop("quality_flag") == flag
        assert dot.properties == ({} if np.isnan(value) else {"xco2": value})


def test_soundings_without_a_place_are_in_no_tile() -> None:
    gone = {"longitude": [np.nan, 5.0], "latitude": [5.0, np.nan]}
    body = vector_tile_bytes(
        "p", PLATE.window(0, 0, 1), {name: np.array(v) for name, v in gone.items()}
    )
    assert all(not found for _, found in read_layers(body).values())


def crowd(count: int) -> dict[str, np.ndarray]:
    """Many soundings of one tile; a third of the values is missing."""
    chance = np.random.default_rng(count)
    values = chance.normal(410, 2, count).astype(np.float32)
    values[::3] = np.nan
    return {
        "longitude": chance.uniform(-179, -1, count),
        "latitude": chance.uniform(-89, 89, count),
        "xco2": values,
    }


def test_as_many_as_are_allowed_stand_one_by_one() -> None:
    found = dots(PLATE.window(0, 0, 0), **crowd(MOST))
    assert len(found) == MOST
    assert not any("count" in dot.properties for dot in found)


def test_a_crowd_is_joined_to_means_that_a_loop_finds() -> None:
    columns = crowd(MOST + 1)
    found = dots(PLATE.window(0, 0, 0), **columns)
    x = (columns["longitude"] + 180) / 180 * EXTENT
    y = (90 - columns["latitude"]) / 180 * EXTENT
    squares: dict[tuple[int, int], list[int]] = {}
    for row in range(x.size):
        squares.setdefault((int(y[row] // 64), int(x[row] // 64)), []).append(row)
    assert len(found) == len(squares)
    assert sum(dot.properties["count"] for dot in found) == MOST + 1
    for dot, (_, rows) in zip(found, sorted(squares.items()), strict=True):
        assert dot.properties["count"] == len(rows)
        assert (dot.x, dot.y) == pytest.approx((x[rows].mean(), y[rows].mean()), abs=1)
        known = [columns["xco2"][row] for row in rows if not np.isnan(columns["xco2"][row])]
        assert ("xco2" in dot.properties) == bool(known)
        if known:
            assert dot.properties["xco2"] == pytest.approx(np.mean(known), rel=1e-6)
