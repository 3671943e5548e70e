"""GeoTIFF, reopened by GDAL and by Pillow."""

from io import BytesIO

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rasterio.io import MemoryFile

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.geotiff import encode
from casa_ogc.query.answer import Grid, GridAnswer, GridField, SoundingsAnswer
from casa_processes.common.errors import InvalidValueError
from tests.encoders.answers import FLAG, ORIGIN, SIGMA, XCO2, axis, soundings, time_axis


def answer(
    rows: int = 5, columns: int = 7, down: bool = True, steps: int = 2, levels: int = 2
) -> GridAnswer:
    """Several times and levels; a value tells its place, the uncertainty has no levels."""
    axes = {
        "t": time_axis(steps, np.timedelta64(1, "D"), bounds=True),
        "z": axis("pressure", "z", 1000.0, -150.0, levels),
        "y": axis("latitude", "y", 40.0 if down else 20.0, -2.5 if down else 2.5, rows),
        "x": axis("longitude", "x", 170.0, 5.0, columns),
    }
    shape = (steps, levels, rows, columns)
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    values[0, 0, -1, -1] = np.nan
    sigma = np.arange(steps * rows * columns, dtype=np.float32).reshape(steps, rows, columns)
    fields = {
        "xco2": GridField(XCO2, ("t", "z", "y", "x"), values),
        "xco2_uncertainty": GridField(SIGMA, ("t", "y", "x"), sigma, "area: mean"),
    }
    return GridAnswer(ORIGIN, (Grid(axes, fields),))  # type: ignore[arg-type]


@pytest.mark.parametrize("down", [True, False])
def test_bands_are_times_and_levels_with_the_north_on_top(down: bool) -> None:
    given_answer = answer(down=down)
    field = given_answer.grids[0].fields["xco2"].values
    with MemoryFile(encode(given_answer)) as memory, memory.open() as file:
        assert file.count == 2 * 2 + 2
        assert file.crs.to_epsg() == 4326
        assert file.dtypes[0] == "float32"
        assert np.isnan(file.nodata)
        assert file.descriptions == (
            "xco2 2020-01-01T00:00:00Z 1000 hPa",
            "xco2 2020-01-01T00:00:00Z 850 hPa",
            "xco2 2020-01-02T00:00:00Z 1000 hPa",
            "xco2 2020-01-02T00:00:00Z 850 hPa",
            "xco2_uncertainty 2020-01-01T00:00:00Z",
            "xco2_uncertainty 2020-01-02T00:00:00Z",
        )
        assert set(file.units) == {"ppm"}
        for band in range(4):
            wanted = field[divmod(band, 2)]
            np.testing.assert_array_equal(file.read(band + 1), wanted if down else wanted[::-1])
        assert file.tags(3)["time"] == "2020-01-02T00:00:00Z"
        assert file.tags(3)["time_bounds"] == "2020-01-02T00:00:00Z/2020-01-03T00:00:00Z"
        assert file.tags(2)["pressure"] == "850"
        assert file.tags(1)["standard_name"] == XCO2.standard_name
        assert file.tags(5)["cell_methods"] == "area: mean"
        assert file.tags()["snapshot"] == ORIGIN.snapshot
        assert file.tags()["TIFFTAG_COPYRIGHT"] == ORIGIN.licence


@pytest.mark.parametrize("down", [True, False])
def test_a_place_has_the_value_of_its_cell(down: bool) -> None:
    given_answer = answer(down=down)
    grid = given_answer.grids[0]
    field = grid.fields["xco2"].values
    with MemoryFile(encode(given_answer)) as memory, memory.open() as file:
        for i, latitude in enumerate(grid.axes["y"].values):
            for j, longitude in enumerate(grid.axes["x"].values):
                (sampled,) = file.sample([(longitude, latitude)], indexes=4)
                np.testing.assert_array_equal(sampled, field[1, 1, i, j])


def test_another_reader_finds_the_same_pixels() -> None:
    one = answer(rows=300, columns=400, steps=1, levels=1)
    grid = one.grids[0]
    alone = GridAnswer(ORIGIN, (Grid(grid.axes, {"xco2": grid.fields["xco2"]}),))
    with Image.open(BytesIO(encode(alone))) as image:
        assert image.mode == "F"
        np.testing.assert_array_equal(np.asarray(image), grid.fields["xco2"].values[0, 0])


def test_a_large_image_is_tiled_and_compressed() -> None:
    body = encode(answer(rows=512, columns=600, steps=1, levels=1))
    with MemoryFile(body) as memory, memory.open() as file:
        assert file.block_shapes[0] == (256, 256)
        assert file.profile["compress"] == "deflate"
    assert len(body) < 512 * 600 * 4 * 2


def test_equal_answers_give_equal_bytes() -> None:
    assert encode(answer()) == encode(answer())


def test_a_projected_grid_keeps_its_system() -> None:
    grid = answer(levels=1).grids[0]
    axes = dict(grid.axes)
    axes["x"] = Axis("x", "x", np.arange(7) * 1e4, None, "m")
    axes["y"] = Axis("y", "y", 5e5 - np.arange(5) * 2e4, None, "m")
    made = GridAnswer(
        ORIGIN, (Grid(axes, grid.fields),), "http://www.opengis.net/def/crs/EPSG/0/3035"
    )
    with MemoryFile(encode(made)) as memory, memory.open() as file:
        assert file.crs.to_epsg() == 3035
        assert file.res == (1e4, 2e4)
        assert tuple(file.bounds) == (-5000, 5e5 - 9e4, 65000, 5e5 + 1e4)


def test_codes_are_kept() -> None:
    axes = {"y": axis("latitude", "y", 0, 1, 2), "x": axis("longitude", "x", 0, 1, 3)}
    values = np.array([[0, 1, 1], [1, 0, 0]], dtype=np.int8)
    made = GridAnswer(ORIGIN, (Grid(axes, {"flag": GridField(FLAG, ("y", "x"), values)}),))  # type: ignore[arg-type]
    with MemoryFile(encode(made)) as memory, memory.open() as file:
        np.testing.assert_array_equal(file.read(1), values[::-1])


def test_unequal_cells_are_refused_with_what_to_do() -> None:
    grid = answer().grids[0]
    axes = dict(grid.axes)
    bounds = np.array([[0, 1], [1, 3], [3, 4], [4, 5], [5, 6.0]])
    axes["y"] = Axis("latitude", "y", bounds.mean(axis=1), bounds, "degrees_north")
    with pytest.raises(InvalidValueError, match="scale-size"):
        encode(GridAnswer(ORIGIN, (Grid(axes, grid.fields),)))


@settings(max_examples=5)
@given(soundings())
def test_soundings_and_several_grids_are_refused(rows: SoundingsAnswer) -> None:
    several = GridAnswer(ORIGIN, answer().grids * 2)
    for made in (rows, several):
        with pytest.raises(InvalidValueError, match="one single grid"):
            encode(made)


@settings(max_examples=20)
@given(rows=st.integers(1, 40), columns=st.integers(1, 40), down=st.booleans())
def test_any_size_is_read_back(rows: int, columns: int, down: bool) -> None:
    made = answer(rows, columns, down, steps=1, levels=1)
    values = made.grids[0].fields["xco2"].values[0, 0]
    with MemoryFile(encode(made)) as memory, memory.open() as file:
        np.testing.assert_array_equal(file.read(1), values if down else values[::-1])


def test_the_library_is_not_asked_for_more_bands_than_a_tiff_has() -> None:
    one = answer(rows=2, columns=3, steps=40_000, levels=2)
    with pytest.raises(InvalidValueError, match="65535"):
        encode(one)


def test_gdal_is_left_without_open_files() -> None:
    encode(answer())
    assert rasterio.env.hasenv() is False
