"""Exact areas of cells between parallels and meridians."""

import math

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis

_FLATTENING = 1 / 298.257223563
_EQUATOR = 6_378_137.0
_SQUARED = _FLATTENING * (2 - _FLATTENING)
_ECCENTRICITY = math.sqrt(_SQUARED)


def cell_areas(y: Axis, x: Axis) -> NDArray[np.float64]:
    """Return the areas [m2] of cells on the WGS 84 ellipsoid, shape (y, x).

    Notes
    -----
    Snyder (1987), eq. 3-12: the area between the equator and a parallel is a^2 q / 2 to the radian
    of longitude; edges beyond a pole end there.
    """
    assert y.bounds is not None
    assert x.bounds is not None
    south, north = (np.clip(edge, -90.0, 90.0) for edge in (y.bounds.min(1), y.bounds.max(1)))
    height = _EQUATOR**2 / 2 * (_authalic(north) - _authalic(south))
    width = np.radians(np.abs(x.bounds[:, 1] - x.bounds[:, 0]))
    areas: NDArray[np.float64] = height[:, None] * width[None, :]
    return areas


def _authalic(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return q of latitudes [degrees]."""
    sine = np.sin(np.radians(latitude))
    e = _ECCENTRICITY
    ratio = np.log((1 - e * sine) / (1 + e * sine)) / (2 * e)
    q: NDArray[np.float64] = (1 - _SQUARED) * (sine / (1 - _SQUARED * sine**2) - ratio)
    return q
