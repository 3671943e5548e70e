"""A whole step: what it keeps, what it never makes, and its transpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.constants import MOLAR_MASS_CARBON_DIOXIDE, MOLAR_MASS_DRY_AIR
from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.errors import CourantError
from casa_processes.transport.plan import pair, plan
from casa_processes.transport.steps import adjoint_step, advance, emit, step
from casa_processes.transport.types import MassFlux
from tests.processes.transport.forcings import amounts, drawn, fields, moved

ORDERS = pytest.mark.parametrize("zonal_first", [True, False])
MODES = pytest.mark.parametrize("mode", ["monotone", "linear"])
CASES = {
    "opposite meridians": {"shape": (4, 8, 12)},
    "an odd number of columns": {"shape": (3, 6, 9)},
    "layers in parts": {"turning": 0.7},
    "no exchange": {"lateral": False},
}
FORCINGS = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_the_case_of_layers_in_parts_has_parts():
    assert plan(drawn(1, turning=0.7)).parts > 1


@FORCINGS
@ORDERS
@MODES
def test_a_step_keeps_what_there_is_of_each_tracer(case, zonal_first, mode):
    forcing = drawn(1, **case)
    course, q = plan(forcing, zonal_first), fields(forcing)
    before = amounts(q, forcing.mass)
    step(q, course, mode)
    assert np.allclose(amounts(q, moved(forcing)), before, rtol=1e-13)


@FORCINGS
@ORDERS
@MODES
def test_what_is_the_same_everywhere_stays_so(case, zonal_first, mode):
    forcing = drawn(2, **case)
    q = np.full((*forcing.shape, 8), 4e-4)
    step(q, plan(forcing, zonal_first), mode)
    assert np.abs(q / 4e-4 - 1.0).max() < 1e-13


@FORCINGS
@ORDERS
def test_a_monotone_step_makes_no_new_extreme_and_nothing_negative(case, zonal_first):
    forcing = drawn(3, **case)
    q = fields(forcing)
    q[q < 0.7] = 0.0
    most = q.max(axis=(0, 1, 2))
    step(q, plan(forcing, zonal_first))
    assert q.min() >= 0.0
    assert (q.max(axis=(0, 1, 2)) <= most * (1.0 + 1e-13)).all()


@FORCINGS
@ORDERS
def test_a_linear_step_of_a_sum_is_the_sum_of_steps(case, zonal_first):
    forcing = drawn(4, **case)
    course, q = plan(forcing, zonal_first), fields(forcing)
    q[..., 7] = 3.0 * q[..., 0] - 2.0 * q[..., 1] + 0.5
    step(q, course, "linear")
    assert np.allclose(q[..., 7], 3.0 * q[..., 0] - 2.0 * q[..., 1] + 0.5, rtol=0.0, atol=1e-13)


def test_a_monotone_step_of_a_sum_is_not_the_sum_of_steps():
    forcing = drawn(4)
    q = fields(forcing)
    q[..., 7] = q[..., 0] + q[..., 1]
    step(q, plan(forcing))
    assert np.abs(q[..., 7] - q[..., 0] - q[..., 1]).max() > 1e-3


@MODES
def test_a_scale_and_a_shift_of_a_tracer_stay_the_same_scale_and_shift(mode):
    forcing = drawn(5)
    q = fields(forcing)
    q[..., 1] = 0.3 + 2.0 * q[..., 0]
    step(q, plan(forcing), mode)
    assert np.allclose(q[..., 1], 0.3 + 2.0 * q[..., 0], rtol=0.0, atol=1e-13)


@FORCINGS
@ORDERS
def test_the_transpose_has_the_same_inner_products(case, zonal_first):
    forcing = drawn(6, **case)
    course = plan(forcing, zonal_first)
    rng = np.random.default_rng(0)
    q, other = rng.normal(size=(2, *forcing.shape, 8))
    there = step(q.copy(), course, "linear") * other
    back = adjoint_step(other.copy(), course) * q
    assert abs(there.sum() - back.sum()) <= 1e-13 * np.abs(there).sum()
    each = np.abs(there.sum(axis=(0, 1, 2)) - back.sum(axis=(0, 1, 2)))
    assert (each <= 1e-13 * np.abs(there).sum(axis=(0, 1, 2))).all()


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_the_transpose_agrees_for_any_forcing(seed, zonal_first):
    forcing = drawn(seed, (3, 5, 8), turning=0.5)
    course = plan(forcing, zonal_first)
    q, other = np.random.default_rng(seed).normal(size=(2, *forcing.shape, 8))
    there = step(q.copy(), course, "linear") * other
    back = adjoint_step(other.copy(), course) * q
    assert abs(there.sum() - back.sum()) <= 1e-13 * np.abs(there).sum()


def test_weighted_by_air_the_transpose_keeps_what_is_the_same_everywhere():
    forcing = drawn(7)
    course = plan(forcing)
    s = np.repeat(course.after[..., None], 8, axis=3)
    assert np.allclose(adjoint_step(s, course), forcing.mass[..., None], rtol=1e-13)


def test_the_transpose_finds_where_a_cell_receives_from():
    forcing = drawn(8, (3, 5, 6))
    course = plan(forcing)
    q = np.zeros((3, 5, 6, 8))
    places = [(0, 0, 0), (1, 2, 3), (2, 4, 5), (0, 3, 1)]
    for number, place in enumerate(places):
        q[(*place, number)] = 1.0
    row = adjoint_step(q.copy(), course)
    whole = np.zeros((90, 90))
    for start in range(0, 90, 8):
        one = np.zeros((90, 8))
        some = np.arange(start, min(start + 8, 90))
        one[some, some - start] = 1.0
        swept = step(one.reshape(3, 5, 6, 8), course, "linear").reshape(90, 8)
        whole[:, some] = swept[:, : some.size]
    for number, place in enumerate(places):
        exact = whole[np.ravel_multi_index(place, (3, 5, 6))]
        assert np.allclose(row[..., number].reshape(-1), exact, rtol=0.0, atol=1e-14)


@MODES
@pytest.mark.parametrize("count", [8, 16, 40])
def test_tracers_that_are_split_have_the_same_bits(mode, count):
    forcing = drawn(9)
    course, q = plan(forcing), fields(forcing, count=count)
    pieces = [np.ascontiguousarray(q[..., k : k + 8]) for k in range(0, count, 8)]
    step(q, course, mode)
    assert np.array_equal(np.concatenate([step(one, course, mode) for one in pieces], -1), q)


def test_many_tracers_at_a_time_have_the_bits_of_few():
    forcing = drawn(9)
    course, q = plan(forcing), fields(forcing, count=32)
    few = step(np.ascontiguousarray(q[..., 16:24]), course)
    assert np.array_equal(step(q, course)[..., 16:24], few)


def test_advancing_alternates_the_order_of_directions():
    forcing = drawn(10)
    plans, q = pair(forcing), fields(forcing)
    exact = step(step(step(q.copy(), plans[1]), plans[0]), plans[1])
    assert np.array_equal(advance(q.copy(), forcing, 3, start=5), exact)
    assert np.array_equal(advance(q.copy(), plans, 3, start=5), exact)
    assert not np.array_equal(advance(q.copy(), plans, 3, start=4), exact)


def test_emissions_come_before_each_step_into_the_lowest_layer():
    forcing = drawn(11)
    plans, q = pair(forcing), np.zeros((*forcing.shape, 8))
    emitted = np.random.default_rng(0).uniform(size=(*forcing.shape[1:], 8))
    one = np.zeros_like(q)
    share = MOLAR_MASS_DRY_AIR / MOLAR_MASS_CARBON_DIOXIDE
    one[0] = emitted * share / forcing.mass[0][..., None]
    assert np.allclose(emit(q.copy(), emitted, forcing.mass), one, rtol=1e-14)
    assert np.array_equal(
        advance(q, plans, emitted=emitted), step(emit(one * 0.0, emitted, forcing.mass), plans[0])
    )


def test_what_was_emitted_is_there():
    forcing = drawn(12)
    emitted = np.random.default_rng(0).uniform(size=(*forcing.shape[1:], 8))
    q = advance(np.zeros((*forcing.shape, 8)), forcing, emitted=emitted)
    there = amounts(q, moved(forcing)) * MOLAR_MASS_CARBON_DIOXIDE / MOLAR_MASS_DRY_AIR
    assert np.allclose(there, emitted.sum(axis=(0, 1)), rtol=1e-13)


def test_a_step_that_is_too_long_changes_nothing():
    calm = drawn(13)
    forcing = MassFlux(calm.mass, calm.east, calm.north * 40.0, calm.up, calm.mixing)
    q = fields(forcing)
    before = q.copy()
    with pytest.raises(CourantError, match=r"too long.*meridional"):
        step(q, forcing)
    assert np.array_equal(q, before)


@pytest.mark.parametrize(
    ("q", "word"),
    [
        (np.ones((4, 8, 11, 8)), "shape"),
        (np.ones((4, 8, 12)), "shape"),
        (np.ones((4, 8, 12, 9)), "multiple of 8"),
        (np.ones((4, 8, 12, 0)), "multiple of 8"),
        (np.ones((4, 8, 12, 8), np.float32), "float64"),
        (np.ones((8, 12, 8, 4)).transpose(3, 0, 1, 2), "C-contiguous"),
    ],
)
def test_arrays_that_kernels_cannot_take_are_refused(q, word):
    for run in (step, adjoint_step, advance):
        with pytest.raises(InvalidValueError, match=word):
            run(q, drawn())


def test_missing_values_and_unknown_modes_are_refused():
    forcing = drawn()
    q = fields(forcing)
    with pytest.raises(InvalidValueError, match="monotone or linear"):
        step(q, forcing, "upwind")
    with pytest.raises(InvalidValueError, match="emitted"):
        emit(q, np.ones((8, 12, 7)), forcing.mass)
    with pytest.raises(InvalidValueError, match="finite masses"):
        emit(q, np.full((8, 12, 8), np.nan), forcing.mass)
    q[1, 2, 3, 4] = np.nan
    with pytest.raises(InvalidValueError, match="finite mole fractions"):
        advance(q, forcing)
