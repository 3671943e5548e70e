"""Pictures that are drawn a band at a time are those that are drawn in one piece."""

import weakref
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.archive.cubes import Cube, open_cube, write_cube
from casa_ogc.encoders import drawing as module
from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.drawing import BAND_BYTES, Drawing, bands, clear, drawn, whole
from casa_ogc.encoders.images import (
    grounded,
    image_bytes,
    on_ground,
    overlaid,
    png_bytes,
    stacked,
)
from casa_ogc.encoders.projections import projection
from casa_ogc.encoders.render import Subject, drawing, render
from casa_ogc.encoders.resampling import draw_cells, paint, paint_rows
from casa_ogc.encoders.spans import column_spans, row_spans
from casa_ogc.encoders.window import Window

SCALE = Scale("viridis", 380.0, 440.0)
pictures = arrays(
    np.uint8,
    st.tuples(st.integers(1, 12), st.integers(1, 5), st.just(4)),
    elements=st.sampled_from([0, 7, 255]),
)


def read(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)).convert("RGBA"))


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(0, 256, (height, width, 4), np.uint8)


@given(pictures, st.integers(1, 13))
def test_bands_are_the_rows_of_a_picture_from_the_top(picture: np.ndarray, rows: int) -> None:
    copies = [band.copy() for band in bands(drawn(picture), rows)]
    assert all(len(band) == min(rows, len(picture)) for band in copies[:-1])
    np.testing.assert_array_equal(np.concatenate(copies), picture)
    np.testing.assert_array_equal(whole(drawn(picture)), picture)


def test_a_band_takes_the_place_of_the_one_before_and_is_small() -> None:
    seen = list(bands(clear(4096, 4096)))
    assert len(seen) > 16
    assert all(np.shares_memory(seen[0], band) for band in seen)
    assert seen[0].nbytes <= BAND_BYTES


def test_a_row_that_is_larger_than_a_band_is_a_band() -> None:
    width = BAND_BYTES
    assert [band.shape for band in bands(clear(width, 2))] == [(1, width, 4)] * 2


@given(pictures, st.integers(1, 13))
def test_a_png_of_bands_is_read_back_as_the_picture(picture: np.ndarray, rows: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BAND_BYTES", 4 * picture.shape[1] * rows)
        content = png_bytes(drawn(picture))
    np.testing.assert_array_equal(read(content), picture)


def test_rows_that_repeat_across_bands_cost_nothing() -> None:
    one = np.tile(noise(1, 4096), (600, 1, 1))
    assert len(png_bytes(one)) < 4 * len(png_bytes(one[:1]))


@pytest.mark.parametrize("media", ["image/png", "image/webp", "image/jpeg"])
def test_every_format_takes_pictures_that_are_not_drawn_yet(media: str) -> None:
    picture = noise(40, 30)
    picture[:, :, 3] = 255
    assert image_bytes(drawn(picture), media) == image_bytes(picture, media)


@given(pictures, pictures)
def test_grounds_and_layers_are_those_of_whole_pictures(one: np.ndarray, other: np.ndarray) -> None:
    height, width = one.shape[:2]
    above = np.resize(other, one.shape)
    colour = (1, 2, 3, 255)
    laid = grounded(drawn(one), colour)
    parts = np.concatenate([band.copy() for band in bands(laid, 2)])
    np.testing.assert_array_equal(parts, on_ground(one, colour))
    for layers in ([one, None, above], [None, above], [None], [above, one, above]):
        lazily = (None if layer is None else drawn(layer) for layer in layers)
        both = whole(stacked(lazily, width, height))
        np.testing.assert_array_equal(both, overlaid(layers, height, width))


def test_of_several_layers_each_is_made_when_those_before_are_drawn() -> None:
    made: list[int] = []
    drawn_first: list[int] = []
    held: list[weakref.ref[np.ndarray]] = []

    def layers():
        for number in range(6):
            made.append(number)

            def draw(_first: int, band: np.ndarray, number: int = number) -> None:
                drawn_first.append(number)
                held.append(weakref.ref(band))
                assert sum(one() is not None for one in held) <= 3
                band[:] = number

            yield Drawing(3, 2, draw)
            if number >= 2:
                assert drawn_first == made

    whole(stacked(layers(), 3, 2))
    assert drawn_first == made == list(range(6))


def axis(name: str, role: str, start: float, step: float, size: int) -> Axis:
    values = start + step * (np.arange(size) + 0.5)
    return Axis(name, role, values, midpoint_bounds(values))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(36, 72), (19, 41), (90, 300), (36, 40), (5, 72), (1, 1)])
@pytest.mark.parametrize("west", [-180.0, 0.0])
@pytest.mark.parametrize("rows", [1, 2, 5])
def test_painted_rows_are_those_of_the_whole(size: tuple[int, int], west: float, rows: int) -> None:
    """Means, copies of rows and single cells, whatever row a band begins with."""
    values = np.random.default_rng(1).uniform(380, 440, (36, 72)).astype(np.float32)
    values[values < 390] = np.nan
    y, x = axis("latitude", "y", 90, -5, 36), axis("longitude", "x", west, 5, 72)
    height, width = size
    window = Window(projection(None), -180, -90, 180, 90, width, height)
    meridians, parallels = window.edges()
    seen = row_spans(y, parallels), column_spans(x, meridians)
    wanted = draw_cells(values, y, x, window, SCALE)
    np.testing.assert_array_equal(paint(values, *seen, SCALE), wanted)
    found = np.empty_like(wanted)
    for first in range(0, height, rows):
        paint_rows(values, seen, SCALE, first, found[first : first + rows])
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("count", range(1, 14))
def test_the_mean_of_any_number_of_rows_is_that_of_their_areas(count: int) -> None:
    values = np.random.default_rng(count).uniform(0, 100, (count, 8)).astype(np.float32)
    values[values < 20] = np.nan
    values[:, 0] = np.nan
    y, x = axis("latitude", "y", 60, -120 / count, count), axis("longitude", "x", 0, 10, 8)
    window = Window(projection(None), 0, -60, 80, 60, 8, 1)
    pixels = draw_cells(values, y, x, window, Scale("Greys", 0.0, 100.0))[0]
    assert y.bounds is not None
    area = np.abs(np.diff(np.sin(np.radians(y.bounds)), axis=1))
    known = np.isfinite(values)
    total = np.where(known, values * area, 0).sum(axis=0)
    share = (known * area).sum(axis=0)
    with np.errstate(invalid="ignore"):
        wanted = np.full((1, 8), total / share, dtype=np.float32)
    single = Window(projection(None), 0, -60, 80, 60, 8, 1)
    middle = axis("latitude", "y", 60, -120, 1)
    shown = draw_cells(wanted, middle, x, single, Scale("Greys", 0.0, 100.0))[0]
    assert (shown[:, 3] == pixels[:, 3]).all()
    assert np.abs(shown[:, :3].astype(int) - pixels[:, :3]).max() <= 2


def test_an_infinite_value_is_no_part_of_a_mean() -> None:
    values = np.array([[10.0, 10.0], [10.0, np.inf], [10.0, 10.0]], dtype=np.float32)
    y, x = axis("latitude", "y", 3, -1, 3), axis("longitude", "x", 0, 1, 2)
    window = Window(projection(None), 0, 0, 2, 3, 2, 1)
    pixels = draw_cells(values, y, x, window, Scale("Greys", 0.0, 100.0))[0]
    assert pixels[0].tolist() == pixels[1].tolist()


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    root: Path = tmp_path_factory.mktemp("bands")
    values = np.random.default_rng(3).uniform(380, 440, (1, 90, 180)).astype(np.float32)
    values[:, 20:30, 50:90] = np.nan
    axes = {
        "time": np.array(["2022-01-01"], "datetime64[ns]"),
        "latitude": np.arange(90) * 2 - 89.0,
        "longitude": np.arange(180) * 2 - 179.0,
    }
    attributes = {"title": "n", "source": "n", "licence": "CC0-1.0", "mission": "none"}
    data = xr.Dataset({"xco2": (tuple(axes), values)}, axes, attributes)
    return open_cube(root, "noise", write_cube(root, "noise", data, ()).snapshot)


@pytest.mark.parametrize(
    ("name", "edges"),
    [
        (None, (-180, -90, 180, 90)),
        (None, (170, -10, 200, 20)),
        ("EPSG:3857", (-2e7, -1e7, 2e7, 1.5e7)),
        ("EPSG:3413", (-4e6, -4e6, 4e6, 4e6)),
        (None, (-180, 100, 180, 190)),
    ],
)
def test_a_map_in_bands_is_the_map(
    cube: Cube, name: str | None, edges: tuple[float, float, float, float]
) -> None:
    window = Window(projection(name), *edges, 61, 50)
    subject = Subject(cube, "xco2", SCALE, None, None, 10**7)
    wanted = render(subject, window)
    found = drawing(subject, window)
    assert wanted is not None
    assert found is not None
    parts = [band.copy() for band in bands(found, 7)]
    np.testing.assert_array_equal(np.concatenate(parts), wanted)
