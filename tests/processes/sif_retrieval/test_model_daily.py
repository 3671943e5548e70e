"""Daily means and fluorescence at 740 nm: analytic values, NASA's own, and the Sun step by step."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import UnknownNameError
from casa_processes.instruments.doppler import declination, sun
from casa_processes.sif_retrieval.model import daily_factor, sif_740
from tests.processes.sif_retrieval.test_model_zero_level import results

EQUINOX = np.datetime64("2020-09-22T13:31")
SOLSTICE = np.datetime64("2020-06-20T21:44")


def factor(latitude, time, zenith):
    found = daily_factor(np.array([latitude]), np.array([time]), np.array([zenith]))
    return float(found[0])


def test_at_noon_on_the_equator_at_an_equinox_it_is_one_over_pi():
    assert factor(0.0, EQUINOX, 0.0) == pytest.approx(1.0 / np.pi, abs=1e-6)


def test_at_half_past_one_it_is_larger_by_the_cosine():
    assert factor(0.0, EQUINOX, 22.5) == pytest.approx(0.344_54, abs=1e-5)


@pytest.mark.parametrize(("latitude", "zenith"), [(75.0, 60.0), (90.0, 66.56), (-80.0, 80.0)])
def test_in_a_polar_day_the_mean_is_that_of_the_sine_of_both(latitude, zenith):
    time = SOLSTICE if latitude > 0 else np.datetime64("2020-12-21T10:02")
    tilt = np.radians(23.4367)
    expected = np.sin(np.radians(abs(latitude))) * np.sin(tilt) / np.cos(np.radians(zenith))
    assert factor(latitude, time, zenith) == pytest.approx(expected, rel=1e-4)


def test_in_a_polar_night_there_is_none():
    assert factor(-80.0, SOLSTICE, 89.0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("zenith", [90.0, 91.0, 120.0, np.nan])
def test_without_a_sun_it_is_missing(zenith):
    assert np.isnan(factor(30.0, EQUINOX, zenith))


def test_a_missing_time_gives_a_missing_factor():
    assert np.isnan(factor(30.0, np.datetime64("NaT", "ns"), 30.0))


@given(st.floats(-89.0, 89.0), st.integers(0, 365))
def test_the_mean_is_that_of_the_sun_taken_every_ten_minutes(latitude, day):
    midnight = np.datetime64("2021-01-01T00:00") + np.timedelta64(day, "D")
    tilt = declination(np.array([midnight + np.timedelta64(12, "h")]))[0]
    hours = np.radians((np.arange(144) + 0.5) * 2.5 - 180.0)
    up = np.sin(np.radians(latitude)) * np.sin(tilt)
    cosine = up + np.cos(np.radians(latitude)) * np.cos(tilt) * np.cos(hours)
    expected = np.maximum(cosine, 0.0).mean()
    noon = midnight + np.timedelta64(12, "h")
    assert factor(latitude, noon, 60.0) * 0.5 == pytest.approx(expected, abs=2e-4)


def test_the_declination_is_that_of_the_sun_seen_from_its_pole():
    for day in range(0, 365, 13):
        time = np.datetime64("2019-01-01T00:00") + np.timedelta64(day, "D")
        (found,) = declination(np.array([time]))
        assert 90.0 - sun(time, 90.0, 0.0).zenith == pytest.approx(np.degrees(found), abs=0.01)


@pytest.mark.parametrize(
    ("time", "degrees"),
    [
        ("2020-03-20T03:50", 0.0),
        ("2020-06-20T21:44", 23.437),
        ("2020-12-21T10:02", -23.437),
        ("1992-10-13T00:00", -7.785),
    ],
)
def test_the_declination_is_right_at_known_times(time, degrees):
    """Equinox and solstices of 2020, and example 25.a of Meeus (1998)."""
    (found,) = declination(np.array([np.datetime64(time)]))
    assert np.degrees(found) == pytest.approx(degrees, abs=0.01)


@pytest.mark.realdata
def test_daily_means_are_those_of_nasas_files(realdata):
    """The mean cosine over the day of 64 soundings at Karlsruhe in October, from the IDP files."""
    folder = realdata / "oco2_case"
    (path,) = folder.glob("oco2_L2IDPTG_01576a*.h5")
    with h5py.File(path) as file:
        theirs = file["DOASFluorescence/local_daily_avg_cos_sza_idp"][()].ravel()
        place = file["SoundingGeometry"]
        latitude = place["sounding_latitude"][()].ravel()
        zenith = place["sounding_solar_zenith"][()].ravel()
    time = np.full(latitude.size, np.datetime64("2014-10-18T12:36:03"))
    good = (theirs > 0.0) & (np.abs(latitude) < 90.0)
    assert good.sum() > 30
    mean = daily_factor(latitude, time, zenith) * np.cos(np.radians(zenith))
    assert mean[good] == pytest.approx(theirs[good], rel=0.01)


def test_740_is_the_mean_of_both_windows_as_in_lite_files():
    one = results(np.full(3, 80.0), np.array([1.0, 0.2, -0.4]), 0.2)
    two = results(np.full(3, 80.0), np.array([0.6, 0.1, 0.3]), 0.2)
    sif, sigma = sif_740({"757": one, "771": two, "740": one})
    assert sif == pytest.approx(0.75 * (one.sif + 1.5 * two.sif), rel=1e-12)
    assert sigma == pytest.approx(np.full(3, 0.75 * 0.2 * np.sqrt(1.0 + 2.25)), rel=1e-12)


def test_740_follows_from_one_window_where_the_other_failed():
    one, two = (results(np.full(3, 80.0), np.array([1.0, 1.0, 1.0]), 0.2) for _ in range(2))
    one.sif[0] = two.sif[1] = one.sif[2] = two.sif[2] = np.nan
    sif, sigma = sif_740({"757": one, "771": two})
    assert sif[:2] == pytest.approx([2.25, 1.5], rel=1e-12)
    assert sigma[:2] == pytest.approx([0.45, 0.3], rel=1e-12)
    assert np.isnan([sif[2], sigma[2]]).all()


def test_740_of_one_window_alone():
    one = results(np.full(2, 80.0), np.array([1.0, 2.0]), 0.2)
    assert sif_740({"771": one})[0].tolist() == [2.25, 4.5]


def test_740_of_no_known_window_is_refused():
    with pytest.raises(UnknownNameError, match="there are: 757, 771"):
        sif_740({"685": results(np.ones(1), np.ones(1))})
