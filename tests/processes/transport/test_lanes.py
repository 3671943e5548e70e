"""Numbers side by side against numpy, and exact rounding."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.jit import kernel
from casa_processes.transport.lanes.kernel import (
    fma,
    greater,
    lesser,
    load,
    minus,
    plus,
    spread,
    store,
    times,
)

WIDTH = (0,) * 8
SEEDS = st.integers(0, 2**32 - 1)
FINITE = st.floats(-1e100, 1e100)


@kernel
def computed(number, a, b, found, width):
    """All operations, one row each."""
    x, y = load(a, 0, width), load(b, 0, width)
    store(plus(x, y), found, 0)
    store(minus(x, y), found, 8)
    store(lesser(x, y), found, 16)
    store(greater(x, y), found, 24)
    store(times(number, x), found, 32)
    store(fma(number, x, y), found, 40)
    store(spread(number, width), found, 48)


def answers(number, a, b):
    found = np.empty((7, 8))
    computed(number, a, b, found.reshape(-1), WIDTH)
    return found


@given(SEEDS, FINITE)
def test_operations_are_those_of_numpy(seed, number):
    a, b = np.random.default_rng(seed).normal(size=(2, 8))
    found = answers(number, a, b)
    expected = [a + b, a - b, np.minimum(a, b), np.maximum(a, b), number * a]
    assert np.array_equal(found[:5], expected)
    assert np.array_equal(found[6], np.full(8, number))


@given(SEEDS)
def test_a_product_and_a_sum_are_rounded_once(seed):
    random = np.random.default_rng(seed)
    number, a = float(random.normal()), random.normal(size=8)
    b = -number * a
    found = answers(number, a, b)[5]
    exact = [float(Fraction(number) * Fraction(x) + Fraction(y)) for x, y in zip(a, b, strict=True)]
    assert found.tolist() == exact
    assert np.any(found != number * a + b)


@pytest.mark.parametrize("value", [0.0, -0.0, np.inf, -np.inf])
def test_a_number_compared_with_itself_is_itself(value):
    same = np.full(8, value)
    found = answers(1.0, same, same.copy())
    assert np.array_equal(found[2], same)
    assert np.array_equal(found[3], same)


def test_missing_values_are_not_lost():
    a, b = np.ones(8), np.ones(8)
    b[3] = np.nan
    found = answers(2.0, a, b)
    assert np.isnan(found[[0, 1, 2, 3, 5], 3]).all()
    assert np.isfinite(np.delete(found, 3, axis=1)).all()


@kernel
def copied(source, start, target, place, width):
    store(load(source, start, width), target, place)


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from([8, 32]))
def test_numbers_come_from_any_place_and_touch_no_other(start, place, wide):
    source, target = np.arange(64.0), np.full(64, -1.0)
    copied(source, start, target, place, (0,) * wide)
    assert np.array_equal(target[place : place + wide], source[start : start + wide])
    assert (target[:place] == -1.0).all()
    assert (target[place + wide :] == -1.0).all()
