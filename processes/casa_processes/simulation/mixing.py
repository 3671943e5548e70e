"""What winds on the grid do not carry: convection, turbulence near the ground, eddies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.simulation.climate import winter

type Values = NDArray[np.float64]

_SCALE_HEIGHT = 7500.0
"""[m]"""
_STRATOSPHERE = 0.25
"""Vertical diffusivity above the tropopause.  [m2 s-1]"""


@dataclass(frozen=True)
class Mixing:
    """Diffusivities of the troposphere.  [m2 s-1].

    Attributes
    ----------
    free, convection, summer
        Vertical: of the free troposphere, what showers of the tropics add, and what summers add.
    land, land_summer, sea
        Vertical near the ground: over land in winter, what summer adds, and over water.
    everywhere, subtropics, polar, aloft
        Along meridians: everywhere, about 27 and about 65 degrees, and above the tropopause.
    """

    free: float = 5.0
    convection: float = 26.0
    summer: float = 9.0
    land: float = 6.0
    land_summer: float = 55.0
    sea: float = 28.0
    everywhere: float = 0.45e6
    subtropics: float = 2.8e6
    polar: float = 1.6e6
    aloft: float = 4.0e5


def tropopause(latitude: Values) -> Values:
    """Return the pressure of the tropopause: 100 hPa in the tropics, up to 280 at the poles."""
    away = np.clip(np.abs(latitude) - 22.0, 0.0, None)
    return np.asarray(100.0 + 180.0 * (1.0 - np.exp(-((away / 22.0) ** 2))))


def vertical(
    mixing: Mixing, latitude: Values, land: Values, pressure_edges: Values, day: float
) -> Values:
    """Return the air that layers exchange.  [kg m-2 s-1], shape (z - 1, y, x).

    Parameters
    ----------
    mixing
        Diffusivities.
    latitude
        Of the middles of rows.  [degree], shape (y,)
    land
        Fraction of land.  [1], shape (y, x)
    pressure_edges
        Of the layers, downwards from the ground up.  [hPa], shape (z + 1,)
    day
        Day of the year.  [d]
    """
    edges = pressure_edges[1:-1, None]
    middles = 0.5 * (pressure_edges[1:] + pressure_edges[:-1])
    apart = _SCALE_HEIGHT * np.log(middles[:-1] / middles[1:])[:, None]
    density = edges * 100.0 / (STANDARD_GRAVITY * _SCALE_HEIGHT)
    rate = (density / apart)[:, :, None]
    free, over_land, over_sea = _diffusivities(mixing, latitude, edges, pressure_edges[0], day)
    found = free[:, :, None] + land * over_land[:, :, None]
    return np.asarray(rate * (found + (1.0 - land) * over_sea[:, :, None]))


def _diffusivities(
    mixing: Mixing, latitude: Values, edges: Values, ground: float, day: float
) -> tuple[Values, Values, Values]:
    """Return those of the free air, and what the ground adds over land and sea; (z - 1, y)."""
    s = float(winter(day))
    rain = np.exp(-(((latitude - (4.0 - 6.0 * s)) / 14.0) ** 2))
    summer = np.clip(
        0.5 - 0.5 * np.sign(latitude) * s * np.clip(np.abs(latitude) / 25.0, 0.0, 1.0), 0.0, 1.0
    )
    away = np.clip(np.abs(latitude) / 30.0, 0.0, 1.0)
    below = edges > tropopause(latitude)
    free = mixing.free + mixing.convection * rain + mixing.summer * summer * away
    height = (ground - edges) / 140.0
    land = (mixing.land_summer * summer + mixing.land) * np.exp(-(height**2))
    sea = mixing.sea * np.exp(-(((ground - edges) / 90.0) ** 2)) * np.ones_like(latitude)
    return np.where(below, free, _STRATOSPHERE), land, sea


def lateral(mixing: Mixing, latitude_edges: Values, pressure_edges: Values, columns: int) -> Values:
    """Return the air that rows exchange through each face.  [kg s-1], shape (z, y + 1).

    Parameters
    ----------
    mixing
        Diffusivities.
    latitude_edges
        [degree], shape (y + 1,)
    pressure_edges
        [hPa], shape (z + 1,)
    columns
        Cells around a parallel.
    """
    away = np.abs(latitude_edges)
    low = (
        mixing.everywhere
        + mixing.subtropics * np.exp(-(((away - 27.0) / 14.0) ** 2))
        + mixing.polar * np.exp(-(((away - 65.0) / 18.0) ** 2))
    )
    middles = 0.5 * (pressure_edges[1:] + pressure_edges[:-1])[:, None]
    diffusivity = np.where(middles > tropopause(latitude_edges), low, mixing.aloft)
    mass = 100.0 * (pressure_edges[:-1] - pressure_edges[1:])[:, None] / STANDARD_GRAVITY
    here = np.deg2rad(latitude_edges)
    width = EARTH_RADIUS * np.maximum(np.cos(here), 0.0) * 2.0 * np.pi / columns
    apart = EARTH_RADIUS * np.gradient(here)
    found = diffusivity * mass * width / apart
    found[:, [0, -1]] = 0.0
    return np.asarray(found)
