"""Means of cells and their uncertainty: against double sums over all soundings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.jit import plain
from casa_processes.gridding.kernel import cell_sums
from casa_processes.gridding.sums import KEYS, SUMS, Measured, Shares, StepSums, summed

CELLS = 4


def soundings(seed, count=60):
    random = np.random.default_rng(seed)
    per = random.integers(1, 3, count)
    row = np.repeat(np.arange(count), per)
    shares = Shares(row, random.integers(0, CELLS, row.size), random.uniform(0.1, 5.0, row.size))
    overpass = np.sort(random.integers(0, 4, count))
    measured = Measured(
        random.normal(1.0, 0.5, count),
        random.uniform(0.1, 0.6, count),
        np.zeros(count, np.int64),
        overpass,
    )
    return shares, measured


def by_hand(shares, measured, correlation, weight):
    """Mean, uncertainty and deviation of each cell by sums over pairs of overlaps."""
    found = np.full((3, CELLS), np.nan)
    for cell in range(CELLS):
        here = shares.cell == cell
        rows, w = shares.row[here], weight[here]
        if not rows.size:
            continue
        x, u = measured.value[rows], w * measured.sigma[rows]
        together = measured.overpass[rows][:, None] == measured.overpass[rows]
        rho = np.where(together, correlation, 0.0)
        np.fill_diagonal(rho, 1.0)
        mean = np.average(x, weights=w)
        found[0, cell] = mean
        found[1, cell] = np.sqrt(u @ rho @ u) / w.sum()
        if rows.size > 1:
            found[2, cell] = np.sqrt(np.average((x - mean) ** 2, weights=w))
    return found


@given(seed=st.integers(0, 10**6), correlation=st.floats(0, 1), by_variance=st.booleans())
def test_means_and_uncertainties_are_those_of_double_sums(seed, correlation, by_variance):
    shares, measured = soundings(seed)
    weight = shares.area / (measured.sigma[shares.row] ** 2 if by_variance else 1.0)
    total = StepSums(CELLS)
    total.add(summed(shares, measured, by_variance=by_variance))
    found = total.fields(correlation)
    wanted = by_hand(shares, measured, correlation, weight)
    for name, row in zip(("mean", "uncertainty", "deviation"), wanted, strict=True):
        np.testing.assert_allclose(found[name], row, rtol=1e-9, atol=1e-12, err_msg=name)
    counts = [np.count_nonzero(shares.cell == cell) for cell in range(CELLS)]
    assert found["count"].tolist() == counts


@given(seed=st.integers(0, 10**6), cut=st.integers(0, 60))
def test_pieces_give_what_the_whole_gives(seed, cut):
    shares, measured = soundings(seed)
    whole, pieces = StepSums(CELLS), StepSums(CELLS)
    whole.add(summed(shares, measured, by_variance=False))
    for kept in (shares.row < cut, shares.row >= cut):
        part = Shares(shares.row[kept], shares.cell[kept], shares.area[kept])
        pieces.add(summed(part, measured, by_variance=False))
    one, two = whole.fields(0.3), pieces.fields(0.3)
    for name, values in one.items():
        np.testing.assert_allclose(values, two[name], rtol=1e-10, atol=1e-13, err_msg=name)


def one_cell(sigma, overpass, value=1.0):
    count = len(overpass)
    shares = Shares(np.arange(count), np.zeros(count, np.int64), np.ones(count))
    step = np.zeros(count, np.int64)
    measured = Measured(np.full(count, value), np.full(count, sigma), step, np.array(overpass))
    total = StepSums(1)
    total.add(summed(shares, measured, by_variance=False))
    return total


def test_independent_errors_fall_with_the_root_of_the_number():
    assert one_cell(0.4, [0] * 16).fields(0.0)["uncertainty"][0] == pytest.approx(0.1)


def test_fully_correlated_errors_fall_with_the_number_of_overpasses_alone():
    assert one_cell(0.4, [0] * 16).fields(1.0)["uncertainty"][0] == pytest.approx(0.4)
    passes = np.repeat(np.arange(4), 4)
    assert one_cell(0.4, passes).fields(1.0)["uncertainty"][0] == pytest.approx(0.2)


def test_the_uncertainty_is_the_scatter_of_means_of_correlated_errors():
    """Means of 4000 drawn sets of errors with one part in common for each of two overpasses."""
    random, rho = np.random.default_rng(3), 0.25
    common = np.repeat(random.standard_normal((4000, 2)), 8, axis=1)
    errors = 0.5 * (np.sqrt(rho) * common + np.sqrt(1 - rho) * random.standard_normal((4000, 16)))
    told = one_cell(0.5, np.repeat([0, 1], 8)).fields(rho)["uncertainty"][0]
    assert errors.mean(axis=1).std() == pytest.approx(told, rel=0.04)


def test_soundings_without_a_value_an_uncertainty_or_a_step_are_left_out():
    value, sigma = np.array([1.0, np.nan, 3.0, 4.0, 5.0, 6.0]), np.array([1, 1, np.nan, -1, 1, 1.0])
    step = np.array([0, 0, 0, 0, -1, 0])
    shares = Shares(np.arange(6), np.zeros(6, np.int64), np.ones(6))
    found = summed(shares, Measured(value, sigma, step, np.zeros(6, np.int64)), by_variance=False)
    assert found["count"].tolist() == [2.0]
    assert found["mean"].tolist() == [3.5]


def test_a_variance_of_zero_has_no_inverse():
    shares = Shares(np.arange(2), np.zeros(2, np.int64), np.ones(2))
    zeros = np.zeros(2, np.int64)
    measured = Measured(np.array([1.0, 9.0]), np.array([0.5, 0.0]), zeros, zeros)
    assert summed(shares, measured, by_variance=True)["mean"].tolist() == [1.0]
    assert summed(shares, measured, by_variance=False)["mean"].tolist() == [5.0]


def test_groups_are_in_the_order_of_step_overpass_and_cell():
    shares = Shares(np.arange(4), np.array([1, 0, 1, 0]), np.ones(4))
    measured = Measured(np.ones(4), np.ones(4), np.array([1, 1, 0, 0]), np.array([3, 2, 1, 1]))
    found = summed(shares, measured, by_variance=False)
    keys = list(zip(*(found[name].tolist() for name in ("step", "pass", "cell")), strict=True))
    assert keys == sorted(keys) == [(0, 1, 0), (0, 1, 1), (1, 2, 0), (1, 3, 1)]
    assert set(found) == {*KEYS, *SUMS}


def test_nothing_sums_to_nothing():
    nothing = np.empty(0, np.int64)
    empty = np.empty(0)
    found = summed(
        Shares(nothing, nothing, empty), Measured(empty, empty, nothing, nothing), by_variance=False
    )
    total = StepSums(2)
    total.add(found)
    fields = total.fields(0.5)
    assert fields["count"].tolist() == [0, 0]
    assert np.isnan([fields[name] for name in ("mean", "uncertainty", "deviation")]).all()


def test_a_single_sounding_has_no_deviation():
    found = one_cell(0.4, [0], 2.5).fields(0.0)
    assert (found["mean"][0], found["uncertainty"][0]) == (2.5, 0.4)
    assert np.isnan(found["deviation"][0])


def test_large_values_of_small_scatter_keep_their_digits():
    """Sums of squares would lose them: 420 +- 1e-5."""
    random = np.random.default_rng(1)
    value = 420.0 + 1e-5 * random.standard_normal(1000)
    zeros = np.zeros(1000, np.int64)
    shares = Shares(np.arange(1000), zeros, np.ones(1000))
    total = StepSums(1)
    for half in (slice(0, 500), slice(500, 1000)):
        part = Shares(shares.row[half], shares.cell[half], shares.area[half])
        measured = Measured(value, np.ones(1000), zeros, zeros)
        total.add(summed(part, measured, by_variance=False))
    assert total.fields(0.0)["deviation"][0] == pytest.approx(value.std(), rel=1e-6)


def test_the_plain_function_does_what_the_compiled_one_does():
    random = np.random.default_rng(0)
    arguments = (np.arange(9), np.repeat(np.arange(3), 3), 3, random.uniform(0.1, 1, (9, 3)))
    np.testing.assert_allclose(plain(cell_sums)(*arguments), cell_sums(*arguments), rtol=1e-13)
