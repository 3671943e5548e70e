"""Distances on the WGS 84 ellipsoid."""

import math

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from casa_ogc.archive.axes import Bounds

_ELLIPSOID = Geod(ellps="WGS84")
_MEAN_RADIUS = 6371008.8
_LEAST_CURVATURE_RADIUS = 6335439.0
_MARGIN = 0.01
"""The sphere's distances differ from the ellipsoid's by 0.6 % at most."""
_ROUNDING = 1e-18
"""Haversine of a centimetre, below which rounding decides on the sphere."""


def surroundings(longitude: float, latitude: float, radius: float) -> Bounds:
    """Return a box that holds all within a distance [m] of a place, little more.

    `west` may lie below -180 and `east` beyond 180; around a pole they are -180 and 180.
    """
    angle = radius / _LEAST_CURVATURE_RADIUS * (1 + _MARGIN) + 1e-9
    reach = math.degrees(angle)
    south, north = max(latitude - reach, -90.0), min(latitude + reach, 90.0)
    if south <= -90 or north >= 90:
        return Bounds(-180.0, south, 180.0, north)
    aside = math.degrees(math.asin(min(math.sin(angle) / math.cos(math.radians(latitude)), 1.0)))
    return Bounds(longitude - aside, south, longitude + aside, north)


def within(
    longitude: float,
    latitude: float,
    radius: float,
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which places lie within a geodesic distance of one, that distance included.

    Parameters
    ----------
    longitude, latitude
        The one place.  [degrees]
    radius
        Distance.  [m]
    longitudes, latitudes
        Places of shapes that broadcast.  [degrees]

    Returns
    -------
    Of the broadcast shape; places that are not finite are not within.

    Notes
    -----
    The haversine decides far from the circle; Karney (2013) as in PROJ where the sphere could be
    wrong.
    """
    across = np.sin(np.radians(longitudes - longitude) / 2) ** 2
    along = np.sin(np.radians(latitudes - latitude) / 2) ** 2
    slope = np.cos(np.radians(latitudes)) * math.cos(math.radians(latitude))
    haversine = along + slope * across
    inside: NDArray[np.bool_] = haversine <= _haversine_of(radius / (1 + _MARGIN))
    unsure = ~inside & (haversine <= _haversine_of(radius / (1 - _MARGIN)) + _ROUNDING)
    if unsure.any():
        shape = haversine.shape
        lon = np.broadcast_to(longitudes, shape)[unsure]
        lat = np.broadcast_to(latitudes, shape)[unsure]
        inside[unsure] = distances(longitude, latitude, lon, lat) <= radius
    return inside


def distances(
    longitude: float,
    latitude: float,
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return geodesic distances [m] from one place to others, shape (n,), in degrees."""
    start_lon = np.full(longitudes.shape, longitude)
    start_lat = np.full(latitudes.shape, latitude)
    _, _, metres = _ELLIPSOID.inv(start_lon, start_lat, longitudes, latitudes)
    return np.asarray(metres, dtype=np.float64)


def _haversine_of(distance: float) -> float:
    """Return the haversine of a distance on the mean sphere; 2 where none is as far."""
    half = distance / (2 * _MEAN_RADIUS)
    return math.sin(half) ** 2 if half < math.pi / 2 else 2.0
