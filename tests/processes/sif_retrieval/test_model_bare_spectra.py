"""Spectra to train with: which are sound, and what describes them."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.sif_retrieval.model.bare_spectra import described, fitted, sound
from casa_processes.sif_retrieval.model.window import continuum
from tests.processes.sif_retrieval.worlds import WINDOW, world

ENDS = (4, 68)


def spectra(count=60, seed=70, window=WINDOW, change=None):
    bare = world(count, seed=seed)
    if change:
        change(bare.block)
    return sound(bare.block, np.arange(count), window, ENDS), bare.block


def test_all_of_an_ordinary_set_is_sound():
    found, block = spectra()
    assert found.rows.tolist() == list(range(60))
    assert found.used.all()
    assert np.array_equal(found.radiance, block.radiance[:, 4:68].astype(np.float64))
    assert np.array_equal(found.noise, block.noise[:, 4:68].astype(np.float64))
    assert found.wavelength == pytest.approx(block.wavelength[0, 4:68])
    assert found.level == pytest.approx(found.radiance.mean(axis=1), rel=1e-12)


@pytest.mark.parametrize(
    ("array", "value"),
    [
        ("radiance", np.nan),
        ("radiance", -1.0),
        ("radiance", 1e4),
        ("noise", np.nan),
        ("noise", 0.0),
        ("noise", -1.0),
        ("noise", np.inf),
    ],
)
def test_a_spectrum_with_a_fault_in_the_window_is_not(array, value):
    def change(block):
        getattr(block, array)[7, 30] = value
        getattr(block, array)[8, 2] = value  # outside

    found, _ = spectra(window=replace(WINDOW, full_scale=1e3), change=change)
    assert found.rows.tolist() == [row for row in range(60) if row != 7]


def test_a_channel_that_most_spectra_lack_is_not_used():
    def change(block):
        block.noise[:40, 30], block.radiance[:40, 30] = np.inf, np.nan
        block.noise[:20, 31] = np.inf

    found, _ = spectra(change=change)
    assert np.flatnonzero(~found.used).tolist() == [26]
    assert found.rows.tolist() == list(range(40, 60))  # radiances must be numbers everywhere
    assert (found.radiance[:, 26] == 0.0).all()
    assert np.isinf(found.noise[:, 26]).all()


def test_nothing_sound_is_none():
    def change(block):
        block.radiance[:] = np.nan

    assert spectra(change=change)[0] is None


def test_some_of_the_spectra_are_described_as_if_they_were_all():
    found, block = spectra()
    keep = np.arange(60) % 3 == 0
    some = described(found, keep)
    alone = described(sound(block, np.flatnonzero(keep), WINDOW, ENDS), np.ones(20, bool))
    for name, values in vars(some).items():
        assert np.array_equal(values, getattr(alone, name)), name


def test_weights_are_those_of_the_noise_of_typical_spectra():
    found, _ = spectra(400)
    known = described(found, np.ones(400, bool))
    here = np.abs(found.level - known.typical) < 5.0
    expected = (found.noise[here] ** 2).mean(axis=0)
    assert 1.0 / known.weight == pytest.approx(expected, rel=0.05)
    assert known.singular.sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(known.singular) <= 1e-15).all()


def test_functions_are_as_many_as_asked_for():
    found, _ = spectra(400)
    known = described(found, np.ones(400, bool))
    for number in (1, 3, 8):
        functions = fitted(known, found, number).functions
        assert functions.shape == (WINDOW.order + number + 1, 64)


def test_the_continuum_is_a_part_of_the_brightest():
    assert continuum(np.array([1.0] * 90 + [2.0] * 10)) == pytest.approx(2.0 / 1.1)
    assert continuum(np.full(50, 7.0)) == pytest.approx(1.0)
