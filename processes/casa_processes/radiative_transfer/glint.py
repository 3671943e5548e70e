"""Mirror images of the Sun in waves of the sea."""

from math import erfc, exp, isfinite, pi, sqrt

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.paths import Geometry

_CALM, _PER_WIND = 0.003, 0.005_12
"""Variance of the slopes of waves without wind and its increase per speed.  [1], [s m-1]"""

_MOST_WIND = 40.0


def reflectance(wind: float, geometry: Geometry, index: float) -> float:
    """Return the reflectance of wind-ruffled water.

    Parameters
    ----------
    wind
        Speed at 12.5 m.  [m s-1]
    geometry
        Of Sun and instrument.
    index
        Refractive index of the water.

    Returns
    -------
    float
        Radiance over the irradiance on a plane across the beam.  [sr-1]

    Raises
    ------
    InvalidValueError
        When the wind is not a speed of 0 to 40 m s-1.

    Notes
    -----
    R S p(slope) / (4 mu cos^4 tilt) with Cox and Munk's (1954) slopes in all directions alike,
    variance 0.003 + 0.00512 wind, and the mutual shadowing S of Sancer (1969) for both directions.
    """
    if not (isfinite(wind) and 0.0 <= wind <= _MOST_WIND):
        raise InvalidValueError("wind speed [m s-1]", wind, f"0 to {_MOST_WIND:g}")
    variance = _CALM + _PER_WIND * wind
    half = sqrt(max(0.0, (1.0 - geometry.scattering_cosine) / 2.0))
    tilt = min(1.0, (geometry.sun_cosine + geometry.sight_cosine) / (2.0 * half))
    slope = 1.0 / tilt**2 - 1.0
    density = exp(-slope / variance) / (pi * variance)
    seen = _unshadowed(variance, geometry)
    return fresnel(half, index) * density * seen / (4.0 * geometry.sight_cosine * tilt**4)


def fresnel(cosine: float, index: float) -> float:
    """Return the reflectance of a flat surface for unpolarised light.

    Parameters
    ----------
    cosine
        Of the angle of incidence.
    index
        Refractive index, real.
    """
    across, along = polarised(cosine, index)
    return (across + along) / 2.0


def polarised(cosine: float, index: float) -> tuple[float, float]:
    """Return the reflectances for light that vibrates across and in the plane of incidence.

    Parameters
    ----------
    cosine
        Of the angle of incidence.
    index
        Refractive index, real.
    """
    inside = sqrt(1.0 - (1.0 - cosine**2) / index**2)
    across = (cosine - index * inside) / (cosine + index * inside)
    along = (index * cosine - inside) / (index * cosine + inside)
    return across**2, along**2


def _unshadowed(variance: float, geometry: Geometry) -> float:
    """Return the part of facets that both the Sun and the instrument see."""
    hidden = 0.0
    for cosine in (geometry.sun_cosine, geometry.sight_cosine):
        if cosine < 1.0:
            steep = cosine / sqrt((1.0 - cosine**2) * variance)
            hidden += (exp(-(steep**2)) / (steep * sqrt(pi)) - erfc(steep)) / 2.0
    return 1.0 / (1.0 + hidden)
