"""Ways of light through the layers of a round atmosphere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]

_PARTS = 32
"""Of a layer, for the mean over its mass; twice as many change a way by less than 1e-6."""

MOST_ZENITH = 89.0
"""Beyond it the horizon and refraction govern.  [degree]"""


@dataclass(frozen=True)
class Geometry:
    """Directions of Sun and instrument.

    Attributes
    ----------
    sun_cosine, sight_cosine
        Cosines of the zenith angles, above 0.
    scattering_cosine
        Of the angle between the ways of the light before and after.
    """

    sun_cosine: float
    sight_cosine: float
    scattering_cosine: float

    def __post_init__(self) -> None:
        for name in ("sun_cosine", "sight_cosine"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise InvalidValueError(name, getattr(self, name), "0 to 1")
        if not -1.0 - 1e-9 <= self.scattering_cosine <= 1.0:
            raise InvalidValueError("scattering_cosine", self.scattering_cosine, "-1 to 1")


def ways(levels: Values, altitude: Values, zenith: float, latitude: float | None = None) -> Values:
    """Return the lengths of a straight way to the surface through each layer over its depth.

    Parameters
    ----------
    levels
        Ascending pressures from the top down.  [hPa], shape (layer + 1,)
    altitude
        Of the levels.  [m], shape (layer + 1,)
    zenith
        Angle at the surface, where the way ends.  [degree]
    latitude
        Where: for the radius of the Earth; the mean radius without it.  [degree]

    Returns
    -------
    ndarray
        Mean over the mass of a layer, 1 / cos(zenith) in a flat atmosphere.  [1], shape (layer,)

    Raises
    ------
    InvalidValueError
        When the zenith angle is not between 0 and 89 degree.

    Notes
    -----
    ds/dz = r / sqrt(r^2 - (R sin zenith)^2), with altitude linear in the logarithm of pressure
    within a layer. Refraction is left out.
    """
    if not 0.0 <= zenith <= MOST_ZENITH:
        raise InvalidValueError("zenith angle [degree]", zenith, f"0 to {MOST_ZENITH:g}")
    radius = EARTH_RADIUS if latitude is None else curvature(latitude)
    surface = radius + altitude[-1]
    part = (np.arange(_PARTS) + 0.5) / _PARTS
    inside = levels[:-1, None] + np.diff(levels)[:, None] * part
    height = np.interp(np.log(inside), np.log(levels), altitude)
    distance = radius + height
    nearest = surface * np.sin(np.radians(zenith))
    lengths: Values = (distance / np.sqrt(distance**2 - nearest**2)).mean(axis=1)
    return lengths


def curvature(latitude: float) -> float:
    """Return the mean radius of curvature of the ellipsoid WGS 84.

    Parameters
    ----------
    latitude
        Geodetic.  [degree]

    Returns
    -------
    float
        Square root of the product of the radii along the meridian and across it.  [m]
    """
    semi_major, flattening = 6_378_137.0, 1.0 / 298.257_223_563
    squared = flattening * (2.0 - flattening)
    sine = float(np.sin(np.radians(latitude))) ** 2
    return semi_major * float(np.sqrt(1.0 - squared)) / (1.0 - squared * sine)


def scattering_cosine(sun: float, sight: float, relative_azimuth: float) -> float:
    """Return the cosine of the angle by which sunlight is turned towards the instrument.

    Parameters
    ----------
    sun, sight
        Zenith angles.  [degree]
    relative_azimuth
        Azimuth of the instrument minus that of the Sun, both seen from the surface: 0 when the
        instrument stands on the side of the Sun.  [degree]
    """
    a, b = np.radians(sun), np.radians(sight)
    across = np.sin(a) * np.sin(b) * np.cos(np.radians(relative_azimuth))
    return float(-np.cos(a) * np.cos(b) - across)
