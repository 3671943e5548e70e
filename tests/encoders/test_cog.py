"""Cloud-optimised GeoTIFF, reopened by GDAL and checked for its layout."""

import struct

import numpy as np
import pytest
from rasterio.enums import Resampling
from rasterio.io import MemoryFile

from casa_ogc.encoders.cog import encode
from casa_ogc.query.answer import Grid, GridAnswer, GridField
from tests.encoders.answers import FLAG, ORIGIN, axis
from tests.encoders.test_geotiff import answer


@pytest.fixture(scope="module")
def made() -> tuple[GridAnswer, bytes]:
    given = answer(rows=600, columns=1100, steps=2, levels=1)
    return given, encode(given)


def test_bands_and_what_describes_them_survive(made: tuple[GridAnswer, bytes]) -> None:
    given, body = made
    with MemoryFile(body) as memory, memory.open() as file:
        assert file.driver == "GTiff"
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.descriptions[1] == "xco2 2020-01-02T00:00:00Z 1000 hPa"
        assert file.units[0] == "ppm"
        assert file.tags(2)["time"] == "2020-01-02T00:00:00Z"
        assert np.isnan(file.nodata)
        np.testing.assert_array_equal(file.read(2), given.grids[0].fields["xco2"].values[1, 0])


def test_overviews_hold_means(made: tuple[GridAnswer, bytes]) -> None:
    given, body = made
    with MemoryFile(body) as memory, memory.open() as file:
        assert file.block_shapes[0] == (256, 256)
        assert file.overviews(1) == [2, 4, 8][: len(file.overviews(1))]
        assert len(file.overviews(1)) >= 2
        half = file.read(1, out_shape=(300, 550), resampling=Resampling.nearest)
    full = given.grids[0].fields["xco2"].values[0, 0]
    wanted = np.nanmean(full.reshape(300, 2, 550, 2), axis=(1, 3))
    np.testing.assert_allclose(half, wanted, rtol=1e-6)


@pytest.mark.parametrize(("rows", "columns", "side"), [(1, 2, 16), (17, 900, 32), (300, 300, 256)])
def test_tiles_are_no_larger_than_the_grid(rows: int, columns: int, side: int) -> None:
    given = answer(rows=rows, columns=columns, steps=40, levels=1)
    with MemoryFile(encode(given)) as memory, memory.open() as file:
        assert file.block_shapes[0] == (side, side)
        np.testing.assert_array_equal(file.read(40), given.grids[0].fields["xco2"].values[39, 0])


def test_directories_stand_before_the_pixels(made: tuple[GridAnswer, bytes]) -> None:
    _, body = made
    assert body[:4] == b"II*\x00"
    assert b"LAYOUT=IFDS_BEFORE_DATA" in body[:512]
    offset, offsets = struct.unpack("<I", body[4:8])[0], []
    while offset:
        offsets.append(offset)
        (count,) = struct.unpack("<H", body[offset : offset + 2])
        at = offset + 2 + 12 * count
        (offset,) = struct.unpack("<I", body[at : at + 4])
    assert len(offsets) >= 3
    assert max(offsets) < len(body) / 10


def test_overviews_of_codes_hold_codes() -> None:
    axes = {"y": axis("latitude", "y", 60, -0.1, 600), "x": axis("longitude", "x", 0, 0.1, 600)}
    values = (np.indices((600, 600)).sum(axis=0) % 5 == 0).astype(np.int8)
    flag = type(FLAG)(**{**vars(FLAG), "flags": ((0, "good"), (1, "bad"))})
    grid = Grid(axes, {"flag": GridField(flag, ("y", "x"), values)})  # type: ignore[arg-type]
    with MemoryFile(encode(GridAnswer(ORIGIN, (grid,)))) as memory, memory.open() as file:
        half = file.read(1, out_shape=(300, 300), resampling=Resampling.nearest)
    np.testing.assert_array_equal(np.unique(half), [0, 1])
