"""The shortest arc of a parallel that holds some stretches of longitude."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

type Floats = NDArray[np.float64]


def arc(west: Floats, east: Floats) -> tuple[float, float]:
    """Return where the shortest arc that holds all stretches begins, and where it ends eastwards.

    Parameters
    ----------
    west, east
        Ends of the stretches within one turn, west <= east.  [degrees], shape (n,), n >= 1

    Notes
    -----
    The arc leaves out the widest gap. Where that is the one between the last stretch and the first
    a turn later, the arc goes from the least west to the greatest east; else it ends past them.
    """
    order = np.argsort(west)
    starts, reach = west[order], np.maximum.accumulate(east[order])
    if starts.size > 1:
        gaps = starts[1:] - reach[:-1]
        widest = int(np.argmax(gaps))
        if gaps[widest] > starts[0] + 360 - reach[-1]:
            return float(starts[widest + 1]), float(reach[widest]) + 360
    return float(starts[0]), float(reach[-1])


def centroid(geometry: Polygon | MultiPolygon) -> tuple[float, float]:
    """Return the planar centroid of a polygon; parts on both sides of 180 degrees are joined there.

    Returns
    -------
    Longitude and latitude.  [degrees]
    """
    parts = shapely.get_parts(geometry)
    edges = shapely.bounds(parts)
    start, _ = arc(edges[:, 0], edges[:, 2])
    middles, areas = shapely.get_coordinates(shapely.centroid(parts)), shapely.area(parts)
    middles[:, 0] += np.where(edges[:, 0] < start, 360.0, 0.0)
    weights = areas if areas.sum() > 0 else np.ones(areas.size)
    longitude, latitude = np.average(middles, axis=0, weights=weights)
    return float(longitude), float(latitude)
