"""How many vectors describe spectra: the criterion, and scenes in which only some have water."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.sif_retrieval.model import Block, fit, train
from casa_processes.sif_retrieval.model.bare_spectra import described, sound
from casa_processes.sif_retrieval.model.design import columns
from casa_processes.sif_retrieval.model.vector_choice import criterion, noise_scale
from tests.processes.sif_retrieval.vapour import WIDE, humid
from tests.processes.sif_retrieval.worlds import WINDOW, scenes, vegetated, world

ENDS = (0, 72)


def spectra(count=500, seed=80, window=WINDOW, change=None, **more):
    bare = world(count, seed=seed, **more)
    block = change(bare.block) if change else bare.block
    found = sound(block, np.arange(count), window, ENDS)
    every = np.ones(count, bool)
    return found, described(found, every), every


def test_the_noise_of_a_spectrum_is_told_over_that_of_typical_ones():
    found, known, _ = spectra()
    expected = np.sqrt(np.mean(found.noise**2 * known.weight, axis=1))
    assert noise_scale(found, known) == pytest.approx(expected, rel=1e-12)
    typical = np.abs(found.level - known.typical) < 2.0
    assert noise_scale(found, known)[typical] == pytest.approx(1.0, abs=0.02)


def test_the_criterion_is_the_likelihood_of_a_covariance():
    """Minus twice the logarithm of a normal density, written out with matrices."""
    found, known, every = spectra()
    root = np.sqrt(known.weight)
    functions = columns(known.vectors[:8], found.wavelength, WINDOW) * root
    order = [*range(WINDOW.order + 1), len(functions) - 1]
    scaled = found.radiance * root / noise_scale(found, known)[:, None]
    common = np.linalg.svd(functions[order].T)[0][:, len(order) :]  # what these do not reach
    seen, size = scaled @ common, common.shape[1]
    told = criterion(found, known, every)
    steps = []
    for more in range(8):
        along = functions[WINDOW.order + 1 : WINDOW.order + 1 + more] @ common
        basis = np.linalg.qr(along.T)[0]
        values = np.diag(basis.T @ (seen.T @ seen / 500) @ basis)
        rest = np.square(seen - seen @ basis @ basis.T).sum() / 500 / (size - more)
        model = rest * (np.eye(size) - basis @ basis.T) + basis * values @ basis.T
        _, determinant = np.linalg.slogdet(model)
        density = determinant + np.sum(seen * np.linalg.solve(model, seen.T).T) / 500 - size
        parameters = size * more - more * (more + 1) / 2 + more + 1
        steps.append(density + parameters * np.log(500) / 500)
    assert told == pytest.approx(np.array(steps), rel=1e-8, abs=1e-8)


def test_a_common_factor_of_all_noise_changes_no_choice():
    def louder(block):
        return Block(block.radiance, 3.0 * block.noise, block.wavelength, block.footprint)

    once, thrice = (criterion(*spectra(change=each)) for each in (None, louder))
    assert np.diff(thrice) == pytest.approx(np.diff(once), abs=1e-6)


def test_spectra_that_are_only_noise_have_one_vector():
    chosen = [np.argmin(criterion(*spectra(200, seed, structure=0.0))) for seed in range(90, 110)]
    assert chosen == [0] * 20


def test_what_few_spectra_show_counts_as_much_as_what_all_show_a_little():
    """One in ten with a pattern of 8 deviations, or all with one of 2.5."""

    def planted(share, size):
        def change(block):
            rng = np.random.default_rng(6)
            pattern = rng.normal(size=72)
            pattern /= np.linalg.norm(pattern)
            drawn = size * rng.normal(size=(2000, 1)) * (rng.uniform(size=(2000, 1)) < share)
            radiance = block.radiance + (drawn * pattern * block.noise).astype(np.float32)
            return Block(radiance, block.noise, block.wavelength, block.footprint)

        return change

    more = {"count": 2000, "structure": 0.0}
    chosen = [
        int(np.argmin(criterion(*spectra(change=planted(*each), **more)))) + 1
        for each in ((0.1, 8.0), (1.0, 2.5), (0.1, 0.5))
    ]
    assert chosen == [2, 2, 1]


def test_an_offset_of_the_detector_is_no_vector():
    """It looks like fluorescence, and a vector of it would hide that; the zero level finds it."""

    def offset(block):
        drawn = np.random.default_rng(8).normal(0.0, 1.0, (2000, 1)).astype(np.float32)
        return Block(block.radiance + drawn, block.noise, block.wavelength, block.footprint)

    found = spectra(2000, change=offset, structure=0.0)
    assert np.argmin(criterion(*found)) == 0


def test_functions_that_are_not_independent_are_infinitely_bad():
    found, known, every = spectra()
    vectors = known.vectors.copy()
    vectors[4] = vectors[1]
    told = criterion(found, replace(known, vectors=vectors), every)
    assert np.isfinite(told).tolist() == [True] * 4 + [False] * 4


def test_more_vectors_than_channels_are_infinitely_bad():
    def sparse(block):
        block.noise[:, 12:] = np.inf
        return block

    found, known, every = spectra(change=sparse)
    told = criterion(found, known, every)
    assert np.isfinite(told[:6]).all()
    none = criterion(replace(found, used=np.arange(72) < 4), known, every)
    assert np.isinf(none).all()


@pytest.mark.parametrize(("depth", "share"), [(0.2, 0.1), (0.05, 0.1), (0.05, 0.03), (0.2, 1.0)])
def test_water_in_some_scenes_is_learnt(depth, share):
    """With a tenth of the scenes wet, these were once taken for vegetation: 17 deviations."""
    bare, _, wet = humid(1300, 1, depth, share)
    training = train(bare, scenes(1300), WIDE)
    assert training[0].count >= 3
    assert training[0].rejected < 0.2 * wet.sum()
    seen, true, wet = humid(8000, 2, depth, share, vegetated)
    found = fit(seen, training, WIDE, "weighted")
    away = found.sif - true
    assert 0.97 < np.std(away / found.sif_uncertainty) < 1.06
    assert abs(away.mean()) < 0.005
    assert np.polyfit(true, found.sif, 1)[0] == pytest.approx(1.0, abs=0.003)
    assert found.sif_uncertainty.mean() < 0.06
    assert abs(away[wet].mean()) < 0.02
