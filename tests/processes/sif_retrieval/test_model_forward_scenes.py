"""Scenes of a full forward model, which knows nothing of singular vectors."""

import numpy as np
import pytest

from casa_processes.sif_retrieval.model import (
    Options,
    corrected,
    fit,
    quality,
    reference,
    train,
    zero_level,
)
from tests.processes.sif_retrieval.forward_scenes import WINDOWS, simulated
from tests.processes.sif_retrieval.worlds import scenes

COUNT, TRAINED, REPEAT = 240, 120, 40
VALUES = (0.0, 0.7, 1.4, 2.1)
GENUINE_SUN = tuple(f"spectroscopy/solar_spectrum_02368_{i}.txt.gz" for i in (1, 2, 3))


def trained(known, name):
    """Train with half of the scenes, each measured forty times."""
    bare = known.some(slice(0, TRAINED)).block(np.zeros(TRAINED), REPEAT, seed=1)
    return train(bare, scenes(len(bare)), WINDOWS[name]), bare


def fitted(known, training, name, values, repeat=1, seed=None, method="weighted"):
    seen = known.some(slice(TRAINED, COUNT))
    return fit(seen.block(values, repeat, seed), training, WINDOWS[name], method)


def loop(known, training, name, method="weighted"):
    """Return true and fitted fluorescence of the scenes that were not trained with."""
    found = [
        fitted(known, training, name, np.full(COUNT - TRAINED, each), method=method)
        for each in VALUES
    ]
    return np.repeat(VALUES, COUNT - TRAINED), np.concatenate([each.sif for each in found])


@pytest.fixture(scope="module")
def known():
    return simulated("757", COUNT)


@pytest.fixture(scope="module")
def training(known):
    return trained(known, "757")[0]


@pytest.mark.parametrize("method", ["weighted", "functional"])
def test_bias_and_slope_are_small(known, training, method):
    true, found = loop(known, training, "757", method)
    assert abs(np.mean(found - true)) < 0.05
    assert np.polyfit(true, found, 1)[0] == pytest.approx(1.0, abs=0.02)


def test_what_one_scene_is_wrong_by_is_less_than_its_noise(known, training):
    quiet = fitted(known, training, "757", np.zeros(COUNT - TRAINED))
    assert quiet.sif.std() < 0.3 * quiet.sif_uncertainty.mean()


def test_noise_is_told_as_it_scatters(known, training):
    noisy = fitted(known, training, "757", np.full(COUNT - TRAINED, 1.0), REPEAT, seed=3)
    quiet = fitted(known, training, "757", np.full(COUNT - TRAINED, 1.0))
    away = (noisy.sif - np.repeat(quiet.sif, REPEAT)) / noisy.sif_uncertainty
    assert away.std() == pytest.approx(1.0, abs=0.04)
    assert 0.98 < np.median(noisy.chi_squared) < 1.1
    assert 0.98 < noisy.chi_squared.mean() < 1.2  # some scenes vary in ways that are too rare
    assert (quality(noisy, scenes(noisy.sif.size)) < 2).mean() > 0.99


def test_scenes_without_vegetation_give_zero_within_their_error(known, training):
    noisy = fitted(known, training, "757", np.zeros(COUNT - TRAINED), REPEAT, seed=4)
    each = noisy.sif.reshape(-1, REPEAT).mean(axis=1)
    assert abs(each.mean()) < min(4.0 * each.std() / np.sqrt(COUNT - TRAINED), 0.1)


def test_the_zero_level_takes_the_bias_of_bare_scenes_away(known):
    training, bare = trained(known, "757")
    options = Options(knots=4)
    found = fit(bare, training, WINDOWS["757"], "weighted")
    mask = reference(bare, scenes(len(bare)), WINDOWS["757"], options)
    level = zero_level(found, bare.footprint, mask, 1, options)
    again = corrected(found, level, bare.footprint)
    weight = found.sif_uncertainty[mask] ** -2.0
    assert np.average(again.sif[mask], weights=weight) == pytest.approx(0.0, abs=1e-6)
    assert np.nanmax(np.abs(level.offset)) < 0.2


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize(("name", "sigma"), [("757", 0.39), ("771", 0.27)])
def test_with_the_genuine_sun_and_the_noise_of_oco_2(realdata, name, sigma):
    """Precision of a sounding, mean over scenes: published in the documentation."""
    known = simulated(name, COUNT, tuple(str(realdata / each) for each in GENUINE_SUN))
    training, _ = trained(known, name)
    true, found = loop(known, training, name)
    assert abs(np.mean(found - true)) < 0.05
    assert np.polyfit(true, found, 1)[0] == pytest.approx(1.0, abs=0.02)
    noisy = fitted(known, training, name, np.full(COUNT - TRAINED, 1.0), REPEAT, seed=3)
    assert noisy.sif_uncertainty.mean() == pytest.approx(sigma, abs=0.03)
