"""The synthetic world on one mesh: what does not change while it runs, and its winds."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.circulation import (
    WaveTable,
    flow,
    overturning,
    wave_table,
    zonal_stream,
)
from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.fluxes import NODES, Fluxes, fluxes, interpolated
from casa_processes.simulation.geography import geography, onto
from casa_processes.simulation.mixing import Mixing, lateral, vertical
from casa_processes.transport.types import MassFlux, Mesh, regular_mesh

type Values = NDArray[np.float64]

SURFACE = 98_700.0
"""Pressure at the ground, which makes the dry air that the Earth has, 5.135e18 kg.  [Pa]"""
DAY = 86_400.0
"""[s]"""


@dataclass(frozen=True)
class Resolution:
    """Cells and steps.

    Attributes
    ----------
    columns, rows, layers
        Numbers of cells.
    steps
        In a day.
    """

    columns: int
    rows: int
    layers: int
    steps: int

    @property
    def mesh(self) -> Mesh:
        """Cells of equal steps of longitude and latitude, layers that are thinner near the ground.

        Notes
        -----
        Interfaces p = ps (1 - 0.998 (0.6 s + 0.4 s**1.6)), s from 0 to 1; the last one is 0.
        """
        s = np.linspace(0.0, 1.0, self.layers + 1)
        pressure = SURFACE * (1.0 - 0.998 * (0.6 * s + 0.4 * s**1.6))
        pressure[-1] = 0.0
        return regular_mesh(self.columns, self.rows, pressure)


STANDARD = Resolution(72, 45, 20, 6)
FINE = Resolution(144, 90, 20, 18)


@dataclass(frozen=True, eq=False)
class World:
    """Mesh, fluxes and circulation.

    Attributes
    ----------
    resolution
        Cells and steps.
    seed
        Of the phases of the waves.
    mixing
        Diffusivities.
    """

    resolution: Resolution = STANDARD
    seed: int = 0
    mixing: Mixing = field(default_factory=Mixing)

    @cached_property
    def mesh(self) -> Mesh:
        """Its cells."""
        return self.resolution.mesh

    @cached_property
    def pressure(self) -> Values:
        """Pressure of the interfaces.  [Pa], shape (z + 1,)"""  # noqa: D400
        return self.mesh.pressure(np.array(SURFACE))

    @cached_property
    def mass(self) -> Values:
        """Air in each cell, the same at all times.  [kg], shape (z, y, x)"""  # noqa: D400
        _, rows, columns = self.mesh.shape
        return self.mesh.mass(np.full((rows, columns), SURFACE))

    @cached_property
    def area(self) -> Values:
        """Area of each cell.  [m2], shape (y, x)"""  # noqa: D400
        return np.repeat(self.mesh.area[:, None], self.mesh.shape[2], axis=1)

    @cached_property
    def fluxes(self) -> Fluxes:
        """Its surface fluxes."""
        return fluxes(self.mesh)

    @cached_property
    def waves(self) -> WaveTable:
        """Its waves."""
        edges = self.mesh.latitude_edges, self.mesh.longitude_edges
        return wave_table(*edges, self._middles, self.seed)

    @cached_property
    def _middles(self) -> Values:
        """Pressure of the middles of layers.  [hPa]"""  # noqa: D400
        return np.asarray((self.pressure[1:] + self.pressure[:-1]) / 200.0)

    @cached_property
    def _seasons(self) -> tuple[Values, Values, Values]:
        """Mean stream function, overturning and vertical exchange of half months."""
        edges, hectopascals = self.mesh.latitude_edges, self.pressure / 100.0
        land = onto(geography().land.astype(np.float64), edges, self.mesh.longitude_edges)
        days = (np.arange(NODES) + 0.5) * YEAR / NODES
        return (
            np.array([zonal_stream(edges, self._middles, day) for day in days]),
            np.array([overturning(edges, hectopascals, day) for day in days]),
            np.array(
                [
                    vertical(self.mixing, self.mesh.latitude, land, hectopascals, day) * self.area
                    for day in days
                ]
            ),
        )

    @cached_property
    def _lateral(self) -> Values:
        edges, columns = self.mesh.latitude_edges, self.mesh.shape[2]
        return lateral(self.mixing, edges, self.pressure / 100.0, columns)

    def forcing(self, time: float) -> MassFlux:
        """Return what moves in the step about a time.

        Parameters
        ----------
        time
            Days since the beginning of 2000.  [d]
        """
        mean, overturned, mixing = (interpolated(nodes, time) for nodes in self._seasons)
        moved = flow(self.waves, mean, overturned, self.pressure, time)
        seconds = DAY / self.resolution.steps
        return MassFlux(
            mass=self.mass,
            east=moved.east * seconds,
            north=moved.north * seconds,
            up=moved.up * seconds,
            mixing=mixing * seconds,
            lateral=self._lateral * seconds,
        )


@lru_cache(maxsize=4)
def world(resolution: Resolution = STANDARD, seed: int = 0) -> World:
    """Return the world of a resolution and seed, made once."""
    return World(resolution, seed)
