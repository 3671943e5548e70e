"""Mass fluxes of winds: what they carry, and air that is kept whatever winds say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.plan import plan
from casa_processes.transport.poisson import bringing
from casa_processes.transport.remap.kernel import integrals
from casa_processes.transport.steps import step
from casa_processes.transport.types import Mesh
from casa_processes.transport.winds import Wind, mass_flux, surface_of
from tests.processes.transport.forcings import moved

SECONDS = 3600.0
SIGMA = np.linspace(1.0, 0.0, 6)
LONGITUDE, LATITUDE = np.arange(0.0, 360.0, 5.0), np.linspace(-90.0, 90.0, 37)


def cells(columns=12, rows=8):
    """Four layers, the upper two of fixed pressures."""
    return Mesh(
        np.linspace(-180.0, 180.0, columns + 1), np.linspace(-90.0, 90.0, rows + 1),
        np.array([0.0, 0.0, 30_000.0, 15_000.0, 0.0]), np.array([1.0, 0.7, 0.0, 0.0, 0.0]),
    )  # fmt: skip


def blowing(east=0.0, north=0.0, surface=1e5):
    """Winds of five layers, given at 5 degrees as arrays that broadcast to (layer, y, x)."""
    shape = (5, LATITUDE.size, LONGITUDE.size)
    winds = [np.array(np.broadcast_to(one, shape), float) for one in (east, north)]
    pressure = np.array(np.broadcast_to(surface, shape[1:]), float)
    return Wind(LONGITUDE, LATITUDE, np.zeros(6), SIGMA, *winds, pressure)


def random(seed):
    rng = np.random.default_rng(seed)
    shape = (5, LATITUDE.size, LONGITUDE.size)
    return blowing(
        rng.normal(5.0, 10.0, shape), rng.normal(0.0, 5.0, shape), rng.uniform(6e4, 1e5, shape[1:])
    )


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_integrals_over_other_layers_are_those_of_steps(seed):
    rng = np.random.default_rng(seed)
    given = np.sort(rng.uniform(100.0, 900.0, (6, 3)), axis=0)[::-1].copy()
    wanted = np.sort(rng.uniform(0.0, 1000.0, (5, 3)), axis=0)[::-1].copy()
    values, found = rng.normal(size=(5, 3)), np.empty((4, 3))
    integrals(given, values, wanted, found)
    points = np.linspace(0.0, 1000.0, 200_001)
    for i in range(3):
        layer = np.clip(5 - np.searchsorted(given[::-1, i], points), 0, 4)
        for z in range(4):
            inside = (points <= wanted[z, i]) & (points > wanted[z + 1, i])
            assert values[layer[inside], i].sum() * 0.005 == pytest.approx(found[z, i], abs=0.1)


def test_what_potentials_bring_is_what_is_wanted():
    mesh = cells(16, 9)
    wanted = np.random.default_rng(0).normal(size=(9, 16))
    wanted -= wanted.mean()
    east, north = bringing(mesh, wanted)
    gained = np.roll(east, 1, axis=1) - east + north[:-1] - north[1:]
    assert np.allclose(gained, wanted, rtol=0.0, atol=1e-12)
    assert not north[[0, -1]].any()


def test_no_other_fluxes_that_bring_it_are_smaller():
    mesh = cells(6, 4)
    wanted = np.random.default_rng(1).normal(size=(4, 6))
    wanted -= wanted.mean()
    angle, step_ = np.deg2rad(mesh.latitude), np.deg2rad(60.0)
    across = np.repeat(np.deg2rad(45.0) / (np.cos(angle) * step_), 6)
    along = np.repeat(np.cos(np.deg2rad([-45.0, 0.0, 45.0])) * step_ / np.deg2rad(45.0), 6)
    matrix = np.zeros((24, 24 + 18))
    for j, i in np.ndindex(4, 6):
        matrix[6 * j + i, 6 * j + i] -= 1.0
        matrix[6 * j + (i + 1) % 6, 6 * j + i] += 1.0
    for j, i in np.ndindex(3, 6):
        matrix[6 * j + i, 24 + 6 * j + i] -= 1.0
        matrix[6 * (j + 1) + i, 24 + 6 * j + i] += 1.0
    root = np.sqrt(np.concatenate([across, along]))
    least = root * np.linalg.lstsq(matrix * root, wanted.reshape(-1), rcond=None)[0]
    east, north = bringing(mesh, wanted)
    assert np.allclose(east.reshape(-1), least[:24], rtol=0.0, atol=1e-12)
    assert np.allclose(north[1:-1].reshape(-1), least[24:], rtol=0.0, atol=1e-12)


def test_gains_that_do_not_cancel_cannot_be_brought():
    with pytest.raises(InvalidValueError, match="gains that cancel"):
        bringing(cells(), np.ones((8, 12)))


def test_a_solid_rotation_carries_what_it_should_and_needs_no_fix():
    mesh = cells()
    wind = blowing(east=20.0 * np.cos(np.deg2rad(LATITUDE))[:, None])
    surface = np.full((8, 12), 1e5)
    flux, fix = mass_flux(mesh, wind, (surface, surface), SECONDS)
    edges = np.deg2rad(mesh.latitude_edges)
    length = EARTH_RADIUS * np.diff(np.sin(edges))
    depth = -np.diff(mesh.pressure(surface), axis=0)
    exact = 20.0 * length[:, None] * depth / STANDARD_GRAVITY * SECONDS
    assert np.allclose(flux.east, exact, rtol=2e-3)
    assert np.abs(flux.north).max() < 1e-9 * exact.max()
    assert np.abs(flux.up).max() < 1e-9 * exact.max()
    assert (fix.pressure, fix.imbalance, fix.wind) == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)


def test_winds_of_layers_are_carried_in_the_layers_where_they_blow():
    wind = blowing(east=np.arange(5.0)[:, None, None] * np.cos(np.deg2rad(LATITUDE))[:, None])
    surface = np.full((8, 12), 1e5)
    flux, _ = mass_flux(cells(), wind, (surface, surface), SECONDS)
    length = EARTH_RADIUS * np.diff(np.sin(np.deg2rad(cells().latitude_edges)))
    speed = flux.east[:, :, 0] * STANDARD_GRAVITY / SECONDS / length
    exact = [2e4 * 0 + 1e4 * 1.0, 1e4 * 1.0 + 2e4 * 2.0 + 1e4 * 3.0, 1e4 * 3 + 5e3 * 4, 1.5e4 * 4]
    assert np.allclose(speed, np.array(exact)[:, None], rtol=3e-3)


@pytest.mark.parametrize("seed", range(3))
def test_air_after_a_step_is_what_the_pressures_tell(seed):
    mesh = cells()
    before, _ = surface_of(mesh, random(seed))
    after, _ = surface_of(mesh, random(seed + 10), mesh.mass(before).sum())
    flux, fix = mass_flux(mesh, random(seed + 20), (before, after), 600.0)
    assert np.allclose(moved(flux), mesh.mass(after), rtol=1e-12)
    assert np.array_equal(flux.mass, mesh.mass(before))
    assert fix.imbalance > 100.0
    assert fix.wind > 1.0


def test_tracers_that_are_the_same_everywhere_stay_so_in_winds():
    mesh = cells()
    before, _ = surface_of(mesh, random(0))
    flux, _ = mass_flux(mesh, random(1), (before, before), 600.0)
    assert np.abs(step(np.ones((*mesh.shape, 8)), plan(flux)) - 1.0).max() < 1e-13


def test_winds_that_meet_are_told_as_pressure():
    angle = np.deg2rad(LATITUDE)[:, None]
    mesh = cells(24, 36)
    surface = np.full((36, 24), 1e5)
    _, fix = mass_flux(mesh, blowing(north=2.0 * np.sin(2.0 * angle)), (surface, surface), SECONDS)
    middle = np.deg2rad(mesh.latitude)
    meeting = 2.0 * (2.0 * np.cos(2 * middle) - np.tan(middle) * np.sin(2 * middle)) / EARTH_RADIUS
    weight = np.cos(middle) / np.cos(middle).sum()
    exact = np.sqrt((weight * (meeting * 1e5 * SECONDS) ** 2).sum())
    assert fix.imbalance == pytest.approx(exact, rel=0.01)
    assert fix.wind == pytest.approx(2.0, rel=0.02)


def test_means_of_pressure_keep_air_and_tell_what_was_added():
    mesh = cells()
    before, added = surface_of(mesh, random(0))
    assert added == 0.0
    total = float(mesh.mass(before).sum())
    wind = random(0)
    heavier = Wind(
        wind.longitude, wind.latitude, wind.a, wind.b, wind.eastward, wind.northward,
        wind.surface + 37.0,
    )  # fmt: skip
    after, added = surface_of(mesh, heavier, total)
    assert added == pytest.approx(-37.0, rel=1e-9)
    assert np.allclose(after, before, rtol=1e-12)
    assert mesh.mass(after).sum() == pytest.approx(total, rel=1e-14)


def test_means_over_cells_are_those_of_the_field():
    angle = np.deg2rad(LATITUDE)[:, None]
    along = np.deg2rad(LONGITUDE)[None]
    field = 9e4 + 1e3 * np.sin(angle) + 500.0 * np.cos(angle) * np.cos(along)
    surface, _ = surface_of(cells(), blowing(surface=field))
    north, east = np.meshgrid(*(np.deg2rad(np.arange(0.25, n, 0.5) - n / 2) for n in (180, 360)),
                              indexing="ij")  # fmt: skip
    fine = 9e4 + 1e3 * np.sin(north) + 500.0 * np.cos(north) * np.cos(east)
    blocks = [(one * np.cos(north)).reshape(8, 45, 12, 60).sum(axis=(1, 3)) for one in (fine, 1)]
    assert np.allclose(surface, blocks[0] / blocks[1], rtol=0.0, atol=3.0)
