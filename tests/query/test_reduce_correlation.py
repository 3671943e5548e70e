"""Uncertainty of means: equal to double sums, and falling as 1/sqrt(N) without correlation only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.correlation import (
    MOST_PLACES,
    Scales,
    correlation,
    time_correlation,
)
from casa_ogc.query.sounding_groups import _share

RADIUS = 6_371_008.7714


def places(count, seed=1, spread=10.0):
    dice = np.random.default_rng(seed)
    longitudes = 100 + dice.uniform(-spread, spread, count)
    latitudes = 30 + dice.uniform(-spread, spread, count)
    return longitudes, latitudes, dice.uniform(0, 5 * 86_400, count), dice.uniform(0.2, 2, count)


def brute(longitudes, latitudes, seconds, u, scales):
    """Return the double sum over all pairs, one by one."""
    total = 0.0
    for i in range(u.size):
        for j in range(u.size):
            if i == j:
                total += u[i] * u[j]
            elif scales.length > 0 and (seconds is None or scales.time > 0):
                a, b = np.radians(latitudes[[i, j]])
                half = np.sin((b - a) / 2) ** 2
                across = np.sin(np.radians(longitudes[i] - longitudes[j]) / 2) ** 2
                away = 2 * RADIUS * np.arcsin(np.sqrt(half + np.cos(a) * np.cos(b) * across))
                rho = np.exp(-away / scales.length)
                if seconds is not None:
                    rho *= np.exp(-abs(seconds[i] - seconds[j]) / scales.time)
                total += u[i] * u[j] * rho
    return total


@settings(max_examples=25)
@given(
    st.integers(1, 40),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 1e4, 3e5, 1e7]),
    st.sampled_from([0.0, 3600.0, 1e6]),
)
def test_the_variance_is_the_double_sum_over_all_pairs(count, seed, length, time):
    longitudes, latitudes, seconds, u = places(count, seed)
    scales = Scales(length, time)
    found = correlation(longitudes, latitudes, seconds, scales).variances(u[None])[0]
    assert found == pytest.approx(brute(longitudes, latitudes, seconds, u, scales), rel=1e-9)
    still = correlation(longitudes, latitudes, None, scales).variances(u[None])[0]
    assert still == pytest.approx(brute(longitudes, latitudes, None, u, scales), rel=1e-9)


def deviation_of_a_mean(count, scales, spread=2.0):
    longitudes, latitudes, seconds, _ = places(count, 3, spread)
    links = correlation(longitudes, latitudes, seconds, scales)
    return float(np.sqrt(links.variances(np.full((1, count), 1 / count))[0]))


@pytest.mark.parametrize("count", [16, 256, 1024, 16_384, 65_536])
def test_the_uncertainty_falls_as_one_over_the_root_only_without_correlation(count):
    alone = deviation_of_a_mean(count, Scales(0.0, 0.0))
    together = deviation_of_a_mean(count, Scales(3e5, 5 * 86_400.0))
    assert alone == pytest.approx(count**-0.5, rel=1e-9)
    assert together > max(0.5, 2 * count**-0.5)


def test_errors_that_are_the_same_everywhere_do_not_average_out():
    assert deviation_of_a_mean(5000, Scales(1e15, 1e15)) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("length", [2e4, 1e5, 3e5, 2e6])
def test_groups_of_neighbours_come_close_to_the_double_sum(length):
    longitudes, latitudes, seconds, u = places(6000, 5)
    scales = Scales(length, 86_400.0)
    links = correlation(longitudes, latitudes, seconds, scales)
    assert links.between.shape[0] <= MOST_PLACES
    assert links.variances(u[None])[0] == pytest.approx(
        _blockwise(longitudes, latitudes, seconds, u, scales), rel=0.05
    )


def _blockwise(longitudes, latitudes, seconds, u, scales):
    """Return the double sum, row by row."""
    lon, lat = np.radians(longitudes), np.radians(latitudes)
    total = 0.0
    for i in range(u.size):
        half = np.sin((lat - lat[i]) / 2) ** 2
        across = np.sin((lon - lon[i]) / 2) ** 2
        away = 2 * RADIUS * np.arcsin(np.sqrt(half + np.cos(lat) * np.cos(lat[i]) * across))
        rho = np.exp(-away / scales.length - np.abs(seconds - seconds[i]) / scales.time)
        total += u[i] * float(rho @ u)
    return total


@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=20)
def test_covariances_of_rows_hold_the_variances_of_their_sums(count, rows, seed):
    longitudes, latitudes, _, _ = places(count, seed)
    u = np.random.default_rng(seed).normal(size=(rows, count))
    links = correlation(longitudes, latitudes, None, Scales(3e5, 0.0))
    pairs = links.covariances(u)
    np.testing.assert_allclose(np.diagonal(pairs), links.variances(u), rtol=1e-9, atol=1e-12)
    summed = links.variances(u.sum(axis=0)[None])[0]
    assert pairs.sum() == pytest.approx(summed, rel=1e-9, abs=1e-9)


def test_time_without_correlation_is_the_identity():
    seconds = np.array([0.0, 10.0, 10.0])
    np.testing.assert_array_equal(time_correlation(seconds, 0.0), np.eye(3))
    assert time_correlation(seconds, 10.0)[0, 1] == pytest.approx(np.exp(-1))


def test_days_that_are_summed_alone_cost_no_more_than_one_sum_of_all() -> None:
    days = np.random.default_rng(5).integers(1, 9000, 365)
    budget = [_share(int(rows), int(days.sum())) for rows in days]
    assert sum(groups**2 for groups in budget) <= 1.5 * MOST_PLACES**2
    assert _share(7, 7) == MOST_PLACES
