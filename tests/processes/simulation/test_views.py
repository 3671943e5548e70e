"""The Sun beside almanacs, and the mirror beside the law of reflection."""

import numpy as np
import pyproj
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casa_processes.simulation.orbits import sidereal
from casa_processes.simulation.views import (
    bearing,
    between,
    beyond,
    glint,
    kilometres,
    sun,
    wrapped,
    zenith,
)

RADIUS = 6_371.008_771_4
GEOD = pyproj.Geod(a=RADIUS * 1000.0, b=RADIUS * 1000.0)
LATITUDE, LONGITUDE = st.floats(-89.0, 89.0), st.floats(-179.9, 179.9)
ANGLE = st.floats(0.1, 80.0)


def place(latitude, longitude):
    return np.array([latitude], dtype=float), np.array([longitude], dtype=float)


def unit(where):
    y, x = np.deg2rad(where[0][0]), np.deg2rad(where[1][0])
    return np.array([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])


def test_the_sun_stands_where_the_textbook_has_it():
    # Meeus (1998), example 25.a: right ascension 198.38083, declination -7.78507.
    time = np.array(["1992-10-13T00:00:00"], "M8[ms]")
    latitude, longitude = sun(time)
    turned = np.rad2deg(sidereal(np.array([2_448_908.5]), np.array([0.0])))
    assert latitude[0] == pytest.approx(-7.78507, abs=1e-3)
    assert (longitude + turned)[0] % 360.0 == pytest.approx(198.38083, abs=1e-3)


def test_angles_of_the_sun_are_those_of_the_published_example():
    # Reda and Andreas (2004), NREL/TP-560-34302, A.5: before refraction 39.872046 degrees high.
    time, here = np.array(["2003-10-17T19:30:30"], "M8[ms]"), place(39.742476, -105.1786)
    assert between(here, sun(time))[0] == pytest.approx(90.0 - 39.872046, abs=0.01)
    assert bearing(here, sun(time))[0] % 360.0 == pytest.approx(194.34024, abs=0.02)


@pytest.mark.parametrize(
    ("instant", "declination"),
    [
        ("2023-03-20T21:24:00", 0.0),
        ("2023-06-21T14:58:00", 23.4382),
        ("2023-09-23T06:50:00", 0.0),
        ("2023-12-22T03:27:00", -23.4382),
    ],
)
def test_seasons_begin_when_almanacs_say(instant, declination):
    assert sun(np.array([instant], "M8[ms]"))[0][0] == pytest.approx(declination, abs=0.01)


@pytest.mark.parametrize(
    ("date", "minutes"), [("2023-02-11", -14.2), ("2023-11-03", 16.4), ("2023-04-15", 0.0)]
)
def test_the_equation_of_time_is_that_of_almanacs(date, minutes):
    longitude = sun(np.array([f"{date}T12:00:00"], "M8[ms]"))[1][0]
    assert -longitude * 4.0 == pytest.approx(minutes, abs=0.3)


def test_the_sun_goes_around_once_a_day_to_the_west():
    times = np.datetime64("2023-05-05", "ms") + np.arange(25) * np.timedelta64(3_600_000, "ms")
    moved = wrapped(np.diff(sun(times)[1]))
    assert moved == pytest.approx(-15.0, abs=0.01)


@given(LATITUDE, LONGITUDE, LATITUDE, LONGITUDE)
def test_angles_and_directions_are_those_of_another_library(y0, x0, y1, x1):
    here, there = place(y0, x0), place(y1, x1)
    course, _, length = GEOD.inv(x0, y0, x1, y1)
    angle = between(here, there)[0]
    assert angle == pytest.approx(np.rad2deg(length / RADIUS / 1000.0), abs=1e-6)
    assume(0.1 < angle < 179.0)
    assert wrapped(bearing(here, there) - course)[0] == pytest.approx(0.0, abs=1e-5)


@given(LATITUDE, LONGITUDE, st.floats(-180.0, 180.0), ANGLE)
def test_the_place_beyond_is_that_of_another_library(latitude, longitude, course, angle):
    found = beyond(place(latitude, longitude), np.array([course]), np.array([angle]))
    metres = np.deg2rad(angle) * RADIUS * 1000.0
    x, y, _ = GEOD.fwd(longitude, latitude, course, metres)
    assert between(found, place(y, x))[0] == pytest.approx(0.0, abs=1e-6)
    assert -180.0 <= found[1][0] < 180.0


def test_a_degree_is_as_long_as_on_the_sphere():
    assert kilometres(np.pi * RADIUS / 180.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("longitude", "expected"), [(180.0, -180.0), (-180.0, -180.0), (540.5, -179.5), (12.0, 12.0)]
)
def test_longitudes_are_brought_into_range(longitude, expected):
    assert wrapped(np.array([longitude]))[0] == expected


@given(st.floats(0.0, 25.0), st.floats(400.0, 900.0))
def test_zenith_angles_are_those_of_vectors(angle, altitude):
    there = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * RADIUS
    sight = np.array([RADIUS + altitude, 0.0]) - there
    cosine = sight @ there / np.linalg.norm(sight) / np.linalg.norm(there)
    expected = np.rad2deg(np.arccos(np.clip(cosine, -1.0, 1.0)))
    found = zenith(np.array([angle]), np.array([altitude]))[0]
    assert found == pytest.approx(expected, abs=1e-5)


@given(LATITUDE, LONGITUDE, st.floats(-180.0, 180.0), ANGLE, st.floats(400.0, 900.0))
def test_the_point_of_glint_obeys_the_law_of_reflection(latitude, longitude, course, away, height):
    below = place(latitude, longitude)
    sunny = beyond(below, np.array([course]), np.array([away]))
    found = glint(below, np.array([height]), sunny)
    normal, light = unit(found), unit(sunny)
    sight = unit(below) * (1.0 + height / RADIUS) - normal
    sight /= np.linalg.norm(sight)
    mirrored = 2.0 * (light @ normal) * normal - light
    assert mirrored == pytest.approx(sight, abs=1e-9)


def test_glint_is_below_the_satellite_when_the_sun_is_above_it():
    below = place(10.0, 20.0)
    found = glint(below, np.array([705.0]), below)
    assert between(found, below)[0] < 1e-9
