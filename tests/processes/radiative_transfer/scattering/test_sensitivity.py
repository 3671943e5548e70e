"""Derivatives of the accurate solver: those of differences, of all depths of all layers."""

import numpy as np
import pytest

from casa_processes.radiative_transfer.scattering.accurate import multiple
from casa_processes.radiative_transfer.scattering.directions import streams
from casa_processes.radiative_transfer.scattering.sensitivity.kernel import Sensitivity, sensitive
from casa_processes.radiative_transfer.scattering.slab.kernel import Medium
from casa_processes.radiative_transfer.scattering.streams.kernel import every_doubling
from tests.processes.radiative_transfer.scattering.atmospheres import seen

LAYERS, POINTS, COUNT = 4, 5, 3
THIN, STEP = 0.02, 1e-5
GEOMETRY = seen(50.0, 25.0, 70.0)


def drawn(seed, third=0.0):
    """A thin layer on one of some parts, on a third one, on a thick one."""
    rng = np.random.default_rng(seed)
    scattering = rng.uniform(0.2, 1.0, (2, LAYERS, POINTS))
    scattering *= np.array([0.01, 0.1, third, 0.3])[:, None]
    absorbed = 10 ** rng.uniform(-4, 0.5, (LAYERS, POINTS))
    absorbed[:, 0] = 1e-4
    return Medium(
        scattering.sum(0) + absorbed,
        scattering,
        rng.uniform(1.4, 1.6, LAYERS),
        rng.uniform(1.1, 1.2, LAYERS),
        rng.uniform(0.05, 0.6, POINTS),
    )


def directions(orders=3):
    order = np.arange(2 * COUNT)
    moments = np.array([0.0 * order, (2 * order + 1) * 0.7**order])
    moments[0, [0, 2]] = 1.0, 0.48
    return streams(GEOMETRY, moments, COUNT, orders)


def found(medium, doubled):
    by = Sensitivity(
        np.full((LAYERS, POINTS), np.nan), np.full((2, LAYERS, POINTS), np.nan),
        np.full(POINTS, np.nan),
    )  # fmt: skip
    light = np.empty(POINTS)
    sensitive(medium, directions(), doubled, light, by)
    return light, by


def moved(medium, name, place, step):
    values = getattr(medium, name).copy()
    values[place] += step
    return multiple(medium._replace(**{name: values}), directions(), THIN)


def difference(medium, name, place):
    return (moved(medium, name, place, STEP) - moved(medium, name, place, -STEP)) / (2 * STEP)


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_are_those_of_differences(seed):
    medium = drawn(seed, 0.05)
    light, by = found(medium, every_doubling(medium, THIN))
    assert light == pytest.approx(multiple(medium, directions(), THIN), rel=1e-12)
    assert (every_doubling(medium, THIN) >= [0, 1, 1, 3]).all()
    for layer in range(LAYERS):
        there = difference(medium, "extinction", layer)
        assert by.extinction[layer] == pytest.approx(there, rel=1e-6, abs=1e-9)
        for kind in range(2):
            there = difference(medium, "scattering", (kind, layer))
            assert by.scattering[kind, layer] == pytest.approx(there, rel=1e-6, abs=1e-9)
    assert by.albedo == pytest.approx(difference(medium, "albedo", ...), rel=1e-6)


def test_layers_that_only_absorb_have_derivatives_too():
    medium = drawn(4)
    _, by = found(medium, every_doubling(medium, THIN))
    there = difference(medium, "extinction", 2)
    assert by.extinction[2] == pytest.approx(there, rel=1e-6, abs=1e-10)
    assert not by.scattering[:, 2].any()


def test_how_often_layers_are_doubled_changes_light_little():
    medium = drawn(5)
    rough, _ = found(medium, every_doubling(medium, THIN))
    fine, _ = found(medium, every_doubling(medium, THIN) + 3)
    assert rough == pytest.approx(fine, abs=1e-2 * fine.max())
    assert not np.array_equal(rough, fine)


def test_an_opaque_atmosphere_has_no_derivative_below():
    medium = drawn(6)
    medium.extinction[1] = 1e5
    _, by = found(medium, every_doubling(medium, THIN))
    assert all(np.isfinite(each).all() for each in by)
    assert np.abs(by.extinction[2:]).max() < 1e-100
    assert np.abs(by.albedo).max() < 1e-100
