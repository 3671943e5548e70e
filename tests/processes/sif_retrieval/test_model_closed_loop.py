"""Scenes that follow the model of the fit: what is put in comes out."""

import numpy as np
import pytest

from casa_processes.sif_retrieval.model import (
    Block,
    corrected,
    fit,
    reference,
    train,
    zero_level,
)
from casa_processes.sif_retrieval.model.types import Options
from tests.processes.sif_retrieval.trained import single_footprint, three_footprints
from tests.processes.sif_retrieval.worlds import WINDOW, vegetated, world

METHODS = ("functional", "weighted")


@pytest.fixture(scope="module")
def green():
    return world(60_000, seed=60, sif=vegetated)


@pytest.fixture(scope="module", params=METHODS)
def found(request, green):
    return fit(green.block, single_footprint(), WINDOW, request.param)


def test_every_sounding_is_fitted(found):
    assert (found.outcome == 0).all()
    assert np.isfinite(found.sif).all()


def test_the_bias_is_below_five_thousandths(green, found):
    assert abs(np.mean(found.sif - green.sif)) < 0.005


def test_the_scatter_is_what_is_told(green, found):
    scatter = np.std((found.sif - green.sif) / found.sif_uncertainty)
    assert 0.97 < scatter < 1.06


def test_the_slope_is_one_within_two_thousandths(green, found):
    slope, _ = np.polyfit(green.sif, found.sif, 1)
    assert slope == pytest.approx(1.0, abs=0.002)


def test_the_misfit_is_one(found):
    assert found.chi_squared.mean() == pytest.approx(1.0, abs=0.01)


def test_the_error_does_not_depend_on_brightness(green, found):
    level = green.clean.mean(axis=1)
    dark, bright = level < 60.0, level > 110.0
    for here in (dark, bright):
        assert abs(np.mean((found.sif - green.sif)[here])) < 0.01


@pytest.mark.parametrize("method", METHODS)
def test_each_footprint_has_no_bias(method):
    seen = world(30_000, seed=61, sif=vegetated, footprints=3)
    result = fit(seen.block, three_footprints(), WINDOW, method)
    for footprint in range(3):
        here = seen.block.footprint == footprint
        assert abs(np.mean((result.sif - seen.sif)[here])) < 0.015


def test_a_spectrum_without_noise_that_is_the_model_is_fitted_exactly():
    (one,) = single_footprint()
    rng = np.random.default_rng(5)
    sif = rng.uniform(-1.0, 3.0, 50)
    place = (one.wavelength * 1e3 - 758.75) / 0.5
    surface = 1.0 + 0.03 * rng.normal(size=(50, 1)) * place
    others = 0.05 * rng.normal(size=(50, 2)) @ one.vectors[1:3]
    spectra = rng.uniform(300.0, 900.0, (50, 1)) * (surface * one.vectors[0] + 0.01 * others)
    spectra += sif[:, None]
    noise = 0.02 * np.sqrt(spectra)
    block = Block(spectra, noise, one.wavelength[None], np.zeros(50, np.int64))
    result = fit(block, single_footprint(), WINDOW, "weighted")
    assert result.sif == pytest.approx(sif, abs=1e-10)
    assert result.chi_squared.max() < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_scenes_without_vegetation_give_zero_within_their_error(method):
    bare = world(20_000, seed=62)
    result = fit(bare.block, single_footprint(), WINDOW, method)
    mean = result.sif.mean()
    assert abs(mean) < 4.0 * result.sif_uncertainty.mean() / np.sqrt(20_000) + 0.003


CONTAMINATED = 0.015
"""Bound on the bias when every twentieth spectrum of the training is one of vegetation."""


@pytest.mark.parametrize("method", METHODS)
def test_vegetation_in_a_twentieth_of_the_training_moves_the_mean_by_less_than_its_bound(
    method, green
):
    def planted(rng, count):
        return np.where(rng.uniform(size=count) < 0.05, rng.uniform(0.3, 2.5, count), 0.0)

    dirty = world(6000, seed=63, sif=planted)
    training = train(dirty.block, dirty.scenes, WINDOW)
    assert 0.6 * np.sum(dirty.sif > 0.0) < training[0].rejected < 1.2 * np.sum(dirty.sif > 0.0)
    result = fit(green.block, training, WINDOW, method)
    assert -CONTAMINATED < np.mean(result.sif - green.sif) < 0.005
    assert np.polyfit(green.sif, result.sif, 1)[0] == pytest.approx(1.0, abs=0.002)


def test_a_zero_level_of_the_detector_is_found_and_subtracted():
    def zero(level):
        return 0.4 * np.sin(level / 25.0)

    bare, green = (
        world(20_000, seed=64, zero=zero),
        world(20_000, seed=65, sif=vegetated, zero=zero),
    )
    training = train(bare.block, bare.scenes, WINDOW)
    result = fit(bare.block, training, WINDOW)
    assert np.abs(result.sif).mean() > 0.2
    mask = reference(bare.block, bare.scenes, WINDOW, Options())
    level = zero_level(result, bare.block.footprint, mask, 1)
    again = corrected(fit(green.block, training, WINDOW), level, green.block.footprint)
    assert abs(np.mean(again.sif - green.sif)) < 0.01
    for low in range(22, 110, 22):
        here = (low <= green.clean.mean(axis=1)) & (green.clean.mean(axis=1) < low + 22)
        assert abs(np.mean((again.sif - green.sif)[here])) < 0.03
