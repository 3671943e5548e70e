"""Places inside polygons whose rings may run past the antimeridian."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

_TOLERANCE = 1e-9


def inside(
    geometry: Polygon | MultiPolygon,
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which places lie inside a polygon or on its boundary.

    The rings are straight in longitude and latitude. A place is sought at its longitude and at
    every full turn from it, so that rings may lie anywhere in -360..540.

    Parameters
    ----------
    longitudes, latitudes
        Places of one shape.  [degrees]

    Returns
    -------
    Of the same shape; the boundary of a hole belongs to the polygon.
    """
    shapely.prepare(geometry)
    west, _, east, _ = geometry.bounds
    turns = np.ceil((west - longitudes - _TOLERANCE) / 360)
    moved = np.where(turns == 0, longitudes, longitudes + 360 * turns)
    found: NDArray[np.bool_] = shapely.intersects_xy(geometry, moved, latitudes)
    again = moved + 360 <= east + _TOLERANCE
    if again.any():
        found = found | (again & shapely.intersects_xy(geometry, moved + 360, latitudes))
    return found
