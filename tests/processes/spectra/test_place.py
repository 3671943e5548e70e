"""Soundings are put together of what files say, and refused where that is impossible."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.doppler import sun
from casa_processes.spectra.layouts.place import LIMITS, Place, sounding_at

TIME = np.datetime64("2019-06-21T12:00:00", "ns")
MIDDLE = {name: (low + high) / 4 for name, (low, high) in LIMITS.items()}


def place(**change):
    numbers = {**MIDDLE, **{name: change.pop(name) for name in set(change) & set(LIMITS)}}
    return Place("17", change.pop("time", TIME), 3, numbers, **change)


@given(st.fixed_dictionaries({name: st.floats(*limits) for name, limits in LIMITS.items()}))
def test_whatever_is_possible_is_taken_as_it_is(numbers):
    found = sounding_at(Place("17", TIME, 3, numbers), {})
    for name, value in numbers.items():
        if name != "longitude":
            assert getattr(found, name) == value
    away = (found.longitude - numbers["longitude"]) % 360
    assert min(away, 360 - away) < 1e-9
    assert -180 <= found.longitude <= 180
    assert (found.sounding_id, found.footprint, found.time) == ("17", 3, TIME)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("side", [-1, 1])
def test_whatever_is_impossible_is_refused_by_its_name(name, side):
    low, high = LIMITS[name]
    for value in (np.nan, np.inf * side, low - 0.01 if side < 0 else high + 0.01):
        with pytest.raises(InvalidValueError, match=f"sounding 17: {name}"):
            sounding_at(place(**{name: value}), {})


def test_a_sounding_without_a_time_is_refused():
    with pytest.raises(InvalidValueError, match="sounding 17: time"):
        sounding_at(place(time=np.datetime64("NaT", "ns")), {})


def test_the_sun_of_the_file_comes_first():
    found = sounding_at(place(solar_velocity=12.5, solar_distance=1.5e11), {})
    assert found.solar_velocity == 12.5
    assert found.solar_distance == pytest.approx(1.5e11 / 149_597_870_700.0, rel=1e-14)


@pytest.mark.parametrize(
    "known", [{}, {"solar_velocity": 12.5}, {"solar_distance": 1.5e11}, {"solar_distance": -1.0}]
)
def test_a_sun_of_which_the_file_knows_half_follows_from_time_and_place(known):
    found = sounding_at(place(**known), {})
    expected = sun(TIME, MIDDLE["latitude"], MIDDLE["longitude"], MIDDLE["altitude"])
    assert (found.solar_velocity, found.solar_distance) == (expected.velocity, expected.distance)


def test_corners_are_unknown_unless_told():
    found = sounding_at(place(latitude_vertices=np.arange(4.0)), {})
    assert found.latitude_vertices.tolist() == [0, 1, 2, 3]
    assert np.isnan(found.longitude_vertices).all()
