"""Cases 1-1 and 1-3 of the Dynamical Core Model Intercomparison Project: what returns in 12 days.

Norms are our own, measured when the tests were written; orders of convergence, amounts and bounds
are what the scheme must have.
"""

import numpy as np
import pytest

from casa_processes.transport.plan import pair, plan
from casa_processes.transport.steps import step
from tests.processes.transport.forcings import amounts
from tests.processes.transport.spheres import (
    GROUND,
    SCALE_HEIGHT,
    deformation,
    edges,
    mesh,
    mountains,
    places,
    rotation,
)

MODES = pytest.mark.parametrize("mode", ["linear", "monotone"])
SIZES = (36, 16), (72, 32)
"""Columns and layers of two meshes."""


def heights(levels):
    """Middles of layers between pressures.  [m], shape (z, ...)"""
    return -SCALE_HEIGHT * np.log((levels[1:] + levels[:-1]) / 2.0 / GROUND)


def away(where, east):
    """Angle between the middles of cells and a place on the equator.  [rad], shape (y, x)"""
    x, y = places(where)
    return np.arccos(np.cos(y) * np.cos(x - east))


def norm(q, exact, mass):
    """Root mean square of the difference over that of what is exact, weighted by air."""
    return float(np.sqrt((mass * (q - exact) ** 2).sum() / (mass * exact**2).sum()))


def wide(where):
    """A wave round the globe about 6 km, a linear function of it, and 1.  shape (z, y, x, 8)"""
    x, y = places(where)
    up = np.exp(-(((heights(where.a) - 6000.0) / 3000.0) ** 2))[:, None, None]
    q = np.ones((*where.shape, 8))
    q[..., 0] = 1.0 + np.cos(y) * np.cos(x) * up
    q[..., 1] = 0.9 - 0.8 * q[..., 0]
    return q


@MODES
def test_a_wave_that_is_drawn_and_lifted_comes_back_with_second_order(mode):
    errors = []
    for columns, levels in SIZES:
        where = mesh(columns, levels)
        exact, q = wide(where), wide(where)
        for number, forcing in enumerate(deformation(where, columns * 5 // 3)):
            step(q, plan(forcing, number % 2 == 0), mode)
        errors.append(norm(q[..., 0] - 1.0, exact[..., 0] - 1.0, forcing.mass))
    assert np.log2(errors[0] / errors[1]) > {"linear": 1.9, "monotone": 1.7}[mode]
    assert errors[1] == pytest.approx({"linear": 0.0636, "monotone": 0.1036}[mode], rel=0.02)
    assert np.allclose(amounts(q, forcing.mass), amounts(exact, forcing.mass), rtol=1e-12)
    assert np.abs(q[..., 7] - 1.0).max() < 1e-13
    assert np.allclose(q[..., 1], 0.9 - 0.8 * q[..., 0], rtol=0.0, atol=1e-12)
    if mode == "monotone":
        assert q[..., 0].max() <= exact[..., 0].max()


def carried(where, q, mode, rings):
    """Tracers after 12 days of case 1-3, and the air."""
    steps = where.shape[2] * 4 // 3
    forcing = rotation(where, steps, rings)
    plans = pair(forcing)
    for number in range(steps):
        step(q, plans[number % 2], mode)
    return q, forcing.mass


def thick(where):
    """A cloud without edges above a mountain, and 1.  shape (z + 1, y, x, 8)"""
    height = heights(edges(where, 0))
    up = np.where(np.abs(height - 7000.0) < 4500.0, np.cos(np.pi * (height - 7000.0) / 9000.0), 0.0)
    q = np.ones((*height.shape, 8))
    disc = np.minimum(1.5 * away(where, np.pi / 2.0), np.pi)
    q[..., 0] = 0.5 * (1.0 + np.cos(disc)) * up**2
    return q


@MODES
def test_a_cloud_passes_over_a_mountain_and_comes_round_with_second_order(mode):
    errors = []
    for size in SIZES:
        where = mesh(*size)
        exact = thick(where)
        q, mass = carried(where, exact.copy(), mode, 0)
        errors.append(norm(q[..., 0], exact[..., 0], mass))
    assert np.log2(errors[0] / errors[1]) > 1.9
    assert errors[1] == pytest.approx({"linear": 0.00529, "monotone": 0.00623}[mode], rel=0.02)
    assert np.allclose(amounts(q, mass), amounts(exact, mass), rtol=1e-12)
    assert np.abs(q[..., 7] - 1.0).max() < 1e-13
    assert (q[..., 0].min() >= 0.0) == (mode == "monotone")


def thin(where):
    """The three clouds of case 1-3, their sum, and 1.  shape (z + 1, y, x, 8)"""
    height, disc = heights(edges(where)), away(where, np.pi / 2.0) * 4.0 / np.pi
    q = np.ones((*height.shape, 8))
    for number, (middle, depth) in enumerate(((3050.0, 1000.0), (5050.0, 1000.0), (8200.0, 400.0))):
        off = np.abs(height - middle) / depth
        shape = 0.25 * (1.0 + np.cos(2.0 * np.pi * off)) * (1.0 + np.cos(np.pi * disc))
        inside = (off < 0.5) & (disc < 1.0)
        q[..., number] = np.where(inside, shape if number < 2 else 1.0, 0.0)
    q[..., 3] = q[..., :3].sum(axis=-1)
    return q


NORMS = {
    "linear": [0.862, 0.842, 0.854, 0.852],
    "monotone": [0.887, 0.870, 0.884, 0.876],
}
"""Of three clouds and their sum: most of them is lost between rings that few cells resolve."""


@MODES
def test_thin_clouds_among_rings_of_mountains_keep_amounts_and_sums(mode):
    where = mesh(72, 30)
    exact = thin(where)
    q, mass = carried(where, exact.copy(), mode, 8)
    found = [norm(q[..., number], exact[..., number], mass) for number in range(4)]
    assert found == pytest.approx(NORMS[mode], rel=0.02)
    assert np.allclose(amounts(q, mass), amounts(exact, mass), rtol=1e-12)
    apart = np.abs(q[..., 3] - q[..., :3].sum(axis=-1)).max()
    assert (apart < 1e-13) == (mode == "linear")
    assert (q.min() >= 0.0) == (mode == "monotone")


def test_mountains_bend_the_layers_and_leave_air_below_them():
    where = mesh(72, 12)
    ground, levels = mountains(where), edges(where)
    assert ground.min() < 0.82 * GROUND
    assert ground.max() == pytest.approx(GROUND)
    assert (np.diff(levels, axis=0) < 0.0).all()
    assert np.ptp(levels[1]) > 10.0 * np.ptp(levels[-2])
