"""Files of a nature run, made of fields that are known."""

import h5netcdf
import numpy as np
import pytest
import xarray as xr

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.errors import UnknownNameError
from casa_processes.nature_run.output import attributes, daily_file, write_stations
from casa_processes.simulation.stations import STATIONS
from casa_processes.transport.types import regular_mesh

PRESSURE = np.array([98_700.0, 50_000.0, 10_000.0, 0.0])
MESH = regular_mesh(8, 6, PRESSURE)
DATES = np.arange(np.datetime64("2024-02-27"), np.datetime64("2024-03-02"))
ABOUT = attributes("XCO2", "xco2-daily", 3) | {"time_resolution": "P1D"}


@pytest.fixture
def written(tmp_path):
    """A file of random XCO2, and the numbers."""
    path = tmp_path / "xco2.nc"
    values = np.random.default_rng(1).uniform(400, 420, (DATES.size, 6, 8)).astype(np.float32)
    with daily_file(path, ["xco2"], DATES, MESH, ABOUT) as file:
        for number, field in enumerate(values):
            file["xco2"][number] = field
    return path, values


def test_attributes_tell_the_kind_the_seed_and_the_licence():
    assert ABOUT["title"] == "Synthetic XCO2, nature run"
    assert ABOUT["product"] == "synthetic-xco2-daily"
    assert ABOUT["seed"] == "3"
    assert ABOUT["licence"] == "CC0-1.0"
    assert ABOUT["synthetic"] == "true"


def test_fields_are_read_as_they_were_written(written):
    path, values = written
    found = read_result(path, "grid")
    assert np.array_equal(found["xco2"].values, values)
    assert found["time"].values[2] == np.datetime64("2024-02-29T12:00")
    assert found["latitude"].values.tolist() == [-75, -45, -15, 15, 45, 75]
    assert found["longitude"].values[0] == -157.5


def test_a_leap_day_is_a_day_of_the_file(written):
    with xr.open_dataset(written[0], engine="h5netcdf") as found:
        stamps = [str(each)[:10] for each in found["time"].values]
    assert stamps == ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"]


def test_levels_lie_between_their_interfaces(tmp_path):
    path = tmp_path / "co2.nc"
    values = np.arange(2 * 3 * 6 * 8, dtype=np.float32).reshape(2, 3, 6, 8) + 400
    about = attributes("CO2 on levels", "co2-levels", 0)
    with daily_file(path, ["co2"], DATES[::2], MESH, about, PRESSURE) as file:
        for number, field in enumerate(values):
            file["co2"][number] = field
    found = read_result(path, "grid")
    assert found["co2"].dims == ("time", "pressure", "latitude", "longitude")
    assert np.array_equal(found["co2"].values, values)
    assert found["pressure"].values.tolist() == [743.5, 300.0, 50.0]
    assert found["pressure"].attrs["positive"] == "down"
    assert found["pressure"].attrs["units"] == "hPa"


def test_days_that_were_not_reached_are_missing(tmp_path):
    path = tmp_path / "xco2.nc"
    with daily_file(path, ["xco2"], DATES, MESH, ABOUT) as file:
        file["xco2"][0] = np.full((6, 8), 410.0, np.float32)
    with xr.open_dataset(path, engine="h5netcdf") as found:
        assert (found["xco2"].values[0] == 410).all()
        assert np.isnan(found["xco2"].values[1:]).all()


def test_a_variable_that_is_not_in_the_vocabulary_is_refused(tmp_path):
    with (
        pytest.raises(UnknownNameError, match="no variable 'zork'"),
        daily_file(tmp_path / "x.nc", ["zork"], DATES, MESH, ABOUT),
    ):
        pass


def test_series_are_written_day_by_day_and_station_by_station(tmp_path):
    series = 400 + np.arange(DATES.size * len(STATIONS), dtype=float).reshape(DATES.size, -1)
    about = attributes("CO2 at stations", "co2-stations", 0)
    found = read_result(write_stations(tmp_path / "s.nc", DATES, series, about), "soundings")
    assert np.array_equal(found["co2"].values, series.ravel().astype(np.float32))
    first = found.isel(sounding=0)
    assert str(first["sounding_id"].values) == "synthetic-ALT-2024-02-27"
    assert str(first["site"].values) == "ALT"
    assert float(first["latitude"]) == 82.5
    assert float(first["pressure"]) == 980.0
    assert first["time"].values == np.datetime64("2024-02-27T12:00")
    last = found.isel(sounding=-1)
    assert str(last["sounding_id"].values) == "synthetic-SPO-2024-03-01"
    assert found.attrs["time_resolution"] == "P1D"


def test_no_instant_of_writing_is_kept(tmp_path):
    series = np.full((DATES.size, len(STATIONS)), 400.0)
    about = attributes("CO2 at stations", "co2-stations", 0)
    paths = [write_stations(tmp_path / f"{name}.nc", DATES, series, about) for name in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with h5netcdf.File(paths[0]) as file:
        assert "history" not in file.attrs
