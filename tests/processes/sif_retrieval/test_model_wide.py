"""Wide windows: fluorescence with the shape of its peak, higher polynomials, more lines."""

import numpy as np
import pytest

from casa_processes.sif_retrieval.model import Block, Window, fit, train
from casa_processes.sif_retrieval.model.window import emission
from tests.processes.sif_retrieval.worlds import PHOTONS, READ, scenes, vegetated

WIDE = Window("740", 0.743, 0.758, order=3, shape="gaussian", vectors=6)
RED = Window("685", 0.663, 0.685, order=4, shape="gaussian", vectors=6, peak=0.685, spread=0.0095)
METHODS = ("functional", "weighted")


def drawn(window, count, seed, sif=None):
    """Draw soundings of a detector whose channels reach beyond the window on both sides."""
    rng = np.random.default_rng([seed, count])
    width = window.last - window.first
    wavelength = np.linspace(window.first - 0.1 * width, window.last + 0.1 * width, 140)
    lines = np.random.default_rng(11)
    middle = lines.uniform(wavelength[0], wavelength[-1], 60)
    depth, spread = lines.uniform(0.03, 0.4, 60), lines.uniform(1.2, 2.5, 60) * width / 120
    shapes = np.exp(-0.5 * ((wavelength[:, None] - middle) / spread) ** 2)
    sun = (1.0 - depth * shapes).prod(axis=1)
    place = (wavelength - window.first) / width * 2.0 - 1.0
    powers = np.stack([place, place**2, place**3])
    surface = 1.0 + rng.normal(0.0, [0.05, 0.02, 0.01], (count, 3)) @ powers
    true = np.zeros(count) if sif is None else sif(rng, count)
    clean = rng.uniform(30.0, 140.0, (count, 1)) * surface * sun
    clean = clean + true[:, None] * emission(wavelength, window)
    noise = np.sqrt(READ**2 + PHOTONS * clean)
    radiance = (clean + noise * rng.normal(size=clean.shape)).astype(np.float32)
    footprint = np.zeros(count, np.int64)
    return Block(radiance, noise.astype(np.float32), wavelength[None], footprint), true


@pytest.fixture(scope="module", params=[WIDE, RED], ids=["far red", "red"])
def window(request):
    return request.param


@pytest.fixture(scope="module")
def training(window):
    bare, _ = drawn(window, 1500, 1)
    return train(bare, scenes(1500), window)


@pytest.mark.parametrize("method", METHODS)
def test_fluorescence_at_the_peak_is_found(window, training, method):
    seen, true = drawn(window, 8000, 2, vegetated)
    found = fit(seen, training, window, method)
    error = 4.0 * found.sif_uncertainty.mean() / np.sqrt(8000)
    assert abs(np.mean(found.sif - true)) < max(0.005, error)
    assert np.polyfit(true, found.sif, 1)[0] == pytest.approx(1.0, abs=0.01)
    assert np.std((found.sif - true) / found.sif_uncertainty) == pytest.approx(1.0, abs=0.04)
    assert found.chi_squared.mean() == pytest.approx(1.0, abs=0.02)


def test_only_channels_of_the_window_are_taken(window, training):
    (one,) = training
    assert 0 < one.first < one.last < 140
    assert one.wavelength[0] >= window.first
    assert one.wavelength[-1] <= window.last
    seen, _ = drawn(window, 50, 3, vegetated)
    whole = fit(seen, training, window)
    seen.radiance[:, : one.first] = np.nan
    seen.radiance[:, one.last :] = -1.0
    again = fit(seen, training, window)
    for name, values in vars(whole).items():
        assert np.array_equal(values, getattr(again, name)), name


def test_the_shape_of_fluorescence_matters(window, training):
    seen, true = drawn(window, 4000, 4, vegetated)
    flat = Window(window.name, window.first, window.last, window.order, "flat", window.vectors)
    bare, _ = drawn(window, 1500, 1)
    wrong = fit(seen, train(bare, scenes(1500), flat), flat, "weighted")
    right = fit(seen, training, window, "weighted")
    assert np.polyfit(true, right.sif, 1)[0] == pytest.approx(1.0, abs=0.02)
    assert np.polyfit(true, wrong.sif, 1)[0] < 0.95


def test_footprints_with_other_numbers_of_channels_stand_side_by_side(window):
    first, _ = drawn(window, 800, 5)
    second, _ = drawn(window, 800, 6)
    shift = first.wavelength[0, 1] - first.wavelength[0, 0]
    wavelength = np.concatenate([first.wavelength, second.wavelength + 0.5 * shift])
    both = Block(
        np.concatenate([first.radiance, second.radiance]),
        np.concatenate([first.noise, second.noise]),
        wavelength,
        np.repeat([0, 1], 800),
    )
    found = train(both, scenes(1600), window)
    alone = train(first, scenes(800), window)
    assert np.array_equal(found[0].vectors, alone[0].vectors)
    for method in METHODS:
        joined, single = fit(both, found, window, method), fit(first, alone, window, method)
        assert np.array_equal(joined.sif[:800], single.sif)
        assert (joined.outcome == 0).all()
        assert joined.chi_squared[800:].mean() == pytest.approx(1.0, abs=0.03)
