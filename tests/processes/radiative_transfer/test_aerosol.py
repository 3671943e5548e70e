"""Aerosol: optical properties in a band, profiles against quadrature and differences."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.radiative_transfer.aerosol import (
    KINDS,
    REFERENCE,
    Kind,
    angstrom,
    gaussian,
    henyey_greenstein,
    kind_named,
    optics,
)

LEVELS = np.concatenate([[0.1], np.linspace(50, 990, 19)])
depths, heights, widths = st.floats(0.001, 2), st.floats(0, 1.1), st.floats(0.02, 0.4)


@given(st.floats(-0.9, 0.9))
def test_moments_are_those_of_the_closed_phase_function(g):
    moments = henyey_greenstein(np.array([g]), 400)[0]
    cosine = np.linspace(-1, 1, 21)
    closed = (1 - g**2) / (1 + g**2 - 2 * g * cosine) ** 1.5
    assert np.polynomial.legendre.legval(cosine, moments) == pytest.approx(closed, rel=1e-6)


@given(st.floats(-1, 3), st.floats(0.62, 2.3))
def test_extinction_is_a_power_of_the_wavelength(exponent, wavelength):
    kind = angstrom(exponent, (1.0, 1.0, 1.0), (0.7, 0.7, 0.7))
    found = optics(kind, np.array([wavelength]), wavelength)
    assert found.shape[0] == pytest.approx((wavelength / REFERENCE) ** -exponent)


@pytest.mark.parametrize("name", KINDS)
def test_a_built_in_kind_is_possible_in_every_band(name):
    for centre in (0.765, 1.606, 2.061):
        found = optics(kind_named(name), np.linspace(centre - 0.01, centre + 0.01, 9), centre)
        assert found.moments[0] == 1
        assert 0 < found.moments[1] / 3 < 1
        assert 0 < found.albedo <= 1
        assert found.shape == pytest.approx(found.shape[4], rel=0.05)
        assert found.phase(1.0) > found.phase(-0.7) > 0


def test_tables_are_taken_between_their_nodes():
    moments = np.array([[1.0, 1.0], [1.0, 2.0]])
    kind = Kind(np.array([0.7, 0.9]), np.array([1.0, 0.5]), np.array([1.0, 0.8]), moments)
    found = optics(kind, np.array([0.7, 0.9]), 0.8)
    assert found.shape == pytest.approx([1.0, 0.5])
    assert found.albedo == pytest.approx(0.9)
    assert found.moments == pytest.approx([1.0, 1.5])
    assert found.phase(0.5) == pytest.approx(1.75)


@given(depths, heights, widths)
def test_layers_hold_the_integral_of_the_gaussian(whole, height, width):
    def bell(x):
        return np.exp(-(((x - height) / width) ** 2) / 2)

    edges = LEVELS / LEVELS[-1]
    parts = np.array([quad(bell, a, b)[0] for a, b in pairwise(edges)])
    expected = whole * parts / parts.sum()
    assert gaussian(LEVELS, whole, height, width).depth == pytest.approx(expected, abs=1e-7)


@given(depths, heights, widths)
def test_the_derivatives_are_differences(whole, height, width):
    found = gaussian(LEVELS, whole, height, width)
    step = 1e-5
    for slope, change in [(found.by_height, (step, 0)), (found.by_width, (0, step))]:
        high = gaussian(LEVELS, whole, height + change[0], width + change[1]).depth
        low = gaussian(LEVELS, whole, height - change[0], width - change[1]).depth
        expected = (high - low) / (2 * step)
        assert slope == pytest.approx(expected, abs=1e-5 * np.abs(expected).max())
    more = gaussian(LEVELS, whole * np.exp(step), height, width).depth
    assert found.depth == pytest.approx((more - found.depth) / step, rel=1e-4, abs=1e-12)


@given(depths, heights, widths)
def test_all_of_the_depth_is_in_the_atmosphere(whole, height, width):
    found = gaussian(LEVELS, whole, height, width)
    assert found.depth.sum() == pytest.approx(whole)
    assert found.by_height.sum() == pytest.approx(0, abs=1e-9 * whole / width)
    assert found.by_width.sum() == pytest.approx(0, abs=1e-9 * whole / width)


def test_a_kind_that_does_not_exist_is_named():
    with pytest.raises(UnknownNameError, match="fine"):
        kind_named("smoke")


@pytest.mark.parametrize(
    "change",
    [
        {"albedo": np.array([0.5, 1.2])},
        {"extinction": np.array([1.0, 0.0])},
        {"extinction": np.array([1.0])},
        {"wavelength": np.array([0.9, 0.7])},
        {"moments": np.array([[2.0, 1.0], [1.0, 1.0]])},
    ],
)
def test_impossible_kinds_are_refused(change):
    whole = {
        "wavelength": np.array([0.7, 0.9]),
        "extinction": np.array([1.0, 0.9]),
        "albedo": np.array([0.9, 0.9]),
        "moments": np.ones((2, 3)),
    }
    with pytest.raises(InvalidValueError):
        Kind(**{**whole, **change})


def test_a_band_beyond_the_tables_is_refused():
    with pytest.raises(InvalidValueError, match=r"0\.6 to 2\.4"):
        optics(kind_named("ice"), np.array([0.5]), 0.5)


@pytest.mark.parametrize(
    ("whole", "height", "width"),
    [(-0.1, 0.9, 0.1), (0.1, 0.9, 0.0), (0.1, 30.0, 0.1), (np.nan, 0.5, 0.1), (0.1, np.inf, 0.1)],
)
def test_impossible_profiles_are_refused(whole, height, width):
    with pytest.raises(InvalidValueError, match="aerosol"):
        gaussian(LEVELS, whole, height, width)
