"""Weighted least squares, many soundings at once: against numpy, one at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.jit import plain
from casa_processes.sif_retrieval import kernel
from casa_processes.sif_retrieval.kernel import LANES, STEPS, weighted
from casa_processes.sif_retrieval.model.design import filled, products


def fitted(radiance, noise, design, rows=None, first=0, last=None, full=np.inf, run=weighted):
    rows = np.arange(len(radiance)) if rows is None else np.asarray(rows)
    known = filled(design)
    found, outcome = np.full((4, rows.size), -9.0), np.full(rows.size, -9, np.int8)
    last = radiance.shape[1] if last is None else last
    run(radiance, noise, rows, first, last, full, known, products(known), found, outcome)
    return found, outcome


def problem(seed, count=37, channels=30, size=5):
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(size, channels))
    noise = rng.uniform(0.5, 2.0, (count, channels))
    radiance = 40.0 + rng.normal(size=(count, size)) @ design + noise * rng.normal(size=noise.shape)
    return radiance, noise, design


def plainly(radiance, noise, design):
    """Solve one after the other by numpy's least squares."""
    rows = []
    for values, sigma in zip(radiance, noise, strict=True):
        scaled = (design / sigma).T
        found, left, _, _ = np.linalg.lstsq(scaled, values / sigma, rcond=None)
        covariance = np.linalg.inv(scaled.T @ scaled)
        free = values.size - len(design)
        rows.append((found[-1], np.sqrt(covariance[-1, -1]), left[0] / free, values.mean()))
    return np.array(rows).T


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(7, 41), st.integers(1, 6))
def test_fits_are_those_of_numpy(seed, count, channels, size):
    radiance, noise, design = problem(seed, count, channels, size)
    found, outcome = fitted(radiance, noise, design)
    assert (outcome == 0).all()
    assert found == pytest.approx(plainly(radiance, noise, design), rel=1e-8, abs=1e-8)


def test_single_precision_is_read_as_it_is():
    radiance, noise, design = problem(3)
    short, shorter = radiance.astype(np.float32), noise.astype(np.float32)
    found, _ = fitted(short, shorter, design)
    exact, _ = fitted(short.astype(np.float64), shorter.astype(np.float64), design)
    assert np.array_equal(found, exact)


def test_a_spectrum_that_is_the_model_gives_its_coefficient_and_no_misfit():
    rng = np.random.default_rng(0)
    design = rng.normal(size=(4, 24))
    parts = np.concatenate([rng.normal(size=(9, 3)), np.linspace(-2.0, 2.0, 9)[:, None]], axis=1)
    design[0] += 50.0
    radiance = np.abs(parts[:, :1]) * 0.0 + parts @ design
    radiance += 60.0 * design[0] - parts[:, :1] * design[0]
    found, outcome = fitted(radiance, np.ones_like(radiance), design)
    assert (outcome == 0).all()
    assert found[0] == pytest.approx(parts[:, 3], abs=1e-10)
    assert found[2] == pytest.approx(np.zeros(9), abs=1e-7)


@pytest.mark.parametrize("count", [1, LANES - 1, LANES, LANES + 1, 3 * LANES + 5])
def test_any_number_of_soundings_is_filled_to_the_last(count):
    radiance, noise, design = problem(5, count)
    found, outcome = fitted(radiance, noise, design)
    assert (outcome == 0).all()
    assert found == pytest.approx(plainly(radiance, noise, design), rel=1e-8)


@pytest.mark.parametrize("channels", [20, 21, 22, 23])
def test_any_number_of_channels_is_summed_to_the_last(channels):
    assert {20 % STEPS, 21 % STEPS, 22 % STEPS, 23 % STEPS} == set(range(STEPS))
    radiance, noise, design = problem(6, 5, channels)
    found, _ = fitted(radiance, noise, design)
    assert found == pytest.approx(plainly(radiance, noise, design), rel=1e-8)


def test_channels_outside_the_window_do_not_count():
    radiance, noise, design = problem(7)
    wide, wider = np.full((37, 50), np.nan), np.full((37, 50), -1.0)
    wide[:, 9:39], wider[:, 9:39] = radiance, noise
    found, outcome = fitted(wide, wider, design, first=9, last=39)
    assert (outcome == 0).all()
    assert np.array_equal(found, fitted(radiance, noise, design)[0])


@given(st.permutations(range(37)), st.integers(1, 37))
def test_order_and_neighbours_change_no_bit(order, count):
    radiance, noise, design = problem(8)
    whole, _ = fitted(radiance, noise, design)
    found, _ = fitted(radiance, noise, design, rows=order[:count])
    assert np.array_equal(found, whole[:, order[:count]])


@pytest.mark.parametrize(
    "damage",
    [np.nan, np.inf, -np.inf, -0.001, 200.5],
    ids=["missing", "infinite", "minus infinite", "negative", "saturated"],
)
@pytest.mark.parametrize("channel", [0, 13, 29])
def test_a_damaged_radiance_gives_nan_and_spares_its_neighbours(damage, channel):
    radiance, noise, design = problem(9)
    radiance = 50.0 + 0.1 * radiance
    whole, _ = fitted(radiance, noise, design, full=200.0)
    radiance[4, channel] = damage
    found, outcome = fitted(radiance, noise, design, full=200.0)
    others = np.arange(37) != 4
    assert outcome[4] == 1
    assert np.isnan(found[:, 4]).all()
    assert (outcome[others] == 0).all()
    assert np.array_equal(found[:, others], whole[:, others])


@pytest.mark.parametrize("damage", [np.nan, 0.0, -1.0])
def test_a_noise_that_is_none_gives_nan(damage):
    radiance, noise, design = problem(10)
    noise[3, 5] = damage
    found, outcome = fitted(radiance, noise, design)
    assert outcome[3] == 1
    assert np.isnan(found[:, 3]).all()


def test_channels_of_infinite_noise_are_left_out_of_everything():
    radiance, noise, design = problem(11)
    noise[:, [2, 17]] = np.inf
    radiance[:, [2, 17]] = 0.0
    found, _ = fitted(radiance, noise, design)
    rest = np.delete(np.arange(30), [2, 17])
    expected = plainly(radiance[:, rest], noise[:, rest], design[:, rest])
    assert found == pytest.approx(expected, rel=1e-8)


def test_radiance_at_the_full_scale_is_not_saturated():
    radiance, noise, design = problem(12)
    full = float(radiance.max())
    assert (fitted(radiance, noise, design, full=full)[1] == 0).all()
    below = np.nextafter(full, 0.0)
    assert (fitted(radiance, noise, design, full=below)[1] == 1).sum() == 1


def test_as_many_functions_as_channels_leave_nothing_to_judge_by():
    radiance, noise, design = problem(13)
    noise[:, 5:] = np.inf
    found, outcome = fitted(radiance, noise, design)
    assert (outcome == 3).all()
    assert np.isnan(found).all()


def test_functions_that_depend_on_each_other_are_singular():
    radiance, noise, design = problem(14, 6)
    design[-1] = 0.0
    found, outcome = fitted(radiance, noise, design)
    assert (outcome == 3).all()
    assert np.isnan(found).all()


def test_the_compiled_code_does_what_the_source_says(monkeypatch):
    for name in ("_loaded", "_summed", "_less", "_factored", "_told"):
        monkeypatch.setattr(kernel, name, plain(getattr(kernel, name)))
    radiance, noise, design = problem(15, 18, 12, 3)
    radiance[3, 2] = np.nan
    slow = fitted(radiance, noise, design, run=plain(weighted))
    quick = fitted(radiance, noise, design)
    assert slow[0] == pytest.approx(quick[0], rel=1e-12, nan_ok=True)
    assert np.array_equal(slow[1], quick[1])
