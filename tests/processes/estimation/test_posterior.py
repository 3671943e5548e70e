"""Characterisation of estimates, against forms that are derived in another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.estimation.column import column
from casa_processes.estimation.posterior import posterior
from casa_processes.estimation.problem import prior
from tests.processes.estimation.problems import drawn_prior, linear, seeds

sizes = st.integers(1, 12)


def problem(seed, size, channels=30, correlated=True):
    rng = np.random.default_rng(seed)
    known = drawn_prior(rng, size, correlated)
    _, jacobian, variance = linear(rng, known, channels)
    return known, jacobian, variance


def in_units_of_prior(matrix, known):
    sigma = np.sqrt(np.diag(known.covariance))
    return matrix / np.outer(sigma, sigma)


@given(seeds, sizes)
def test_the_covariance_is_the_one_of_the_form_with_as_many_equations_as_channels(seed, size):
    known, jacobian, variance = problem(seed, size)
    crossed = known.covariance @ jacobian.T
    seen = jacobian @ crossed + np.diag(variance)
    gain = np.linalg.solve(seen, crossed.T).T
    expected = known.covariance - gain @ crossed.T
    found = posterior(jacobian, variance, known)
    sigma = np.sqrt(np.diag(known.covariance))
    assert in_units_of_prior(found.covariance, known) == pytest.approx(
        in_units_of_prior(expected, known), abs=1e-8
    )
    assert found.gain / sigma[:, None] == pytest.approx(gain / sigma[:, None], abs=1e-7)


@given(seeds, sizes)
def test_noise_and_smoothing_make_up_the_covariance(seed, size):
    known, jacobian, variance = problem(seed, size)
    found = posterior(jacobian, variance, known)
    blind = found.averaging_kernel - np.eye(size)
    smoothing = blind @ known.covariance @ blind.T
    noise = found.gain @ np.diag(variance) @ found.gain.T
    assert in_units_of_prior(found.noise, known) == pytest.approx(
        in_units_of_prior(noise, known), abs=1e-9
    )
    assert in_units_of_prior(noise + smoothing, known) == pytest.approx(
        in_units_of_prior(found.covariance, known), abs=1e-8
    )


@given(seeds, sizes)
def test_the_information_is_half_the_logarithm_of_the_ratio_of_determinants(seed, size):
    known, jacobian, variance = problem(seed, size)
    found = posterior(jacobian, variance, known)
    before = np.linalg.slogdet(in_units_of_prior(known.covariance, known))
    after = np.linalg.slogdet(in_units_of_prior(found.covariance, known))
    assert found.information == pytest.approx((before[1] - after[1]) / 2, rel=1e-6, abs=1e-8)
    assert 0 <= found.degrees_of_freedom <= size + 1e-9


def test_one_element_and_one_channel_are_the_weighted_mean():
    known = prior(np.array([400.0]), np.array([[16.0]]))
    found = posterior(np.array([[2.0]]), np.array([9.0]), known)
    assert found.covariance[0, 0] == pytest.approx(1 / (1 / 16 + 4 / 9))
    assert found.averaging_kernel[0, 0] == pytest.approx((4 / 9) / (1 / 16 + 4 / 9))
    assert found.gain[0, 0] == pytest.approx(2 / 9 / (1 / 16 + 4 / 9))


def test_a_measurement_of_nothing_leaves_the_prior():
    known = drawn_prior(np.random.default_rng(3), 5)
    found = posterior(np.zeros((4, 5)), np.ones(4), known)
    assert found.covariance == pytest.approx(known.covariance, rel=1e-12)
    assert found.degrees_of_freedom == 0
    assert found.information == 0


@given(seeds, st.integers(1, 6), st.integers(0, 6))
def test_the_parts_of_a_columns_error_add_up_to_it(seed, levels, others):
    known, jacobian, variance = problem(seed, levels + others)
    found = posterior(jacobian, variance, known)
    weight = np.full(levels, 1 / levels)
    summed = column(known.mean, found, known, weight)
    signed = summed.uncertainty**2 - summed.noise**2 - summed.smoothing**2
    if others == 0:
        assert summed.interference == 0
    assert max(signed, 0) == pytest.approx(
        summed.interference**2, rel=1e-6, abs=1e-6 * summed.uncertainty**2
    )


def test_the_error_that_a_column_states_is_the_scatter_of_its_trials():
    rng = np.random.default_rng(20)
    known, jacobian, variance = problem(5, 9, correlated=False)
    found = posterior(jacobian, variance, known)
    weight = np.array([0.2, 0.5, 0.3])
    trials = 40_000
    truth = known.mean + rng.normal(size=(trials, 9)) @ known.factor.T
    noise = rng.normal(size=(trials, variance.size)) * np.sqrt(variance)
    departure = truth - known.mean
    estimate = known.mean + departure @ found.averaging_kernel.T + noise @ found.gain.T
    scatter = np.std((estimate - truth)[:, :3] @ weight)
    stated = column(known.mean, found, known, weight)
    assert scatter == pytest.approx(stated.uncertainty, rel=0.015)
    assert np.std(noise @ found.gain.T[:, :3] @ weight) == pytest.approx(stated.noise, rel=0.015)


@pytest.mark.parametrize(
    ("mean", "covariance", "said"),
    [
        ([1.0, 2.0], np.eye(3), r"shape \(2, 2\)"),
        ([1.0, 2.0], np.diag([1.0, 0.0]), "variances above zero"),
        ([1.0, 2.0], np.array([[1.0, 0.5], [0.4, 1.0]]), "symmetric"),
        ([1.0, 2.0], np.array([[1.0, 1.1], [1.1, 1.0]]), "positive definite"),
        ([1.0, np.nan], np.eye(2), "finite"),
    ],
)
def test_a_prior_that_is_none_is_refused(mean, covariance, said):
    with pytest.raises(InvalidValueError, match=said):
        prior(np.array(mean), covariance)
