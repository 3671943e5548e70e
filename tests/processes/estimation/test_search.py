"""The search for the most probable state, against closed forms and another minimiser."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import least_squares

from casa_processes.estimation.posterior import posterior
from casa_processes.estimation.problem import prior
from casa_processes.estimation.search import Steps, estimate
from tests.processes.estimation.problems import drawn_prior, linear, seeds

FINE = Steps(threshold=1e-9, accepted=200, rejected=200)


def absorption(paths):
    """Make a model of radiances b exp(-tau path): state (brightness, logarithm of tau)."""

    def model(x):
        with np.errstate(over="ignore", invalid="ignore"):
            depth = np.exp(x[1])
            seen = np.exp(-depth * paths)
            return x[0] * seen, np.stack([seen, -x[0] * seen * depth * paths], axis=1)

    return model


PATHS = np.linspace(0.1, 6.0, 40)
KNOWN = prior(np.array([1.0, -0.5]), np.diag([0.3, 1.0]) ** 2)


def absorbed(truth, rng, noise=0.005):
    model = absorption(PATHS)
    sigma = np.full(PATHS.size, noise)
    return model, model(truth)[0] + rng.normal(size=PATHS.size) * sigma, sigma**2


@given(seeds, st.integers(1, 10))
def test_a_linear_problem_is_solved_as_its_closed_form_says(seed, size):
    rng = np.random.default_rng(seed)
    known = drawn_prior(rng, size)
    model, jacobian, variance = linear(rng, known, 25)
    measured = rng.normal(size=25)
    found = estimate(model, measured, variance, known, steps=FINE)
    crossed = known.covariance @ jacobian.T
    seen = jacobian @ crossed + np.diag(variance)
    expected = known.mean + crossed @ np.linalg.solve(seen, measured - model(known.mean)[0])
    sigma = np.sqrt(np.diag(known.covariance))
    assert found.outcome == "converged"
    assert found.rejected == 0
    assert found.state / sigma == pytest.approx(expected / sigma, abs=1e-4)


@given(st.floats(0.5, 1.6), st.floats(-2.5, 1.0), seeds)
def test_a_curved_problem_is_solved_as_another_minimiser_does(brightness, depth, seed):
    rng = np.random.default_rng(seed)
    model, measured, variance = absorbed(np.array([brightness, depth]), rng)
    found = estimate(model, measured, variance, KNOWN, steps=FINE)

    def residuals(x):
        misfit = (measured - model(x)[0]) / np.sqrt(variance)
        return np.concatenate([misfit, (x - KNOWN.mean) / np.sqrt(np.diag(KNOWN.covariance))])

    other = least_squares(residuals, found.state + np.array([0.01, -0.01]), xtol=1e-15, ftol=1e-15)
    assert found.outcome == "converged"
    assert found.state == pytest.approx(other.x, abs=1e-4)
    assert found.cost == pytest.approx(2 * other.cost, rel=1e-6)


@given(seeds, st.floats(-2.0, 1.0))
def test_convergence_means_that_little_is_left(seed, depth):
    rng = np.random.default_rng(seed)
    model, measured, variance = absorbed(np.array([1.0, depth]), rng)
    found = estimate(model, measured, variance, KNOWN)
    best = estimate(model, measured, variance, KNOWN, steps=FINE)
    hessian = found.jacobian.T @ (found.jacobian / variance[:, None])
    hessian += np.linalg.inv(KNOWN.covariance)
    left = best.state - found.state
    assert found.remaining < 0.005
    assert left @ hessian @ left / left.size < 4 * 0.005


def test_each_step_evaluates_the_model_once():
    model, measured, variance = absorbed(np.array([1.2, 0.8]), np.random.default_rng(1))
    calls = []

    def counted(x):
        calls.append(x)
        return model(x)

    found = estimate(counted, measured, variance, KNOWN)
    assert len(calls) == 1 + found.accepted + found.rejected


def test_a_search_that_begins_at_the_answer_ends_there_at_once():
    model, measured, variance = absorbed(np.array([1.2, 0.8]), np.random.default_rng(1))
    best = estimate(model, measured, variance, KNOWN, steps=FINE)
    again = estimate(model, measured, variance, KNOWN, first=best.state)
    assert (again.accepted, again.rejected, again.outcome) == (0, 0, "converged")


def test_steps_are_no_longer_than_allowed():
    model, measured, variance = absorbed(np.array([1.2, 1.0]), np.random.default_rng(2))
    seen = []

    def watched(x):
        seen.append(x)
        return model(x)

    longest = np.array([10.0, 0.1])
    found = estimate(
        watched, measured, variance, KNOWN, longest=longest, steps=Steps(accepted=99, rejected=99)
    )
    assert found.outcome == "converged"
    moves = np.abs(np.diff([x[1] for x in seen]))
    assert moves.max() <= 0.1 + 1e-12


def test_a_step_that_fails_makes_the_next_one_shorter():
    """Where elements have a longest step: by less than a third of what failed."""
    model, measured, variance = absorbed(np.array([1.2, 0.8]), np.random.default_rng(1))
    seen = []

    def narrow(x):
        seen.append(x)
        fitted, jacobian = model(x)
        return (fitted * np.nan, jacobian) if x[1] > -0.2 else (fitted, jacobian)

    estimate(
        narrow, measured, variance, KNOWN, longest=np.array([10.0, 2.0]),
        steps=Steps(damping=1e-6, accepted=3, rejected=5),
    )  # fmt: skip
    failed = [number for number, x in enumerate(seen[:-1]) if x[1] > -0.2]
    assert failed
    for number in failed:
        start = max(x[1] for x in seen[:number] if x[1] <= -0.2)
        assert abs(seen[number + 1][1] - start) <= 0.31 * abs(seen[number][1] - start)


def test_states_where_the_model_fails_are_stepped_back_from():
    model, measured, variance = absorbed(np.array([1.2, 0.8]), np.random.default_rng(1))
    best = estimate(model, measured, variance, KNOWN, steps=FINE).state

    def failing(x):
        fitted, jacobian = model(x)
        return (fitted * np.nan, jacobian) if x[1] > best[1] + 0.3 else (fitted, jacobian)

    found = estimate(failing, measured, variance, KNOWN, steps=Steps(damping=1e-6))
    assert found.outcome == "converged"
    assert found.state == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("broken", ["fitted", "jacobian", "measured"])
def test_a_model_that_fails_at_the_first_state_ends_the_search(broken):
    model, measured, variance = absorbed(np.array([1.2, 0.8]), np.random.default_rng(1))
    values = measured * np.nan if broken == "measured" else measured

    def failing(x):
        fitted, jacobian = model(x)
        return (
            fitted * (np.nan if broken == "fitted" else 1),
            jacobian * (np.nan if broken == "jacobian" else 1),
        )

    found = estimate(failing, values, variance, KNOWN)
    assert found.outcome == "not finite"
    assert np.isnan(found.remaining)
    assert found.state == pytest.approx(KNOWN.mean)


def test_a_search_ends_when_its_steps_are_used_up():
    model, measured, variance = absorbed(np.array([1.5, 1.0]), np.random.default_rng(1))
    short = estimate(model, measured, variance, KNOWN, steps=Steps(accepted=1, damping=1e4))
    assert (short.outcome, short.accepted) == ("too many steps", 1)

    def misled(x):
        fitted, jacobian = model(x)
        return fitted, -jacobian

    lost = estimate(misled, measured, variance, KNOWN)
    assert (lost.outcome, lost.rejected) == ("too many rejected steps", 20)
    assert lost.state == pytest.approx(KNOWN.mean)


def test_the_scatter_of_nonlinear_estimates_is_the_stated_one():
    rng = np.random.default_rng(11)
    departures = []
    for _ in range(400):
        truth = KNOWN.mean + KNOWN.factor @ rng.normal(size=2)
        model, measured, variance = absorbed(truth, rng)
        found = estimate(model, measured, variance, KNOWN)
        known = posterior(found.jacobian, variance, KNOWN)
        error = found.state - truth
        departures.append(error @ np.linalg.solve(known.covariance, error))
    assert np.mean(departures) == pytest.approx(2.0, abs=0.25)
