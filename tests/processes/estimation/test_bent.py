"""Steps along bent tangents, against differences, the plain search and models that they fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.estimation.bent import (
    Bend,
    Tangent,
    _bounded,
    _gradient,
    _placed,
    _slope,
    bent_step,
)
from casa_processes.estimation.problem import prior
from casa_processes.estimation.search import Steps, estimate
from tests.processes.estimation.problems import seeds

FINE = Steps(threshold=1e-10, accepted=200, rejected=200, damping=0.01)
BENDS = (Bend(1, (2,)),)


def drawn(seed, size=5, channels=30):
    """Draw a tangent at a state of some size, of radiances above zero."""
    rng = np.random.default_rng(seed)
    slope = rng.normal(size=(channels, size))
    weight = rng.uniform(0.5, 2.0, channels)
    return Tangent(
        z=rng.normal(size=size),
        fitted=rng.uniform(1.0, 4.0, channels),
        slope=slope,
        residual=rng.normal(size=channels),
        weight=weight,
        hessian=slope.T @ (slope * weight[:, None]),
        bends=BENDS,
        sigma=rng.uniform(0.3, 1.5, size),
    )


def curved(tangent, seed):
    rng = np.random.default_rng(seed)
    other = tangent.z + rng.normal(size=tangent.z.size) * 0.5
    fitted = tangent.fitted + rng.normal(size=tangent.fitted.size)
    slope = tangent.slope + rng.normal(size=tangent.slope.shape)
    return tangent.knowing(other, fitted, slope), other


@given(seeds, st.booleans())
def test_the_derivatives_of_the_tangent_are_those_of_differences(seed, bent):
    tangent = drawn(seed)
    if bent:
        tangent, _ = curved(tangent, seed)
    u = np.random.default_rng(seed + 1).uniform(-0.2, 0.2, tangent.z.size)
    place = _placed(tangent, u, 0.7)
    steps = np.eye(u.size) * 1e-5
    ends = [[_placed(tangent, u + by, 0.7), _placed(tangent, u - by, 0.7)] for by in steps]
    slopes = np.stack([(a.bent - b.bent) / 2e-5 for a, b in ends], axis=1)
    assert _slope(tangent, place) == pytest.approx(slopes, rel=1e-6, abs=1e-6)
    push = _gradient(tangent, place)
    push = push - place.rate * (place.z + 0.7 * (place.z - tangent.z))
    falls = np.array([(b.damped - a.damped) / 4e-5 for a, b in ends])
    assert push == pytest.approx(falls, rel=1e-5, abs=1e-5)


@given(seeds)
def test_a_bent_tangent_meets_the_model_at_the_other_state(seed):
    plain = drawn(seed)
    bent, other = curved(plain, seed)
    there = _placed(bent, bent.straightened(other - bent.z), 0.0)
    assert there.z == pytest.approx(other)
    model = np.random.default_rng(seed)
    model.normal(size=other.size)
    assert there.bent == pytest.approx(model.normal(size=plain.fitted.size))
    here = _placed(bent, np.zeros(other.size), 0.0)
    assert not here.bent.any()
    assert _slope(bent, here) == pytest.approx(plain.slope)


@given(seeds)
def test_across_the_way_to_the_other_state_its_derivatives_are_met_too(seed):
    """Along the way the value there is met instead."""
    plain = drawn(seed)
    bent, other = curved(plain, seed)
    toward = bent.straightened(other - bent.z)
    there = _placed(bent, toward, 0.0)
    rng = np.random.default_rng(seed)
    rng.normal(size=other.size)
    rng.normal(size=plain.fitted.size)
    slope = plain.slope + rng.normal(size=plain.slope.shape)
    across = rng.normal(size=other.size)
    across -= toward * (across @ toward) / (toward @ toward)
    expected = (slope * there.rate) @ across
    assert _slope(bent, there) @ across == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(seeds)
def test_bounds_are_kept_and_the_move_gains_as_much_as_a_shortened_one(seed):
    """No worse than the free move that is shortened until it keeps within them."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4))
    whole, push = root @ root.T + 0.1 * np.eye(4), rng.normal(size=4)
    most = np.array([np.inf, 0.3, 0.2, np.inf])
    found = _bounded(whole, push, -most, most)
    assert (np.abs(found) <= most + 1e-12).all()

    def gain(move):
        return 2.0 * push @ move - move @ whole @ move

    free = np.linalg.solve(whole, push)
    part = min(1.0, *(most[i] / abs(free[i]) for i in (1, 2)))
    assert gain(found) >= gain(part * free) - 1e-9
    if part == 1.0:
        assert found == pytest.approx(free)


def test_a_state_that_is_known_already_bends_nothing():
    tangent = drawn(3)
    assert tangent.knowing(tangent.z, tangent.fitted, tangent.slope).toward is None


@given(seeds, st.floats(0.0, 10.0))
def test_the_promised_fall_is_that_of_the_tangent(seed, damping):
    tangent = drawn(seed)
    move, promised = bent_step(tangent, damping, np.diag(tangent.sigma))
    there = _placed(tangent, tangent.straightened(move), damping)
    here = _placed(tangent, np.zeros_like(move), damping)
    assert promised == pytest.approx(here.cost - there.cost, rel=1e-6, abs=1e-6)
    assert there.damped <= here.damped


@given(seeds)
def test_no_step_is_longer_than_allowed(seed):
    tangent = drawn(seed)
    longest = np.full(tangent.z.size, 0.1)
    move, _ = bent_step(tangent, 0.0, np.diag(tangent.sigma), longest)
    change = tangent.sigma * move
    assert np.abs(np.delete(change, 1)).max() <= 0.1 + 1e-9
    assert change[1] <= 0.1 + 1e-9


@given(seeds)
def test_an_element_at_its_bound_does_not_hold_the_others(seed):
    tangent = drawn(seed)
    longest = np.full(tangent.z.size, np.inf)
    longest[1] = 1e-9
    move, promised = bent_step(tangent, 0.1, np.diag(tangent.sigma), longest)
    assert abs(tangent.sigma[1] * move[1]) <= 1.001e-9
    left, start = (
        _placed(tangent, tangent.straightened(each), 0.1) for each in (move, np.zeros_like(move))
    )
    pushes = [
        _gradient(tangent, at) - at.rate * (at.z + 0.1 * (at.z - tangent.z)) for at in (left, start)
    ]
    free = np.arange(tangent.z.size) != 1
    assert np.linalg.norm(pushes[0][free]) < 0.05 * np.linalg.norm(pushes[1][free])
    assert promised > 0.0


def haze(paths, at):
    """Radiances b exp(-tau path) (1 + tau g(height)): brightness and tau as logarithms."""

    def model(x):
        with np.errstate(over="ignore", invalid="ignore"):
            bright, depth, height = x[0], np.exp(x[1]), x[2]
            veil = 0.3 * np.exp(-((at - height) ** 2))
            beam = np.exp(bright - depth * paths)
            seen = beam + depth * veil
            by_height = depth * veil * 2.0 * (at - height)
            return seen, np.stack([beam, -beam * depth * paths + depth * veil, by_height], axis=1)

    return model


KNOWN = prior(np.array([0.0, -2.0, 0.5]), np.diag([1.0, 1.5, 0.15]) ** 2)
PATHS, PLACES = np.linspace(1.0, 3.0, 200), np.linspace(0.0, 2.0, 200)


def measured(seed, noise=0.002):
    rng = np.random.default_rng(seed)
    model = haze(PATHS, PLACES)
    truth = KNOWN.mean + np.array([0.5, 0.8, 0.1]) * rng.normal(size=3)
    seen, _ = model(truth)
    return model, seen + noise * rng.normal(size=seen.size), np.full(seen.size, noise**2)


def test_the_bent_search_ends_where_the_plain_one_does():
    for seed in range(30):
        model, values, variance = measured(seed)
        bent = estimate(model, values, variance, KNOWN, steps=FINE, bends=BENDS)
        plain = estimate(model, values, variance, KNOWN, steps=FINE)
        assert bent.outcome == plain.outcome == "converged"
        if abs(bent.cost - plain.cost) < 1e-3:
            assert bent.state == pytest.approx(plain.state, abs=1e-4)
        else:
            assert bent.cost < plain.cost


def test_the_bent_search_needs_two_thirds_of_the_steps():
    bent, plain = 0, 0
    for seed in range(40):
        model, values, variance = measured(seed)
        found = estimate(model, values, variance, KNOWN, bends=BENDS)
        bent += found.accepted + found.rejected
        found = estimate(model, values, variance, KNOWN)
        plain += found.accepted + found.rejected
    assert bent < plain * 2 / 3


def test_a_model_without_elements_that_bend_is_solved_too():
    model, values, variance = measured(5)
    found = estimate(model, values, variance, KNOWN, steps=FINE, bends=())
    assert found.outcome == "converged"
    assert found.chi_squared == pytest.approx(1.0, abs=0.3)
