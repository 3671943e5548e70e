"""The Sun and moving frames, against another ephemeris and genuine soundings."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.doppler import approach, shifted, sun

# Of astropy 8.0.2 with the ephemeris of ERFA (epv00) and without refraction: time, latitude,
# longitude, altitude; distance, velocity from differences of positions and velocities, angles.
PLACES = [
    ("2017-08-23T21:58:43.491", 72.07419, -128.10254, 2845.9, 1.01106599, -322.66, 62.2437, 203.37),
    ("2014-04-08T09:02:00.614", -12.26777, 117.97293, 1227.6, 1.00124055, 914.49, 75.1295, 281.01),
    ("2018-04-13T21:27:09.985", -75.59054, 91.26472, 1614.4, 1.00286644, 401.96, 107.7002, 124.23),
    ("2014-07-27T18:50:43.644", 46.14859, -70.84986, 1360.5, 1.01548094, -30.12, 36.7070, 232.68),
    ("2011-04-07T18:27:37.897", -15.50192, -106.75611, 786.9, 1.00097393, 408.10, 24.6592, 25.41),
    ("2021-09-03T05:58:59.588", -35.13460, -5.33125, 2942.2, 1.00875769, -787.79, 98.7042, 86.97),
    ("2025-03-29T12:02:15.693", 35.96639, 14.84167, 830.7, 0.99847966, 586.66, 34.9488, 205.38),
    ("2011-09-18T21:38:17.387", 75.18807, 5.78469, 347.6, 1.00478787, -408.05, 101.3014, 331.24),
    ("2019-07-13T16:26:07.770", 44.26930, 40.68119, 2751.9, 1.01654709, 223.83, 85.5003, 296.32),
    ("2009-09-02T05:00:45.786", 4.57428, -14.63908, 187.0, 1.00893835, -819.36, 118.2650, 78.53),
    ("2019-10-31T17:05:29.523", 56.42125, 33.45877, 780.3, 0.99282350, -233.12, 114.9262, 282.24),
    ("2023-03-09T09:20:28.757", 1.51934, 3.92000, 2259.1, 0.99267201, 166.10, 39.0479, 99.11),
]
GLINT = "oco2_case/oco2_L2MetGL_05297a_150701_Bxxxx_170127155155d_spliced.h5"


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row[0])
def test_the_sun_is_where_another_ephemeris_has_it(row):
    time, latitude, longitude, altitude, distance, velocity, zenith, azimuth = row
    found = sun(np.datetime64(time), latitude, longitude, altitude)
    assert found.distance == pytest.approx(distance, abs=2e-5)
    assert found.velocity == pytest.approx(velocity, abs=2)
    assert found.zenith == pytest.approx(zenith, abs=0.01)
    assert found.azimuth == pytest.approx(azimuth, abs=0.02)


@given(
    st.integers(-599_000_000, 3_150_000_000),
    st.floats(-89, 89),
    st.floats(-180, 180),
)
def test_the_velocity_is_the_change_of_the_distance(seconds, latitude, longitude):
    middle = np.datetime64("1970-01-01", "ns") + np.timedelta64(seconds, "s")
    step = np.timedelta64(120, "s")
    before, after = (sun(middle + k * step, latitude, longitude) for k in (-1, 1))
    change = (after.distance - before.distance) * 149_597_870_700.0 / 240.0
    assert sun(middle, latitude, longitude).velocity == pytest.approx(change, abs=0.05)


@pytest.mark.parametrize("time", ["NaT", "1949-12-31", "2101-01-02"])
def test_a_time_without_an_ephemeris_is_refused(time):
    with pytest.raises(InvalidValueError, match="1950 to 2100"):
        sun(np.datetime64(time, "ns"), 0.0, 0.0)


@pytest.fixture(scope="module")
def glint(realdata):
    path = realdata / GLINT
    if not path.is_file():
        pytest.skip(f"no genuine weather {path}")
    with h5py.File(path) as file:
        group = file["SoundingGeometry"]
        return {name.removeprefix("sounding_"): values[0] for name, values in group.items()}


@pytest.mark.realdata
@pytest.mark.parametrize("footprint", range(8))
def test_the_sun_is_where_a_genuine_file_has_it(glint, footprint):
    row = {name: values[footprint] for name, values in glint.items()}
    time = np.datetime64(row["time_string"].decode().rstrip("Z"))
    found = sun(time, float(row["latitude"]), float(row["longitude"]), float(row["altitude"]))
    assert found.distance == pytest.approx(row["solar_distance"] / 149_597_870_700.0, abs=2e-5)
    assert found.velocity == pytest.approx(row["solar_relative_velocity"], abs=5)
    assert found.zenith == pytest.approx(row["solar_zenith"], abs=0.01)
    assert found.azimuth == pytest.approx(row["solar_azimuth"], abs=0.01)


@pytest.mark.realdata
@pytest.mark.parametrize("footprint", range(8))
def test_a_circular_orbit_approaches_as_the_genuine_one(glint, footprint):
    names = ("zenith", "azimuth", "latitude")
    found = approach(*(float(glint[name][footprint]) for name in names), 705e3, 98.2)
    assert found == pytest.approx(glint["relative_velocity"][footprint], abs=15)


def test_a_polar_orbit_over_the_equator_is_fastest_at_its_horizon():
    # Flying north, seen at the southern horizon: v cos(sink), sin(sink) = a / r.
    radius = 6_378_137.0 + 700e3
    speed = np.sqrt(3.986_004_418e14 / radius)
    found = approach(89.999, 180.0, 0.0, 700e3, 90.0)
    assert found == pytest.approx(speed * 6_378_137.0 / radius, rel=1e-5)
    assert approach(89.999, 180.0, 0.0, 700e3, 90.0, ascending=False) == pytest.approx(-found)


def test_an_instrument_overhead_does_not_approach():
    assert approach(0.0, 0.0, 0.0, 700e3, 98.2) == pytest.approx(0.0, abs=1e-6)


def test_the_rotation_of_the_surface_counts():
    # Seen low in the east from the equator, on a polar orbit that crosses the line of sight.
    found = approach(60.0, 90.0, 0.0, 700e3, 90.0)
    assert found == pytest.approx(7.292_115e-5 * 6_378_137.0 * np.sin(np.radians(60)), rel=1e-9)


@pytest.mark.parametrize(
    ("asked", "named"),
    [((90.0, 0.0, 0.0, 7e5, 98.0), "zenith"), ((0.0, 0.0, 80.0, 7e5, 45.0), "inclination")],
)
def test_an_instrument_that_cannot_be_there_is_refused(asked, named):
    with pytest.raises(InvalidValueError, match=named):
        approach(*asked)


@given(st.floats(0.3, 3.0), st.floats(-8000, 8000))
def test_light_of_a_nearing_source_was_redder(wavelength, velocity):
    # Exactly, by the relativistic formula.
    beta = velocity / 299_792_458.0
    exact = wavelength * np.sqrt((1 + beta) / (1 - beta))
    assert shifted(np.array([wavelength]), velocity)[0] == pytest.approx(exact, rel=1e-9)
