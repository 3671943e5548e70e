"""Functions of the fit in their orthonormal form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.sif_retrieval.kernel import STEPS
from casa_processes.sif_retrieval.model.design import (
    columns,
    design,
    filled,
    products,
    shares,
)
from casa_processes.sif_retrieval.model.types import Window

WINDOW = Window("757", 0.7580, 0.7592, order=2)


@given(st.integers(0, 10**6), st.integers(1, 7))
def test_functions_are_orthonormal_and_span_the_same(seed, size):
    rng = np.random.default_rng(seed)
    functions, weight = rng.normal(size=(size, 30)), rng.uniform(0.5, 2.0, 30)
    found = design(functions, weight)
    assert found.functions * weight @ found.functions.T == pytest.approx(np.eye(size), abs=1e-10)
    mixed, *_ = np.linalg.lstsq(found.functions.T, functions.T, rcond=None)
    assert found.functions.T @ mixed == pytest.approx(functions.T, abs=1e-9)


@given(st.integers(0, 10**6))
def test_the_last_coefficient_over_the_scale_is_that_of_the_last_function(seed):
    rng = np.random.default_rng(seed)
    functions, weight = rng.normal(size=(4, 30)), rng.uniform(0.5, 2.0, 30)
    parts = rng.normal(size=4)
    found = design(functions, weight)
    told = found.functions * weight @ (parts @ functions)
    assert told[-1] / found.scale == pytest.approx(parts[-1], rel=1e-9, abs=1e-12)


def test_channels_without_weight_do_not_matter_for_the_scale():
    rng = np.random.default_rng(1)
    functions, weight = rng.normal(size=(3, 20)), np.ones(20)
    weight[[4, 9]] = 0.0
    rest = weight > 0.0
    cut = design(functions[:, rest], weight[rest])
    assert design(functions, weight).scale == pytest.approx(cut.scale, rel=1e-12)


@pytest.mark.parametrize("fault", ["twice", "zero", "too many"])
def test_functions_that_depend_on_each_other_have_no_design(fault):
    rng = np.random.default_rng(2)
    functions, weight = rng.normal(size=(4, 20)), np.ones(20)
    if fault == "twice":
        functions[3] = functions[0] - 2.0 * functions[1]
    elif fault == "zero":
        functions[3] = 0.0
    else:
        weight[3:] = 0.0
    assert design(functions, weight) is None


def test_columns_are_a_polynomial_the_other_vectors_and_fluorescence():
    wavelength = np.linspace(0.7580, 0.7592, 25)
    vectors = np.random.default_rng(3).uniform(1.0, 2.0, (3, 25))
    found = columns(vectors, wavelength, WINDOW)
    place = np.linspace(-1.0, 1.0, 25)
    expected = [vectors[0], vectors[0] * place, vectors[0] * place**2, *vectors[1:], np.ones(25)]
    assert found == pytest.approx(np.array(expected), rel=1e-9)


@given(st.integers(1, 20), st.integers(1, 5))
def test_rows_are_filled_with_zeros_to_whole_steps(channels, size):
    rows = np.ones((size, channels))
    found = filled(rows)
    assert found.shape[1] % STEPS == 0
    assert 0 <= found.shape[1] - channels < STEPS
    assert np.array_equal(found[:, :channels], rows)
    assert (found[:, channels:] == 0.0).all()


def test_products_follow_the_lower_triangle_row_by_row():
    rows = np.array([[2.0], [3.0], [5.0]])
    assert products(rows).ravel().tolist() == [4.0, 6.0, 9.0, 10.0, 15.0, 25.0]


def test_shares_are_even_over_the_channels_that_are_used():
    used = np.array([True, False, True, True, True])
    assert shares(used).tolist() == [0.25, 0.0, 0.25, 0.25, 0.25]
