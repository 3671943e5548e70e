"""Cells on pixels: nearest where pixels are small, means by area where they are large."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.projections import projection
from casa_ogc.encoders.resampling import coloured, draw_cells
from casa_ogc.encoders.spans import cells_under, column_spans, row_spans
from casa_ogc.encoders.window import Window
from tests.encoders.map_oracle import mercator_latitude, pixel_value, shows

SCALE = Scale("viridis", 0.0, 100.0)


def axis(role: Any, start: float, step: float, size: int) -> Axis:
    values = start + step * np.arange(size, dtype=np.float64)
    bounds = midpoint_bounds(values)
    return Axis({"y": "latitude", "x": "longitude"}[role], role, values, bounds)


def edges(of: Axis) -> list[tuple[float, float]]:
    assert of.bounds is not None
    return [(min(pair), max(pair)) for pair in of.bounds.tolist()]


@st.composite
def grids(draw: st.DrawFn) -> tuple[np.ndarray, Axis, Axis]:
    """A globe or a part of one, in either order and any range of longitudes."""
    rows, columns = draw(st.integers(2, 12)), draw(st.integers(2, 16))
    height = draw(st.sampled_from([180.0, 60.0])) / rows
    width = draw(st.sampled_from([360.0, 90.0])) / columns
    south = -90.0 if height * rows == 180 else draw(st.sampled_from([-60.0, 0.0, 30.0]))
    west = draw(st.sampled_from([-180.0, 0.0, -37.5, 150.0]))
    y = axis("y", south + height / 2, height, rows)
    x = axis("x", west + width / 2, width, columns)
    if draw(st.booleans()):
        y = axis("y", south + height * (rows - 0.5), -height, rows)
    if draw(st.booleans()):
        x = axis("x", west + width * (columns - 0.5), -width, columns)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    values = rng.uniform(0, 100, (rows, columns)).astype(np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    return values, y, x


@given(
    grids(),
    st.sampled_from(["CRS84", "EPSG:3857"]),
    st.floats(-400, 400),
    st.floats(0.5, 370),
    st.floats(-89, 60),
    st.floats(0.5, 100),
    st.integers(1, 9),
    st.integers(1, 9),
)
@settings(max_examples=120)
def test_each_pixel_shows_what_a_loop_over_all_cells_finds(
    grid: tuple[np.ndarray, Axis, Axis],
    system: str,
    west: float,
    span: float,
    south: float,
    tall: float,
    width: int,
    height: int,
) -> None:
    values, y, x = grid
    unit = 1.0 if system == "CRS84" else 20037508.342789244 / 180
    corners = [(west + 0.0137) * unit, south * unit, (west + span) * unit, (south + tall) * unit]
    if corners[2] <= corners[0]:
        return
    window = Window(projection(system), *corners, width, height)
    pixels = draw_cells(values, y, x, window, SCALE)
    latitude = float if system == "CRS84" else mercator_latitude
    across, down = (corners[2] - corners[0]) / width, (corners[3] - corners[1]) / height
    for i in range(height):
        for j in range(width):
            north, south_edge = corners[3] - i * down, corners[3] - (i + 1) * down
            left, right = corners[0] + j * across, corners[0] + (j + 1) * across
            right = min(right, left + 360 * unit)
            box = (left / unit, latitude(south_edge), right / unit, latitude(north))
            middle = box[0] / 2 + box[2] / 2, box[1] / 2 + box[3] / 2
            if near_an_edge(middle[0] % 360, x, 360) or near_an_edge(middle[1], y, 0):
                continue
            value = pixel_value(values, edges(y), edges(x), box)
            assert shows(pixels[i, j], value, SCALE), (i, j, box, value, pixels[i, j])


def near_an_edge(place: float, of: Axis, turn: float) -> bool:
    """Tell whether a place is too close to an edge for rounding to decide between two cells."""
    gaps = np.abs(np.asarray(of.bounds).ravel() - place)
    gaps = np.minimum(gaps % turn, turn - gaps % turn) if turn else gaps
    return bool(gaps.min() < 1e-4)


def test_a_pixel_as_large_as_a_cell_shows_just_that_cell() -> None:
    y, x = axis("y", -87.5, 5, 36), axis("x", 2.5, 5, 72)
    values = np.random.default_rng(0).uniform(0, 100, (36, 72)).astype(np.float32)
    window = Window(projection(None), 0, -90, 360, 90, 72, 36)
    assert (draw_cells(values, y, x, window, SCALE)[::-1] == coloured(values, SCALE)).all()


def test_a_column_stored_twice_counts_once() -> None:
    x = Axis(
        "longitude", "x", np.arange(0.0, 361.0, 90), midpoint_bounds(np.arange(0.0, 361.0, 90))
    )
    spans = column_spans(x, np.array([-180.0, 180.0]))
    weights = np.bincount(spans.cells, spans.weights, minlength=5)
    np.testing.assert_allclose(weights[:4], 90)
    assert weights[4] == 0


def test_weights_of_rows_are_areas_on_the_sphere() -> None:
    y = axis("y", 45, 90, 1)
    spans = row_spans(axis("y", -60, 60, 3), np.array([90.0, -90.0]))
    assert spans.starts.tolist() == [0, 3]
    thin, middle, _ = spans.weights.tolist()
    assert middle / thin == pytest.approx(1 / (1 - 0.5), rel=1e-5)
    assert row_spans(y, np.array([-1.0, -90.0])).cells.size == 0


def test_pixels_beyond_the_poles_and_the_grid_show_nothing() -> None:
    y, x = axis("y", 5, 10, 1), axis("x", 5, 10, 1)
    window = Window(projection(None), -10, -120, 20, 120, 3, 24)
    seen = draw_cells(np.array([[50.0]]), y, x, window, SCALE)[:, :, 3] > 0
    assert np.argwhere(seen).tolist() == [[11, 1]]


@given(st.floats(-720, 720), st.floats(-90, 90))
def test_a_place_lies_in_the_cell_that_a_loop_finds(longitude: float, latitude: float) -> None:
    y, x = axis("y", 80, -20, 9), axis("x", -165, 30, 12)
    row, column = cells_under(y, x, np.array(latitude), np.array(longitude))
    bottom, top = sorted(np.asarray(y.bounds)[row].tolist())
    west, _ = np.asarray(x.bounds)[column].tolist()
    assert bottom - 1e-5 <= latitude <= top + 1e-5
    assert (longitude - west + 1e-5) % 360 <= 30 + 2e-5


@pytest.mark.parametrize(("low", "high"), [(0.0, 1e-40), (-1e300, 1e300), (400.0, 400.0 + 1e-9)])
def test_any_scale_colours_values_without_a_warning(low: float, high: float) -> None:
    colours = coloured(np.array([low, np.nan, 1e30], np.float64).clip(-1e38, 1e38), SCALE)
    assert colours[1].tolist() == [0, 0, 0, 0]
    assert coloured(np.array([1e30]), Scale("viridis", low, high))[0, 3] == 255


def test_a_place_that_is_none_lies_in_no_cell() -> None:
    y, x = axis("y", 80, -20, 9), axis("x", -165, 30, 12)
    places = np.array([np.inf, 0.0]), np.array([0.0, np.nan])
    assert (cells_under(y, x, *places) == -1).all()
