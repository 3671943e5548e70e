"""Sunlight that is computed once and shifted, against the same computed where it is wanted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError
from casa_processes.spectroscopy.solar.builtin import synthetic_sun
from casa_processes.spectroscopy.solar.spectrum import Span, Tabulated
from casa_processes.xco2.model.sunlight import _span, sunlight

PLACES = 6200.0 + 0.013 * np.arange(2000)


@given(st.floats(-3000.0, 3000.0), st.floats(0.0, 0.05))
def test_shifted_sunlight_is_that_of_the_shifted_places(velocity, offset):
    places = PLACES + offset
    expected = synthetic_sun().irradiance(places * (1.0 + velocity / SPEED_OF_LIGHT))
    found = sunlight(synthetic_sun(), places, velocity)
    assert expected.min() < 0.7 * expected.max()
    assert np.abs(found / expected - 1.0).max() < 1e-4


def test_it_is_the_same_whoever_asked_before():
    _span.cache_clear()
    alone = sunlight(synthetic_sun(), PLACES, 200.0)
    _span.cache_clear()
    for other in (-0.3, 0.1, 0.02):
        sunlight(synthetic_sun(), PLACES + other, 300.0)
    assert np.array_equal(alone, sunlight(synthetic_sun(), PLACES, 200.0))


def test_soundings_share_what_was_computed():
    _span.cache_clear()
    for velocity in (-400.0, 0.0, 400.0):
        sunlight(synthetic_sun(), PLACES + 0.1, velocity)
    assert _span.cache_info().misses == 1


def test_a_sun_that_is_not_known_so_far_is_refused():
    known = Tabulated((Span(PLACES[100:], np.ones(PLACES.size - 100)),), "spectrum", {})
    with pytest.raises(InvalidValueError, match="solar spectrum"):
        sunlight(known, PLACES, 0.0)
