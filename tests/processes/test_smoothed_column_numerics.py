"""The smoothed column and the projection to levels, against independent arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.jit import plain
from casa_processes.smoothed_column import checks, model
from casa_processes.smoothed_column.kernel import conserved, plain_column, smoothed_column

LEVELS = 7
profiles = arrays(np.float64, LEVELS, elements=st.floats(300.0, 500.0))
kernels = arrays(np.float64, LEVELS, elements=st.floats(-1.0, 3.0))
weights = arrays(np.float64, LEVELS, elements=st.floats(0.01, 1.0)).map(lambda w: w / w.sum())
steps = st.lists(st.floats(0.5, 200.0), min_size=2, max_size=30)


def pressures(widths):
    """Ascending pressures from 0.1 hPa to 1000 hPa."""
    edges = np.concatenate([[0.0], np.cumsum(widths)])
    return 0.1 + edges / edges[-1] * 999.9


def integral(pressure, values):
    """Integral over pressure of a piecewise linear profile."""
    return float(np.sum(np.diff(pressure) * (values[1:] + values[:-1]) / 2))


@given(weights, kernels, profiles, profiles)
def test_the_kernel_is_the_sum_of_rodgers_and_connor(h, a, prior, x):
    expected = np.dot(h, prior) + np.dot(h * a, x - prior)
    assert smoothed_column(h, a, prior, x) == pytest.approx(expected, rel=1e-12)
    assert plain(smoothed_column)(h, a, prior, x) == smoothed_column(h, a, prior, x)


@given(weights, kernels, profiles)
def test_a_profile_equal_to_the_prior_reports_the_prior_column(h, a, prior):
    assert smoothed_column(h, a, prior, prior) == plain_column(h, prior)


@given(weights, profiles, profiles)
def test_a_perfect_instrument_reports_the_column_itself(h, prior, x):
    found = smoothed_column(h, np.ones(LEVELS), prior, x)
    assert found == pytest.approx(np.dot(h, x), rel=1e-13)
    assert found == pytest.approx(plain(plain_column)(h, x), rel=1e-13)


@given(weights, profiles, profiles)
def test_a_blind_instrument_reports_the_prior_column(h, prior, x):
    assert smoothed_column(h, np.zeros(LEVELS), prior, x) == plain_column(h, prior)


@given(weights, kernels, profiles, profiles, profiles, st.floats(0.0, 1.0))
def test_the_column_is_linear_in_the_profile(h, a, prior, x, y, part):
    mixed = smoothed_column(h, a, prior, part * x + (1 - part) * y)
    apart = part * smoothed_column(h, a, prior, x) + (1 - part) * smoothed_column(h, a, prior, y)
    assert mixed == pytest.approx(apart, rel=1e-11)


@given(st.integers(0, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_all_soundings_are_each_sounding(count, shared, seed):
    rng = np.random.default_rng(seed)
    h, a, prior, x = rng.uniform(0.1, 1.0, (4, count, LEVELS))
    profile = rng.uniform(0.1, 1.0, (1, LEVELS)) if shared or not count else x
    found = model.smoothed_columns(checks.Retrievals(h, a, prior), profile)
    rows = [smoothed_column(h[i], a[i], prior[i], profile[i % len(profile)]) for i in range(count)]
    np.testing.assert_array_equal(found, rows)
    plain_rows = [plain_column(h[i], profile[i % len(profile)]) for i in range(count)]
    np.testing.assert_array_equal(model.plain_columns(h, profile), plain_rows)


def test_missing_values_give_a_missing_column_of_that_sounding_only():
    h, a, prior = np.full((3, 2, 2), 0.5)
    a[1, 0] = np.nan
    found = model.smoothed_columns(checks.Retrievals(h, a, prior), np.ones((1, 2)))
    np.testing.assert_array_equal(np.isnan(found), [False, True])


@given(steps, steps, st.integers(0, 2**32 - 1))
def test_a_projected_profile_keeps_its_column(own, given_steps, seed):
    levels, pressure = pressures(own), pressures(given_steps)
    x = np.random.default_rng(seed).uniform(380.0, 420.0, pressure.size)
    found = conserved(levels, pressure, x)
    assert integral(levels, found) == pytest.approx(integral(pressure, x), rel=1e-10)
    np.testing.assert_allclose(plain(conserved)(levels, pressure, x), found, rtol=1e-12)


@given(steps, st.integers(0, 2**32 - 1))
def test_a_profile_on_the_same_levels_keeps_its_values(own, seed):
    levels = pressures(own)
    x = np.random.default_rng(seed).uniform(380.0, 420.0, levels.size)
    np.testing.assert_allclose(conserved(levels, levels, x), x, rtol=1e-9)


@given(steps, steps, st.floats(-0.1, 0.1))
def test_a_profile_linear_in_pressure_is_met_exactly(own, given_steps, slope):
    levels, pressure = pressures(own), pressures(given_steps)
    found = conserved(levels, pressure, 400.0 + slope * pressure)
    np.testing.assert_allclose(found, 400.0 + slope * levels, rtol=1e-9)


@given(steps, steps, st.integers(0, 2**32 - 1))
def test_the_projection_is_the_best_fit_on_a_fine_grid(own, given_steps, seed):
    levels, pressure = pressures(own[:6]), pressures(given_steps[:6])
    x = np.random.default_rng(seed).uniform(380.0, 420.0, pressure.size)
    fine = (np.arange(40_000) + 0.5) / 40_000 * 999.9 + 0.1
    hats = np.stack([np.interp(fine, levels, row) for row in np.eye(levels.size)], axis=1)
    expected, *_ = np.linalg.lstsq(hats, np.interp(fine, pressure, x), rcond=None)
    np.testing.assert_allclose(conserved(levels, pressure, x), expected, atol=0.2)


def test_a_profile_is_constant_beyond_its_ends():
    levels, pressure = np.array([100.0, 900.0, 1000.0]), np.array([150.0, 950.0])
    found = conserved(levels, pressure, np.array([400.0, 400.0]))
    np.testing.assert_allclose(found, 400.0)


@pytest.mark.parametrize("own", [1, -1])
@pytest.mark.parametrize("given_order", [1, -1])
def test_either_direction_of_pressure_gives_the_same_profile(own, given_order):
    levels = np.array([[1.0, 300.0, 700.0, 1000.0]])[:, ::own]
    pressure = np.linspace(1.0, 1000.0, 40)[None, ::given_order]
    found = model.on_levels(400.0 + pressure / 100.0, pressure, levels, "/p")
    np.testing.assert_allclose(found, 400.0 + levels / 100.0, rtol=1e-9)


def test_each_sounding_has_its_own_profile_and_missing_levels_stay_missing():
    levels = np.array([[1.0, 1000.0], [np.nan, np.nan], [1.0, 900.0]])
    pressure = np.tile([1.0, 1000.0], (3, 1))
    profile = np.array([[400.0, 400.0], [401.0, 401.0], [402.0, 402.0]])
    found = model.on_levels(profile, pressure, levels, "/p")
    np.testing.assert_allclose(found, [[400.0, 400.0], [np.nan, np.nan], [402.0, 402.0]])


def refused(call, *arguments):
    with pytest.raises(InvalidInputsError) as caught:
        call(*arguments)
    ((place, reason),) = caught.value.problems
    assert place == arguments[-1]
    return reason


def test_a_profile_that_covers_too_little_is_refused_with_its_part():
    levels, pressure = np.array([[1.0, 1001.0]]), np.array([[1.0, 801.0]])
    reason = refused(model.on_levels, np.ones((1, 2)), pressure, levels, "/p")
    assert reason == "the profile covers 80% of the pressures of sounding 0; expected 90% or more"
    beyond = refused(model.on_levels, np.ones((1, 2)), pressure + 2000.0, levels, "/p")
    assert "covers 0%" in beyond


def test_retrievals_of_one_level_take_no_profile_on_other_levels():
    one = np.array([[1000.0]])
    assert "single level" in refused(model.on_levels, one, one, one, "/p")


@pytest.mark.parametrize(("total", "fine"), [(1.0, 1), (1.0199, 1), (0.9801, 1), (1.03, 0), (0, 0)])
def test_weights_have_to_sum_to_one_within_the_tolerance(total, fine):
    weight = np.array([[0.5, 0.5], [0.0, total]])
    if fine:
        checks.check_weights(weight, "/w")
    else:
        assert "weights of sounding 1 sum to" in refused(checks.check_weights, weight, "/w")


def test_negative_weights_are_refused_and_missing_ones_pass():
    assert "sounding 1" in refused(checks.check_weights, np.array([[0, 1], [1.1, -0.1]]), "/w")
    checks.check_weights(np.array([[np.nan, np.nan]]), "/w")


@pytest.mark.parametrize("row", [[1.0, 1.0, 2.0], [3.0, 1.0, 2.0], [2.0, 1.0, 0.0], [-1.0, 1, 2]])
def test_pressures_have_to_be_positive_and_strictly_monotonic(row):
    assert "sounding 1" in refused(checks.check_pressure, np.array([[1.0, 2.0, 3.0], row]), "/p")


def test_pressures_in_either_direction_and_missing_ones_pass():
    checks.check_pressure(np.array([[1.0, 2.0], [2.0, 1.0], [np.nan, 1.0]]), "/p")


def test_pressures_above_those_at_any_surface_are_no_hectopascals():
    checks.check_pressure(np.array([[checks.MOST_PRESSURE, 1.0], [np.nan, 5000.0]])[:1], "/p")
    for row in ([102000.0, 1.0], [1.0, 1200.1], [np.nan, 5000.0]):
        told = refused(checks.check_pressure, np.array([[1.0, 2.0], row]), "/p")
        assert "sounding 1" in told
        assert "Pa" in told
