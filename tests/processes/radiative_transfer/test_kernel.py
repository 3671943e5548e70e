"""The radiance kernel, against plain formulas in double precision and their differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.radiative_transfer.kernel import BLOCK, radiance
from casa_processes.radiative_transfer.layers.kernel import attenuation
from tests.processes.radiative_transfer.scenes import (
    amid_cells,
    arguments,
    drawn,
    drawn_changes,
    plain,
)

seeds = st.integers(0, 2**32 - 1)


def computed(scene, main=-1, directions=None):
    gases, air, ways, reflectance, irradiance, change = arguments(scene, directions)
    layers = scene.sun.size if main >= 0 else 0
    rows = np.full((2 + layers + change.temperature.shape[0], reflectance.size), np.nan, np.float32)
    radiance(gases, air, ways, reflectance, irradiance, main, change, rows)
    return rows


def differences(scene, step, **by):
    """Central difference of the plain radiance along a change."""
    forward = scene.changed(**{name: step * each for name, each in by.items()})
    backward = scene.changed(**{name: -step * each for name, each in by.items()})
    return (plain(forward) - plain(backward)) / (2 * step)


def deviation(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


@given(st.floats(0, 200, width=32))
def test_attenuation_and_its_means_are_those_of_double_precision(x):
    whole, mean, bend = (np.empty(1, np.float32) for _ in range(3))
    attenuation(np.array([x], np.float32), whole, mean, bend)
    t = min(float(x), 87.0)
    powers = np.arange(12)
    factorial = np.cumprod(np.maximum(powers, 1)).astype(float)
    if t < 0.1:
        phi = np.sum((-t) ** powers / (factorial * (powers + 1)))
        psi = np.sum((-t) ** powers / (factorial * (powers + 2)))
    else:
        phi, psi = -np.expm1(-t) / t, (1 - (1 + t) * np.exp(-t)) / t**2
    assert whole[0] == pytest.approx(np.exp(-t), rel=2e-7)
    assert mean[0] == pytest.approx(phi, rel=4e-7)
    assert bend[0] == pytest.approx(psi, rel=4e-6)


@given(seeds, st.integers(1, 20), st.integers(1, 2 * BLOCK + 3), st.floats(0.01, 10))
def test_the_radiance_is_that_of_plain_formulas(seed, layers, points, thick):
    scene = drawn(seed, layers, points, thick=thick)
    expected = plain(scene)
    rows = computed(scene)
    assert np.abs(rows[0] - expected).max() < 3e-6 * expected.max() * max(thick, 1)


def test_without_scattering_and_absorption_the_surface_is_seen():
    scene = drawn(1)
    clear = scene.changed(amount=-scene.amount, depth=-scene.depth + 1e-12)
    rows = computed(clear)
    assert rows[0] == pytest.approx(scene.irradiance * scene.reflectance, rel=1e-6)
    assert rows[1] == pytest.approx(scene.irradiance, rel=1e-6)


@given(seeds, st.integers(0, 1))
def test_the_derivatives_by_columns_are_those_of_differences(seed, main):
    scene = drawn(seed)
    rows = computed(scene, main=main)
    for layer in range(scene.sun.size):
        by = np.zeros_like(scene.amount)
        by[main, layer] = scene.amount[main, layer]
        expected = differences(scene, 1e-5, amount=by) / scene.amount[main, layer]
        assert deviation(rows[2 + layer], expected) < 1e-4


@given(seeds)
def test_the_derivatives_along_directions_are_those_of_differences(seed):
    scene = drawn(seed)
    scene = scene.changed(**amid_cells(scene))
    by, change = drawn_changes(seed, scene)
    rows = computed(scene, directions=change)
    for row, (name, each) in zip(rows[2:6], by.items(), strict=True):
        assert deviation(row, differences(scene, 1e-4, **{name: each})) < 1e-4, name
    assert deviation(rows[6], differences(scene, 1e-4, **by)) < 1e-4


@given(seeds)
def test_the_derivative_by_reflectance_is_the_transmitted_irradiance(seed):
    scene = drawn(seed)
    rows = computed(scene)
    brighter = scene.changed(reflectance=0.01)
    assert deviation(rows[1], (plain(brighter) - plain(scene)) / 0.01) < 1e-5


@given(seeds, st.integers(1, 300))
def test_points_do_not_know_each_other(seed, first):
    scene = drawn(seed, layers=3, points=2 * BLOCK)
    whole = computed(scene, main=0)
    part = computed(
        type(scene)(
            **{
                **vars(scene),
                "tables": scene.tables[..., first:],
                "shape": scene.shape[:, first:],
                "reflectance": scene.reflectance[first:],
                "irradiance": scene.irradiance[first:],
            }
        ),
        main=0,
    )
    assert np.array_equal(part, whole[:, first:])


def test_a_single_row_is_the_radiance():
    scene = drawn(2, points=2 * BLOCK + 5)
    gases, air, ways, reflectance, irradiance, change = arguments(scene)
    row = np.empty((1, reflectance.size), np.float32)
    radiance(gases, air, ways, reflectance, irradiance, 0, change, row)
    assert np.array_equal(row[0], computed(scene, main=0)[0])


def test_an_opaque_atmosphere_gives_no_overflow():
    scene = drawn(3, thick=1e6)
    assert np.isfinite(computed(scene, main=0)).all()
