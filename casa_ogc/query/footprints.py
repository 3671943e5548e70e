"""Footprints of soundings: quadrilaterals of great circles."""

import numpy as np
import shapely
from numpy.typing import NDArray

_TOLERANCE = 1e-9
"""Radians within which a place counts as on the edge: 6 mm."""


def holding(
    longitude: float,
    latitude: float,
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which footprints hold a place, their edges included.

    Parameters
    ----------
    longitude, latitude
        The place.  [degrees]
    longitudes, latitudes
        Vertices in the order round each footprint, shape (n, vertex).  [degrees]

    Returns
    -------
    Shape (n,); False where a vertex is missing.

    Notes
    -----
    Seen from the centre of the Earth on the plane that touches it in the place (gnomonic
    projection), great circles are straight; neither a pole nor the antimeridian is special there.
    """
    east, north, up = _seen_from(longitude, latitude, longitudes, latitudes)
    near = (up > 0).all(axis=1)
    found = np.zeros(near.size, dtype=bool)
    if near.any():
        rings = np.stack([east[near] / up[near], north[near] / up[near]], axis=-1)
        polygons = shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1))
        found[near] = shapely.dwithin(polygons, shapely.Point(0, 0), _TOLERANCE)
    return found


def _seen_from(
    longitude: float,
    latitude: float,
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return unit vectors to east, north and up of a place; not finite stays so."""
    across, lat, here = (
        np.radians(longitudes - longitude),
        np.radians(latitudes),
        np.radians(latitude),
    )
    east = np.cos(lat) * np.sin(across)
    north = np.cos(here) * np.sin(lat) - np.sin(here) * np.cos(lat) * np.cos(across)
    up = np.sin(here) * np.sin(lat) + np.cos(here) * np.cos(lat) * np.cos(across)
    return east, north, up
