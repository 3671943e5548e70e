"""Sun and warmth: what holds at any latitude, on any day of any year."""

from math import acos, asin, cos, pi, radians, sin, tan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.simulation.climate import (
    SECONDS,
    YEAR,
    cosine_of_sun,
    day_of_year,
    days,
    declination,
    insolation,
    temperature,
    winter,
)

latitudes = st.floats(-90, 90)
seasons = st.floats(0, YEAR)
times = st.floats(0, 50 * YEAR)
LATITUDE = np.arange(-90.0, 91.0, 5.0)
YEARS_DAYS = np.linspace(0, YEAR, 200, endpoint=False)


@pytest.mark.parametrize("year", range(2000, 2050, 7))
def test_the_calendar_and_the_seasons_stay_within_a_day(year):
    assert day_of_year(np.datetime64(f"{year}-07-01")) == pytest.approx(181.5, abs=1.2)


def test_days_are_counted_of_many_instants_at_once():
    instants = np.array(["2000-01-02T00:00", "1999-12-31T12:00"], dtype="datetime64[ns]")
    assert days(instants).tolist() == [1.0, -0.5]
    assert (day_of_year(instants) >= 0).all()
    assert pytest.approx(365.25 * 86_400) == SECONDS


@given(day=seasons)
def test_winter_and_declination_turn_once_a_year(day):
    assert winter(day) == pytest.approx(float(winter(day + YEAR)), abs=1e-9)
    assert winter(day) == pytest.approx(-float(winter(day + YEAR / 2)), abs=1e-9)
    assert abs(float(declination(day))) <= radians(23.44) + 1e-12
    assert declination(day) == pytest.approx(-float(declination(day + YEAR / 2)), abs=1e-9)


@given(latitude=latitudes, day=seasons)
def test_hemispheres_have_the_same_light_half_a_year_apart(latitude, day):
    north = float(insolation(np.array(latitude), day))
    south = float(insolation(np.array(-latitude), day + YEAR / 2))
    assert north == pytest.approx(south, abs=1e-9)


@given(latitude=latitudes, day=seasons)
def test_insolation_is_between_nothing_and_that_of_the_polar_summer(latitude, day):
    assert 0 <= float(insolation(np.array(latitude), day)) <= sin(radians(23.44)) + 1e-9


@given(latitude=latitudes, longitude=st.floats(-180, 180), time=times)
def test_the_sun_is_never_above_the_zenith_nor_below_the_horizon(latitude, longitude, time):
    found = float(cosine_of_sun(np.array(latitude), np.array(longitude), time))
    assert 0 <= found <= 1 + 1e-12


@given(latitude=latitudes, time=times, longitude=st.floats(-180, 0))
def test_an_hour_is_fifteen_degrees(latitude, time, longitude):
    place = np.array(latitude), np.array(longitude)
    east = float(cosine_of_sun(place[0], place[1] + 15.0, time))
    # The season of an hour is neglected: the declination moves by less than 0.02 degrees.
    later = float(cosine_of_sun(*place, time + 1 / 24))
    assert east == pytest.approx(later, abs=1e-3)


def test_the_mean_light_of_the_year_falls_towards_the_poles():
    mean = np.mean([insolation(LATITUDE, day) for day in YEARS_DAYS], axis=0)
    north = mean[LATITUDE >= 0]
    assert (np.diff(north) < 0).all()
    assert np.allclose(mean, mean[::-1], atol=1e-4)
    # Of the whole sphere it is a quarter of the sunlight.
    weight = np.cos(np.deg2rad(LATITUDE))
    assert np.average(mean, weights=weight) == pytest.approx(0.25, abs=0.002)


@pytest.mark.parametrize("latitude", [10.0, 40.0, 60.0, -35.0])
@pytest.mark.parametrize("day", [30.0, 120.0, 260.0])
def test_the_day_is_as_long_as_spherical_trigonometry_says(latitude, day):
    tilt = asin(sin(radians(23.44)) * sin(2 * pi * (day - 80) / YEAR))
    hours = 24 / pi * acos(-tan(radians(latitude)) * tan(tilt))
    longitude = np.arange(0.0, 360.0, 0.05)
    lit = (cosine_of_sun(np.array(latitude), longitude, day) > 0).mean() * 24
    assert lit == pytest.approx(hours, abs=0.05)


def test_polar_night_and_polar_day_are_where_they_belong():
    longitude = np.arange(0.0, 360.0, 1.0)
    midwinter, midsummer = 80 - YEAR / 4, 80 + YEAR / 4
    assert not cosine_of_sun(np.array(70.0), longitude, midwinter + YEAR).any()
    assert (cosine_of_sun(np.array(70.0), longitude, midsummer) > 0).all()
    assert cosine_of_sun(np.array(65.0), longitude, midwinter + YEAR).any()


@given(latitude=latitudes, day=seasons)
def test_temperatures_are_those_of_the_earth(latitude, day):
    assert -60 < float(temperature(np.array(latitude), day)) < 40


@given(day=seasons)
def test_temperature_has_no_step_at_the_equator(day):
    sides = temperature(np.array([-1e-6, 1e-6]), day)
    assert abs(sides[0] - sides[1]) < 1e-3


def test_seasons_are_larger_in_the_north_and_come_after_the_sun():
    field = np.array([temperature(LATITUDE, day) for day in YEARS_DAYS])
    swing = np.ptp(field, axis=0)
    assert (swing[LATITUDE >= 10] > swing[LATITUDE <= -10][::-1]).all()
    warmest = YEARS_DAYS[np.argmax(field[:, LATITUDE == 50][:, 0])]
    assert 170 < warmest < 230
    assert cos(radians(50)) > 0
