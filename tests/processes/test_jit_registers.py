"""Sums in whole registers: against float64 sums of numpy, for every number of numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.jit import summing_kernel
from casa_processes.common.jit_registers import WIDTH, laid_out, three_sums


@summing_kernel
def summed(numbers, weights, size, found):
    """Sum the first numbers of each row; returns the largest bits of the last one."""
    bits = np.uint32(0)
    for row in range(numbers.shape[0]):
        bits = three_sums(
            numbers.ctypes.data + 4 * row * numbers.shape[1], weights.ctypes.data,
            4 * weights.shape[1], 4 * size, found.ctypes.data + 16 * row,
        )  # fmt: skip
    return bits


def drawn(seed, size, rows=3, spare=5):
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(rows, size + spare)).astype(np.float32)
    numbers[:, size:] = np.nan
    return numbers, rng.normal(size=(3, size)).astype(np.float32)


def found_of(numbers, weights):
    found = np.zeros((len(numbers), 4), np.float32)
    bits = summed(numbers, laid_out(weights), weights.shape[1], found)
    return found, bits


@given(st.integers(0, 10**6), st.integers(WIDTH, 150))
def test_three_sums_are_right_to_single_precision_and_read_nothing_beyond(seed, size):
    numbers, weights = drawn(seed, size)
    found, _ = found_of(numbers, weights)
    rows = numbers[:, :size].astype(np.float64)
    # Eight sums side by side of n / 8 products each, and three more to fold them.
    bound = (size / WIDTH + 5) * np.finfo(np.float32).eps / 2.0 * (np.abs(rows) @ np.abs(weights.T))
    assert (np.abs(found[:, :3] - rows @ weights.T.astype(np.float64)) <= bound).all()


@given(st.integers(0, 10**6), st.integers(WIDTH, 150), st.data())
def test_the_largest_bits_are_those_of_the_last_row(seed, size, data):
    numbers, weights = drawn(seed, size)
    place = data.draw(st.integers(0, size - 1))
    for value in (np.float32(np.nan), np.float32(-1e-30), np.float32(np.inf), np.float32(1e30)):
        some = np.abs(numbers)
        some[-1, place] = value
        _, bits = found_of(some, weights)
        assert bits == some[-1, :size].view(np.uint32).max()
        assert bits >= value.view(np.uint32)


@given(st.integers(0, 10**6), st.integers(WIDTH, 150), st.permutations(range(3)))
def test_a_row_has_the_same_bits_wherever_it_stands(seed, size, order):
    numbers, weights = drawn(seed, size)
    whole, _ = found_of(numbers, weights)
    moved, _ = found_of(numbers[np.array(order)], weights)
    assert np.array_equal(moved[:, :3], whole[np.array(order), :3])


@pytest.mark.parametrize("size", [WIDTH, WIDTH + 1, 2 * WIDTH - 1, 2 * WIDTH, 72, 119])
def test_every_number_is_counted_once(size):
    ones = np.ones((1, size), np.float32)
    weights = 2.0 ** -(np.arange(3 * size).reshape(3, size) % 7)
    found, _ = found_of(ones, weights)
    assert found[0, :3].tolist() == weights.sum(axis=1).tolist()


def test_weights_that_are_laid_out_fill_whole_registers():
    found = laid_out(np.arange(1.0, 12.0)[None])
    assert found.shape == (1, 16)
    assert found[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 9, 10, 11]
    assert laid_out(np.arange(8.0)).tolist() == list(range(8))
