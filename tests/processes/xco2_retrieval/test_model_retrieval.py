"""Retrievals of simulated soundings: closed loops, responses, and soundings that cannot be used."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.xco2.model import Layer, Sigmas, retrieve
from casa_processes.xco2.model.prior import FRACTIONS
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.scenes import Place, scene, somewhere
from casa_processes.xco2.model.state import LEVELS
from casa_processes.xco2.result import Outcome
from tests.processes.xco2_retrieval.small import MODEST, simulated, single, small_physics

OPTIONS = single()
SEEDS = (2026, 31, 32)
SCENES = 80
SOME = 16


@pytest.fixture(scope="module")
def loop():
    """Scenes whose truth is drawn from the prior, and what is retrieved of them."""
    drawn = replace(OPTIONS.sigmas, aod=0.7)
    scenes = [
        scene(rng, small_physics(), OPTIONS, drawn)
        for rng in map(np.random.default_rng, SEEDS)
        for _ in range(SCENES)
    ]
    return scenes, [retrieve(s.sounding, s.weather, small_physics(), OPTIONS) for s in scenes]


def test_all_scenes_converge_in_few_evaluations(loop):
    _, found = loop
    assert {each.outcome for each in found} == {Outcome.CONVERGED}
    evaluations = [1 + each.steps + each.rejected for each in found]
    assert np.mean(evaluations) < 5.1
    assert max(evaluations) < 20
    assert max(fit.chi_squared for each in found for fit in each.bands.values()) < 1.3


def test_the_scatter_is_the_posterior_uncertainty(loop):
    error = np.array([(r.xco2 - s.xco2) / r.uncertainty for s, r in zip(*loop, strict=True)])
    assert 0.9 < np.sqrt(np.mean(error**2)) < 1.15


def test_the_column_is_not_biased(loop):
    """The mean of 240 errors of 0.95 ppm is known to 0.06 ppm."""
    error = np.array([r.xco2 - s.xco2 for s, r in zip(*loop, strict=True)])
    assert abs(error.mean()) < 0.15


def test_uncertainty_and_freedom_are_those_of_parts_of_the_bands(loop):
    """A part of each band, that is: less is known than of whole ones."""
    assert 0.7 < np.mean([r.uncertainty for r in loop[1]]) < 1.0
    assert max(r.uncertainty for r in loop[1]) < 2.0
    assert 1.5 < np.mean([r.dof_co2 for r in loop[1]]) < 1.75
    assert min(r.dof_co2 for r in loop[1]) > 1.15


def test_a_search_ends_where_a_finer_one_does(loop):
    """The default threshold leaves a fortieth of the uncertainty; one of 0.5 leaves a third."""
    fine = replace(OPTIONS, threshold=1e-4)
    off = [
        (retrieve(s.sounding, s.weather, small_physics(), fine).xco2 - r.xco2) / r.uncertainty
        for s, r in zip(loop[0][:SOME], loop[1][:SOME], strict=True)
    ]
    assert np.sqrt(np.mean(np.square(off))) < 0.1


def test_the_smoothed_truth_is_nearer_by_the_smoothing_error(loop):
    error = []
    for known, found in zip(*loop, strict=True):
        truth = found.profile_apriori + found.averaging_kernel * (
            known.state[:LEVELS] - found.profile_apriori
        )
        error.append(
            (found.xco2 - found.weight @ truth) / np.hypot(found.noise, found.interference)
        )
    assert 0.9 < np.sqrt(np.mean(np.square(error))) < 1.15


def test_the_parts_of_the_error_add_up(loop):
    for found in loop[1]:
        parts = np.array([found.noise, found.smoothing, found.interference])
        assert np.sqrt((parts**2).sum()) == pytest.approx(found.uncertainty, rel=1e-3)
        assert found.xco2 == pytest.approx(found.weight @ found.profile, rel=1e-12)
        assert found.weight.sum() == pytest.approx(1.0)
        assert found.pressure[-1] == found.surface_pressure
        change = found.profile - found.profile_apriori
        assert found.more["co2_gradient"] == pytest.approx(change[19] - change[12], rel=1e-9)


def test_other_quantities_come_near_the_truth(loop):
    pressure = [
        r.surface_pressure - s.value("surface_pressure") for s, r in zip(*loop, strict=True)
    ]
    warmth = [
        r.more["temperature_offset"] - s.value("temperature_offset")
        for s, r in zip(*loop, strict=True)
    ]
    assert np.std(pressure) < 4.0
    assert np.std(warmth) < 1.0
    assert all(r.more["aod_total"] > 0 and np.isfinite(r.more["sif_757"]) for r in loop[1])


def quiet(known, change=None):
    """Return the sounding of a scene without noise, its state changed."""
    model, _ = prepared(known.sounding, known.weather, small_physics(), OPTIONS)
    state = known.state.copy()
    state[:LEVELS] += 0.0 if change is None else change
    radiance, _ = model(state)
    bands, first = {}, 0
    for band in model.windows:
        whole = known.sounding.bands[band.name].radiance.copy()
        whole[band.used] = radiance[first : first + band.wavelength.size]
        first += band.wavelength.size
        bands[band.name] = replace(known.sounding.bands[band.name], radiance=whole)
    return replace(known.sounding, bands=bands)


@pytest.mark.parametrize("levels", [slice(0, 8), slice(8, 14), slice(14, 20)])
def test_a_change_of_the_truth_is_seen_as_the_averaging_kernel_says(levels):
    known = simulated(11)
    fine = replace(OPTIONS, threshold=1e-5)
    change = np.zeros(LEVELS)
    change[levels] = 8.0
    found = [
        retrieve(quiet(known, by), known.weather, small_physics(), fine) for by in (-change, change)
    ]
    kernel = (found[0].averaging_kernel + found[1].averaging_kernel) / 2
    expected = 2 * found[0].weight @ (kernel * change)
    assert found[1].xco2 - found[0].xco2 == pytest.approx(expected, rel=0.02, abs=0.02)


def test_a_change_of_the_prior_is_seen_as_the_averaging_kernel_says():
    known = simulated(12)
    fine = replace(OPTIONS, threshold=1e-5)
    base = np.full(LEVELS, 410.0)
    low, high = (
        retrieve(known.sounding, known.weather, small_physics(), fine, base + by)
        for by in (-5.0, 5.0)
    )
    expected = 10.0 * low.weight @ (1.0 - (low.averaging_kernel + high.averaging_kernel) / 2)
    assert high.xco2 - low.xco2 == pytest.approx(expected, rel=0.05)


def test_a_finer_threshold_moves_the_column_by_little():
    known = simulated(13)
    usual = retrieve(known.sounding, known.weather, small_physics(), OPTIONS)
    fine = replace(OPTIONS, threshold=5e-4)
    other = retrieve(known.sounding, known.weather, small_physics(), fine)
    assert abs(usual.xco2 - other.xco2) < 0.1 * usual.uncertainty


def test_the_same_sounding_gives_the_same_numbers():
    known = simulated(14)
    first, second = (
        retrieve(known.sounding, known.weather, small_physics(), OPTIONS) for _ in range(2)
    )
    assert first.xco2 == second.xco2
    assert np.array_equal(first.profile, second.profile)


def test_one_band_alone_and_two_layers_are_options():
    known = simulated(16)
    layers = (Layer("fine", 0.05), Layer("stratospheric", 0.005, 0.1, 0.05, height_sigma=0.0))
    options = single(bands=("wco2",), aerosols=layers)
    found = retrieve(known.sounding, known.weather, small_physics(), options)
    assert found.outcome == Outcome.CONVERGED
    assert set(found.bands) == {"wco2"}
    assert found.more["height_stratospheric"] == 0.1


def spoiled(**change):
    return lambda sounding: replace(sounding, **change)


def dark(sounding):
    bands = {
        name: replace(each, radiance=0.0 * each.radiance) for name, each in sounding.bands.items()
    }
    return replace(sounding, bands=bands)


def blind(sounding):
    bands = dict(sounding.bands)
    bands["wco2"] = replace(bands["wco2"], good=np.zeros_like(bands["wco2"].good))
    return replace(sounding, bands=bands)


def without(sounding):
    return replace(
        sounding, bands={name: each for name, each in sounding.bands.items() if name != "sco2"}
    )


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (spoiled(latitude=np.nan), "latitude"),
        (spoiled(solar_zenith=88.0), "solar zenith"),
        (spoiled(sensor_zenith=-3.0), "sensor zenith"),
        (spoiled(solar_distance=np.inf), "solar distance"),
        (spoiled(time=np.datetime64("NaT", "s")), "time"),
        (dark, "brightness"),
        (blind, "wco2"),
        (without, "sco2"),
    ],
)
def test_a_sounding_that_cannot_be_used_says_why(spoil, word):
    known = simulated(17)
    found = retrieve(spoil(known.sounding), known.weather, small_physics(), OPTIONS)
    assert found.outcome == Outcome.BAD_INPUT
    assert word in found.message
    assert np.isnan(found.xco2)
    assert np.isnan(found.profile).all()


def test_a_prior_that_is_missing_or_short_is_refused():
    known = simulated(17)
    for profile in (np.full(LEVELS, np.nan), np.full(3, 400.0)):
        found = retrieve(known.sounding, known.weather, small_physics(), OPTIONS, profile)
        assert found.outcome == Outcome.BAD_INPUT


def test_a_search_that_may_not_go_on_says_so():
    known = simulated(18)
    options = replace(OPTIONS, accepted=1, threshold=1e-9)
    found = retrieve(known.sounding, known.weather, small_physics(), options)
    assert found.outcome == Outcome.TOO_MANY_STEPS
    assert np.isfinite(found.xco2)


def test_places_are_drawn_on_land_by_day():
    places = [somewhere(np.random.default_rng(seed)) for seed in range(50)]
    assert all(isinstance(each, Place) and each.solar_zenith < 66 for each in places)


def test_the_scenes_of_a_seed_are_the_same():
    first, second = simulated(19), simulated(19)
    assert first.xco2 == second.xco2
    assert np.array_equal(
        first.sounding.bands["o2a"].radiance, second.sounding.bands["o2a"].radiance, equal_nan=True
    )


def test_fractions_run_from_the_top_to_the_surface():
    assert FRACTIONS[0] == 1e-4
    assert FRACTIONS[-1] == 1.0
    assert np.diff(FRACTIONS)[1:] == pytest.approx(1 / 19)


def test_sigmas_and_bands_are_checked():
    from casa_processes.common.errors import InvalidValueError

    with pytest.raises(InvalidValueError):
        Sigmas(aod=-1.0)
    with pytest.raises(InvalidValueError):
        single(bands=("o2a", "o2a"))
    with pytest.raises(InvalidValueError):
        single(threshold=0.0)
    assert MODEST.aod == 0.5
