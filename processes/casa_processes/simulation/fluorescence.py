"""Fluorescence of the synthetic world's plants: in proportion to what they produce.

There is no physiology in it: no light saturation, no kinds of plants, no way of light through a
canopy. The daily mean is production times one number; within a day it follows the Sun.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation import biosphere
from casa_processes.simulation.climate import YEAR, day_of_year, days, insolation
from casa_processes.simulation.fluxes import NODES, interpolated
from casa_processes.simulation.geography import COLUMNS, ROWS, geography, onto
from casa_processes.transport.types import Mesh

type Values = NDArray[np.float64]

SLOPE = 0.25
"""Daily mean at 740 nm by production.  [W m-2 sr-1 um-1 by kgC m-2 a-1]"""
WINDOWS = {"740": 1.0, "757": 1.0 / 1.5, "771": 1.0 / 2.25}
"""Fluorescence by that at 740 nm [1]: 0.75 (757 + 1.5 771) gives 740 back."""
_DARK = 1e-6
"""Daily mean of the cosine of the solar zenith angle below which the Sun does not rise.  [1]"""


@dataclass(frozen=True, eq=False)
class Glow:
    """Fluorescence at places and instants, each of shape (n,).

    Attributes
    ----------
    daily
        Daily mean at 740 nm.  [W m-2 sr-1 um-1]
    factor
        Daily mean by that of the instant; NaN where the Sun is down.  [1]
    instant
        At 740 nm.  [W m-2 sr-1 um-1]
    """

    daily: Values
    factor: Values
    instant: Values


def fluorescence(
    latitude: Values, longitude: Values, time: NDArray[np.datetime64], sun_zenith: Values
) -> Glow:
    """Return fluorescence.

    Parameters
    ----------
    latitude, longitude
        [degree], shape (n,)
    time
        UTC.  shape (n,)
    sun_zenith
        Solar zenith angle.  [degree], shape (n,)

    Notes
    -----
    The day's Sun is that of `casa_processes.simulation.climate.insolation`, which production
    follows as well, so that the daily mean is exactly in proportion to it.
    """
    daily = SLOPE * production(latitude, longitude, time)
    light = insolation(latitude, day_of_year(time))
    height = np.maximum(np.cos(np.deg2rad(sun_zenith)), 0.0)
    lit = (height > 0.0) & (light > _DARK)
    factor = np.where(lit, light / np.where(lit, height, 1.0), np.nan)
    return Glow(daily, factor, np.where(lit, daily / np.where(lit, factor, 1.0), 0.0))


def production(latitude: Values, longitude: Values, time: NDArray[np.datetime64]) -> Values:
    """Return gross primary production of a day, of the cell of one degree.  [kgC m-2 a-1], (n,).

    Parameters
    ----------
    latitude, longitude
        [degree], shape (n,)
    time
        UTC.  shape (n,)
    """
    row = np.clip(np.floor(latitude + 90.0), 0, ROWS - 1).astype(np.intp)
    column = np.floor(longitude + 180.0).astype(np.intp) % COLUMNS
    place = day_of_year(time) / YEAR * NODES - 0.5
    before = np.floor(place).astype(np.intp)
    part, table = place - before, _table()
    first, second = (table[(before + step) % NODES, row, column] for step in (0, 1))
    return np.asarray((1.0 - part) * first + part * second)


def fluorescence_grid(
    mesh: Mesh, starts: NDArray[np.datetime64], ends: NDArray[np.datetime64]
) -> Values:
    """Return means of the daily mean at 740 nm, over soil.  [W m-2 sr-1 um-1], (time, y, x).

    Parameters
    ----------
    mesh
        Cells.
    starts, ends
        First day of each step, and the first day after it.  shape (time,)

    Returns
    -------
    array
        NaN in cells without soil; times the part that is soil (`soil`), it adds up to the world's
        production.
    """
    part = soil(mesh)
    known = part > 0.0
    edges = mesh.latitude_edges, mesh.longitude_edges
    nodes = SLOPE * onto(_table(), *edges) / np.where(known, part, np.nan)
    found = []
    for start, end in zip(starts, ends, strict=True):
        within = days(np.arange(start, end, dtype="datetime64[D]")) + 0.5
        found.append(np.mean([interpolated(nodes, float(day)) for day in within], axis=0))
    return np.array(found)


def soil(mesh: Mesh) -> Values:
    """Return the part of each cell that is soil.  [1], shape (y, x)."""
    return onto(geography().soil.astype(np.float64), mesh.latitude_edges, mesh.longitude_edges)


@cache
def _table() -> Values:
    """Return production at the middles of half months.  [kgC m-2 a-1], shape (24, 180, 360)."""
    middles = (np.arange(NODES) + 0.5) * YEAR / NODES
    return np.array([biosphere.exchange(day).production for day in middles])
