"""Maps: every colour is where its value is."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.encoders.coast import coastlines
from casa_ogc.encoders.colour import (
    COLOUR_MAPS,
    Scale,
    automatic_scale,
    colour_table,
)
from casa_ogc.encoders.frame import Frame, frame_around
from casa_ogc.encoders.picture import draw, window_around
from casa_ogc.encoders.png import MAP_CORNER, encode, ticks
from casa_ogc.encoders.resampling import draw_cells
from casa_ogc.encoders.spans import cells_under
from casa_ogc.query.answer import Grid, GridAnswer, GridField, SoundingsAnswer
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from tests.encoders.answers import DAY, ORIGIN, TEXT, XCO2, single_grids, soundings


def regular(role: Any, start: float, step: float, size: int) -> Axis:
    """Build an axis with cell edges half-way between its centres."""
    values = start + step * np.arange(size, dtype=np.float64)
    name = {"y": "latitude", "x": "longitude"}[role]
    return Axis(name, role, values, midpoint_bounds(values))


def colour_of(value: float, scale: Scale) -> list[int]:
    """Look up the colour of a value, by hand."""
    if np.isnan(value):
        return [0, 0, 0, 0]
    step = (np.float32(value) - np.float32(scale.low)) * np.float32(256 / (scale.high - scale.low))
    found: list[int] = colour_table(scale.colour_map)[int(min(max(step, 0), 255))].tolist()
    return found


SCALE = Scale("viridis", 0.0, 64.0)


@given(
    st.booleans(),
    st.sampled_from([-177.5, 2.5, 92.5]),
    st.sampled_from([(-180.0, 180.0), (0.0, 360.0), (150.0, 251.7), (-10.0, 21.3)]),
)
def test_a_pixel_has_the_colour_of_the_cell_at_its_place(
    down: bool, origin: float, window: tuple[float, float]
) -> None:
    y = regular("y", 87.5 if down else -87.5, -5.0 if down else 5.0, 36)
    x = regular("x", origin, 5.0, 72)
    values = np.arange(36 * 72, dtype=np.float32).reshape(36, 72) % 67
    values[3, 5] = np.nan
    west, east = window
    frame = Frame(west, -41.3, east, 60.0, 173, 211)
    pixels = draw_cells(values, y, x, frame, SCALE)
    for i in range(0, 211, 7):
        for j in range(0, 173, 11):
            latitude = 60.0 - (i + 0.5) * 101.3 / 211
            longitude = west + (j + 0.5) * (east - west) / 173
            row = int(np.argmin(abs(y.values - latitude)))
            column = int(np.argmin(abs((x.values - longitude + 180) % 360 - 180)))
            assert pixels[i, j].tolist() == colour_of(values[row, column], SCALE)


def test_north_is_up_in_both_orders_of_latitude() -> None:
    x = regular("x", 0.5, 1, 1)
    frame = Frame(0, 0, 1, 2, 1, 2)
    for y, values in (
        (regular("y", 0.5, 1, 2), [[0.0], [64.0]]),
        (regular("y", 1.5, -1, 2), [[64.0], [0.0]]),
    ):
        pixels = draw_cells(np.array(values, np.float32), y, x, frame, SCALE)
        assert pixels[0, 0].tolist() == colour_of(64.0, SCALE)
        assert pixels[1, 0].tolist() == colour_of(0.0, SCALE)


def test_small_cells_are_averaged_by_area_and_missing_ones_do_not_count() -> None:
    y, x = regular("y", 59.5, -1, 120), regular("x", 0.25, 0.5, 720)
    rng = np.random.default_rng(1)
    values = rng.uniform(0, 64, (120, 720)).astype(np.float32)
    values[rng.random((120, 720)) < 0.3] = np.nan
    values[:40, :60] = np.nan
    frame = Frame(-180.0, -60.0, 180.0, 60.0, 36, 12)
    pixels = draw_cells(values, y, x, frame, SCALE)
    weights = np.repeat(np.cos(np.radians(y.values))[:, None], 720, axis=1)
    turned = np.roll(values, 360, axis=1)
    for i in range(12):
        for j in range(36):
            block = turned[i * 10 : i * 10 + 10, j * 20 : j * 20 + 20]
            share = weights[i * 10 : i * 10 + 10, :20] * ~np.isnan(block)
            mean = np.nansum(block * share) / share.sum() if share.sum() else np.nan
            wanted = np.array(colour_of(mean, SCALE))
            assert abs(pixels[i, j].astype(int) - wanted).max() <= 4, (i, j)


def test_a_mean_weighs_cells_by_their_area() -> None:
    y, x = regular("y", 61, 2, 14), regular("x", 0.5, 1, 4)
    values = np.repeat(np.linspace(0, 64, 14, dtype=np.float32)[:, None], 4, axis=1)
    pixels = draw_cells(values, y, x, Frame(0, 60, 4, 88, 1, 1), SCALE)
    areas = np.cos(np.radians(y.values))
    weighted = colour_of(float((values[:, 0] * areas).sum() / areas.sum()), SCALE)
    assert abs(pixels[0, 0].astype(int) - weighted).max() <= 1
    assert abs(np.array(colour_of(float(values.mean()), SCALE)) - weighted).max() > 5


def test_cells_outside_the_grid_are_transparent() -> None:
    y, x = regular("y", 0.5, 1, 2), regular("x", 10.5, 1, 2)
    frame = Frame(8.0, -2.0, 14.0, 4.0, 6, 6)
    opaque = draw_cells(np.ones((2, 2), np.float32), y, x, frame, SCALE)[:, :, 3] > 0
    rows, columns = np.nonzero(opaque)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 3, 2, 3)
    assert opaque.sum() == 4


@given(st.floats(-720, 720), st.sampled_from([-179.5, 0.5]))
def test_every_longitude_lies_in_a_cell_of_a_globe(longitude: float, origin: float) -> None:
    x = regular("x", origin, 1.0, 360)
    y = regular("y", 0.5, 1.0, 1)
    _, (found,) = cells_under(y, x, np.array([0.5]), np.array([longitude]))
    distance = abs((x.values[found] - longitude + 180) % 360 - 180)
    assert distance <= 0.5 + 1e-5


def test_a_window_starts_after_the_widest_gap() -> None:
    frame = window_around(np.array([175.0, -175.0, 179.0]), np.array([0.0, 5.0, -5.0]), 500)
    assert 170 < frame.west < 175
    assert 185 < frame.east < 190
    assert (frame.columns(np.array([175.0, 179.0, -175.0])) >= 0).all()


def test_a_window_across_greenwich_is_not_the_rest_of_the_globe() -> None:
    frame = window_around(np.array([-15.0, 5.0, 12.0]), np.array([0.0, 5.0, -5.0]), 500)
    assert -20 < frame.west < -15
    assert 12 < frame.east < 17


def test_pixels_are_square_and_the_longer_side_is_as_asked() -> None:
    wide, tall = frame_around(0, 0, 20, 10, 400), frame_around(0, 0, 10, 40, 400)
    assert (wide.width, wide.height) == (400, 200)
    assert (tall.width, tall.height) == (100, 400)


def sheet(answer: Any) -> Any:
    """Read a PNG with an independent reader."""
    image = Image.open(BytesIO(encode(answer)))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    return np.asarray(image)


@pytest.mark.parametrize("down", [False, True])
def test_a_quick_look_shows_a_cell_at_its_place(down: bool) -> None:
    """The one bright cell lies in the open Pacific, where no coast is drawn over it."""
    y = regular("y", 85 if down else -85, -10 if down else 10, 18)
    x = regular("x", 5, 10, 36)
    values = np.zeros((18, 36), np.float32)
    row, column = int(np.argmin(abs(y.values + 35))), int(np.argmin(abs(x.values - 235)))
    values[row, column] = 100
    values[0, :20] = 100
    fields = {"xco2": GridField(XCO2, ("y", "x"), values)}
    answer = GridAnswer(ORIGIN, (Grid({"y": y, "x": x}, fields),))
    picture = draw(answer)
    frame = picture.frame
    assert (frame.west, frame.east, frame.south, frame.north) == (0, 360, -90, 90)
    j = MAP_CORNER[0] + frame.columns(np.array([235.0]))[0]
    i = MAP_CORNER[1] + frame.rows(np.array([-35.0]))[0]
    pixels = sheet(answer)
    assert pixels[i, j].tolist() == colour_table("viridis")[255].tolist()
    mirrored = MAP_CORNER[1] + frame.rows(np.array([35.0]))[0]
    assert pixels[mirrored, j].tolist() == colour_table("viridis")[0].tolist()


def test_a_quick_look_shows_a_sounding_at_its_place() -> None:
    columns = {
        "sounding_id": np.array(["a", "b"], dtype=object),
        "time": DAY + np.arange(2).astype("timedelta64[s]"),
        "longitude": np.array([-150.0, -120.0]),
        "latitude": np.array([-40.0, -20.0]),
        "xco2": np.array([400.0, 410.0], np.float32),
    }
    picture = draw(SoundingsAnswer(ORIGIN, columns, {"xco2": XCO2}, 2))
    rows = picture.frame.rows(columns["latitude"])
    places = picture.frame.columns(columns["longitude"])
    table = colour_table("viridis")
    assert picture.pixels[rows[0], places[0]].tolist() == table[0].tolist()
    assert picture.pixels[rows[1], places[1]].tolist() == table[255].tolist()
    assert rows[0] > rows[1]
    assert places[0] < places[1]
    assert (picture.pixels[:, :, 3] > 0).sum() < 100


@given(single_grids)
@settings(max_examples=15)
def test_every_grid_can_be_drawn(answer: GridAnswer) -> None:
    assert sheet(answer).ndim == 3


@given(soundings())
@settings(max_examples=15)
def test_soundings_are_drawn_or_refused_with_a_reason(answer: SoundingsAnswer) -> None:
    numeric = {"xco2", "xco2_uncertainty", "quality_flag"} & answer.columns.keys()
    if numeric:
        assert sheet(answer).ndim == 3
    else:
        with pytest.raises(InvalidValueError, match="numeric variable"):
            encode(answer)


def test_text_cannot_be_drawn() -> None:
    y, x = regular("y", 0, 1, 2), regular("x", 0, 1, 2)
    texts = np.full((2, 2), "a", dtype=object)
    grid = Grid({"y": y, "x": x}, {"target_name": GridField(TEXT, ("y", "x"), texts)})
    with pytest.raises(InvalidValueError):
        encode(GridAnswer(ORIGIN, (grid,)))


@pytest.mark.parametrize("name", [*COLOUR_MAPS, "viridis_r", "VIRIDIS", "rdbu_R"])
def test_a_colour_map_has_256_opaque_colours(name: str) -> None:
    table = colour_table(name)
    assert table.shape == (256, 4)
    assert (table[:, 3] == 255).all()
    assert len({tuple(row) for row in table.tolist()}) > 200


def test_a_colour_map_runs_between_its_control_points() -> None:
    assert colour_table("viridis")[0, :3].tolist() == [0x44, 0x01, 0x54]
    assert colour_table("viridis")[255, :3].tolist() == [0xFD, 0xE7, 0x25]
    np.testing.assert_array_equal(colour_table("viridis_r"), colour_table("viridis")[::-1])


@pytest.mark.parametrize("name", ["viridis", "plasma", "magma", "inferno", "cividis", "Greys_r"])
def test_a_perceptual_map_grows_lighter_all_along(name: str) -> None:
    lightness = colour_table(name)[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > -0.6).all()


def test_an_unknown_colour_map_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="viridis"):
        colour_table("jet")


def test_a_diverging_scale_is_symmetric_about_zero() -> None:
    scale = automatic_scale(np.linspace(-1, 3, 101), "RdBu_r")
    assert scale.low == -scale.high < 0
    assert automatic_scale(np.linspace(1, 3, 101), "RdBu").low > 0


@pytest.mark.parametrize("values", [[], [np.nan], [5.0, 5.0], [0.0]])
def test_a_scale_has_a_width_whatever_the_values(values: list[float]) -> None:
    scale = automatic_scale(np.array(values, np.float32), "viridis")
    assert scale.high > scale.low


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_and_within_the_scale(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert 3 <= len(found) <= 12
    assert min(found) >= low - span * 1e-6
    assert max(found) <= low + span * (1 + 1e-6)


def test_the_coast_has_no_artificial_edges() -> None:
    for line in coastlines():
        along = (abs(line[1:, 0]) == 180) & (line[1:, 0] == line[:-1, 0])
        assert not along.any()
        assert not ((line[1:, 1] == -90) & (line[:-1, 1] == -90)).any()
        assert abs(np.diff(line[:, 0])).max() < 100


def test_the_coast_is_where_the_land_is() -> None:
    points = np.concatenate(coastlines())
    for longitude, latitude in ((151.2, -33.9), (-70.7, -53.0), (18.4, -34.0), (121.5, 31.2)):
        assert np.hypot(points[:, 0] - longitude, points[:, 1] - latitude).min() < 1.5
