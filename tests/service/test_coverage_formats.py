"""Every format of a coverage over HTTP, reopened by its own readers; byte ranges as GDAL asks."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import requests
import xarray as xr
import zarr
from rasterio.windows import Window

from tests.service.grids import COLUMNS, ROWS, STEPS, TIMES, grid

DATA = grid()
TYPES = {
    "CoverageJSON": "application/prs.coverage+json",
    "GeoJSON": "application/geo+json",
    "NetCDF": "application/netcdf",
    "CSV": "text/csv",
    "PNG": "image/png",
    "GeoTIFF": "image/tiff; application=geotiff",
    "COG": "image/tiff; application=geotiff; profile=cloud-optimized",
    "Zarr": "application/zip+zarr",
    "Parquet": "application/vnd.apache.parquet",
}
IMAGES = ("GeoTIFF", "COG")


def get(url: str, status: int = 200, **parameters: str) -> requests.Response:
    response = requests.get(url, params=parameters, timeout=60)
    assert response.status_code == status, response.text[:500]
    return response


@pytest.fixture(scope="module")
def url(coverage_server: str) -> str:
    return f"{coverage_server}/collections/grid/coverage"


@pytest.mark.parametrize("name", list(TYPES))
def test_a_format_goes_by_name_and_by_media_type(url: str, name: str) -> None:
    box = {"bbox": "0,0,20,20", "datetime": "2022-01-30"}
    named = get(url, f=name, **box)
    assert named.headers["Content-Type"].split("; charset")[0] == TYPES[name]
    accepted = requests.get(url, params=box, headers={"Accept": TYPES[name]}, timeout=60)
    assert accepted.content == named.content
    assert 'filename="grid.' in named.headers["Content-Disposition"]
    assert 'rel="license"' in named.headers["Link"]
    assert "Accept" in named.headers["Vary"]


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_has_a_band_for_each_variable_and_time(url: str, name: str) -> None:
    body = get(url, f=name).content
    with rasterio.MemoryFile(body) as memory, memory.open() as file:
        assert file.count == 2 * STEPS
        assert (file.width, file.height) == (COLUMNS, ROWS)
        assert tuple(file.bounds) == (-180, -90, 180, 90)
        assert file.descriptions[1] == "xco2 2022-01-31T00:00:00Z"
        assert file.units[0] == "ppm"
        np.testing.assert_array_equal(file.read(2), DATA["xco2"].to_numpy()[1, ::-1])
        np.testing.assert_array_equal(file.read(5), DATA["xco2_uncertainty"].to_numpy()[0, ::-1])


def test_zipped_zarr_opens_in_xarray(url: str, tmp_path: Path) -> None:
    path = tmp_path / "grid.zarr.zip"
    path.write_bytes(get(url, f="Zarr").content)
    store = zarr.storage.ZipStore(path, mode="r")
    data = xr.open_zarr(store).load()
    store.close()
    np.testing.assert_array_equal(data["xco2"], DATA["xco2"])
    np.testing.assert_array_equal(data["time"], TIMES)
    assert zipfile.is_zipfile(path)


def test_parquet_has_the_same_rows_as_csv(url: str) -> None:
    box = {"bbox": "100,20,120,40"}
    table = pd.read_parquet(io.BytesIO(get(url, f="Parquet", **box).content))
    text = pd.read_csv(io.StringIO(get(url, f="CSV", **box).text))
    assert len(table) == len(text) == STEPS * 100
    np.testing.assert_allclose(table["xco2"], text["xco2 [ppm]"], rtol=1e-6)
    np.testing.assert_array_equal(table["latitude"], text["latitude"])


@pytest.mark.parametrize("name", IMAGES)
def test_soundings_are_no_image_and_the_answer_says_what_is_offered(
    coverage_server: str, name: str
) -> None:
    answer = get(f"{coverage_server}/collections/dots/coverage", 400, f=name)
    assert "CoverageJSON, GeoJSON, NetCDF, CSV, PNG, Zarr, Parquet" in answer.json()["detail"]


def test_soundings_are_neither_scaled_nor_projected(coverage_server: str) -> None:
    url = f"{coverage_server}/collections/dots/coverage"
    assert "soundings" in get(url, 400, **{"scale-factor": "2"}).json()["detail"]
    assert "soundings" in get(url, 400, crs="EPSG:3857").json()["detail"]
    table = pd.read_parquet(io.BytesIO(get(url, f="Parquet").content))
    assert len(table) == 400


@pytest.mark.parametrize("name", IMAGES)
def test_a_part_of_the_bytes_is_answered(url: str, name: str) -> None:
    whole = get(url, f=name)
    body, tag = whole.content, whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(body)
    for asked, start, stop in (
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, size),
        ("bytes=-50", size - 50, size),
        (f"bytes=10-{size * 9}", 10, size),
    ):
        part = requests.get(url, params={"f": name}, headers={"Range": asked}, timeout=60)
        assert part.status_code == 206
        assert part.content == body[start:stop]
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert part.headers["ETag"] == tag
        assert part.headers["Content-Length"] == str(stop - start)


def test_ranges_that_cannot_be_or_need_not_be_answered(url: str) -> None:
    whole = get(url, f="COG")
    size, tag = len(whole.content), whole.headers["ETag"]

    def ask(**headers: str) -> requests.Response:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return requests.get(url, params={"f": "COG"}, headers=named, timeout=60)

    beyond = ask(Range=f"bytes={size}-{size + 5}")
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    for headers in (
        {"Range": "bytes=0-1,5-9"},
        {"Range": "pages=1-2"},
        {"Range": "bytes=oops"},
        {"Range": "bytes=0-9", "If_Range": '"another"'},
        {"Range": "bytes=0-9", "If_Range": "Wed, 21 Oct 2015 07:28:00 GMT"},
    ):
        assert (ask(**headers).status_code, len(ask(**headers).content)) == (200, size)
    assert ask(Range="bytes=0-9", If_Range=tag).status_code == 206
    assert ask(If_None_Match=tag).status_code == 304
    other = requests.get(url, params={"f": "CSV"}, headers={"Range": "bytes=0-9"}, timeout=60)
    assert other.status_code == 200


@pytest.mark.parametrize("name", IMAGES)
def test_head_tells_the_length(url: str, name: str) -> None:
    whole = get(url, f=name)
    head = requests.head(url, params={"f": name}, timeout=60)
    assert head.status_code == 200
    assert head.content == b""
    for header in ("Content-Length", "Content-Type", "ETag", "Accept-Ranges"):
        assert head.headers[header] == whole.headers[header]


def test_gdal_reads_a_window_over_the_network(url: str) -> None:
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", VSI_CACHE="FALSE"):
        address = f"/vsicurl/{url}?f=COG&scale-size=Lon(1440),Lat(720)&datetime=2022-01-30"
        with rasterio.open(address) as file:
            assert (file.width, file.height) == (1440, 720)
            assert file.overviews(1)
            part = file.read(1, window=Window(800, 300, 40, 30))
            coarse = file.read(1, out_shape=(180, 360))
    fine = DATA["xco2"].to_numpy()[0, ::-1].repeat(8, axis=0).repeat(8, axis=1)
    np.testing.assert_array_equal(part, fine[300:330, 800:840])
    np.testing.assert_allclose(coarse, fine[::4, ::4], rtol=1e-6)


def test_cells_of_all_sizes_are_refused_as_an_image_with_what_to_do(
    coverage_server: str, url: str
) -> None:
    assert (
        "one single grid"
        in get(
            f"{coverage_server}/collections/grid/position",
            400,
            f="GeoTIFF",
            coords="MULTIPOINT(0 0,10 10)",
        ).json()["detail"]
    )
