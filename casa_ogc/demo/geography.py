"""A stylised Earth: ellipses for land, its vegetation and its industry. No real map is implied."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Degrees = NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """An ellipse in degrees of latitude and longitude, with a weight in 0..1."""

    latitude: float
    longitude: float
    height: float
    width: float
    weight: float = 1.0


LAND = (
    Region(48, -100, 22, 34, 0.7),  # North America
    Region(18, -95, 8, 9, 0.6),  # Central America
    Region(-6, -60, 17, 17, 1.0),  # Amazon
    Region(-38, -67, 16, 7, 0.4),  # Patagonia
    Region(24, 8, 11, 26, 0.0),  # Sahara
    Region(2, 21, 13, 13, 1.0),  # Congo
    Region(-20, 25, 14, 11, 0.5),  # Southern Africa
    Region(51, 18, 14, 26, 0.7),  # Europe
    Region(60, 95, 14, 58, 0.6),  # Siberia
    Region(38, 90, 12, 30, 0.1),  # Central Asia
    Region(29, 110, 11, 13, 0.8),  # East Asia
    Region(22, 79, 12, 9, 0.6),  # India
    Region(2, 112, 9, 16, 0.9),  # Maritime Continent
    Region(-25, 134, 12, 19, 0.2),  # Australia
    Region(-84, 0, 14, 181, 0.0),  # Antarctica
    Region(73, -40, 11, 16, 0.0),  # Greenland
)

INDUSTRY = (
    Region(33, 115, 7, 9, 1.0),
    Region(40, -82, 6, 11, 0.5),
    Region(50, 9, 6, 12, 0.35),
    Region(24, 79, 7, 8, 0.3),
    Region(36, 137, 4, 5, 0.15),
)

FIRE = (Region(-9, 20, 6, 11, 1.0), Region(-10, -55, 6, 9, 0.6), Region(-2, 112, 4, 9, 0.4))


def is_land(latitude: Degrees, longitude: Degrees) -> NDArray[np.bool_]:
    """Tell whether places lie within an ellipse of land; any broadcastable shapes, degrees."""
    within = [_distance(region, latitude, longitude) < 1 for region in LAND]
    return np.asarray(np.any(within, axis=0))


def vegetation(latitude: Degrees, longitude: Degrees) -> NDArray[np.float64]:
    """Return the vegetated fraction [1], falling to zero at the coasts; degrees broadcast."""
    cover = [
        region.weight * np.clip(1 - _distance(region, latitude, longitude) ** 2, 0, 1)
        for region in LAND
    ]
    return np.asarray(np.max(cover, axis=0))


def intensity(
    regions: tuple[Region, ...], latitude: Degrees, longitude: Degrees
) -> NDArray[np.float64]:
    """Return the sum of Gaussians of `regions` [1], whose semi-axes are standard deviations."""
    bumps = [
        region.weight * np.exp(-0.5 * _distance(region, latitude, longitude) ** 2)
        for region in regions
    ]
    return np.asarray(np.sum(bumps, axis=0))


def _distance(region: Region, latitude: Degrees, longitude: Degrees) -> NDArray[np.float64]:
    """Distance from the centre of an ellipse in units of its semi-axes."""
    east = (np.asarray(longitude) - region.longitude + 180) % 360 - 180
    north = np.asarray(latitude) - region.latitude
    return np.asarray(np.hypot(north / region.height, east / region.width))
