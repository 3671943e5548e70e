"""The fast path: against float64 sums of numpy, and against the weighted fit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import UnknownNameError
from casa_processes.sif_retrieval.functional.kernel import GROUP
from casa_processes.sif_retrieval.model import Block, Outcome, fit
from casa_processes.sif_retrieval.model.functionals import functionals
from tests.processes.sif_retrieval.trained import single_footprint, three_footprints
from tests.processes.sif_retrieval.worlds import WINDOW, part, vegetated, world

AGREEMENT = 0.15
"""Bound on the difference of the two paths, in standard deviations of one sounding."""


@pytest.fixture(scope="module")
def seen():
    return world(3000, seed=20, sif=vegetated, footprints=3)


@pytest.fixture(scope="module")
def found(seen):
    return fit(seen.block, three_footprints(), WINDOW, "functional")


@pytest.fixture(scope="module")
def strict(seen):
    return fit(seen.block, three_footprints(), WINDOW, "weighted")


def plainly(block, training, row):
    """Take the products in float64, and mix them so that their variance is least."""
    one = training[block.footprint[row]]
    spectrum = block.radiance[row, one.first : one.last].astype(np.float64)
    mean = spectrum.mean()
    noise = one.noise[0] + one.noise[1] * mean
    first, second = one.functional
    share = -(first * second @ noise) / (second**2 @ noise)
    mixed = first + share * second
    return mixed @ spectrum, np.sqrt(mixed**2 @ noise), mean * one.continuum


def test_products_are_those_of_numpy(seen, found):
    for row in range(0, 3000, 10):
        sif, sigma, continuum = plainly(seen.block, three_footprints(), row)
        assert found.sif[row] == pytest.approx(sif, abs=2e-4)
        assert found.sif_uncertainty[row] == pytest.approx(sigma, rel=1e-5)
        assert found.continuum[row] == pytest.approx(continuum, rel=1e-6)


def test_single_precision_costs_less_than_a_thousandth_of_the_noise(seen, found):
    exact = [plainly(seen.block, three_footprints(), row)[0] for row in range(500)]
    assert np.abs(found.sif[:500] - exact).max() < 1e-3 * found.sif_uncertainty.min()


def test_both_paths_agree_within_a_seventh_of_the_noise(found, strict):
    away = (found.sif - strict.sif) / strict.sif_uncertainty
    assert np.abs(away).max() < AGREEMENT
    assert abs(away.mean()) < 0.01
    assert found.sif_uncertainty == pytest.approx(strict.sif_uncertainty, rel=0.02)
    assert found.continuum == pytest.approx(strict.continuum, rel=1e-6)
    assert found.relative == pytest.approx(found.sif / found.continuum, rel=1e-12)


def test_misfits_of_both_paths_agree(found, strict):
    assert np.abs(found.chi_squared - strict.chi_squared).max() < 0.25
    assert found.chi_squared.mean() == pytest.approx(strict.chi_squared.mean(), abs=0.01)


def test_the_misfit_is_that_of_a_projection_by_numpy(seen, found):
    for row in range(0, 300, 7):
        one = three_footprints()[seen.block.footprint[row]]
        spectrum = seen.block.radiance[row].astype(np.float64)
        weight = 1.0 / (one.noise[0] + one.noise[1] * one.typical)
        left = spectrum - (one.design * weight @ spectrum) @ one.design
        variance = one.noise[0] + one.noise[1] * spectrum.mean()
        expected = (left**2 / variance).sum() / (spectrum.size - len(one.design))
        assert found.chi_squared[row] == pytest.approx(expected, rel=2e-3)


@given(st.permutations(range(50)), st.integers(1, 50))
def test_order_and_neighbours_change_no_bit(order, count):
    seen = world(50, seed=21, sif=vegetated, footprints=3)
    whole = fit(seen.block, three_footprints(), WINDOW)
    rows = np.array(order[:count])
    found = fit(part(seen.block, rows), three_footprints(), WINDOW)
    for name, values in vars(found).items():
        assert np.array_equal(values, getattr(whole, name)[rows]), name


@pytest.mark.parametrize("method", ["functional", "weighted"])
def test_chunks_change_no_bit(seen, method):
    whole = fit(seen.block, three_footprints(), WINDOW, method)
    for first, last in ((0, 1), (1, 700), (700, 701), (701, 3000)):
        rows = np.arange(first, last)
        found = fit(part(seen.block, rows), three_footprints(), WINDOW, method)
        for name, values in vars(found).items():
            assert np.array_equal(values, getattr(whole, name)[rows]), name


@pytest.mark.parametrize("method", ["functional", "weighted"])
@pytest.mark.parametrize("damage", [np.nan, np.inf, -np.inf, -1e-3, 191.0, -np.nan])
@pytest.mark.parametrize("channel", [0, 40, 71])
def test_a_damaged_spectrum_is_nan_and_never_zero(method, damage, channel):
    seen = world(40, seed=22)
    window = replace(WINDOW, full_scale=190.0)
    whole = fit(seen.block, single_footprint(), window, method)
    seen.block.radiance[17, channel] = damage
    found = fit(seen.block, single_footprint(), window, method)
    others = np.arange(40) != 17
    assert found.outcome[17] == Outcome.BAD_SPECTRUM
    for name, values in vars(found).items():
        if name != "outcome":
            assert np.isnan(values[17]), name
            assert np.array_equal(values[others], getattr(whole, name)[others]), name


@pytest.mark.parametrize("method", ["functional", "weighted"])
def test_a_footprint_without_training_is_nan(method):
    seen = world(60, seed=23, footprints=3)
    first, _, third = three_footprints()
    found = fit(seen.block, (first, None, third), WINDOW, method)
    here = seen.block.footprint == 1
    assert (found.outcome[here] == Outcome.NO_TRAINING).all()
    assert np.isnan(found.sif[here]).all()
    assert np.isfinite(found.sif[~here]).all()
    nothing = fit(seen.block, (None, None, None), WINDOW, method)
    assert (nothing.outcome == Outcome.NO_TRAINING).all()


@pytest.mark.parametrize("method", ["functional", "weighted"])
def test_no_soundings_are_no_error(method):
    seen = world(5, seed=24)
    found = fit(part(seen.block, np.arange(0)), single_footprint(), WINDOW, method)
    assert found.sif.shape == (0,)


@pytest.mark.parametrize("level", [0.0, 1e-3, 1.0, 900.0])
def test_spectra_darker_or_brighter_than_all_of_the_training_are_fitted(level):
    (one,) = single_footprint()
    spectrum = (level * one.mean).astype(np.float32)[None]
    noise = np.ones_like(spectrum)
    block = Block(spectrum, noise, one.wavelength[None], np.zeros(1, np.int64))
    found = fit(block, single_footprint(), WINDOW)
    if level == 0.0:
        assert found.outcome[0] == Outcome.BAD_SPECTRUM
    else:
        sif, sigma, _ = plainly(block, single_footprint(), 0)
        assert found.sif[0] == pytest.approx(sif, abs=1e-5 * max(level, 1.0))
        assert found.sif_uncertainty[0] == pytest.approx(sigma, rel=1e-4)


def test_an_unknown_method_is_refused_with_the_known_ones():
    seen = world(5, seed=25)
    with pytest.raises(UnknownNameError, match="there are: functional, weighted"):
        fit(seen.block, single_footprint(), WINDOW, "weigthed")


def drawn(seed=3):
    """Functions of 40 channels, one of which is not used, and their noise."""
    rng = np.random.default_rng(seed)
    noise = np.stack([rng.uniform(0.1, 1.0, 40), rng.uniform(0.0, 0.1, 40)])
    noise[:, 7] = np.inf, 0.0
    return rng.normal(size=(5, 40)), noise


def mixture(found, moments, level):
    """Return the mixture of two functionals at a mean radiance, and its variance."""
    one, both, two = moments @ [1.0, level]
    return found[0] - both / two * found[1], one - both**2 / two


@given(st.floats(0.0, 1e4), st.integers(0, 20))
def test_a_mixture_ignores_all_functions_but_the_last_at_any_brightness(level, seed):
    functions, noise = drawn(seed)
    found, moments = functionals(functions, (5.0, 400.0), noise)
    assert found @ functions.T == pytest.approx(np.array([[0, 0, 0, 0, 1], [0] * 5]), abs=1e-9)
    mixed, variance = mixture(found, moments, level)
    assert mixed @ functions.T == pytest.approx([0, 0, 0, 0, 1], abs=1e-8)
    assert (found[:, 7] == 0.0).all()
    used = np.arange(40) != 7
    spread = noise[0, used] + noise[1, used] * level
    assert mixed[used] ** 2 @ spread == pytest.approx(variance, rel=1e-8)
    # No unbiased estimate is surer than that of least squares (Gauss and Markov).
    least = np.linalg.inv(functions[:, used] / spread @ functions[:, used].T)[-1, -1]
    assert variance >= least * (1.0 - 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_mixture_is_least_squares_at_both_ends_and_nearly_so_between(seed):
    functions, noise = drawn(seed)
    found, moments = functionals(functions, (5.0, 400.0), noise)
    used = np.arange(40) != 7
    for level, allowed in ((5.0, 1e-9), (400.0, 1e-9), (20.0, 0.03), (100.0, 0.03)):
        spread = noise[0, used] + noise[1, used] * level
        least = np.linalg.inv(functions[:, used] / spread @ functions[:, used].T)[-1, -1]
        assert mixture(found, moments, level)[1] / least - 1.0 <= allowed


def test_noise_of_one_shape_needs_one_functional():
    functions, noise = drawn()
    noise[1] = np.where(np.isfinite(noise[0]), 0.01 * noise[0], 0.0)
    found, moments = functionals(functions, (5.0, 400.0), noise)
    assert (found[1] == 0.0).all()
    assert moments[1:].tolist() == [[0.0, 0.0], [1.0, 0.0]]


@pytest.mark.parametrize("count", [1, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP + 5])
def test_groups_of_the_kernel_leave_none_out(count, seen, found):
    rows = np.arange(100, 100 + count)
    part_of_it = fit(part(seen.block, rows), three_footprints(), WINDOW)
    assert np.array_equal(part_of_it.sif, found.sif[rows])
    assert np.array_equal(part_of_it.outcome, found.outcome[rows])


@pytest.mark.parametrize("method", ["functional", "weighted"])
def test_the_noise_that_is_told_is_the_scatter_of_repeated_measurements(method):
    once = world(1, seed=26, sif=1.0, noisy=False)
    rng = np.random.default_rng(4)
    noise = np.tile(once.block.noise, (4000, 1))
    radiance = (once.clean + noise * rng.normal(size=noise.shape)).astype(np.float32)
    block = Block(radiance, noise, once.block.wavelength, np.zeros(4000, np.int64))
    found = fit(block, single_footprint(), WINDOW, method)
    assert found.sif.std() / found.sif_uncertainty.mean() == pytest.approx(1.0, abs=0.035)
    assert found.chi_squared.mean() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("method", ["functional", "weighted"])
def test_radiance_at_the_full_scale_is_not_saturated(method):
    seen = world(40, seed=27)
    full = float(seen.block.radiance.max())
    for limit, bad in ((full, 0), (float(np.nextafter(np.float32(full), np.float32(0))), 1)):
        window = replace(WINDOW, full_scale=limit)
        found = fit(seen.block, single_footprint(), window, method)
        assert (found.outcome == Outcome.BAD_SPECTRUM).sum() == bad
