"""All surface fluxes of the synthetic world on the cells of a mesh, through the year."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import MOLAR_MASS_CARBON, MOLAR_MASS_CARBON_DIOXIDE
from casa_processes.simulation import biosphere, fires, fossil, ocean
from casa_processes.simulation.climate import SECONDS, YEAR, cosine_of_sun
from casa_processes.simulation.geography import onto
from casa_processes.transport.types import Mesh

type Values = NDArray[np.float64]

PARTS: Final = ("fossil", "biosphere", "ocean", "fire")
NODES: Final = 24
_TO_FLUX = MOLAR_MASS_CARBON_DIOXIDE / MOLAR_MASS_CARBON / SECONDS
"""kgC m-2 a-1 to kg of CO2 m-2 s-1."""


@dataclass(frozen=True, eq=False)
class Fluxes:
    """Fluxes to the air at the middles of 24 half months; in between they are interpolated.

    Attributes
    ----------
    mesh
        Their cells.
    parts
        Of each of `PARTS`.  [kg m-2 s-1 of CO2], shape (24, part, y, x)
    production
        Gross primary production.  [kg m-2 s-1 of CO2], shape (24, y, x)
    """

    mesh: Mesh
    parts: Values
    production: Values


def fluxes(mesh: Mesh) -> Fluxes:
    """Return the fluxes on a mesh: the same total, whatever its cells."""
    parts, production = [], []
    for day in (np.arange(NODES) + 0.5) * YEAR / NODES:
        land = biosphere.exchange(day)
        fields = [fossil.emission(day), land.net, ocean.exchange(day), fires.emission(day)]
        cells = onto(
            np.stack([*fields, land.production]), mesh.latitude_edges, mesh.longitude_edges
        )
        parts.append(_TO_FLUX * cells[:-1])
        production.append(_TO_FLUX * cells[-1])
    return Fluxes(mesh, np.array(parts), np.array(production))


def at(table: Fluxes, time: float, daylight: Values | float = 1.0) -> Values:
    """Return the fluxes at a time.

    Parameters
    ----------
    table
        Fluxes of half months.
    time
        Days since the beginning of 2000.  [d]
    daylight
        Light by that of the whole day, of `daylight`; 1 spreads production evenly over days.

    Returns
    -------
    array
        [kg m-2 s-1 of CO2], shape (part, y, x)
    """
    found = interpolated(table.parts, time)
    if np.ndim(daylight):
        production = interpolated(table.production, time)
        found[PARTS.index("biosphere")] -= production * (np.asarray(daylight) - 1.0)
    return found


def daylight(mesh: Mesh, day: float, steps: int) -> Values:
    """Return the light of each step of a day by the mean of all.

    Parameters
    ----------
    mesh
        Cells.
    day
        Whole days since the beginning of 2000.  [d]
    steps
        In a day.

    Returns
    -------
    array
        Mean 1 over the steps; 1 in each where the Sun does not rise.  shape (step, y, x)
    """
    y, x = mesh.latitude[:, None], mesh.longitude[None, :]
    times = day + (np.arange(steps) + 0.5) / steps
    light = np.array([cosine_of_sun(y, x, time) for time in times])
    mean = light.mean(axis=0)
    return np.where(mean > 0.0, light / np.where(mean > 0.0, mean, 1.0), 1.0)


def interpolated(nodes: Values, time: float) -> Values:
    """Return a table of half months at a time, in proportion between its neighbours.

    Parameters
    ----------
    nodes
        Values at the middles of equal parts of the year.  shape (node, ...)
    time
        Days since the beginning of 2000, or day of the year.  [d]
    """
    place = (time % YEAR) / YEAR * len(nodes) - 0.5
    before = int(np.floor(place))
    part = place - before
    first, second = nodes[before % len(nodes)], nodes[(before + 1) % len(nodes)]
    return np.asarray((1.0 - part) * first + part * second)
