"""Kinds of scatterers as the solvers see them, against integrals over all directions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.radiative_transfer.scattering.mixture import Accuracy, mixture
from tests.processes.radiative_transfer.scattering.atmospheres import seen

FINE = Accuracy(streams=12, orders=4)
NODE, WEIGHT = np.polynomial.legendre.leggauss(24)
COSINE, SHARE = (NODE + 1) / 2, WEIGHT / 2
TURNS = (np.arange(60) + 0.5) * np.pi / 60


def henyey(asymmetry, count=40):
    order = np.arange(count)
    return (2 * order + 1) * asymmetry**order


def turned_back(moments, cosine):
    """Part of light from one direction that is scattered into the other hemisphere."""
    across = np.sqrt((1 - COSINE**2) * (1 - cosine**2))[:, None] * np.cos(TURNS)
    turned = np.polynomial.legendre.legval(-(COSINE * cosine)[:, None] + across, moments)
    return SHARE @ turned.mean(axis=1) / 2


@settings(max_examples=10)
@given(st.floats(0, 0.6), st.floats(5, 80), st.floats(0, 60))
def test_the_parts_that_turn_back_are_integrals_over_the_hemisphere(asymmetry, sun, sight):
    """Up to an asymmetry of 0.6 there is no forward peak to speak of."""
    moments, geometry = henyey(asymmetry), seen(sun, sight, 50.0)
    found = mixture(np.ones(1), moments[None], geometry, FINE).diffusion
    assert found.sun[0] == pytest.approx(turned_back(moments, geometry.sun_cosine), abs=2e-3)
    assert found.sight[0] == pytest.approx(turned_back(moments, geometry.sight_cosine), abs=2e-3)
    every = [turned_back(moments, mu) for mu in COSINE]
    assert found.back[0] == pytest.approx(SHARE @ every, abs=2e-3)


def test_light_that_is_scattered_evenly_turns_back_by_half():
    found = mixture(np.array([0.8]), np.array([[1.0, 0.0]]), seen(50, 20, 90)).diffusion
    for part in (found.back, found.sun, found.sight):
        assert part[0] == pytest.approx(0.5, rel=1e-6)
    assert found.extinction[0] == 1
    assert found.scattered[0] == pytest.approx(0.8)


@given(st.floats(0.3, 0.9), st.floats(0.5, 1))
def test_what_goes_on_forwards_is_neither_scattered_nor_lost(asymmetry, albedo):
    found = mixture(np.array([albedo]), henyey(asymmetry)[None], seen(50, 20, 90))
    lost = found.diffusion.extinction - found.diffusion.scattered
    assert lost[0] == pytest.approx(1 - albedo, abs=1e-6)
    assert found.peak[0] == pytest.approx(asymmetry**12)
    assert found.diffusion.scattered[0] == pytest.approx(albedo * (1 - asymmetry**12), rel=1e-6)


@given(st.floats(0, 0.8), st.floats(5, 80), st.floats(0, 60), st.floats(0, 180))
def test_single_scattering_keeps_the_whole_phase_function(asymmetry, sun, sight, azimuth):
    geometry = seen(sun, sight, azimuth)
    found = mixture(np.array([0.7]), henyey(asymmetry, 300)[None], geometry)
    g, c = asymmetry, geometry.scattering_cosine
    closed = 0.7 * (1 - g**2) / (1 + g**2 - 2 * g * c) ** 1.5
    assert found.phase[0] == pytest.approx(closed, rel=1e-5)


def test_kinds_do_not_know_each_other():
    geometry = seen(50, 20, 90)
    both = mixture(np.array([1.0, 0.9]), np.array([henyey(0.0), henyey(0.7)]), geometry)
    for number, (albedo, asymmetry) in enumerate([(1.0, 0.0), (0.9, 0.7)]):
        alone = mixture(np.array([albedo]), henyey(asymmetry)[None], geometry)
        for name in ("extinction", "scattered", "back", "sun", "sight"):
            one, other = (getattr(each.diffusion, name) for each in (both, alone))
            assert one[number] == pytest.approx(other[0], rel=1e-6)
        assert both.phase[number] == pytest.approx(alone.phase[0], rel=1e-6)
