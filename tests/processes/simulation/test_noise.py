"""Errors: the law of the noise, and a bias that regression on the scenes finds again."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casa_processes.simulation.clouds import Scenes
from casa_processes.simulation.noise import (
    DARKNESS,
    HAZE,
    SLANT,
    dimness,
    errors,
    structured,
)
from casa_processes.simulation.sampling import INSTRUMENTS, Views, instrument

COUNT = 40_000


def looked(count=COUNT):
    """Return views whose angles are drawn."""
    zeros = np.zeros(count)
    return Views(
        time=np.datetime64("2023-06-01", "ms") + np.arange(count) * np.timedelta64(333, "ms"),
        footprint=np.arange(count) % 8 + 1,
        latitude=zeros,
        longitude=zeros,
        heading=zeros,
        sun_zenith=np.random.default_rng(1).uniform(10.0, 74.0, count),
        sun_azimuth=zeros,
        zenith=zeros,
        azimuth=zeros,
        mode=np.zeros(count, dtype=np.int64),
    )


def lying(count=COUNT):
    """Return scenes that are drawn."""
    rng = np.random.default_rng(2)
    hazy, bright = rng.standard_normal((2, count))
    return Scenes(
        cloud=np.zeros(count),
        aerosol=0.12 * np.exp(0.5 * hazy),
        albedo=0.22 * np.exp(0.35 * bright),
        hazy=hazy,
        bright=bright,
    )


@pytest.fixture(scope="module")
def seen():
    return looked()


@pytest.fixture(scope="module")
def scene():
    return lying()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_noise_over_uncertainty_is_standard_normal(name, seen, scene):
    found = errors(instrument(name), seen, scene, 0)
    ratio = found.noise / found.uncertainty
    assert stats.kstest(ratio, "norm").pvalue > 0.001
    assert ratio.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(2.0 * COUNT))


@pytest.mark.parametrize(
    ("name", "noise"),
    [("oco2", 0.6), ("tansat", 1.2), ("gosat", 1.8), ("oco3", 0.7), ("tropomi", 1.0)],
)
def test_a_bright_scene_has_the_noise_of_its_instrument(name, noise, seen, scene):
    bright = replace(scene, albedo=0.2 / np.cos(np.deg2rad(seen.sun_zenith)))
    found = errors(instrument(name), seen, bright, 0)
    assert found.uncertainty == pytest.approx(noise)
    assert found.noise.std() == pytest.approx(noise, rel=0.02)


def test_noise_is_white(seen, scene):
    drawn = errors(instrument("oco2"), seen, scene, 0).noise
    drawn = drawn / drawn.std()
    for lag in (1, 2, 8, 100):
        assert abs((drawn[lag:] * drawn[:-lag]).mean()) < 4.0 / np.sqrt(COUNT)


def test_instruments_and_seeds_have_noise_of_their_own(seen, scene):
    first = errors(instrument("oco2"), seen, scene, 0).noise
    for name, seed in (("oco3", 0), ("oco2", 1)):
        other = errors(instrument(name), seen, scene, seed).noise
        assert abs(np.corrcoef(first, other)[0, 1]) < 4.0 / np.sqrt(COUNT)


def test_a_sounding_alone_has_the_noise_that_it_has_among_others(seen, scene):
    chosen = np.array([5, 77, 3000])
    some = Scenes(*(getattr(scene, name)[chosen] for name in scene.__dataclass_fields__))
    alone = errors(instrument("gosat"), seen[chosen], some, 7)
    among = errors(instrument("gosat"), seen, scene, 7)
    assert alone.noise.tolist() == among.noise[chosen].tolist()
    assert alone.bias.tolist() == among.bias[chosen].tolist()


@given(st.floats(0.01, 1.0), st.floats(0.0, 74.9), st.floats(1.01, 3.0))
def test_less_light_never_means_less_noise(albedo, angle, factor):
    dark, light = (
        dimness(np.array([value]), np.array([angle]))[0] for value in (albedo, albedo * factor)
    )
    assert dark >= light
    assert 0.7 <= light <= dark <= 2.0


def test_noise_grows_as_the_root_of_light_that_is_missing():
    found = dimness(np.array([0.2, 0.1]), np.array([0.0, 0.0]))
    assert found == pytest.approx([1.0, np.sqrt(2.0)])


def test_shares_of_the_bias_add_up():
    total = HAZE**2 + SLANT**2 + DARKNESS**2
    assert total == pytest.approx(1.0, abs=0.005)


def test_regression_finds_the_shares_again(seen, scene):
    found = structured(0.5, seen.sun_zenith, scene)
    slant = 1.0 / np.cos(np.deg2rad(seen.sun_zenith))
    predictors = np.stack([scene.hazy, slant, scene.bright, np.ones(COUNT)], axis=1)
    usual = (np.abs(scene.hazy) < 2.5) & (np.abs(scene.bright) < 2.5) & (slant < 3.1)
    shares = np.linalg.lstsq(predictors[usual], found[usual], rcond=None)[0]
    expected = [0.5 * HAZE, 0.5 * SLANT / 0.6, 0.5 * DARKNESS]
    assert shares[:3] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_bias_is_as_large_as_the_instrument_says(name, seen, scene):
    one = instrument(name)
    found = errors(one, seen, scene, 0).bias
    assert found.std() == pytest.approx(one.bias, rel=0.2)
    assert 0.3 <= one.bias <= 0.6


def test_haze_slant_light_and_dark_ground_raise_the_column():
    usual = Scenes(*(np.zeros(1) for _ in range(5)))
    one = structured(0.5, np.array([30.0]), usual)
    assert structured(0.5, np.array([30.0]), replace(usual, hazy=np.ones(1))) > one
    assert structured(0.5, np.array([60.0]), usual) > one
    assert structured(0.5, np.array([30.0]), replace(usual, bright=-np.ones(1))) > one


def test_no_scene_has_an_endless_bias():
    extreme = Scenes(*(np.full(1, 40.0) for _ in range(5)))
    extreme = replace(extreme, bright=np.full(1, -40.0))
    assert structured(0.5, np.array([89.0]), extreme)[0] < 0.5 * 2.5 * (0.6 + 0.6 + 0.53) + 1e-12


def test_the_bias_does_not_depend_on_the_seed(seen, scene):
    one = instrument("oco2")
    assert (errors(one, seen, scene, 0).bias == errors(one, seen, scene, 9).bias).all()
