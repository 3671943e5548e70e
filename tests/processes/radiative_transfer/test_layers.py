"""Sums over what absorbs in a layer, against NumPy; gases that are not there are not looked at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.radiative_transfer.kernel import radiance
from casa_processes.radiative_transfer.layers.kernel import asked, blend, factors
from casa_processes.radiative_transfer.scattering.correction import absorption
from tests.processes.radiative_transfer.scenes import arguments, drawn, no_directions

SINGLE = np.float32


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.floats(0, 1))
def test_a_sum_of_terms_is_numpys_and_terms_of_zero_are_not_looked_at(seed, terms, part):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=terms).astype(SINGLE)
    factor[rng.random(terms) < part] = 0.0
    values = rng.normal(size=(terms, 3, 40)).astype(SINGLE)
    weight, row = rng.normal(size=(2, 33)).astype(SINGLE)
    expected = row + weight * (factor.astype(float) @ values[:, 1, :33])
    values[factor == 0.0], values[:, 0] = np.nan, np.nan
    blend(factor, values, 1, weight, row)
    assert row == pytest.approx(expected, abs=1e-5, rel=0.0)


def test_a_gas_matters_where_it_is_or_may_change():
    amount, change = np.zeros((2, 3), SINGLE), np.zeros((4, 2, 3), SINGLE)
    amount[0, 1], change[2, 1, 0] = 1e20, -1e15
    assert asked(amount, change).tolist() == [[False, True, False], [True, False, False]]


def test_changes_stand_side_by_side():
    rng = np.random.default_rng(1)
    gas = rng.random((4, 2, 3), SINGLE)
    temperature, pressure = rng.random((2, 4, 3), SINGLE)
    found = factors(gas, temperature, pressure)
    assert found.shape == (4, 3, 4)
    assert np.array_equal(found[..., :2], gas.transpose(0, 2, 1))
    assert np.array_equal(found[..., 2], temperature)
    assert np.array_equal(found[..., 3], pressure)


def test_a_gas_that_is_not_there_may_have_any_cross_section():
    scene = drawn(5)
    gases, air, ways, reflectance, light, _ = arguments(scene)
    change = no_directions(scene, 1)
    change.temperature[:] = 0.1
    gases.amount[1] = 0.0
    rows = np.empty((2, 3, reflectance.size), SINGLE)
    radiance(gases, air, ways, reflectance, light, -1, change, rows[0])
    gases.tables[1][:] = np.nan
    radiance(gases, air, ways, reflectance, light, -1, change, rows[1])
    assert np.isfinite(rows).all()
    assert np.array_equal(rows[0], rows[1])


def test_light_may_begin_within_the_tables():
    scene = drawn(7)
    gases, air, ways, reflectance, light, change = arguments(scene)
    whole = np.empty((1, reflectance.size), SINGLE)
    radiance(gases, air, ways, reflectance, light, -1, change, whole)
    first = reflectance.size // 3
    part = np.empty((1, reflectance.size - first), SINGLE)
    radiance(
        gases._replace(first=first), air._replace(shape=air.shape[:, first:].copy()), ways,
        reflectance[first:], light[first:], -1, change, part,
    )  # fmt: skip
    assert np.array_equal(part, whole[:, first:])
    points = np.arange(5)
    expected = absorption(gases, first + points)
    assert np.array_equal(absorption(gases._replace(first=first), points), expected)
