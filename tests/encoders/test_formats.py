"""Formats by name and by Accept header."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.encoders.formats import FORMATS, acceptable, format_named
from casa_ogc.query.answer import Grid, GridAnswer, GridField
from casa_processes.common.errors import UnknownNameError
from tests.encoders.answers import ORIGIN, XCO2, axis


def test_the_formats_are_those_that_are_advertised() -> None:
    assert list(FORMATS) == [
        "CoverageJSON",
        "GeoJSON",
        "NetCDF",
        "CSV",
        "PNG",
        "GeoTIFF",
        "COG",
        "Zarr",
        "Parquet",
    ]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("CoverageJSON", "CoverageJSON"),
        ("coveragejson", "CoverageJSON"),
        ("json", "CoverageJSON"),
        ("GEOJSON", "GeoJSON"),
        ("netcdf", "NetCDF"),
        ("netCDF4", "NetCDF"),
        (" csv ", "CSV"),
        ("geotiff", "GeoTIFF"),
        ("tif", "GeoTIFF"),
        ("cog", "COG"),
        ("zarr", "Zarr"),
        ("GeoParquet", "Parquet"),
        ("png", "PNG"),
    ],
)
def test_a_name_is_found_without_regard_to_case(name: str, form: str) -> None:
    assert format_named(name).name == form


@pytest.mark.parametrize("name", ["", "html", "Coverage JSON", "hdf4"])
def test_an_unknown_name_is_refused_with_those_that_exist(name: str) -> None:
    with pytest.raises(
        UnknownNameError, match=r"there are: COG, CSV, CoverageJSON, GeoJSON, GeoTIFF"
    ):
        format_named(name)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (None, "CoverageJSON"),
        ("", "CoverageJSON"),
        ("*/*", "CoverageJSON"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "CoverageJSON"),
        ("application/json", "CoverageJSON"),
        ("application/geo+json", "GeoJSON"),
        ("application/geo+json; charset=utf-8", "GeoJSON"),
        ("IMAGE/PNG", "PNG"),
        ("image/*", "PNG"),
        ("text/csv;q=0.5, application/netcdf;q=0.6", "NetCDF"),
        ("text/csv;q=0.6, application/x-netcdf;q=0.5", "CSV"),
        ("*/*;q=0.1, text/csv", "CSV"),
        ("*/*;q=0.1, image/*", "PNG"),
        ("application/*, application/prs.coverage+json;q=0, application/json;q=0", "GeoJSON"),
        ("text/csv;q=0, */*", "CoverageJSON"),
        ("text/csv;q=broken, image/png;q=0.1", "PNG"),
        ("image/tiff", "GeoTIFF"),
        ("image/tiff;application=geotiff", "GeoTIFF"),
        ("image/tiff; application=geotiff", "GeoTIFF"),
        ("image/tiff; application=geotiff; profile=cloud-optimized", "COG"),
        ('image/tiff;application=geotiff;profile="cloud-optimized", image/tiff;q=0.9', "COG"),
        ("application/x-zarr", "Zarr"),
        ("application/vnd.apache.parquet, */*;q=0.1", "Parquet"),
    ],
)
def test_the_accept_header_chooses(header: str | None, form: str) -> None:
    found = acceptable(header, "grid")
    assert found is not None
    assert found.name == form


@pytest.mark.parametrize("header", ["text/html", "image/webp", "*/*;q=0", "csv", ";;,,", "a/b/c"])
def test_nothing_acceptable_is_none(header: str) -> None:
    assert acceptable(header, "soundings") is None


@given(st.text(max_size=60))
def test_no_header_raises(header: str) -> None:
    acceptable(header, "grid")


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_encodes_through_the_registry(name: str) -> None:
    axes = {"y": axis("latitude", "y", 0, 1, 2), "x": axis("longitude", "x", 0, 1, 2)}
    values = np.arange(4, dtype=np.float32).reshape(2, 2)
    grid = Grid(axes, {"xco2": GridField(XCO2, ("y", "x"), values)})  # type: ignore[arg-type]
    signatures = {
        "NetCDF": b"\x89HDF",
        "PNG": b"\x89PNG",
        "CSV": b"lati",
        "GeoTIFF": b"II*\x00",
        "COG": b"II*\x00",
        "Zarr": b"PK\x03\x04",
        "Parquet": b"PAR1",
    }
    signature = signatures.get(name, b"{")
    assert FORMATS[name].encode(GridAnswer(ORIGIN, (grid,))).startswith(signature)


def test_the_registry_imports_no_heavy_library() -> None:
    heavy = (
        "{'h5netcdf', 'h5py', 'pyarrow', 'PIL', 'numba', 'orjson', 'xarray', 'pandas', 'rasterio'}"
    )
    code = f"import sys, casa_ogc.encoders.formats; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
