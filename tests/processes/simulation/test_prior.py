"""Prior fluxes: what they keep of the true ones, what they miss, and whether errors are told."""

import numpy as np
import pytest

from casa_processes.simulation import biosphere, fires, fossil
from casa_processes.simulation.fluxes import NODES, PARTS, fluxes
from casa_processes.simulation.prior import (
    EARLY,
    LAND_LENGTH,
    LAND_SPREAD,
    prior_fluxes,
    scale,
    shifted,
)
from casa_processes.transport.types import regular_mesh

MESH = regular_mesh(36, 23, np.array([98_700.0, 0.0]))
AREA = np.repeat(MESH.area[:, None], 36, axis=1)
FOSSIL, LAND, OCEAN, FIRE = range(4)
TO_CARBON = 365.25 * 86_400 * 12.011 / 44.009 / 1e12


@pytest.fixture(scope="module")
def truth():
    return fluxes(MESH)


@pytest.fixture(scope="module")
def prior(truth):
    return prior_fluxes(truth)


def petagrams(nodes):
    return float((nodes.mean(axis=0) * AREA).sum()) * TO_CARBON


def test_inventories_know_the_sums_of_fossil_fuels_and_no_season(truth, prior):
    part = prior.fluxes.parts[:, FOSSIL]
    assert part.mean(axis=0) == pytest.approx(truth.parts[:, FOSSIL].mean(axis=0), rel=1e-12)
    assert np.ptp(part, axis=0).max() == 0.0
    assert petagrams(part) == pytest.approx(fossil.TOTAL / 1000.0, rel=1e-9)


def test_land_neither_gains_nor_loses_in_any_cell(truth, prior):
    mean = prior.fluxes.parts[:, LAND].mean(axis=0)
    assert np.abs(mean).max() < 1e-14 * np.abs(truth.parts[:, LAND]).max()
    missing = petagrams(truth.parts[:, LAND]) - petagrams(prior.fluxes.parts[:, LAND])
    expected = -biosphere.SINK - biosphere.REGROWTH * fires.TOTAL
    assert missing == pytest.approx(expected, rel=1e-9)


def test_there_are_no_fires(prior):
    assert not prior.fluxes.parts[:, FIRE].any()
    assert prior.uncertainty[:, FIRE].max() > 0.0


def test_the_seasons_of_land_come_early_times_a_factor(truth, prior):
    """The oracle finds lag and factor of one cell by least squares of interpolated seasons."""
    factors = scale(MESH, 0, LAND_LENGTH, LAND_SPREAD, 1)
    season = truth.parts[:, LAND] - truth.parts[:, LAND].mean(axis=0)
    row, column = np.unravel_index(season.std(axis=0).argmax(), AREA.shape)
    here, seen = season[:, row, column], prior.fluxes.parts[:, LAND, row, column]
    place = np.arange(3 * NODES) * 365.25 / NODES
    days = place[NODES : 2 * NODES]
    found = [
        (np.linalg.lstsq(late[:, None], seen, rcond=None), lag)
        for lag in range(31)
        for late in [np.interp(days + lag, place, np.tile(here, 3))]
    ]
    (best, _, _, _), lag = min(found, key=lambda each: float(each[0][1][0]))
    assert lag == EARLY
    assert best[0] == pytest.approx(factors[row, column], rel=1e-9)


def test_a_shift_by_half_months_moves_rows_and_keeps_means(truth):
    step = 365.25 / NODES
    moved = shifted(truth.production, 3 * step)
    assert moved == pytest.approx(np.roll(truth.production, -3, axis=0), rel=1e-6, abs=1e-18)
    between = shifted(truth.production, 0.4 * step)
    assert between.mean(axis=0) == pytest.approx(truth.production.mean(axis=0), rel=1e-12)


def test_the_ocean_has_no_season_and_errs_by_region(truth, prior):
    part, mean = prior.fluxes.parts[:, OCEAN], truth.parts[:, OCEAN].mean(axis=0)
    assert np.ptp(part, axis=0).max() == 0.0
    ratio = part[0][np.abs(mean) > 1e-12] / mean[np.abs(mean) > 1e-12]
    assert 0.05 < np.log(ratio).std() < 0.5
    assert ratio.min() > 0.0


def test_factors_are_smooth_with_mean_one():
    many = np.array([scale(MESH, seed, LAND_LENGTH, LAND_SPREAD, 1) for seed in range(60)])
    assert many.mean() == pytest.approx(1.0, abs=0.02)
    assert np.log(many).std() == pytest.approx(LAND_SPREAD, rel=0.05)
    near = np.corrcoef(np.log(many[:, 11, :-1]).ravel(), np.log(many[:, 11, 1:]).ravel())[0, 1]
    far = np.corrcoef(np.log(many[:, 11, :18]).ravel(), np.log(many[:, 11, 18:]).ravel())[0, 1]
    assert near > 0.15
    assert abs(far) < 0.1


def test_stated_errors_are_of_the_size_of_true_ones(truth, prior):
    for number, name in enumerate(PARTS):
        wrong = prior.fluxes.parts[:, number] - truth.parts[:, number]
        told = prior.uncertainty[:, number]
        ratio = np.sqrt((wrong**2 * AREA).sum() / (told**2 * AREA).sum())
        assert 0.5 < ratio < 1.5, name
        assert (told >= 0.0).all()
    total = (prior.fluxes.parts - truth.parts).sum(axis=1)
    ratio = np.sqrt((total**2 * AREA).sum() / (prior.total_uncertainty**2 * AREA).sum())
    assert 0.7 < ratio < 1.3


def test_the_error_of_the_sum_is_that_of_independent_parts(prior):
    one = prior.uncertainty[7, :, 15, 9]
    assert prior.total_uncertainty[7, 15, 9] == pytest.approx(np.hypot.reduce(one), rel=1e-12)


def test_the_same_seed_gives_the_same_bits_and_another_one_others(truth, prior):
    again, other = prior_fluxes(truth, 0), prior_fluxes(truth, 1)
    assert again.fluxes.parts.tobytes() == prior.fluxes.parts.tobytes()
    assert again.uncertainty.tobytes() == prior.uncertainty.tobytes()
    assert not np.array_equal(other.fluxes.parts, prior.fluxes.parts)


def test_the_truth_is_left_as_it_is(truth):
    before = truth.parts.tobytes(), truth.production.tobytes()
    prior_fluxes(truth, 2)
    assert (truth.parts.tobytes(), truth.production.tobytes()) == before


def test_production_keeps_its_size_within_the_factors(truth, prior):
    ratio = petagrams(prior.fluxes.production) / petagrams(truth.production)
    assert 0.8 < ratio < 1.25
