"""A priori profiles by file: both forms, interpolation, and files that cannot be."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.xco2.model.prior import FRACTIONS
from casa_processes.xco2_retrieval.prior_profiles import COLUMNS, PriorProfiles, read_prior

TIMES = np.array(["2020-01-01", "2020-02-01", "2020-03-01"], "datetime64[s]")
SECONDS = (TIMES - np.datetime64(0, "s")) / np.timedelta64(1, "s")
LATITUDES = np.array([-60.0, 0.0, 45.0])
LEVELS = np.array([0.0, 0.2, 0.6, 1.0])


def linear(time, latitude, fraction):
    """Carbon dioxide that interpolation between nodes has to meet.  [ppm]"""
    return 390.0 + (time - SECONDS[0]) * 1e-6 + 0.05 * latitude + 6.0 * fraction


CO2 = linear(SECONDS[:, None, None], LATITUDES[:, None], LEVELS)
EVERY = PriorProfiles(SECONDS, LATITUDES, LEVELS, CO2)


def netcdf(path, **changes):
    columns = dict(zip(COLUMNS, (SECONDS, LATITUDES, LEVELS, CO2), strict=True)) | changes
    units = {"time": "seconds since 1970-01-01 00:00:00", "co2": "ppm"}
    with h5py.File(path, "w") as file:
        for name, values in columns.items():
            if values is not None:
                file[name] = values
                file[name].attrs["units"] = units.get(name, "1")
    return path


def table(path, rows=None, header="time,latitude,fraction,co2"):
    if rows is None:
        rows = [
            f"{time}Z,{latitude},{level},{float(linear(second, latitude, level))}"
            for time, second in zip(TIMES, SECONDS, strict=True)
            for latitude in LATITUDES
            for level in LEVELS
        ]
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@given(
    second=st.floats(SECONDS[0], SECONDS[-1]),
    latitude=st.floats(LATITUDES[0], LATITUDES[-1]),
)
def test_between_its_nodes_a_profile_is_linear(second, latitude):
    time = np.datetime64(int(second), "s")
    expected = linear(int(second), latitude, FRACTIONS)
    assert EVERY.profile(latitude, time) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("make", [netcdf, table])
def test_both_forms_are_told_by_their_content_and_hold_the_same(tmp_path, make):
    found = read_prior(make(tmp_path / "prior"))
    for name in ("time", "latitude", "fraction", "co2"):
        assert getattr(found, name) == pytest.approx(getattr(EVERY, name), rel=1e-12)


def test_beyond_the_latitudes_the_nearest_counts_and_beyond_the_times_nothing():
    then = TIMES[1]
    assert np.array_equal(EVERY.profile(80.0, then), EVERY.profile(45.0, then))
    assert np.array_equal(EVERY.profile(-80.0, then), EVERY.profile(-60.0, then))
    for time in ("2019-12-31T23:59:59", "2020-03-01T00:00:01"):
        with pytest.raises(InvalidValueError, match=r"2020-01-01T00:00:00 to 2020-03-01T00:00:00"):
            EVERY.profile(0.0, np.datetime64(time))


def test_one_time_holds_for_all_and_one_latitude_everywhere(tmp_path):
    one = {"time": SECONDS[:1], "latitude": LATITUDES[:1], "co2": CO2[:1, :1]}
    found = read_prior(netcdf(tmp_path / "prior.nc", **one))
    expected = np.interp(FRACTIONS, LEVELS, CO2[0, 0])
    assert np.array_equal(found.profile(70.0, np.datetime64("1999-01-01")), expected)


def test_units_of_time_and_mole_fraction_are_understood(tmp_path):
    path = netcdf(tmp_path / "prior.nc", time=np.array([0.0, 31.0, 60.0]), co2=CO2 * 1e-6)
    with h5py.File(path, "r+") as file:
        file["time"].attrs["units"] = "days since 2020-01-01"
        file["co2"].attrs["units"] = np.bytes_("mol mol-1")
    found = read_prior(path)
    assert found.time == pytest.approx(SECONDS)
    assert found.co2 == pytest.approx(CO2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"co2": None}, "co2"),
        ({"time": np.array([b"a"])}, "time"),
        ({"co2": CO2[:2]}, "shape"),
        ({"co2": CO2 * 10}, "100 to 1500 ppm"),
        ({"co2": np.where(CO2 > 395, np.nan, CO2)}, "100 to 1500 ppm"),
        ({"latitude": LATITUDES[::-1]}, "ascending"),
        ({"latitude": LATITUDES + 50}, "-90 to 90"),
        ({"fraction": LEVELS * 1000}, "0 to 1.2"),
        ({"fraction": LEVELS[:1], "co2": CO2[:, :, :1]}, "two levels"),
        ({"time": SECONDS * np.nan}, "time"),
        ({"latitude": LATITUDES[:0], "co2": CO2[:, :0]}, "latitude"),
    ],
)
def test_a_netcdf_file_that_cannot_be_is_refused(tmp_path, changes, said):
    with pytest.raises(FileContentError, match=said):
        read_prior(netcdf(tmp_path / "prior.nc", **changes))


@pytest.mark.parametrize(("name", "units"), [("co2", "kg"), ("time", "years since 2000")])
def test_units_that_are_none_are_refused(tmp_path, name, units):
    path = netcdf(tmp_path / "prior.nc")
    with h5py.File(path, "r+") as file:
        file[name].attrs["units"] = units
    with pytest.raises(FileContentError, match=units):
        read_prior(path)


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        ([], "time,latitude,fraction,co2", "rows"),
        (["2020-01-01,0,1,400"], "time,latitude,co2", "fraction"),
        (["2020-01-01,0,1,x"], "time,latitude,fraction,co2", "float"),
        (["yesterday,0,1,400"], "time,latitude,fraction,co2", "yesterday"),
        (["2020-01-01,0"], "time,latitude,fraction,co2", "netCDF, or rows"),
        (["2020-01-01,0,1,400"] * 2, "time,latitude,fraction,co2", "every combination"),
        (
            ["2020-01-01,0,0,400", "2020-01-01,0,1,400", "2020-01-01,9,1,400"],
            "time,latitude,fraction,co2",
            "every combination",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused(tmp_path, rows, header, said):
    with pytest.raises(FileContentError, match=said):
        read_prior(table(tmp_path / "prior.csv", rows, header))


def test_a_file_that_is_missing_or_leads_elsewhere_is_refused(tmp_path):
    with pytest.raises(FileContentError, match="gone"):
        read_prior(tmp_path / "gone.nc")
    path = netcdf(tmp_path / "prior.nc", co2=None)
    with h5py.File(path, "r+") as file:
        file["co2"] = h5py.ExternalLink("other.h5", "co2")
    with pytest.raises(FileContentError, match="co2"):
        read_prior(path)
    binary = tmp_path / "prior.bin"
    binary.write_bytes(bytes(range(256)))
    with pytest.raises(FileContentError, match="netCDF, or rows"):
        read_prior(binary)
