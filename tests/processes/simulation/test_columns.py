"""Columns as a retrieval sees them: identities of the kernel, and plain shapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.columns import apriori, sensitivity, smoothed, weights
from casa_processes.simulation.world import STANDARD, SURFACE
from casa_processes.smoothed_column.kernel import smoothed_column

INTERFACES = STANDARD.mesh.pressure(np.array(SURFACE))
LAYERS = INTERFACES.size - 1
JUNE = 23 * YEAR + 160.0
profiles = arrays(np.float64, (3, LAYERS), elements=st.floats(300.0, 500.0))
airmasses = arrays(np.float64, 3, elements=st.floats(2.0, 8.0))


def test_weights_add_up_to_1_and_are_pressure_differences():
    found = weights(INTERFACES)
    assert found.sum() == pytest.approx(1.0, abs=1e-15)
    assert (found > 0.0).all()
    assert found[0] == pytest.approx((INTERFACES[0] - INTERFACES[1]) / SURFACE)


@given(profiles, airmasses)
def test_a_profile_equal_to_the_prior_reports_the_prior_column(prior, airmass):
    weight, kernel = weights(INTERFACES), sensitivity(INTERFACES, airmass)
    found = smoothed(weight, kernel, prior, prior)
    assert found == pytest.approx((prior * weight).sum(axis=1), rel=1e-14)


@given(profiles, profiles)
def test_a_kernel_of_ones_reports_the_true_column(prior, profile):
    weight = weights(INTERFACES)
    found = smoothed(weight, np.ones((3, LAYERS)), prior, profile)
    assert found == pytest.approx((profile * weight).sum(axis=1), rel=1e-13)


@given(profiles, profiles)
def test_a_kernel_of_zeros_reports_the_prior_column(prior, profile):
    weight = weights(INTERFACES)
    found = smoothed(weight, np.zeros((3, LAYERS)), prior, profile)
    assert found == pytest.approx((prior * weight).sum(axis=1), rel=1e-13)


@given(profiles, profiles, airmasses)
def test_columns_are_those_of_the_process_smoothed_column(prior, profile, airmass):
    weight, kernel = weights(INTERFACES), sensitivity(INTERFACES, airmass)
    found = smoothed(weight, kernel, prior, profile)
    for i in range(3):
        other = smoothed_column(weight, kernel[i], prior[i], profile[i])
        assert found[i] == pytest.approx(other, rel=1e-13)


@given(profiles, profiles, airmasses, st.integers(0, LAYERS - 1))
def test_the_derivative_by_a_layer_is_its_weight_times_its_kernel(prior, profile, airmass, layer):
    weight, kernel = weights(INTERFACES), sensitivity(INTERFACES, airmass)
    more = profile.copy()
    more[:, layer] += 10.0
    rise = smoothed(weight, kernel, prior, more) - smoothed(weight, kernel, prior, profile)
    assert rise / 10.0 == pytest.approx(weight[layer] * kernel[:, layer], abs=1e-12)


@given(airmasses)
def test_kernels_are_near_1_at_the_ground_and_fall_upwards(airmass):
    kernel = sensitivity(INTERFACES, airmass)
    assert (np.diff(kernel, axis=1) < 0.0).all()
    assert kernel[:, 0] == pytest.approx(1.0, abs=0.01)
    assert (kernel > 0.49).all()
    assert (kernel <= 1.0).all()


def test_slant_paths_see_more_of_what_is_aloft():
    steep, slant, beyond, more = sensitivity(INTERFACES, np.array([2.0, 4.0, 6.0, 9.0]))
    assert (steep[1:] < slant[1:]).all()
    middle = INTERFACES[-2] / 2.0 / SURFACE
    assert steep[-1] == pytest.approx(1.0 - 0.5 * (1.0 - middle) ** 2)
    assert beyond[-1] == pytest.approx(1.0 - 0.3 * (1.0 - middle) ** 2)
    assert (beyond == more).all()


def test_the_prior_is_near_the_air_of_2023():
    latitude = np.linspace(-80.0, 80.0, 17)
    prior = apriori(latitude, np.full(17, 23 * YEAR), INTERFACES)
    column = prior @ weights(INTERFACES)
    assert 412.0 < column.min() < column.max() < 424.0


def test_the_prior_grows_by_2_3_ppm_a_year():
    latitude = np.array([-40.0, 0.0, 50.0])
    first = apriori(latitude, np.full(3, JUNE), INTERFACES)
    later = apriori(latitude, np.full(3, JUNE + 10 * YEAR), INTERFACES)
    assert later - first == pytest.approx(23.0)


def test_the_prior_has_its_season_in_the_north_alone():
    days = JUNE + np.arange(0.0, YEAR, 5.0)
    north, south = (apriori(np.full(days.size, y), days, INTERFACES)[:, 0] for y in (55.0, -55.0))
    growth = 2.3 * (days - days[0]) / YEAR
    assert np.ptp(south - growth) < 1e-9
    assert 5.0 < np.ptp(north - growth) < 8.0
    highest = days[np.argmax(north - growth)] % YEAR
    assert 100.0 < highest < 130.0


def test_the_stratosphere_of_the_prior_is_older():
    prior = apriori(np.array([10.0]), np.array([JUNE]), INTERFACES)[0]
    assert prior[0] - prior[-1] > 2.5
    assert np.ptp(prior[:5]) < 1e-9
