"""Files of results are read as every reader reads: whole, in the vocabulary, or not at all."""

import netCDF4
import numpy as np
import pytest

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.errors import FileContentError
from casa_processes.common.netcdf import write_grid, write_soundings

TIMES = np.datetime64("2023-04-01T00:00:00.123456789") + np.arange(3) * np.timedelta64(1, "D")
SOUNDINGS = {
    "sounding_id": np.array(["a", "乙", "c"]),
    "time": TIMES,
    "latitude": np.array([-10.0, 0.1, 89.5]),
    "longitude": np.array([-180.0, 0.0, 179.9]),
    "latitude_vertices": np.zeros((3, 4)),
    "longitude_vertices": np.ones((3, 4)),
    "xco2": np.array([400.1, np.nan, 410.0]),
    "xco2_uncertainty": np.array([0.5, 0.6, 0.7]),
    "quality_flag": np.array([0, -1, 1]),
    "pressure_weight": np.arange(6.0).reshape(3, 2),
}
AXES = {
    "time": TIMES.astype("datetime64[s]").astype("datetime64[ns]"),
    "latitude": np.array([10.0, 0.0]),
    "longitude": np.array([0.0, 5.0, 10.0, 15.0]),
}
FIELDS = {"xco2": np.where(np.arange(24) % 7, np.arange(24.0), np.nan).reshape(3, 2, 4)}


@pytest.fixture
def soundings(tmp_path):
    return write_soundings(tmp_path / "soundings.nc", SOUNDINGS, {"mission": "Test", "note": "n"})


@pytest.fixture
def grid(tmp_path):
    return write_grid(tmp_path / "grid.nc", FIELDS, AXES, {"time_resolution": "P1D"})


@pytest.mark.parametrize("name", sorted(SOUNDINGS))
def test_soundings_come_back_as_they_were_written(soundings, name):
    found = read_result(soundings, "soundings")[name].values
    expected = SOUNDINGS[name]
    if found.dtype.kind == "f":
        np.testing.assert_array_equal(found, expected.astype(found.dtype))
    else:
        assert found.tolist() == expected.tolist()


def test_a_grid_comes_back_as_it_was_written(grid):
    found = read_result(grid, "grid")
    np.testing.assert_array_equal(found["xco2"].values, FIELDS["xco2"].astype("float32"))
    assert found["xco2"].dims == ("time", "latitude", "longitude")
    for name, values in AXES.items():
        np.testing.assert_array_equal(found.coords[name].values, values)


def test_attributes_of_the_file_are_kept(soundings, grid):
    found = read_result(soundings, "soundings").attrs
    assert (found["mission"], found["note"]) == ("Test", "n")
    assert read_result(grid, "grid").attrs["time_resolution"] == "P1D"


def changed(path, change):
    with netCDF4.Dataset(path, "a") as file:
        change(file)
    return path


def test_units_other_than_the_vocabulary_s_are_refused(soundings):
    path = changed(soundings, lambda file: file["xco2"].setncattr("units", "mol mol-1"))
    with pytest.raises(FileContentError, match="xco2: expected units 'ppm'"):
        read_result(path, "soundings")


def test_a_variable_outside_the_vocabulary_is_refused(soundings):
    path = changed(soundings, lambda file: file.createVariable("zork", "f4", ("sounding",)))
    with pytest.raises(FileContentError, match="zork: expected a variable of the vocabulary"):
        read_result(path, "soundings")


@pytest.mark.parametrize("name", ["sounding_id", "time", "latitude", "longitude"])
def test_soundings_without_their_place_or_time_are_refused(tmp_path, name):
    rest = {key: values for key, values in SOUNDINGS.items() if key != name}
    path = write_soundings(tmp_path / "part.nc", rest, {})
    with pytest.raises(FileContentError, match=name):
        read_result(path, "soundings")


def test_places_that_do_not_exist_are_refused(tmp_path):
    wrong = SOUNDINGS | {"latitude": np.array([0.0, 91.0, 0.0])}
    path = write_soundings(tmp_path / "wrong.nc", wrong, {})
    with pytest.raises(FileContentError, match="1 of 3 missing or impossible"):
        read_result(path, "soundings")


def test_one_identifier_for_two_soundings_is_refused(tmp_path):
    twice = SOUNDINGS | {"sounding_id": np.array(["a", "b", "a"])}
    path = write_soundings(tmp_path / "twice.nc", twice, {})
    with pytest.raises(FileContentError, match="1 that occur again"):
        read_result(path, "soundings")


def test_a_grid_is_no_soundings_and_the_other_way_round(soundings, grid):
    for path, kind in ((grid, "soundings"), (soundings, "grid")):
        with pytest.raises(FileContentError):
            read_result(path, kind)


def test_what_is_no_netcdf_is_refused(tmp_path):
    path = tmp_path / "text.nc"
    path.write_text("no netCDF")
    with pytest.raises(FileContentError, match="expected a netCDF-4 file"):
        read_result(path, "grid")
