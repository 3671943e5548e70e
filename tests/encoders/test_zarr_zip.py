"""Zipped Zarr, reopened by xarray and compared with the netCDF of the same answer."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr
from hypothesis import given, settings

from casa_ogc.encoders import netcdf
from casa_ogc.encoders.zarr_zip import encode
from casa_ogc.query.answer import Answer, GridAnswer, SoundingsAnswer
from tests.encoders.answers import ORIGIN, single_grids, soundings
from tests.encoders.test_geotiff import answer


def opened(body: bytes, folder: Path) -> xr.Dataset:
    path = folder / "answer.zarr.zip"
    path.write_bytes(body)
    store = zarr.storage.ZipStore(path, mode="r")
    try:
        return xr.open_zarr(store).load()
    finally:
        store.close()


def as_netcdf(made: Answer) -> xr.Dataset:
    with xr.open_dataset(BytesIO(netcdf.encode(made)), engine="h5netcdf") as data:
        return data.load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zarr")


def test_xarray_opens_it_with_times_units_and_bounds(folder: Path) -> None:
    made = answer()
    data = opened(encode(made), folder)
    grid = made.grids[0]
    assert data["xco2"].dims == ("time", "pressure", "latitude", "longitude")
    np.testing.assert_array_equal(data["xco2"], grid.fields["xco2"].values)
    np.testing.assert_array_equal(data["time"], grid.axes["t"].values)
    np.testing.assert_array_equal(data["latitude"], grid.axes["y"].values)
    assert data["xco2"].attrs["units"] == "ppm"
    assert data["xco2_uncertainty"].attrs["cell_methods"] == "area: mean"
    assert data["latitude"].attrs["bounds"] == "latitude_bounds"
    assert data.attrs["product_version"] == ORIGIN.snapshot


def test_it_is_zarr_3_with_consolidated_metadata() -> None:
    with zipfile.ZipFile(BytesIO(encode(answer()))) as packed:
        root = json.loads(packed.read("zarr.json"))
        assert packed.testzip() is None
    assert root["zarr_format"] == 3
    assert "xco2" in root["consolidated_metadata"]["metadata"]


def test_equal_answers_give_equal_bytes() -> None:
    assert encode(answer()) == encode(answer())


@settings(max_examples=25)
@given(single_grids)
def test_a_grid_is_what_netcdf_holds(folder: Path, made: GridAnswer) -> None:
    xr.testing.assert_identical(opened(encode(made), folder), as_netcdf(made))


@settings(max_examples=25)
@given(soundings(least=1))
def test_soundings_are_what_netcdf_holds(folder: Path, made: SoundingsAnswer) -> None:
    found, wanted = opened(encode(made), folder), as_netcdf(made)
    assert set(found.variables) == set(wanted.variables)
    for name in wanted.variables:
        assert found[name].dims == wanted[name].dims
        np.testing.assert_array_equal(
            found[name].to_numpy().astype(wanted[name].dtype), wanted[name].to_numpy()
        )


def test_a_large_field_is_cut_into_chunks(folder: Path) -> None:
    made = answer(rows=600, columns=1100, steps=3, levels=1)
    body = encode(made)
    with zipfile.ZipFile(BytesIO(body)) as packed:
        assert len([name for name in packed.namelist() if name.startswith("xco2/c/")]) == 3
    np.testing.assert_array_equal(opened(body, folder)["xco2"], made.grids[0].fields["xco2"].values)
