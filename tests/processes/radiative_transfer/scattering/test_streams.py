"""The accurate solver: against sasktran2, and laws that hold for every atmosphere."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.radiative_transfer.paths import Geometry
from casa_processes.radiative_transfer.scattering.accurate import multiple
from casa_processes.radiative_transfer.scattering.directions import streams
from casa_processes.radiative_transfer.scattering.elimination.kernel import eliminate
from casa_processes.radiative_transfer.scattering.slab.kernel import Medium
from tests.processes.radiative_transfer.scattering.atmospheres import (
    air,
    medium_of,
    more_than_once,
    once,
    sasktran,
    seen,
)

CASES = {
    "molecules": air(1e-9, 0.5, 1.0, 0.9, 0.1),
    "thin": air(0.05, 0.62, 0.95, 0.85, 0.1),
    "thick": air(0.5, 0.7, 0.97, 0.7, 0.1),
    "ice": air(0.3, 0.79, 0.95, 0.3, 0.04),
    "water": air(0.5, 0.85, 1.0, 0.9, 0.03),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("surface", "angles"), [(0.05, (60, 40, 150)), (0.4, (30, 0, 0))])
def test_radiances_are_those_of_sixteen_streams_of_sasktran(name, surface, angles):
    sk = pytest.importorskip("sasktran2", reason="sasktran2 is not installed")
    geometry = seen(*angles)
    found = more_than_once(CASES[name], geometry, surface) + once(CASES[name], geometry, surface)
    expected = sasktran(sk, CASES[name], geometry, surface)
    assert found == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", ["molecules", "thick"])
def test_where_nothing_absorbs_all_light_comes_back(name):
    """Flux at the top over a white surface, with the phase function that the streams resolve."""
    sun, count = 0.6, 6
    scene = replace(CASES[name], albedo=np.ones(2), absorbed=np.full((19, 1), 1e-9))
    node, weight = np.polynomial.legendre.leggauss(8)
    whole = 0.0
    for mu, w in zip((node + 1) / 2, weight / 2, strict=True):
        geometry = Geometry(sun, mu, -sun * mu)
        medium, rest = medium_of(scene, geometry, 1.0, count)
        directions = streams(geometry, rest, count, 1)
        light = multiple(medium, directions, 5e-4)
        way = medium.sun + medium.sight
        above = np.exp(-np.cumsum(way * medium.extinction[:, 0]))
        top = np.append(1.0, above[:-1])
        turned = directions.back[0, :, -1, -1] @ medium.scattering[:, :, 0]
        single = (turned * medium.sight * top / (1 + way * medium.extinction[:, 0] / 2)).sum()
        whole += 2 * np.pi * mu * w * (light[0] + single + sun / np.pi * above[-1])
    assert whole == pytest.approx(sun, rel=1e-3)


@pytest.mark.parametrize("name", ["thin", "ice"])
def test_light_may_go_the_other_way(name):
    """Reciprocity: multiple scattering over the cosine of the Sun is symmetric."""
    there, back = seen(60, 20, 70), seen(20, 60, 70)
    one = more_than_once(CASES[name], there, 0.2, 6, 6) / there.sun_cosine
    other = more_than_once(CASES[name], back, 0.2, 6, 6) / back.sun_cosine
    assert one == pytest.approx(other, rel=3e-4)


def test_layers_that_scatter_next_to_nothing_only_absorb():
    """A tenth of a millionth is computed, a thousandth of that is not: the light is the same."""
    geometry = seen(50, 30, 100)
    medium, rest = medium_of(CASES["thick"], geometry, 0.3, 4)
    directions, found = streams(geometry, rest, 4, 3), []
    for little in (1e-7, 1e-10, 0.0):
        scattering = medium.scattering.copy()
        scattering[:, [0, 5, 18]] = little
        found.append(multiple(medium._replace(scattering=scattering), directions, 0.01))
    assert found[0] == pytest.approx(found[2], rel=1e-4)
    assert found[1] == pytest.approx(found[2], rel=1e-12)
    assert not np.array_equal(found[0], found[2])


def test_a_layer_may_be_cut():
    """What is inside is the same whether layers are thin or doubled from thin parts."""
    geometry = seen(50, 30, 100)
    medium, rest = medium_of(CASES["thick"], geometry, 0.1, 4)
    directions = streams(geometry, rest, 4, 3)
    whole = multiple(medium, directions, 1e-3)
    half = Medium(
        np.repeat(medium.extinction / 2, 2, axis=0),
        np.repeat(medium.scattering / 2, 2, axis=1),
        np.repeat(medium.sun, 2),
        np.repeat(medium.sight, 2),
        medium.albedo,
    )
    assert multiple(half, directions, 1e-3) == pytest.approx(whole, rel=5e-4)


def test_a_dark_world_without_scatterers_scatters_nothing():
    nothing = air(0.0, 0.5, 1.0, 0.9, 0.1)
    nothing.depth[:] = 0.0
    assert np.array_equal(more_than_once(nothing, seen(40, 20, 60), 0.3, 4, 2), np.zeros(4))


def test_an_opaque_atmosphere_gives_no_overflow():
    scene = air(0.3, 0.7, 0.9, 0.5, 0.1, absorption=(1e3, 1e5, 1e7))
    assert np.isfinite(more_than_once(scene, seen(60, 40, 90), 0.3, 4, 2, 0.01)).all()


def test_systems_of_equations_are_solved():
    rng = np.random.default_rng(4)
    matrix = np.eye(5) + 0.1 * rng.normal(size=(7, 5, 5))
    right = rng.normal(size=(7, 5, 3))
    system = np.zeros((5, 9, 7))
    system[:, :5], system[:, 5:8] = matrix.transpose(1, 2, 0), right.transpose(1, 2, 0)
    eliminate(system, 8)
    expected = np.linalg.solve(matrix, right).transpose(1, 2, 0)
    assert system[:, 5:8] == pytest.approx(expected)
    assert not system[:, 8].any()
