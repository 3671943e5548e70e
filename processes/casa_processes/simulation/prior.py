"""Fluxes that an inversion of the synthetic world would start from: wrong in ways that are told.

The prior of an inversion is an inventory and models, which err together over regions, early or
late, and miss what they do not know. So does this one: see `prior_fluxes`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.fluxes import NODES, PARTS, Fluxes, interpolated
from casa_processes.simulation.hashes import field
from casa_processes.transport.types import Mesh

type Values = NDArray[np.float64]

EARLY = 10.0
"""By how much the seasons of land come before the true ones.  [d]"""
LAND_SPREAD, OCEAN_SPREAD = 0.25, 0.25
"""Standard deviation of the logarithm of the factors of land's seasons and of the ocean.  [1]"""
LAND_LENGTH, OCEAN_LENGTH = 1_000.0, 1_500.0
"""Factors further apart than 3.5 times this have nothing in common.  [km]"""
FOSSIL_ERROR, LAND_ERROR, OCEAN_ERROR = 0.06, 0.3, 0.35
"""Stated uncertainty as part of the flux: of fossil fuels, land's seasons and the ocean.  [1]"""
SINK_ERROR, FIRE_ERROR = 0.05, 0.06
"""Stated uncertainty for what is left out, as part of the yearly production: a sink, fires."""
_SEED = 2**40
_LAND, _OCEAN = 1, 2


@dataclass(frozen=True, eq=False)
class Prior:
    """Fluxes to begin with.

    Attributes
    ----------
    fluxes
        In the form of the true ones.
    uncertainty
        Standard deviation of each part, as an inversion would be told; errors of neighbours
        within `LAND_LENGTH` and `OCEAN_LENGTH` go together.
        [kg m-2 s-1 of CO2], shape (24, part, y, x)
    """

    fluxes: Fluxes
    uncertainty: Values

    @property
    def total_uncertainty(self) -> Values:
        """Return the standard deviation of the sum of parts, whose errors are independent.

        [kg m-2 s-1 of CO2], shape (24, y, x)
        """
        return np.asarray(np.sqrt((self.uncertainty**2).sum(axis=1)))


def prior_fluxes(truth: Fluxes, seed: int = 0) -> Prior:
    """Return what an inversion would start from.

    Parameters
    ----------
    truth
        Fluxes of the world.
    seed
        Of the factors; another one gives other regional errors.

    Returns
    -------
    Prior
        Fossil fuels have their true yearly sums and no season. Land is balanced over the year in
        each cell: its sink and what grows again after fires are missing. Its seasons come `EARLY`,
        times a factor that is smooth over regions; so does production. The ocean has its yearly
        mean times such a factor, and no season. There are no fires.
    """
    mesh = truth.mesh
    land = scale(mesh, seed, LAND_LENGTH, LAND_SPREAD, _LAND)
    sea = scale(mesh, seed, OCEAN_LENGTH, OCEAN_SPREAD, _OCEAN)
    mean = truth.parts.mean(axis=0)
    season = land * shifted(truth.parts[:, PARTS.index("biosphere")] - mean[1], EARLY)
    parts = np.zeros_like(truth.parts)
    parts[:, PARTS.index("fossil")] = mean[PARTS.index("fossil")]
    parts[:, PARTS.index("biosphere")] = season
    parts[:, PARTS.index("ocean")] = sea * mean[PARTS.index("ocean")]
    production = land * shifted(truth.production, EARLY)
    fluxes = Fluxes(mesh, parts, production)
    return Prior(fluxes, _uncertainty(parts, production.mean(axis=0)))


def scale(mesh: Mesh, seed: int, length: float, spread: float, which: int) -> Values:
    """Return factors of the lognormal law with mean 1, smooth over a sphere.  [1], shape (y, x).

    Parameters
    ----------
    mesh
        Cells.
    seed, which
        Of the field.
    length
        Points further apart than 3.5 times this are independent.  [km]
    spread
        Standard deviation of the logarithm.  [1]
    """
    y, x = np.meshgrid(mesh.latitude, mesh.longitude, indexing="ij")
    drawn = field(
        _SEED + 4 * seed + which, y.ravel(), x.ravel(), np.zeros(y.size), length, 1.0
    ).reshape(y.shape)
    return np.asarray(np.exp(spread * drawn - 0.5 * spread**2))


def shifted(nodes: Values, early: float) -> Values:
    """Return a table of half months as it is so many days later; its mean stays.  same shape.

    Parameters
    ----------
    nodes
        Values at the middles of equal parts of the year.  shape (24, ...)
    early
        [d]
    """
    middles = (np.arange(NODES) + 0.5) * YEAR / NODES
    return np.array([interpolated(nodes, day + early) for day in middles])


def _uncertainty(parts: Values, production: Values) -> Values:
    """Return standard deviations; shape of `parts`.

    Those of land add up of its seasons' size and of their shift, and of the sink that is missing.
    """
    found = np.zeros_like(parts)
    found[:, PARTS.index("fossil")] = FOSSIL_ERROR * parts[:, PARTS.index("fossil")]
    land = parts[:, PARTS.index("biosphere")]
    slope = (np.roll(land, -1, axis=0) - np.roll(land, 1, axis=0)) * NODES / (2.0 * YEAR)
    found[:, PARTS.index("biosphere")] = np.sqrt(
        (LAND_ERROR * land) ** 2 + (EARLY * slope) ** 2 + (SINK_ERROR * production) ** 2
    )
    found[:, PARTS.index("ocean")] = OCEAN_ERROR * np.abs(parts[:, PARTS.index("ocean")])
    found[:, PARTS.index("fire")] = FIRE_ERROR * production
    return found
