"""GDAL reads the stored values of coverages as GeoTIFF over HTTP."""

import json
from pathlib import Path

import numpy as np
import pytest
import requests

from tests.clients.known import GRID, LEVELS, VALUES, northern_rows
from tests.clients.programs import run
from tests.clients.shown import read_raster


def _copied(folder: Path, source: str, *options: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    target = folder / "read.tif"
    run(folder, "gdal_translate", "-q", *options, source, str(target))
    return read_raster(target)


@pytest.mark.parametrize("form", ["GeoTIFF", "COG"])
@pytest.mark.parametrize("name", [GRID, LEVELS])
def test_a_coverage_url_is_a_raster_of_the_stored_values(
    site: str, tmp_path: Path, name: str, form: str
) -> None:
    query = f"f={form}&datetime=2022-01-02T12:00:00Z&properties=xco2"
    query += "&subset=pressure(850)" if name == LEVELS else ""
    bands, y, x = _copied(tmp_path, f"/vsicurl/{site}/collections/{name}/coverage?{query}")
    np.testing.assert_allclose(y, np.arange(85, -86, -10))
    np.testing.assert_allclose(x, np.arange(-175, 176, 10))
    np.testing.assert_array_equal(bands[0], northern_rows(3))


def test_a_cut_of_a_coverage_is_a_raster_in_its_place(site: str, tmp_path: Path) -> None:
    query = "f=GeoTIFF&bbox=60,0,100,30&datetime=2022-01-01/2022-01-01&properties=xco2"
    bands, y, x = _copied(tmp_path, f"/vsicurl/{site}/collections/{GRID}/coverage?{query}")
    np.testing.assert_allclose(y, [25, 15, 5])
    np.testing.assert_allclose(x, [65, 75, 85, 95])
    np.testing.assert_array_equal(bands[:2], VALUES[0:2, 0, 11:8:-1, 24:28])


def test_bands_tell_variable_time_units_and_the_missing(site: str, tmp_path: Path) -> None:
    url = f"{site}/collections/{GRID}/coverage?f=GeoTIFF&datetime=2022-01-01T12:00:00Z"
    said = json.loads(run(tmp_path, "gdalinfo", "-json", f"/vsicurl/{url}"))
    first, second = said["bands"]
    assert first["description"] == "xco2 2022-01-01T12:00:00Z"
    assert first["unit"] == "ppm"
    assert first["noDataValue"] == "NaN"
    assert second["metadata"][""]["time"] == "2022-01-01T12:00:00Z"


def test_a_cloud_optimised_coverage_says_its_layout(site: str, tmp_path: Path) -> None:
    url = f"{site}/collections/{GRID}/coverage?f=COG&datetime=2022-01-01T12:00:00Z"
    said = json.loads(run(tmp_path, "gdalinfo", "-json", f"/vsicurl/{url}"))
    assert said["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"


def test_netcdf_of_a_coverage_has_the_stored_values(site: str, tmp_path: Path) -> None:
    url = f"{site}/collections/{GRID}/coverage?f=NetCDF&datetime=2022-01-01T12:00:00Z"
    (tmp_path / "read.nc").write_bytes(requests.get(url, timeout=30).content)
    bands, y, _ = _copied(tmp_path, "NETCDF:read.nc:xco2")
    rows = northern_rows(1)
    np.testing.assert_array_equal(bands[0], rows if y[0] > y[-1] else rows[::-1])


@pytest.mark.parametrize("name", [GRID, LEVELS])
def test_the_coverage_driver_reads_every_variable_of_the_last_step(
    site: str, tmp_path: Path, name: str
) -> None:
    source = f"OGCAPI:{site}/collections/{name}"
    options = ("-oo", "API=COVERAGE", "-oo", "CACHE=NO")
    bands, y, x = _copied(tmp_path, source, *options)
    np.testing.assert_allclose(y, np.arange(85, -86, -10))
    np.testing.assert_allclose(x, np.arange(-175, 176, 10))
    np.testing.assert_array_equal(bands[0], northern_rows(11))
    np.testing.assert_array_equal(bands[1], northern_rows(11) / 4)
