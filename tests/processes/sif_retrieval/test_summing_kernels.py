"""Kernels that sum in any order: as right as others, and the same wherever a datum stands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.jit import plain, summing_kernel


@summing_kernel
def sums(rows, weight, found):
    for row in range(rows.shape[0]):
        one, total = rows[row], np.float32(0.0)
        for i in range(one.size):
            total += one[i] * weight[i]
        found[row] = total


def summed(rows, weight, run=sums):
    found = np.empty(len(rows), np.float32)
    run(rows, weight, found)
    return found


def drawn(seed, count, size):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, size)).astype(np.float32), rng.normal(size=size).astype(
        np.float32
    )


@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(0, 150))
def test_sums_are_right_to_single_precision(seed, count, size):
    rows, weight = drawn(seed, count, size)
    exact = rows.astype(np.float64) @ weight
    most = np.abs(rows * weight).sum(axis=1)
    assert (np.abs(summed(rows, weight) - exact) <= 1e-6 * most).all()


@given(st.integers(0, 10**6), st.integers(1, 150), st.data())
def test_a_row_has_the_same_bits_wherever_it_stands(seed, size, data):
    rows, weight = drawn(seed, 20, size)
    order = data.draw(st.permutations(range(20)))
    count = data.draw(st.integers(1, 20))
    assert np.array_equal(summed(rows[order[:count]], weight), summed(rows, weight)[order[:count]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 31, 71])
def test_missing_and_infinite_numbers_keep_their_meaning(value, place):
    rows, weight = drawn(1, 3, 72)
    rows[1, place] = value
    found = summed(rows, np.abs(weight) + np.float32(0.1))
    assert np.isfinite(found[[0, 2]]).all()
    assert np.isnan(found[1]) if np.isnan(value) else found[1] == value


def test_the_source_says_what_is_compiled():
    rows, weight = drawn(2, 5, 40)
    assert summed(rows, weight, plain(sums)) == pytest.approx(summed(rows, weight), abs=1e-5)
