"""Flows whose tracers return: rotations, and deformations that turn back.

Norms are our own, measured when the tests were written; they guard against changes, while orders of
convergence, conservation and bounds are what the scheme must have.
"""

import numpy as np
import pytest

from casa_processes.transport.plan import pair, plan
from casa_processes.transport.steps import step
from tests.processes.transport.flows import (
    area,
    bell,
    cylinders,
    deformation,
    error,
    hills,
    rotation,
    sphere,
    tracers,
)

TILT = np.pi / 2.0 - 0.05
"""Over the poles, but not along the mesh."""


def turned(columns, steps, tilt, mode, *fields):
    """Tracers after one rotation, and the mesh."""
    mesh = sphere(columns)
    plans, q = pair(rotation(mesh, steps, tilt)), tracers(*(field(mesh) for field in fields))
    for number in range(steps):
        step(q, plans[number % 2], mode)
    return mesh, q


def deformed(columns, steps, mode, *fields):
    """Tracers after a deformation and its reversal, and the mesh."""
    mesh = sphere(columns)
    q = tracers(*(field(mesh) for field in fields))
    for number, forcing in enumerate(deformation(mesh, steps)):
        step(q, plan(forcing, number % 2 == 0), mode)
    return mesh, q


def order(errors):
    """The order of convergence over resolutions that double."""
    return np.polyfit(-np.arange(len(errors)), np.log2(errors), 1)[0]


@pytest.mark.parametrize(
    ("tilt", "mode", "least", "most"),
    [
        (0.0, "monotone", 0.19, 0.22),
        (0.0, "linear", 0.15, 0.17),
        (np.pi / 2.0, "monotone", 0.24, 0.27),
        (np.pi / 2.0, "linear", 0.23, 0.26),
        (TILT, "monotone", 0.24, 0.27),
        (TILT, "linear", 0.23, 0.26),
    ],
)
def test_a_bell_goes_once_round(tilt, mode, least, most):
    mesh, q = turned(128, 256, tilt, mode, bell)
    assert least < error(mesh, q[0, ..., 0], bell(mesh)) < most
    assert np.abs(q[..., 7] - 1.0).max() < 1e-13
    assert (q[0, ..., 0] * area(mesh)).sum() == pytest.approx(
        (bell(mesh) * area(mesh)).sum(), rel=1e-13
    )
    if mode == "monotone":
        assert q.min() >= 0.0
        assert q.max() <= 1.0 + 1e-12


def test_a_flux_of_whole_cells_moves_what_there_is_without_a_change():
    mesh, q = turned(48, 48, 0.0, "monotone", bell, cylinders)
    assert np.allclose(q[0, ..., 0], bell(mesh), rtol=0.0, atol=1e-13)
    assert np.allclose(q[0, ..., 1], cylinders(mesh), rtol=0.0, atol=1e-13)


def test_one_long_step_round_the_globe_is_as_good_as_many():
    mesh, q = turned(48, 1, 0.0, "linear", hills)
    assert np.allclose(q[0, ..., 0], hills(mesh), rtol=0.0, atol=1e-13)


def test_hills_over_the_poles_converge_with_second_order():
    errors = []
    for columns in (48, 96, 192):
        mesh, q = turned(columns, columns, TILT, "linear", hills)
        errors.append(error(mesh, q[0, ..., 0], hills(mesh)))
    assert errors[0] / errors[1] > 2.0**1.9
    assert errors[1] / errors[2] > 2.0**1.9


def test_hills_in_a_deformation_converge_with_second_order():
    errors = []
    for columns in (96, 192, 384):
        mesh, q = deformed(columns, columns * 5 // 8, "linear", hills)
        errors.append(error(mesh, q[0, ..., 0], hills(mesh)))
    assert order(errors) > 1.9
    assert errors[1] / errors[2] > 2.0**2.2


@pytest.mark.parametrize(
    ("mode", "norms"), [("monotone", (0.156, 0.390)), ("linear", (0.122, 0.369))]
)
def test_a_deformation_that_turns_back_gives_back_what_was_there(mode, norms):
    mesh, q = deformed(120, 120, mode, hills, cylinders)
    exact = hills(mesh), cylinders(mesh)
    found = [error(mesh, q[0, ..., k], one) for k, one in enumerate(exact)]
    assert found == pytest.approx(norms, rel=0.02)
    assert np.abs(q[..., 7] - 1.0).max() < 1e-13
    for number, one in enumerate(exact):
        there = (q[0, ..., number] * area(mesh)).sum()
        assert there == pytest.approx((one * area(mesh)).sum(), rel=1e-13)


def test_cylinders_stay_within_their_bounds_only_with_limited_slopes():
    bounds = []
    for mode in ("monotone", "linear"):
        _, q = deformed(60, 60, mode, cylinders)
        bounds.append((q[..., 0].min(), q[..., 0].max()))
    assert bounds[0][0] >= 0.1 - 1e-12
    assert bounds[0][1] <= 1.0 + 1e-12
    assert bounds[1][0] < 0.09


@pytest.mark.parametrize("mode", ["monotone", "linear"])
def test_tracers_that_are_linear_functions_of_each_other_stay_so(mode):
    _, q = deformed(60, 60, mode, bell, lambda mesh: 0.9 - 0.8 * bell(mesh))
    assert np.allclose(q[..., 1], 0.9 - 0.8 * q[..., 0], rtol=0.0, atol=1e-13)


def test_a_linear_relation_of_three_tracers_stays_in_linear_mode_alone():
    apart = []
    for mode in ("linear", "monotone"):
        _, q = deformed(
            60, 60, mode, bell, cylinders, lambda mesh: bell(mesh) + 2.0 * cylinders(mesh)
        )
        apart.append(np.abs(q[..., 2] - q[..., 0] - 2.0 * q[..., 1]).max())
    assert apart[0] < 1e-13
    assert apart[1] > 1e-3
