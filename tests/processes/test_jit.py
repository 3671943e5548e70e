"""Kernels: compiled as numpy computes, and readable as Python."""

import math

import numpy as np
import pytest

from casa_processes.common import constants
from casa_processes.common.jit import kernel, plain


@kernel
def ratio(values: np.ndarray) -> float:
    """Sum over the first value."""
    total = 0.0
    for value in values:
        total += value
    return total / values[0]


def test_the_python_function_behind_a_kernel_gives_the_same():
    values = np.array([2.0, 3.0])
    assert plain(ratio)(values) == ratio(values) == 2.5


def test_a_function_that_is_no_kernel_is_its_own_plain_form():
    assert plain(math.sqrt) is math.sqrt


def test_a_kernel_compiles_at_its_first_call_and_not_before():
    @kernel
    def never(value: float) -> float:
        return value

    assert never.signatures == []


def test_division_by_zero_gives_infinity_as_in_numpy():
    assert ratio(np.array([0.0, 1.0])) == math.inf


def test_sums_keep_the_order_of_their_terms():
    values = np.random.default_rng(1).lognormal(0.0, 9.0, 1001)
    assert ratio(values) == plain(ratio)(values)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (constants.GAS_CONSTANT, 8.314462618),
        (constants.MOLAR_MASS_CARBON_DIOXIDE, 44.009e-3),
        (constants.BOLTZMANN * 273.15 / constants.STANDARD_ATMOSPHERE, 1 / 2.686780111e25),
    ],
)
def test_derived_constants_are_those_of_codata(value, expected):
    assert value == pytest.approx(expected, rel=1e-9)
