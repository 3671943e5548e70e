"""Two streams with their correction, against the accurate solver at every point of a band."""

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.scattering.accurate import absorption, accurate, medium
from casa_processes.radiative_transfer.scattering.correction import (
    fitted,
    no_drift,
    refitted,
    uncorrected,
)
from casa_processes.radiative_transfer.scattering.drift import drift
from casa_processes.radiative_transfer.scattering.kernel import radiance
from casa_processes.radiative_transfer.scattering.mixture import Accuracy, mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground
from tests.processes.radiative_transfer.scattering.atmospheres import LAYERS, air, seen

SINGLE = np.float32
POINTS = 1200
SAME = Accuracy(4, 3, 0.01, 20)


def band(seed, points=POINTS, strength=2.0):
    """Absorption by lines that pressure widens, a third of them of a gas near the ground."""
    rng = np.random.default_rng(seed)
    place, depth = np.arange(points), np.zeros((LAYERS, points))
    pressure = (np.arange(LAYERS) + 0.5) / LAYERS
    for _ in range(25):
        centre, strong = rng.uniform(0, points), strength * 10 ** rng.uniform(-2, 0.7)
        low = rng.uniform() < 0.3
        share = np.exp((pressure - 1) * 6) if low else np.ones(LAYERS)
        width = 12.0 * pressure + 1.0
        shape = width[:, None] / ((place - centre) ** 2 + width[:, None] ** 2)
        depth += strong * share[:, None] * shape
    return depth


class Band:
    """What the kernels take of one synthetic band."""

    def __init__(self, geometry, surface, depths, scene, accuracy=SAME):
        points = depths.shape[1]
        self.mixture = mixture(scene.albedo, scene.moments[:, :64], geometry, accuracy)
        table = np.zeros((LAYERS + 1, 2, points), SINGLE)
        table[:LAYERS] = depths[:, None]
        node = np.stack([np.arange(LAYERS), np.zeros(LAYERS, np.int64)], axis=1)
        amount = np.array([np.ones(LAYERS), np.zeros(LAYERS)], SINGLE)
        self.gases = Absorbers((table, table), node, np.zeros((LAYERS, 2), SINGLE), amount)
        shape = np.ones((2, points), SINGLE)
        self.air = Scatterers(scene.depth.astype(SINGLE), shape, self.mixture.phase)
        secants = (1 / geometry.sun_cosine, 1 / geometry.sight_cosine)
        self.ways = Paths(*(np.full(LAYERS, each, SINGLE) for each in secants))
        reflected = surface * geometry.sun_cosine / np.pi
        self.ground = Ground(*(np.full(points, each, SINGLE) for each in (reflected, surface)))

    def fit(self):
        return fitted(self.mixture, self.gases, self.air, self.ways, self.ground)

    def drift(self, fit, change, shades=None):
        state = (self.mixture, self.gases, self.air, self.ways, self.ground)
        return drift(fit, *state, change, self.plain() if shades is None else shades)

    def plain(self):
        return np.ones((1, self.ground.albedo.size), SINGLE)

    def refit(self, fit):
        return refitted(fit, self.mixture, self.gases, self.air, self.ways, self.ground)

    def rows(self, fix, change=None, main=-1, drift=None, shades=None):
        count = change.temperature.shape[0] if change else 0
        layers = LAYERS if main >= 0 else 0
        change = change or no_change(0)
        points = self.ground.albedo.size
        shades = self.plain() if shades is None else shades
        rows = np.empty((2 + layers + count + shades.shape[0], points), SINGLE)
        radiance(
            self.gases, self.air, self.ways, self.ground, np.ones(points, SINGLE), main, change,
            self.mixture.diffusion, fix, shades, no_drift() if drift is None else drift, rows,
        )  # fmt: skip
        return rows.astype(float)

    def truth(self):
        points = np.arange(self.ground.albedo.size)
        single = self.rows(uncorrected(LAYERS)._replace(constant=-1.0))[0]
        depths = absorption(self.gases, points)
        state = self.air, self.ways, self.ground
        found = [
            accurate(self.mixture, medium(self.mixture, depths[:, some], *state, some))
            for some in np.array_split(points, 40)
        ]
        return single + np.concatenate(found)


def no_change(count):
    shapes = (count, 2, LAYERS), (count, LAYERS), (count, LAYERS), (count, 2, LAYERS)
    return Directions(*(np.zeros(shape, SINGLE) for shape in shapes))


SCENES = {
    "molecules": air(1e-9, 0.5, 1.0, 0.9, 0.1),
    "haze": air(0.2, 0.65, 0.95, 0.85, 0.1),
    "cloud": air(0.3, 0.8, 0.98, 0.4, 0.05),
}


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize(("surface", "angles"), [(0.3, (35, 5, 20)), (0.06, (60, 30, 140))])
def test_the_error_left_is_a_thousandth_of_the_continuum(name, surface, angles):
    there = Band(seen(*angles), surface, band(5), SCENES[name])
    truth, fix = there.truth(), there.fit()
    error = (there.rows(fix.correction)[0] - truth) / truth.max()
    before = (there.rows(uncorrected(LAYERS))[0] - truth) / truth.max()
    assert np.sqrt((error**2).mean()) < 1e-3
    assert np.abs(error).max() < 5e-3
    assert np.abs(error).max() < np.abs(before).max() / 2


def test_derivatives_are_those_of_the_accurate_solver_at_all_points():
    """By aerosol, absorption of a layer and albedo: no approximation stands on the other side.

    This aerosol darkens the ground about as much as it brightens the sky, so that its derivative is
    small and the error that the correction leaves counts for more.
    """
    angles, spectrum, scene, step = seen(40, 10, 60), band(7), SCENES["haze"], 0.02
    there, change = Band(angles, 0.25, spectrum, scene), no_change(2)
    change.scatterer[0, 1], change.gas[1, 0, 12] = scene.depth[1], 1.0
    fit, moved = there.drift(there.fit(), change)
    rows = there.rows(fit.correction, change, drift=moved)
    truth = there.truth()
    sides = [[Band(angles, 0.25, spectrum, scene) for _ in range(3)] for _ in range(2)]
    for (thicker, denser, brighter), by in zip(sides, (SINGLE(step), SINGLE(-step)), strict=True):
        thicker.air.depth[1] *= 1 + by
        denser.gases.amount[0, 12] += by
        brighter.ground.albedo[:] += by
    for number, (bound, more, less) in enumerate(zip((0.15, 0.005, 0.005), *sides, strict=True)):
        expected = (more.truth() - less.truth()) / (2 * step)
        wrong = np.linalg.norm(rows[2 + number] - expected) / np.linalg.norm(expected)
        away = np.abs(rows[2 + number] - expected).max() / truth.max()
        assert wrong < bound, number
        assert away < 5e-3, number


def test_a_band_that_absorbs_nothing_is_corrected_everywhere_alike():
    there = Band(seen(50, 20, 60), 0.2, np.full((LAYERS, 64), 1e-8), SCENES["haze"])
    assert there.rows(there.fit().correction)[0] == pytest.approx(there.truth(), rel=1e-4)


def test_a_band_of_few_points_is_fitted_at_all_of_them():
    there = Band(seen(50, 20, 60), 0.2, band(8, points=12), SCENES["haze"])
    assert there.rows(there.fit().correction)[0] == pytest.approx(there.truth(), rel=3e-3)


def test_black_ground_and_opaque_air_give_finite_numbers():
    there = Band(seen(50, 20, 60), 0.0, band(9, strength=1e5), SCENES["haze"])
    assert np.isfinite(there.rows(there.fit().correction, main=0)).all()


def test_impossible_kinds_are_refused():
    good = np.array([[1.0, 0.3]])
    for albedo, moments in [
        (np.array([1.2]), good),
        (np.array([0.9]), 2 * good),
        (np.array([]), good),
        (np.array([0.9, 0.9]), good),
    ]:
        with pytest.raises(InvalidValueError, match="kinds of scatterers"):
            mixture(albedo, moments, seen(40, 10, 60))
