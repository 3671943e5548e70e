"""One band of air and aerosol for the benchmark of radiative transfer, and our answers to it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer import kernel as beam
from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.paths import Geometry, scattering_cosine
from casa_processes.radiative_transfer.scattering import kernel as diffuse
from casa_processes.radiative_transfer.scattering.accurate import absorption, accurate, medium
from casa_processes.radiative_transfer.scattering.correction import Fit, fitted, no_drift
from casa_processes.radiative_transfer.scattering.mixture import Accuracy, Mixture, mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import Ground

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]

LAYERS, DIRECTIONS = 19, 8
ALBEDO, SUN, SIGHT, AZIMUTH = 0.25, 40.0, 15.0, 60.0


@dataclass(frozen=True, eq=False)
class Scene:
    """What all programs compute."""

    gases: Absorbers
    air: Scatterers
    ways: Paths
    ground: Ground
    change: Directions
    geometry: Geometry
    mixture: Mixture
    albedo: Values
    moments: Values
    correction: Fit

    @property
    def size(self) -> int:
        """Return the number of points."""
        return self.ground.albedo.size

    @property
    def rows(self) -> int:
        """Return the number of rows of an answer with derivatives."""
        return 3 + LAYERS + DIRECTIONS

    @property
    def nodes(self) -> int:
        """Return at how many points the accurate solver is called."""
        return self.correction.nodes.size

    @property
    def bytes_of_tables(self) -> int:
        """Return how many bytes of the tables a point needs."""
        return 4 * 4 * LAYERS * len(self.gases.tables)

    def absorbed(self, points: NDArray[np.int64]) -> Values:
        """Return optical depths of absorption, shape (layer, point)."""
        return absorption(self.gases, points)

    def single(self, derivatives: bool) -> Single:
        """Return the rows of single scattering."""
        rows = np.empty((self.rows - 1 if derivatives else 1, self.size), np.float32)
        beam.radiance(
            self.gases, self.air, self.ways, self.ground.reflectance, self._light(), 0,
            self.change, rows,
        )  # fmt: skip
        return rows

    def multiple(self, derivatives: bool) -> Single:
        """Return the rows of corrected two streams."""
        rows = np.empty((self.rows if derivatives else 1, self.size), np.float32)
        diffuse.radiance(
            self.gases, self.air, self.ways, self.ground, self._light(), 0, self.change,
            self.mixture.diffusion, self.correction.correction,
            np.ones((1, self.size), np.float32), no_drift(), rows,
        )  # fmt: skip
        return rows

    def fit(self) -> Fit:
        """Return the correction."""
        return fitted(self.mixture, self.gases, self.air, self.ways, self.ground)

    def accurate(self) -> Values:
        """Return multiple scattering at the points of the fit."""
        nodes = self.correction.nodes
        state = self.air, self.ways, self.ground
        return accurate(self.mixture, medium(self.mixture, self.absorbed(nodes), *state, nodes))

    def _light(self) -> Single:
        return np.ones(self.size, np.float32)


def drawn(points: int) -> Scene:
    """Draw a band of lines that pressure widens."""
    rng = np.random.default_rng(3)
    tables = tuple(_table(rng, points) for _ in range(2))
    place = (np.arange(LAYERS) + 0.5) / LAYERS
    at = np.stack([44.0 + np.log2(place) * 5.0, 5.0 + 6.0 * place], axis=1)
    node = np.floor(at).astype(np.int64)
    amount = np.array([np.ones(LAYERS), np.exp(5.0 * (place - 1.0))]) / LAYERS
    gases = Absorbers(tables, node, (at - node).astype(np.float32), amount.astype(np.float32))
    bell = np.exp(-(((place - 0.85) / 0.1) ** 2) / 2.0)
    depth = np.array([np.full(LAYERS, 0.024 / LAYERS), 0.15 * bell / bell.sum()])
    order = np.arange(32)
    moments = np.array([0.0 * order, (2 * order + 1) * 0.65**order])
    moments[0, [0, 2]] = 1.0, 0.48
    cosines = np.cos(np.radians([SUN, SIGHT]))
    turned = scattering_cosine(SUN, SIGHT, AZIMUTH)
    geometry = Geometry(float(cosines[0]), float(cosines[1]), turned)
    albedo = np.array([1.0, 0.95])
    mixed = mixture(albedo, moments, geometry, Accuracy())
    ways = Paths(*(np.full(LAYERS, 1.0 / each, np.float32) for each in cosines))
    air = Scatterers(depth.astype(np.float32), np.ones((2, points), np.float32), mixed.phase)
    ground = Ground(
        np.full(points, ALBEDO * cosines[0] / np.pi, np.float32),
        np.full(points, ALBEDO, np.float32),
    )
    found = fitted(mixed, gases, air, ways, ground)
    change = _directions(gases, air)
    return Scene(gases, air, ways, ground, change, geometry, mixed, albedo, moments, found)


def _table(rng: np.random.Generator, points: int) -> Single:
    """Return lines over 48 pressures and 17 temperatures; depths of a column of 1."""
    centres, strengths = rng.uniform(0, points, 60), 10 ** rng.uniform(-1, 2.0, 60)
    place = np.arange(points)
    table = np.zeros((48, 17, points), np.float32)
    for row in range(48):
        width = 1.0 + 40.0 * 2.0 ** ((row - 47) / 5.0)
        shape = np.zeros(points)
        for centre, strength in zip(centres, strengths, strict=True):
            shape += strength * width / ((place - centre) ** 2 + width**2)
        table[row] = shape * np.linspace(0.8, 1.2, 17)[:, None]
    table.flags.writeable = False
    return table


def _directions(gases: Absorbers, air: Scatterers) -> Directions:
    """Return changes as a retrieval has them: gases, temperature, pressure, aerosol."""
    change = Directions(
        np.zeros((DIRECTIONS, 2, LAYERS), np.float32),
        np.zeros((DIRECTIONS, LAYERS), np.float32),
        np.zeros((DIRECTIONS, LAYERS), np.float32),
        np.zeros((DIRECTIONS, 2, LAYERS), np.float32),
    )
    change.gas[0, 1] = gases.amount[1]
    change.temperature[1] = 0.1
    change.gas[2], change.pressure[2], change.scatterer[2, 0] = gases.amount, 0.1, air.depth[0]
    change.scatterer[3:, 1] = air.depth[1]
    return change
