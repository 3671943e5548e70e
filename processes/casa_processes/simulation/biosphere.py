"""Plants and soils of the synthetic world: gross primary production and respiration."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation import fires
from casa_processes.simulation.climate import YEAR, insolation, temperature, winter
from casa_processes.simulation.geography import areas, geography, latitudes, longitudes

type Values = NDArray[np.float64]

SINK = 2.85
"""What land keeps of what plants take up, beyond what grows again after fires.  [PgC a-1]"""
REGROWTH = 0.8
"""Part of the carbon of fires that grows again within the year.  [1]"""
_DESERTS = (
    # longitude, latitude, half width, half height [degree]
    (10, 23, 28, 7),  # Sahara
    (48, 24, 14, 8),  # Arabia
    (62, 34, 14, 7),  # Iran
    (85, 40, 16, 5),  # Taklamakan
    (105, 42, 10, 4),  # Gobi
    (133, -25, 12, 6),  # Australia
    (20, -25, 6, 6),  # Kalahari
    (-112, 33, 7, 6),  # Sonora
    (-70, -24, 4, 8),  # Atacama
    (-68, -42, 5, 8),  # Patagonia
    (45, 5, 7, 6),  # Somalia
    (65, 42, 9, 5),  # Kyzylkum
    (75, 27, 5, 3),  # Thar
)
_BARE = 0.97
_NODES = 24
"""Middles of half months, at which means of the year are taken."""


@dataclass(frozen=True)
class Physiology:
    """How plants and soils answer to light, warmth and rain.

    The values were fitted to the seasons of the fluxes of land that CarbonTracker 2019B gives for
    ten zones (docs/science/synthetic-world.md).

    Attributes
    ----------
    production
        Global gross primary production.  [PgC a-1]
    threshold, width
        Air temperature of half production, and the width of its sigmoid.  [degree Celsius]
    q10
        Factor of respiration for 10 degrees.  [1]
    frost
        Width of the fall of respiration in the cold.  [degree Celsius]
    drought, drought_lag
        Part of production in the tropics that needs rain, and how long it lasts after.  [1], [d]
    dry_soil
        Part of respiration in the tropics that needs rain, at once.  [1]
    rain_reach, rain_width
        How far rain follows the Sun, and half its width.  [degree]
    latitudes, contrasts
        Factor of the seasons of net exchange, by latitude.  [degree], [1]
    """

    production: float = 125.0
    threshold: float = 9.33
    width: float = 2.9
    q10: float = 1.1
    frost: float = 6.0
    drought: float = 0.9
    drought_lag: float = 75.0
    dry_soil: float = 0.87
    rain_reach: float = 21.06
    rain_width: float = 22.0
    latitudes: tuple[float, ...] = (-60.0, -20.0, -5.0, 5.0, 15.0, 30.0, 45.0, 60.0, 75.0)
    contrasts: tuple[float, ...] = (0.27, 0.26, 0.02, 0.02, 0.26, 0.69, 0.82, 0.93, 0.81)


LIFE = Physiology()


@dataclass(frozen=True, eq=False)
class Exchange:
    """What land gives and takes on a day.

    Attributes
    ----------
    production
        Gross primary production.  [kgC m-2 a-1], shape (180, 360)
    net
        Flux to the air without fires: respiration and regrowth less production.  [kgC m-2 a-1],
        shape (180, 360)
    """

    production: Values
    net: Values


def exchange(day: float, life: Physiology = LIFE) -> Exchange:
    """Return what land gives and takes on a day of the year [d].

    Production follows light, warmth and, in the tropics, rain; respiration follows the warmth of
    the soil and balances production over the year, so that the seasons leave nothing behind. What
    land keeps is a share of production, and regrowth takes up most of what fires emit.
    """
    cover, scale = vegetation(), _scale(life)
    means = _means(life)
    production = scale * _production(day, life)
    breathed = scale * _respiration(day, life) * means.ratio
    contrast = np.interp(latitudes(), life.latitudes, life.contrasts)
    season = contrast * (breathed - production)
    return Exchange(
        production=np.asarray(cover * production),
        net=np.asarray(cover * season - _kept(life) - REGROWTH * fires.yearly()),
    )


@cache
def vegetation() -> Values:
    """Return the vegetated part of each cell.  [1], shape (180, 360)."""
    dry = np.zeros(areas().shape)
    for longitude, latitude, width, height in _DESERTS:
        east, north = (longitudes() - longitude) / width, (latitudes() - latitude) / height
        dry += np.exp(-((east**2 + north**2) ** 2))
    return np.asarray(geography().soil * (1.0 - _BARE * np.minimum(dry, 1.0)))


@dataclass(frozen=True, eq=False)
class _Means:
    """Means of the year: of production, and production by respiration; shapes (180, 1)."""

    production: Values
    ratio: Values


@cache
def _means(life: Physiology) -> _Means:
    nodes = (np.arange(_NODES) + 0.5) * YEAR / _NODES
    production = np.mean([_production(day, life) for day in nodes], axis=0)
    respiration = np.mean([_respiration(day, life) for day in nodes], axis=0)
    return _Means(production, production / respiration)


@cache
def _scale(life: Physiology) -> float:
    """Return what turns relative production into the global one.  [kgC m-2 a-1]."""
    total = (vegetation() * _means(life).production * areas()).sum()
    return float(life.production * 1e12 / total)


@cache
def _kept(life: Physiology) -> Values:
    """Return the sink: with production, but more of it in boreal and less in tropical forests."""
    y = latitudes()
    boreal, tropics = np.exp(-(((y - 52.0) / 14.0) ** 2)), np.exp(-((y / 12.0) ** 2))
    weight = vegetation() * _means(life).production * (1.0 + 1.2 * boreal - 0.75 * tropics)
    return np.asarray(SINK * 1e12 * weight / (weight * areas()).sum())


def _production(day: float, life: Physiology) -> Values:
    """Return relative production; shape (180, 1)."""
    y = latitudes()
    air = temperature(y, day)
    warmth = np.clip((42.0 - air) / 14.0, 0.0, 1.0) / (
        1.0 + np.exp(-(air - life.threshold) / life.width)
    )
    tropics = _tropics(y)
    thirst = tropics * life.drought * (1.0 - _rain(y, day - life.drought_lag, life))
    return np.asarray(insolation(y, day) * warmth * (1.0 - thirst - 0.15 * (1.0 - tropics)))


def _respiration(day: float, life: Physiology) -> Values:
    """Return relative respiration; shape (180, 1)."""
    y = latitudes()
    soil = temperature(y, day)
    frost = 1.0 + np.exp(-(soil + 2.0) / life.frost)
    thirst = _tropics(y) * life.dry_soil * (1.0 - _rain(y, day, life))
    return np.asarray(life.q10 ** ((soil - 15.0) / 10.0) / frost * (1.0 - thirst))


def _tropics(y: Values) -> Values:
    return np.asarray(1.0 / (1.0 + np.exp((np.abs(y) - 25.0) / 3.0)))


def _rain(y: Values, day: float, life: Physiology) -> Values:
    """Return rain of the tropics, 1 in the middle of the belt that follows the Sun."""
    middle = -life.rain_reach * winter(day)
    return np.asarray(np.exp(-(((y - middle) / life.rain_width) ** 2)))
