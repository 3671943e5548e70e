"""Voigt functions and their two-grid sums, against scipy's function and brute force."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import wofz

from casa_processes.spectroscopy.kernel import add_interpolated, probability, voigt_sum

widths = st.floats(-4, 2).map(lambda exponent: 10.0**exponent)


def brute(first, step, lines, cut, size):
    """Sum the lines at every point, with scipy's function."""
    spectrum, grid = np.zeros(size), first + step * np.arange(size)
    for centre, strength, doppler, width, mixing in lines.T:
        x = (grid - centre) / doppler
        y, edge = width / doppler, cut / doppler
        w, end = wofz(x + 1j * y), wofz(edge + 1j * y)
        line = w.real - end.real + mixing * (w.imag - end.imag * x / edge)
        line *= strength / (doppler * np.sqrt(np.pi))
        spectrum += np.where(np.abs(grid - centre) <= cut, line, 0)
    return spectrum


def drawn(seed, count, pressure, mixing=0.0, low=6166.0, high=6196.0):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(low, high, count)
    return np.stack(
        [
            centre,
            10 ** rng.uniform(-26, -22, count),
            centre * 1e-6,
            rng.uniform(0.05, 0.1, count) * pressure / 1013.25,
            rng.normal(size=count) * mixing * pressure / 1013.25,
        ]
    )


@given(widths, st.floats(0, 15))
@example(1e-4, 0.0)
@example(5.0, 9.9)
def test_the_probability_function_is_scipys(y, distance):
    x = np.array([0.0, distance, -distance])[np.array([0, distance, distance]) + y <= 15]
    real, imaginary = np.empty(x.size), np.empty(x.size)
    probability(x, y, real, imaginary)
    expected = wofz(x + 1j * y)
    assert real == pytest.approx(expected.real, rel=4e-5, abs=0)
    assert imaginary == pytest.approx(expected.imag, rel=4e-5, abs=1e-12)


@pytest.mark.parametrize("mixing", [0.0, 0.05])
@pytest.mark.parametrize("pressure", [0.5, 5.0, 50.0, 500.0, 1080.0])
@pytest.mark.parametrize(("near", "coarse"), [(1.6, 8), (2.5, 16)])
def test_a_sum_of_lines_is_that_of_brute_force(pressure, mixing, near, coarse):
    first, step, size, cut = 6170.0, 0.01, 2001, 25.0
    lines = drawn(int(pressure), 60, pressure, mixing)
    spectrum = np.zeros(size)
    voigt_sum(first, step, lines, cut, near, coarse, spectrum)
    expected = brute(first, step, lines, cut, size)
    scale = np.maximum(np.abs(expected), 1e-3 * expected.max())
    assert np.max(np.abs(spectrum - expected) / scale) < 2e-4


@given(st.integers(0, 99), st.integers(1, 700), st.integers(1, 9), st.floats(0.3, 3.0))
def test_grids_of_any_size_and_coarseness_are_summed(seed, size, coarse, near):
    lines = drawn(seed, 5, 700.0, 0.02, 6169.0, 6171.0)
    spectrum = np.zeros(size)
    voigt_sum(6170.0, 0.01, lines, 25.0, near, coarse, spectrum)
    expected = brute(6170.0, 0.01, lines, 25.0, size)
    slack = 0.3 * (0.01 * coarse / near) ** 2 + 1e-4
    assert spectrum == pytest.approx(expected, rel=slack, abs=slack * expected.max())


def test_lines_are_added_to_what_is_there_and_do_not_know_each_other():
    lines = drawn(1, 40, 300.0, 0.03)
    together, apart = np.zeros(900), np.full(900, 1e-24)
    voigt_sum(6170.0, 0.01, lines, 25.0, 1.6, 8, together)
    voigt_sum(6170.0, 0.01, lines[:, :15], 25.0, 1.6, 8, apart)
    voigt_sum(6170.0, 0.01, lines[:, 15:], 25.0, 1.6, 8, apart)
    assert apart - 1e-24 == pytest.approx(together, rel=1e-9)


def test_a_line_ends_without_a_step():
    lines = np.array([[6195.0], [1e-22], [0.006], [0.07], [0.02]])
    spectrum = np.zeros(6001)
    voigt_sum(6165.0, 0.01, lines, 25.0, 1.6, 8, spectrum)
    outside = np.abs(6165.0 + 0.01 * np.arange(6001) - 6195.0) > 25.0 + 2 * 0.08
    assert not spectrum[outside].any()
    assert np.abs(np.diff(spectrum[:1000])).max() < 1e-5 * spectrum.max()


@given(st.integers(1, 9), st.integers(1, 40), st.integers(0, 99))
def test_interpolation_keeps_parabolas_and_the_points_themselves(coarse, size, seed):
    count = (size - 1) // coarse + 6
    a, b, c = np.random.default_rng(seed).normal(size=3)
    places = np.arange(count) - 2.0
    spectrum = np.zeros(size)
    add_interpolated(a + b * places + c * places**2, coarse, spectrum)
    fine = np.arange(size) / coarse
    assert spectrum == pytest.approx(a + b * fine + c * fine**2, abs=1e-9)
