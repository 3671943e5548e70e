"""Three dimensions: a meridional circulation that turns back, and a column that is mixed."""

import numpy as np
import pytest

from casa_processes.transport.plan import plan
from casa_processes.transport.steps import adjoint_step, step
from casa_processes.transport.types import MassFlux, regular_mesh
from tests.processes.transport.forcings import amounts

CELLS = 5
LENGTH = 86_400.0


def overturning(rows, levels, steps, mixing=0.0):
    """Steps of cells of rising and sinking air, as in case 1-2 of DCMIP (Kent et al., 2014).

    The mass that turns is a stream function of latitude and pressure that is 0 on all sides; a
    uniform wind goes round. It turns back half-way.
    """
    mesh = regular_mesh(8, rows, np.linspace(1e5, 2e4, levels + 1))
    mass = mesh.mass(np.full((rows, 8), 1e5))
    north = np.deg2rad(mesh.latitude_edges)
    height = np.linspace(0.0, 1.0, levels + 1)
    largest = 2e-6 * LENGTH / steps * mass.sum() / 8.0
    stream = largest * np.sin(np.pi * height)[:, None] * np.sin(CELLS * north) * np.cos(north) ** 3
    for number in range(steps):
        turning = stream * np.cos(np.pi * (number + 0.5) / steps)
        flux = {
            "north": np.repeat(-np.diff(turning, axis=0)[:, :, None], 8, axis=2),
            "up": np.repeat(np.diff(turning, axis=1)[:, :, None], 8, axis=2),
        }
        flux["north"][:, [0, -1]] = 0.0
        flux["up"][[0, -1]] = 0.0
        exchanged = np.full((levels - 1, rows, 8), mixing) * mass[1:]
        yield MassFlux(mass=mass, east=0.2 * mass, mixing=exchanged, **flux)


def layer(rows, levels):
    """A smooth layer of tracer in the middle of the column, shape (z, y, x, 8)."""
    height = (np.arange(levels) + 0.5) / levels
    shape = np.where(np.abs(height - 0.5) < 0.35, np.cos((height - 0.5) / 0.35 * np.pi / 2) ** 4, 0)
    return np.broadcast_to(shape[:, None, None, None], (levels, rows, 8, 8)).copy()


def returned(rows, levels, steps, mode):
    q = layer(rows, levels)
    for number, forcing in enumerate(overturning(rows, levels, steps)):
        step(q, plan(forcing, number % 2 == 0), mode)
    away = q - layer(rows, levels)
    weight = np.cos(np.deg2rad(np.linspace(-90, 90, 2 * rows + 1)[1::2]))[None, :, None, None]
    return float(np.sqrt((weight * away**2).sum() / (weight * layer(rows, levels) ** 2).sum()))


def test_the_circulation_moves_much_before_it_turns_back():
    q = layer(30, 15)
    for number, forcing in enumerate(overturning(30, 15, 40)):
        if number == 20:
            break
        step(q, plan(forcing, number % 2 == 0))
    assert np.abs(q - layer(30, 15)).max() > 0.3


@pytest.mark.parametrize("mode", ["linear", "monotone"])
def test_a_layer_that_is_overturned_and_back_converges(mode):
    errors = [returned(*size, mode) for size in ((48, 24, 60), (96, 48, 120))]
    assert np.log2(errors[0] / errors[1]) > {"linear": 1.85, "monotone": 1.65}[mode]


@pytest.mark.parametrize("mixing", [0.0, 0.7])
def test_overturning_keeps_tracers_constants_and_the_transpose(mixing):
    q = layer(30, 15)
    q[..., 1] = 1.0
    q[..., 2] = np.random.default_rng(0).uniform(size=q.shape[:3])
    for number, forcing in enumerate(overturning(30, 15, 12, mixing)):
        before = amounts(q, forcing.mass)
        course = plan(forcing, number % 2 == 0)
        s = np.random.default_rng(number).normal(size=q.shape)
        there = step(q.copy(), course, "linear") * s
        back = adjoint_step(s, course) * q
        assert abs(there.sum() - back.sum()) <= 1e-13 * np.abs(there).sum()
        step(q, course)
        assert np.allclose(amounts(q, course.after), before, rtol=1e-13)
    assert np.abs(q[..., 1] - 1.0).max() < 1e-13
    assert q.min() >= 0.0


def test_strong_mixing_levels_each_column():
    q = layer(30, 15)
    (forcing,) = overturning(30, 15, 1, mixing=1e7)
    still = MassFlux(
        forcing.mass, forcing.east * 0, forcing.north * 0, forcing.up * 0, forcing.mixing
    )
    level = (q[..., 0] * forcing.mass).sum(axis=0) / forcing.mass.sum(axis=0)
    step(q, plan(still))
    assert np.allclose(q[..., 0], level, rtol=1e-5)
