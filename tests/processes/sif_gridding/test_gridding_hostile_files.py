"""Files of soundings that lie: shapes, units, packing, fills, sizes and texts of all kinds."""

import h5py
import netCDF4
import numpy as np
import pytest
import xarray as xr

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import FileContentError, InvalidInputsError
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.netcdf import write_soundings
from casa_processes.common.registry import process
from casa_processes.sif_gridding import files

PROCESS = process("sif-gridding")
COUNT = 400
COARSE = {"resolution": 10.0, "time_step": "P1M", "plots": False, "soundings": "s.nc"}


def columns(seed=0):
    """Soundings of three days anywhere between 60 S and 60 N, with footprints of a degree."""
    random = np.random.default_rng(seed)
    latitude, longitude = random.uniform(-60, 60, COUNT), random.uniform(-180, 180, COUNT)
    hours = np.sort(random.integers(0, 72, COUNT))
    return {
        "sounding_id": np.arange(COUNT).astype(str),
        "time": np.datetime64("2024-02-28", "ns") + hours * np.timedelta64(1, "h"),
        "latitude": latitude,
        "longitude": longitude,
        "latitude_vertices": latitude[:, None] + np.array([-0.5, -0.5, 0.5, 0.5]),
        "longitude_vertices": longitude[:, None] + np.array([-0.5, 0.5, 0.5, -0.5]),
        "sif_740": random.normal(1.0, 0.4, COUNT).astype(np.float32),
        "sif_740_uncertainty": random.uniform(0.2, 0.6, COUNT).astype(np.float32),
        "quality_flag": np.zeros(COUNT, np.int8),
    }


@pytest.fixture
def path(tmp_path):
    """A file of such soundings."""
    return write_soundings(tmp_path / "s.nc", columns(), {"title": "T", "mission": "M"})


def put(path, name, values, **attributes):
    """Replace an array of a file."""
    with h5py.File(path, "r+") as file:
        if name in file:
            del file[name]
        file[name] = values
        file[name].attrs.update(attributes)


def run(path, **inputs):
    context = SerialContext(
        path.parent, files={"soundings": InputFile(str(path), path.name, "0" * 64, 1)}
    )
    return PROCESS.load()(PROCESS.validate({**COARSE, **inputs}), context)


def means(path, **inputs):
    with xr.open_dataset(run(path, **inputs).grid) as found:
        return found.load()


def same(one, two, **limits):
    for name in ("sif_740", "sif_740_uncertainty", "sounding_count"):
        np.testing.assert_allclose(one[name].values, two[name].values, **limits, err_msg=name)


def test_packed_numbers_and_fills_give_what_plain_ones_give(path):
    values = columns()["sif_740"].astype(float)
    values[7:19] = np.nan
    put(path, "sif_740", values)
    plain = means(path)
    packed = np.where(np.isnan(values), -32767, np.round((values - 1.0) / 1e-4)).astype(np.int16)
    attributes = {"scale_factor": 1e-4, "add_offset": 1.0, "_FillValue": np.int16(-32767)}
    put(path, "sif_740", packed, **attributes)
    with xr.open_dataset(path) as oracle:
        np.testing.assert_allclose(oracle["sif_740"].values, values, atol=1e-4)
    same(means(path), plain, atol=1e-4)
    put(path, "sif_740", np.where(np.isnan(values), -999.0, values), _FillValue=-999.0)
    same(means(path), plain)
    # Places that netCDF made and nobody wrote.
    unwritten = np.where(np.isnan(values), netCDF4.default_fillvals["f4"], values)
    put(path, "sif_740", unwritten.astype(np.float32))
    same(means(path), plain, rtol=1e-6)


@pytest.mark.parametrize(
    ("units", "scale"),
    [("mW m-2 sr-1 nm-1", 1.0), ("mW m-2 sr-1 um-1", 1000.0), ("W/m^2/sr/um", 1.0)],
)
def test_other_units_of_the_same_thing_are_converted(path, units, scale):
    plain = means(path)
    values = columns()["sif_740"].astype(float)
    put(path, "sif_740", values * scale, units=units)
    same(means(path), plain, rtol=1e-6)


def test_whole_numbers_of_a_flag_with_a_fill_leave_the_missing_out(path):
    flags = np.zeros(COUNT, np.int8)
    flags[:100], flags[100:150] = -1, 1
    put(path, "quality_flag", flags, _FillValue=np.int8(-1))
    assert run(path).matched == COUNT - 150


@pytest.mark.parametrize(
    ("name", "values", "attributes", "told"),
    [
        ("sif_740", np.ones(COUNT), {"units": "K"}, "s.nc: sif_740: expected units W m-2 um-1"),
        ("sif_740", np.ones(COUNT), {"units": "parsnips"}, "s.nc: sif_740: expected units"),
        ("latitude", np.ones(3), {}, r"s.nc: latitude: expected numbers of shape \(400,\)"),
        ("longitude", np.ones((COUNT, 2)), {}, r"longitude: expected numbers of shape"),
        ("longitude", np.full(COUNT, b"10"), {}, r"longitude: expected numbers of shape"),
        ("time", np.arange(float(COUNT)), {}, "time: expected one or more integers"),
        ("time", np.arange(COUNT), {"units": "days since 1970-01-01"}, "time: expected one or"),
        ("sif_740", np.ones(COUNT), {"scale_factor": "two"}, "a readable HDF5 file"),
        ("sif_740", np.ones(COUNT), {"_FillValue": np.zeros(0)}, "a readable HDF5 file"),
    ],
)
def test_a_file_of_another_form_is_refused_by_its_array(path, name, values, attributes, told):
    more = {"units": "nanoseconds since 1970-01-01"} if name == "time" else {}
    put(path, name, values, **{**more, **attributes})
    with pytest.raises(FileContentError, match=told) as caught:
        run(path)
    assert str(path.parent) not in str(caught.value)


@pytest.mark.parametrize("corners", [3, 5])
def test_footprints_without_four_corners_have_none(path, corners):
    """Three corners were read with what lies beside them in memory."""
    for name in ("latitude_vertices", "longitude_vertices"):
        put(path, name, np.repeat(columns()[name[:-9]][:, None], corners, axis=1))
    found = means(path, point_area=3.0)
    assert found["sounding_count"].sum() == COUNT
    put(path, "latitude_vertices", np.full((COUNT, 4), np.nan))
    same(means(path, point_area=3.0), found)


def test_a_variable_of_another_length_is_none_of_the_soundings(path):
    put(path, "sif_740", np.ones(COUNT - 1))
    with pytest.raises(InvalidInputsError, match="/variables/0: no variable 'sif_740'"):
        run(path)


def test_a_file_that_claims_more_soundings_than_fit_is_refused_unread(path):
    """Chunks that nobody wrote take no room in the file: 8 TB of times in some kB."""
    with h5py.File(path, "r+") as file:
        del file["time"]
        time = file.create_dataset("time", (10**12,), "i8", chunks=(1 << 16,))
        time.attrs["units"] = "nanoseconds since 1970-01-01"
    assert path.stat().st_size < 2e6
    with pytest.raises(FileContentError, match=r"time: expected at most 50,000,000, found 1,000,0"):
        run(path)


def test_texts_that_no_file_can_hold_are_repaired(path):
    with h5py.File(path, "r+") as file:
        file.attrs["mission"] = np.bytes_(b"one\0two")
        kind = h5py.string_dtype()
        file.attrs.create("licence", b"\xff free", dtype=kind)
    found = run(path)
    with h5py.File(found.grid) as file:
        assert file.attrs["mission"] == "onetwo"
        assert file.attrs["licence"].endswith(" free")


def test_links_to_other_files_are_refused(path, tmp_path):
    other = tmp_path / "secret.h5"
    with h5py.File(other, "w") as file:
        file["sif_740"] = np.arange(float(COUNT))
    with h5py.File(path, "r+") as file:
        del file["sif_740"]
        file["sif_740"] = h5py.ExternalLink(str(other), "/sif_740")
    with pytest.raises(FileContentError, match="a link to another file") as caught:
        run(path)
    assert "secret" not in str(caught.value)


def test_places_that_are_none_are_in_no_cell(path):
    latitude, longitude = columns()["latitude"], columns()["longitude"]
    latitude[:10], latitude[10:20], longitude[20:40], latitude[40:50] = (
        95.0,
        -9999.0,
        -9999.0,
        1e300,
    )
    put(path, "latitude", latitude)
    put(path, "longitude", longitude)
    put(path, "latitude_vertices", np.full((COUNT, 4), np.nan))
    found = run(path)
    assert found.matched == COUNT - 50
    with xr.open_dataset(found.grid) as grid:
        assert grid["sounding_count"].sum() == COUNT - 50


def test_soundings_beyond_the_grid_are_not_matched(path):
    here = columns()
    inside = (here["longitude"] > 0) & (here["longitude"] < 20) & (np.abs(here["latitude"]) < 30)
    for name in ("latitude_vertices", "longitude_vertices"):
        put(path, name, np.full((COUNT, 4), np.nan))
    assert run(path, bbox=[0, -30, 20, 30]).matched == inside.sum() > 5


def test_years_beyond_those_of_nanoseconds_are_refused_by_the_step(path):
    time = np.full(COUNT, np.datetime64("2230-01-01", "ns")).astype(np.int64)
    put(path, "time", time, units="nanoseconds since 1970-01-01")
    with pytest.raises(InvalidInputsError, match=r"/time_step: years of steps = '2200 to 2300'"):
        run(path, time_step="P100Y")
    assert run(path, time_step="P10Y").steps == 1


def test_whole_numbers_are_kept_as_they_are(path):
    found = files.rows(path, 0, 5, ["quality_flag", "sif_740"])
    assert found["quality_flag"].dtype == np.int8
    assert found["sif_740"].dtype == np.float64
