"""Burning of fossil fuels in the synthetic world: national totals, spread around hubs."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.climate import winter
from casa_processes.simulation.geography import (
    areas,
    geography,
    latitudes,
    longitudes,
)

type Values = NDArray[np.float64]

TOTAL, BUNKERS = 9900.0, 340.0
"""Of the world, and of ships and aircraft between countries.  [TgC a-1]"""
COUNTRIES = {
    "China": 2750.0,
    "United States of America": 1480.0,
    "India": 720.0,
    "Russia": 470.0,
    "Japan": 320.0,
    "Germany": 207.0,
    "Iran": 197.0,
    "South Korea": 180.0,
    "Saudi Arabia": 170.0,
    "Indonesia": 168.0,
    "Canada": 155.0,
    "Mexico": 130.0,
    "South Africa": 128.0,
    "Brazil": 125.0,
    "Turkey": 117.0,
    "Australia": 115.0,
    "United Kingdom": 103.0,
    "Poland": 94.0,
    "Italy": 92.0,
    "France": 92.0,
    "Kazakhstan": 88.0,
    "Thailand": 79.0,
    "Taiwan": 75.0,
    "Spain": 73.0,
    "Malaysia": 69.0,
    "Egypt": 65.0,
    "Ukraine": 61.0,
    "Pakistan": 61.0,
    "Vietnam": 56.0,
    "United Arab Emirates": 56.0,
    "Iraq": 56.0,
    "Argentina": 53.0,
    "Netherlands": 44.0,
    "Algeria": 42.0,
    "Venezuela": 38.0,
    "Philippines": 37.0,
    "Nigeria": 35.0,
    "Czechia": 29.0,
    "Belgium": 27.0,
    "Uzbekistan": 25.0,
}
"""The 40 largest that the raster resolves, of 2018 [TgC a-1]: territorial emissions of the Global
Carbon Budget 2019 (Friedlingstein et al., 2019), rounded. The others share what is left by area
and hubs."""
_HUBS = (
    (116, 38, 3.0),
    (120, 31.5, 4.0),
    (113.5, 23, 2.2),
    (112, 36, 2.0),
    (106, 30, 1.2),
    (124, 42, 1.5),
    (115, 35, 2.5),
    (-74, 41, 2.0),
    (-84, 40, 2.0),
    (-88, 41.5, 1.5),
    (-95.5, 30, 2.0),
    (-118, 34, 1.5),
    (-81, 34, 1.2),
    (77, 28.5, 1.5),
    (73, 20, 1.5),
    (82, 23, 1.8),
    (88, 23, 1.0),
    (78, 13, 1.0),
    (139.5, 35.7, 2.0),
    (135.5, 34.7, 1.2),
    (127, 37, 2.0),
    (7, 51, 2.5),
    (-1, 52.5, 1.5),
    (2.3, 49, 0.8),
    (10, 46, 1.0),
    (19, 50.5, 1.5),
    (13, 51, 1.0),
    (37.5, 55.7, 1.5),
    (60, 56, 1.2),
    (88, 54, 1.0),
    (37, 48, 1.0),
    (29, 41, 0.6),
    (51, 35.5, 1.0),
    (50, 26.5, 1.5),
    (46, 24.5, 0.8),
    (31, 30, 0.8),
    (29, -26, 2.0),
    (-46.5, -23.5, 1.0),
    (-99, 19.5, 1.2),
    (107, -6.5, 1.2),
    (101, 14, 1.0),
    (151, -33, 1.0),
    (145, -38, 0.8),
    (-79.5, 43.5, 1.0),
    (-114, 53, 1.0),
    (-58.5, -34.6, 0.7),
    (121, 24.5, 0.8),
)
"""Where industry is: longitude and latitude [degree], and its weight."""
_BACKGROUND, _SPREAD = 0.03, 1.6
_WINTER = 0.07


@cache
def yearly() -> Values:
    """Return the mean emission.  [kgC m-2 a-1], shape (180, 360)."""
    world, area, hubs = geography(), areas(), _hubs()
    found = np.zeros(area.shape)
    for name, total in COUNTRIES.items():
        found += _spread(total, hubs * world.within(name))
    rest = world.soil & (found == 0.0)
    found += _spread(TOTAL - BUNKERS - sum(COUNTRIES.values()), hubs * rest)
    routes = np.exp(-(((latitudes() - 35.0) / 18.0) ** 2)) * ~world.land
    return np.asarray(found + _spread(BUNKERS, routes))


def emission(day: float) -> Values:
    """Return the emission on a day of the year: more in winter.  [kgC m-2 a-1], (180, 360)."""
    season = 1.0 + _WINTER * winter(day) * np.clip(latitudes() / 35.0, -1.0, 1.0)
    return np.asarray(yearly() * season)


def _spread(total: float, weight: Values) -> Values:
    """Share a total [TgC a-1] by weight and area."""
    return np.asarray(total * 1e9 * weight / (weight * areas()).sum())


def _hubs() -> Values:
    """Return the density of industry about the hubs.  shape (180, 360)."""
    density = np.full(areas().shape, _BACKGROUND)
    for longitude, latitude, weight in _HUBS:
        east = (longitudes() - longitude) * np.cos(np.deg2rad(latitude))
        north = latitudes() - latitude
        density += weight * np.exp(-0.5 * (east**2 + north**2) / _SPREAD**2)
    return density
