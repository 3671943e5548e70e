"""The fast path: against float64 sums of numpy, and against the weighted fit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import UnknownNameError
from casa_processes.sif_retrieval.kernel import PROBE
from casa_processes.sif_retrieval.model import Block, Outcome, fit
from casa_processes.sif_retrieval.model.functionals import functionals, middles, table
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
    """Take the product in float64, in the bin that the first channels tell."""
    one = training[block.footprint[row]]
    spectrum = block.radiance[row, one.first : one.last].astype(np.float64)
    steps, per = table(one.level, one.functional.shape[0])
    level = spectrum[:PROBE].sum() / one.mean[:PROBE].sum()
    chosen = steps[min(int(level * per), steps.size - 1)]
    mean = spectrum.mean()
    variance = one.variance[0, chosen] + one.variance[1, chosen] * mean
    return one.functional[chosen] @ spectrum, np.sqrt(variance), mean * one.continuum


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
def test_spectra_darker_or_brighter_than_all_bins_take_the_outermost(level):
    (one,) = single_footprint()
    spectrum = (level * one.mean).astype(np.float32)[None]
    noise = np.ones_like(spectrum)
    block = Block(spectrum, noise, one.wavelength[None], np.zeros(1, np.int64))
    found = fit(block, single_footprint(), WINDOW)
    chosen = 0 if level < 20.0 else -1
    if level == 0.0:
        assert found.outcome[0] == Outcome.BAD_SPECTRUM
    else:
        expected = one.functional[chosen] @ spectrum[0]
        assert found.sif[0] == pytest.approx(expected, abs=1e-5 * max(level, 1.0))


def test_an_unknown_method_is_refused_with_the_known_ones():
    seen = world(5, seed=25)
    with pytest.raises(UnknownNameError, match="there are: functional, weighted"):
        fit(seen.block, single_footprint(), WINDOW, "weigthed")


def test_functionals_ignore_all_functions_but_the_last():
    rng = np.random.default_rng(3)
    functions = rng.normal(size=(5, 40))
    noise = np.stack([rng.uniform(0.1, 1.0, 40), rng.uniform(0.0, 0.1, 40)])
    noise[:, 7] = np.inf, 0.0
    found, variance = functionals(functions, (5.0, 400.0), 8, noise)
    assert found @ functions.T == pytest.approx(np.tile([0.0] * 4 + [1.0], (8, 1)), abs=1e-10)
    assert (found[:, 7] == 0.0).all()
    used = np.arange(40) != 7
    for number, middle in enumerate(middles((5.0, 400.0), 8)):
        spread = noise[0, used] + noise[1, used] * middle
        covariance = np.linalg.inv(functions[:, used] / spread @ functions[:, used].T)
        told = variance[0, number] + variance[1, number] * middle
        assert told == pytest.approx(covariance[-1, -1], rel=1e-10)


def test_bins_are_even_in_the_logarithm_and_in_order():
    steps, per = table((5.0, 400.0), 32)
    assert (np.diff(steps) >= 0).all()
    assert set(steps.tolist()) == set(range(32))
    for number, middle in enumerate(middles((5.0, 400.0), 32).tolist()):
        assert steps[int(middle * per)] == number


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
