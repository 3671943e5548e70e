"""Responses at places of a lattice, against those of the very places."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.response import response
from casa_processes.xco2.model.forward import _MOVED
from casa_processes.xco2.model.responses import _made, near
from casa_processes.xco2.model.retrieval import prepared
from tests.processes.xco2_retrieval.small import simulated, single, small_physics


def modelled(velocity=0.0):
    known = simulated(3)
    moving = replace(known.sounding, relative_velocity=velocity)
    return prepared(moving, known.weather, small_physics(), single())


@settings(max_examples=6)
@given(st.floats(-300.0, 300.0), st.floats(-1.0, 1.0), st.floats(-0.5, 0.5))
def test_channels_are_where_they_should_be_but_for_a_fiftieth(velocity, shift, stretch):
    for band in modelled()[0].windows:
        ends = band.wavelength.min(), band.wavelength.max()
        place = (2.0 * band.wavelength - sum(ends)) / (ends[1] - ends[0])
        wanted = band.wavelength * (1.0 + velocity / SPEED_OF_LIGHT)
        wanted = wanted + band.sampling * (shift + stretch * place)
        found = near(band, band.wavelength, velocity, shift, stretch).wavelength
        assert np.abs(found - wanted).max() < _MOVED * band.sampling


def test_what_channels_see_is_that_of_responses_of_the_very_places():
    model, prior = modelled(1234.5)
    state = prior.mean.copy()
    shifts = {"o2a": 0.231, "wco2": -0.117, "sco2": 0.069}
    for name, shift in shifts.items():
        state[model.known.place(f"shift_{name}")] = shift
        state[model.known.place(f"stretch_{name}")] = 0.043
    found, _ = model(state)
    for band in model.windows:
        moved = band.sampling * (shifts[band.name] + 0.043 * band.channel_place)
        model._responses[band.name] = response(band.shape, band.wavelength + moved, band.grid)
    exact, _ = model(state)
    assert not np.array_equal(found, exact)
    assert np.abs(found - exact).max() < 3e-4 * exact.max()


def test_soundings_of_one_footprint_share_a_response():
    model, prior = modelled()
    model(prior.mean)
    before = _made.cache_info()
    again = replace(model, _responses={})
    again(prior.mean)
    after = _made.cache_info()
    assert after.misses == before.misses
    assert after.hits == before.hits + len(model.windows)


def test_the_spectrum_is_the_same_whatever_is_kept():
    model, prior = modelled(333.0)
    kept, _ = model(prior.mean)
    _made.cache_clear()
    fresh, _ = modelled(333.0)
    assert np.array_equal(kept, fresh(prior.mean)[0])


def test_channels_beyond_the_tables_are_refused():
    band = modelled()[0].windows[0]
    with pytest.raises(InvalidValueError, match="wavelength"):
        near(band, band.wavelength, 0.0, 40.0, 0.0)
