"""Weather of the synthetic world: within what there is, the same for all who look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.simulation.climate import YEAR, temperature
from casa_processes.simulation.weather import LEVELS, weather
from casa_processes.simulation.world import SURFACE

places = st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 18_000))


@given(place=places, seed=st.integers(0, 2**29 - 1))
def test_air_is_within_what_tables_of_cross_sections_know(place, seed):
    found = weather(*place, seed)
    assert found.profile.pressure.shape == found.profile.temperature.shape == (LEVELS,)
    assert (np.diff(found.profile.pressure) > 0.0).all()
    assert found.profile.pressure[-1] > found.surface_pressure == SURFACE / 100.0
    assert 180.0 <= found.profile.temperature.min() <= found.profile.temperature.max() <= 320.0
    assert 0.0 < found.profile.humidity.min() <= found.profile.humidity.max() < 0.05
    assert 0.3 < np.hypot(found.wind_east, found.wind_north) < 60.0


def test_the_ground_is_as_warm_as_the_climate_but_for_some_degrees():
    away = [
        weather(y, x, 8_600.0, 0).profile.temperature[-5]
        - 273.15
        - float(temperature(np.array(y), 8_600.0 % YEAR))
        for y in (-50.0, -20.0, 0.0, 20.0, 50.0)
        for x in np.arange(-180.0, 180.0, 40.0)
    ]
    # The fifth level from below lies 1.4 km above the ground at 6 K km-1, less 30 hPa beyond it.
    pressure = weather(0.0, 0.0, 0.0, 0).profile.pressure[-5]
    colder = 6.0 * 7.4 * np.log(SURFACE / 100.0 / pressure)
    assert np.mean(away) == pytest.approx(-colder, abs=2.0)
    assert 1.0 < np.std(away) < 5.0


def test_saturated_air_holds_what_tables_say():
    """At 20 degrees the vapour pressure is 23.39 hPa (CRC Handbook); 0.55 of it is here."""
    found = weather(0.0, 0.0, 8_600.0, 0)
    ground = np.interp(SURFACE / 100.0, found.profile.pressure, found.profile.temperature) - 273.15
    humid = np.interp(SURFACE / 100.0, found.profile.pressure, found.profile.humidity)
    # Clausius-Clapeyron from 20 degrees on, with the mean latent heat of vaporisation.
    change = 2.45e6 / 461.5 * (1 / 293.15 - 1 / (ground + 273.15))
    expected = 0.55 * 0.622 * 23.39 * np.exp(change) / (SURFACE / 100.0)
    assert humid == pytest.approx(expected, rel=0.05)


def test_neighbours_have_the_same_weather_and_seeds_differ():
    here, there = (weather(30.0, x, 8_600.0, 0) for x in (100.0, 100.2))
    assert here.profile.temperature == pytest.approx(there.profile.temperature, abs=0.5)
    again, other = weather(30.0, 100.0, 8_600.0, 0), weather(30.0, 100.0, 8_600.0, 1)
    assert again.profile.temperature.tobytes() == here.profile.temperature.tobytes()
    assert again.wind_east == here.wind_east
    assert other.wind_east != here.wind_east
