"""Training: vectors, their number, what is rejected, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.sif_retrieval.model import Block, Options, Surface, fit, reference, train
from casa_processes.sif_retrieval.model.bare_spectra import described, sound
from tests.processes.sif_retrieval.trained import single_footprint, three_footprints
from tests.processes.sif_retrieval.worlds import (
    PHOTONS,
    READ,
    WINDOW,
    part,
    part_of,
    scenes,
    vegetated,
    world,
)

ENDS = (0, 72)


@pytest.fixture(scope="module")
def bare():
    return world(900, seed=40)


@pytest.fixture(scope="module")
def known(bare):
    spectra = sound(bare.block, np.arange(900), WINDOW, ENDS)
    return spectra, described(spectra, np.ones(900, bool))


def test_vectors_are_those_of_a_singular_value_decomposition(bare, known):
    radiance = bare.block.radiance.astype(np.float64)
    scaled = radiance / radiance.mean(axis=1, keepdims=True)
    _, singular, vectors = np.linalg.svd(scaled, full_matrices=False)
    _, found = known
    assert found.singular[:3] == pytest.approx(singular[:3] ** 2 / (singular**2).sum(), rel=1e-9)
    aligned = np.abs((found.vectors[:3] * vectors[:3]).sum(axis=1))
    assert aligned == pytest.approx(np.ones(3), abs=1e-9)
    assert found.mean == pytest.approx(scaled.mean(axis=0), rel=1e-12)
    assert found.typical == pytest.approx(np.median(radiance.mean(axis=1)), rel=1e-12)


def test_the_largest_element_of_a_vector_is_positive(known):
    vectors = known[1].vectors
    assert (vectors[np.arange(72), np.abs(vectors).argmax(axis=1)] > 0.0).all()


def test_noise_over_brightness_is_found(known):
    _, found = known
    level = np.array([40.0, 120.0])
    expected = READ**2 + PHOTONS * level[:, None] * found.mean
    told = found.noise[0] + found.noise[1] * level[:, None]
    assert told == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (lambda level: 0.04 + 0.0 * level, (0.04, 0.0)),
        (lambda level: 0.002 * level, (0.0, 0.002)),
        (lambda level: 0.01 + 0.001 * level, (0.01, 0.001)),
        (lambda level: 1.0 - 0.001 * level, None),
        (lambda level: 0.001 * (level - 20.0), None),
    ],
)
def test_lines_of_noise_are_never_negative(bare, shape, expected):
    level = bare.block.radiance.mean(axis=1, keepdims=True).astype(np.float64)
    noise = np.sqrt(np.tile(shape(level), (1, 72)))
    block = Block(
        bare.block.radiance.astype(np.float64), noise, bare.block.wavelength, bare.block.footprint
    )
    spectra = sound(block, np.arange(900), WINDOW, ENDS)
    found = described(spectra, np.ones(900, bool)).noise
    assert (found >= 0.0).all()
    assert (found.sum(axis=0) > 0.0).all()
    if expected is not None:
        assert found[:, 5] == pytest.approx(expected, abs=1e-9)


def test_the_number_of_vectors_is_that_of_what_varies():
    assert single_footprint()[0].count == 3
    plain = world(900, seed=41, structure=0.0)
    assert train(plain.block, plain.scenes, WINDOW)[0].count == 1


def test_the_criterion_is_least_at_the_chosen_number():
    (found,) = single_footprint()
    assert found.criterion.size == WINDOW.vectors
    assert int(np.argmin(found.criterion)) + 1 == found.count
    assert (np.diff(found.criterion[found.count - 1 :]) > 0.0).all()


def test_what_is_told_of_a_training_belongs_together():
    for row, found in enumerate(three_footprints()):
        assert found.footprint == row
        assert (found.first, found.last) == ENDS
        assert found.vectors.shape == (found.count, 72)
        assert found.design.shape == (WINDOW.order + found.count + 1, 72)
        assert found.functional.shape == (2, 72)
        assert found.explained.sum() == pytest.approx(1.0, abs=1e-3)
        assert 900 < found.spectra + found.rejected < 1100
        assert found.continuum > 1.0
        assert found.functional @ np.ones(72) == pytest.approx([1.0, 0.0], abs=1e-9)
        assert found.moments.shape == (3, 2)


def test_the_order_of_soundings_changes_no_bit():
    bare = world(700, seed=42)
    order = np.random.default_rng(0).permutation(700)
    (first,) = train(bare.block, bare.scenes, WINDOW)
    (second,) = train(part(bare.block, order), part_of(bare.scenes, order), WINDOW)
    for name, value in vars(first).items():
        assert np.array_equal(value, getattr(second, name)), name


def test_soundings_that_are_not_bare_are_left_out():
    bare, green = world(500, seed=43), world(500, seed=44, sif=2.0, surface=4)
    joined = Block(
        np.concatenate([bare.block.radiance, green.block.radiance]),
        np.concatenate([bare.block.noise, green.block.noise]),
        bare.block.wavelength,
        np.zeros(1000, np.int64),
    )
    every = scenes(1000)
    every.surface_class[500:] = 4
    (alone,) = train(bare.block, part_of(every, np.arange(500)), WINDOW)
    (found,) = train(joined, every, WINDOW)
    assert np.array_equal(found.vectors, alone.vectors)
    assert (found.spectra, found.rejected) == (alone.spectra, alone.rejected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"surface_class": np.array([Surface.SNOW_AND_ICE])}, True),
        ({"surface_class": np.array([Surface.UNKNOWN])}, False),
        ({"surface_class": np.array([Surface.WATER])}, False),
        ({"surface_class": np.array([12])}, False),
        ({"cloud": np.array([1])}, False),
        ({"cloud": np.array([-1])}, True),
        ({"solar_zenith": np.array([69.9])}, True),
        ({"solar_zenith": np.array([70.0])}, False),
        ({"solar_zenith": np.array([np.nan])}, False),
    ],
)
def test_bare_soundings_are_told_by_what_is_known(change, expected):
    one = world(1, seed=45)
    known = replace(scenes(1), **change)
    assert reference(one.block, known, WINDOW, Options()).tolist() == [expected]


@pytest.mark.parametrize(("level", "expected"), [(9.9, 0), (10.1, 1), (199.0, 1), (201.0, 0)])
def test_bare_soundings_are_neither_dark_nor_dazzling(level, expected):
    one = world(1, seed=46)
    radiance = np.full((1, 72), level)
    block = Block(radiance, np.ones((1, 72)), one.block.wavelength, np.zeros(1, np.int64))
    assert reference(block, scenes(1), WINDOW, Options()).sum() == expected


def test_classes_of_bare_soundings_can_be_chosen():
    one = world(1, seed=47)
    known = replace(scenes(1), surface_class=np.array([Surface.WATER]))
    assert reference(one.block, known, WINDOW, Options(classes=(Surface.WATER,))).all()


def test_damaged_spectra_do_not_spoil_the_training():
    bare = world(600, seed=48)
    rest = np.arange(5, 600)
    (clean,) = train(part(bare.block, rest), part_of(bare.scenes, rest), WINDOW)
    bare.block.radiance[0, 3] = np.nan
    bare.block.radiance[1, 3] = -5.0
    bare.block.noise[2, 3] = 0.0
    bare.block.noise[3, 3] = np.inf
    bare.block.radiance[4, 3] = 1e9
    (found,) = train(bare.block, bare.scenes, replace(WINDOW, full_scale=1e6))
    assert np.array_equal(found.vectors, clean.vectors)
    assert found.rejected == clean.rejected + 3  # two are too dark or bright to be offered


def test_spikes_are_rejected():
    bare = world(600, seed=49)
    bare.block.radiance[::50, 20] += 20.0
    (found,) = train(bare.block, bare.scenes, WINDOW)
    assert found.count == 3
    assert 12 <= found.rejected <= 20


def test_channels_that_are_never_used_have_no_part():
    bare, seen = world(800, seed=50), world(300, seed=51, sif=vegetated)
    for block in (bare.block, seen.block):
        block.noise[:, [0, 30, 71]] = np.inf
        block.radiance[:, [0, 30, 71]] = 0.0
    training = train(bare.block, bare.scenes, WINDOW)
    (found,) = training
    assert found.used.sum() == 69
    assert (found.functional[:, [0, 30, 71]] == 0.0).all()
    for method in ("functional", "weighted"):
        result = fit(seen.block, training, WINDOW, method)
        assert (result.outcome == 0).all()
        assert abs(np.mean(result.sif - seen.sif)) < 0.03
        assert result.chi_squared.mean() == pytest.approx(1.0, abs=0.03)


def test_a_footprint_with_few_spectra_has_no_training():
    bare = world(400, seed=52, footprints=2)
    few = bare.block.footprint == 1
    keep = np.flatnonzero(~few | (np.cumsum(few) <= 79))
    found = train(part(bare.block, keep), part_of(bare.scenes, keep), WINDOW)
    assert found[0] is not None
    assert found[1] is None


def test_too_few_spectra_are_refused_with_their_number():
    bare = world(79, seed=53)
    with pytest.raises(
        InvalidValueError, match=r"spectra without vegetation = '79 of .* at least 80"
    ):
        train(bare.block, bare.scenes, WINDOW)


def test_spectra_that_are_all_damaged_are_refused():
    bare = world(200, seed=54)
    bare.block.radiance[:, 7] = -1.0
    with pytest.raises(InvalidValueError, match="spectra without vegetation"):
        train(bare.block, bare.scenes, WINDOW)
