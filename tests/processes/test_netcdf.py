"""Results as netCDF files: what another library reads from them is what was written."""

import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from casa_processes.common.errors import UnknownNameError
from casa_processes.common.netcdf import write_grid, write_soundings
from casa_processes.common.vocabulary import VOCABULARY

WRITER = Path(__file__).parent / "netcdf_writer.py"
TIMES = np.datetime64("2023-04-01T00:00:00.123456789") + np.arange(3) * np.timedelta64(1, "D")
SOUNDINGS = {
    "sounding_id": np.array(["a", "乙", "c-3"]),
    "time": TIMES,
    "latitude": np.array([-10.0, 0.1, 89.5]),
    "longitude": np.array([-180.0, 0.0, 179.9]),
    "xco2": np.array([400.1, np.nan, 410.0]),
    "quality_flag": np.array([0, 1, 0]),
    "pressure_weight": np.arange(6.0).reshape(3, 2),
}
AXES = {
    "time": TIMES,
    "latitude": np.array([10.0, 0.0]),
    "longitude": np.array([0.0, 5.0, 10.0, 15.0]),
}
FIELDS = {"xco2": np.where(np.arange(24) % 7, np.arange(24.0), np.nan).reshape(3, 2, 4)}


def units(name):
    return VOCABULARY[name].units


@pytest.fixture
def soundings(tmp_path):
    path = write_soundings(tmp_path / "soundings.nc", SOUNDINGS, {"title": "试验"})
    with netCDF4.Dataset(path) as file:
        yield file


@pytest.fixture
def grid(tmp_path):
    path = write_grid(tmp_path / "grid.nc", FIELDS, AXES, {"time_resolution": "P1D"})
    with netCDF4.Dataset(path) as file:
        yield file


def test_soundings_have_their_dimensions_and_attributes(soundings):
    sizes = {name: dimension.size for name, dimension in soundings.dimensions.items()}
    assert sizes == {"sounding": 3, "level": 2}
    assert soundings.title == "试验"
    assert soundings.featureType == "point"
    assert soundings["pressure_weight"].dimensions == ("sounding", "level")


@pytest.mark.parametrize("name", [name for name in SOUNDINGS if name != "time"])
def test_values_are_those_that_were_written(soundings, name):
    found = soundings[name][:]
    if name == "sounding_id":
        assert list(found) == list(SOUNDINGS[name])
        return
    filled = np.ma.filled(found.astype(float), np.nan)
    np.testing.assert_allclose(filled, SOUNDINGS[name], rtol=1e-7)
    assert str(soundings[name].dtype) == VOCABULARY[name].dtype


def test_instants_are_kept_to_the_nanosecond(soundings):
    time = soundings["time"]
    assert time.units == "nanoseconds since 1970-01-01"
    assert np.array_equal(time[:].filled().astype("datetime64[ns]"), TIMES)


@pytest.mark.parametrize("name", ["latitude", "longitude", "xco2", "pressure_weight"])
def test_variables_are_described_by_the_vocabulary(soundings, name):
    assert soundings[name].units == units(name)
    assert soundings[name].long_name == VOCABULARY[name].en


def test_data_name_their_places(soundings):
    assert soundings["xco2"].coordinates == "time latitude longitude"


def test_a_grid_has_coordinates_on_its_axes(grid):
    for name, axis in (("time", "T"), ("latitude", "Y"), ("longitude", "X")):
        assert grid[name].dimensions == (name,)
        assert grid[name].axis == axis
    assert np.array_equal(grid["latitude"][:], AXES["latitude"])
    found = np.ma.filled(grid["xco2"][:], np.nan)
    np.testing.assert_array_equal(found, FIELDS["xco2"].astype("float32"))
    assert np.isnan(grid["xco2"]._FillValue)


def test_the_same_values_give_the_same_bytes(tmp_path):
    for write, values in (
        (write_soundings, (SOUNDINGS,)),
        (write_grid, (FIELDS, AXES)),
    ):
        once, again = (write(tmp_path / name, *values, {"title": "x"}) for name in ("a", "b"))
        assert once.read_bytes() == again.read_bytes()


def test_a_variable_outside_the_vocabulary_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="no variable 'zork'"):
        write_soundings(tmp_path / "x.nc", {**SOUNDINGS, "zork": np.zeros(3)}, {})


def test_bits_of_a_flag_are_told_as_masks(tmp_path):
    columns = SOUNDINGS | {"retrieval_tests": np.array([0, 5, 1 << 14])}
    with netCDF4.Dataset(write_soundings(tmp_path / "bits.nc", columns, {})) as file:
        found = file["retrieval_tests"]
        meanings = dict(zip(found.flag_masks.tolist(), found.flag_meanings.split(), strict=True))
        assert found[:].tolist() == [0, 5, 16384]
        assert found.flag_masks.dtype == found.dtype == np.int32
    assert meanings[1] == "cloud"
    assert meanings[1 << 12] == "builtin_spectroscopy"
    assert sorted(meanings) == [1 << bit for bit in range(16)]


def test_codes_of_a_flag_are_told_with_their_meanings(soundings):
    assert soundings["quality_flag"].flag_values.tolist() == [0, 1]
    assert soundings["quality_flag"].flag_meanings == "good bad"


def test_an_uncertainty_is_pointed_at_only_where_the_file_has_it(soundings, tmp_path):
    assert "ancillary_variables" not in soundings["xco2"].ncattrs()
    columns = SOUNDINGS | {"xco2_uncertainty": np.ones(3)}
    with netCDF4.Dataset(write_soundings(tmp_path / "both.nc", columns, {})) as file:
        assert file["xco2"].ancillary_variables == "xco2_uncertainty"


def test_equal_results_are_equal_files_in_every_process(tmp_path):
    """Whatever the order of hashes, the memory, the time and the threads beside."""
    found = []
    for mode in ("alone", "beside", "slowly"):
        (tmp_path / mode).mkdir()
        command = [sys.executable, WRITER, tmp_path / mode, mode]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found += done.stdout.split()
    assert len(found) == 18
    assert len(set(found[::2])) == len(set(found[1::2])) == 1
