"""Two streams with their correction, against one linear system in double precision."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.radiative_transfer.scattering.terms.kernel import BLOCK, COEFFICIENTS
from tests.processes.radiative_transfer.scattering.plain_streams import (
    computed_hazy,
    hazy,
    plain_hazy,
)
from tests.processes.radiative_transfer.scenes import (
    amid_cells,
    drawn_changes,
    no_directions,
    plain,
)
from tests.processes.radiative_transfer.test_kernel import deviation

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=12)


def differences(haze, step, **by):
    """Central difference of the plain radiance along a change."""
    forward, backward = (
        plain_hazy(haze.changed(**{name: sign * step * each for name, each in by.items()}))
        for sign in (1, -1)
    )
    return (forward - backward) / (2 * step)


@few
@given(seeds, st.integers(1, 20), st.integers(1, 2 * BLOCK + 3), st.floats(0.01, 10))
def test_the_radiance_is_that_of_the_whole_linear_system(seed, layers, points, thick):
    haze = hazy(seed, layers=layers, points=points, thick=thick)
    expected = plain_hazy(haze)
    found = computed_hazy(haze)[0]
    assert np.abs(found - expected).max() < 1e-5 * expected.max() * max(thick, 1)


@few
@given(seeds)
def test_light_that_nothing_scatters_again_is_single_scattering(seed):
    haze = hazy(seed)
    haze.factors[0], haze.factors[1] = 1.0, 0.0
    dark = haze.changed(albedo=-haze.albedo)
    assert computed_hazy(dark)[0] == pytest.approx(plain(dark.scene), rel=1e-4)


@few
@given(seeds, st.integers(0, 1))
def test_the_derivatives_by_columns_are_those_of_differences(seed, main):
    haze = hazy(seed)
    rows = computed_hazy(haze, main=main)
    for layer in range(haze.scene.sun.size):
        by = np.zeros_like(haze.scene.amount)
        by[main, layer] = haze.scene.amount[main, layer]
        expected = differences(haze, 1e-5, amount=by) / haze.scene.amount[main, layer]
        assert deviation(rows[2 + layer], expected) < 1e-4


@few
@given(seeds)
def test_the_derivatives_along_directions_are_those_of_differences(seed):
    haze = hazy(seed)
    haze = haze.changed(**amid_cells(haze.scene))
    by, change = drawn_changes(seed, haze.scene)
    rows = computed_hazy(haze, directions=change)
    for row, (name, each) in zip(rows[2:6], by.items(), strict=True):
        assert deviation(row, differences(haze, 1e-4, **{name: each})) < 1e-4, name
    assert deviation(rows[6], differences(haze, 1e-4, **by)) < 1e-4


@few
@given(seeds)
def test_the_derivatives_by_the_surface_are_those_of_differences(seed):
    haze = hazy(seed)
    rows = computed_hazy(haze)
    assert deviation(rows[1], differences(haze, 1e-3, reflectance=1.0)) < 1e-5
    assert deviation(rows[2], differences(haze, 1e-3, albedo=1.0)) < 1e-4


@few
@given(seeds)
def test_a_drift_of_the_correction_adds_what_the_other_correction_gives(seed):
    """The radiance is linear in the coefficients."""
    haze, rng = hazy(seed), np.random.default_rng(seed)
    drift = rng.normal(size=(3, COEFFICIENTS)) * 0.05
    still = computed_hazy(haze, directions=no_directions(haze.scene, 2))
    rows = computed_hazy(haze, directions=no_directions(haze.scene, 2), drift=drift)
    for row, before, step in zip(rows[2:], still[2:], drift, strict=True):
        other = replace(haze, terms=haze.terms + step)
        assert row - before == pytest.approx(plain_hazy(other) - plain_hazy(haze), abs=2e-6)


def test_a_single_row_is_the_radiance():
    haze = hazy(7, points=2 * BLOCK + 5)
    assert np.array_equal(computed_hazy(haze, alone=True)[0], computed_hazy(haze, main=0)[0])


def test_points_do_not_know_each_other():
    haze = hazy(8, points=2 * BLOCK)
    whole = computed_hazy(haze, main=0)
    scene = haze.scene
    cut = {"tables": scene.tables[..., 77:], "shape": scene.shape[:, 77:]}
    cut |= {name: getattr(scene, name)[77:] for name in ("reflectance", "irradiance")}
    part = replace(haze, scene=replace(scene, **cut), albedo=haze.albedo[77:])
    assert np.array_equal(computed_hazy(part, main=0), whole[:, 77:])


def test_an_opaque_atmosphere_gives_no_overflow():
    assert np.isfinite(computed_hazy(hazy(3, thick=1e6), main=0)).all()
