"""Fires of the synthetic world, each region in its season, and what grows again."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.climate import YEAR
from casa_processes.simulation.geography import areas, geography, latitudes, longitudes

type Values = NDArray[np.float64]

_REGIONS = (
    # longitude, latitude, half width, half height [degree], day of most fires, [PgC a-1]
    (15, 8, 14, 5, 10, 0.36),
    (22, -12, 12, 7, 218, 0.48),
    (-57, -11, 10, 7, 245, 0.22),
    (103, 18, 9, 6, 75, 0.17),
    (110, -2, 8, 4, 265, 0.13),
    (115, 60, 30, 5, 200, 0.11),
    (-105, 58, 25, 5, 200, 0.07),
    (133, -15, 8, 4, 290, 0.09),
)
_SEASON = 32.0
"""Half width of a fire season.  [d]"""
TOTAL = sum(region[-1] for region in _REGIONS)
"""Of all regions [PgC a-1], three quarters of the mean of van der Werf et al. (2017)."""


def emission(day: float) -> Values:
    """Return the emission on a day of the year.  [kgC m-2 a-1], shape (180, 360)."""
    found = np.zeros(areas().shape)
    for pattern, (*_, middle, _total) in zip(_patterns(), _REGIONS, strict=True):
        found += pattern * _season(day - middle)
    return found


@cache
def yearly() -> Values:
    """Return the mean emission.  [kgC m-2 a-1], shape (180, 360)."""
    return np.asarray(sum(_patterns()))


def _season(late: float) -> float:
    """Return the part of a year's fires per part of a year, `late` days after most of them."""
    away = (late + YEAR / 2.0) % YEAR - YEAR / 2.0
    return float(np.exp(-((away / _SEASON) ** 2)) * YEAR / (_SEASON * np.sqrt(np.pi)))


@cache
def _patterns() -> tuple[Values, ...]:
    """Return the mean emission of each region.  [kgC m-2 a-1], shapes (180, 360)."""
    found = []
    for longitude, latitude, width, height, _middle, total in _REGIONS:
        east, north = (longitudes() - longitude) / width, (latitudes() - latitude) / height
        density = geography().soil * np.exp(-(east**2) - north**2)
        found.append(total * 1e12 * density / (density * areas()).sum())
    return tuple(found)
