"""Mirror images of the Sun in a sea: what they are a priori, and which wind makes them."""

from math import isfinite, log

import numpy as np

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.glint import reflectance
from casa_processes.radiative_transfer.paths import Geometry, scattering_cosine
from casa_processes.spectra.sounding import Sounding
from casa_processes.xco2.model.state import Element

WATER_INDEX = {"o2a": 1.331, "wco2": 1.319, "sco2": 1.306}
"""Refractive index of sea water in each band."""

_MOST_WIND = 40.0
_STEP = 0.1
"""Distance of speeds among which that of a reflectance is sought.  [m s-1]"""
_LEAST_SIGMA, _MOST_SIGMA = 0.1, 2.0
_FAINTEST = 1e-300
_SAME = 1e-9


def geometry(sounding: Sounding) -> Geometry:
    """Return the directions of Sun and instrument.

    Raises
    ------
    InvalidValueError
        When they are below the horizon.
    """
    sun, sight = np.cos(np.radians([sounding.solar_zenith, sounding.sensor_zenith]))
    turned = scattering_cosine(
        sounding.solar_zenith,
        sounding.sensor_zenith,
        sounding.sensor_azimuth - sounding.solar_azimuth,
    )
    return Geometry(float(sun), float(sight), turned)


def sea(wind: float, sigma: float, here: Geometry) -> list[Element]:
    """Return the elements of a sea: the expected wind, which is fixed, and what mirrors more.

    The element that is retrieved is the logarithm of the reflectance of waves over that of the
    expected wind, in all bands alike: light is linear in the reflectance, as it is in the albedo
    of the foam beside it, while it is curved along the wind.

    Parameters
    ----------
    wind
        Expected speed.  [m s-1]
    sigma
        Its standard deviation; with none, the reflectance is fixed.  [m s-1]
    here
        Directions of Sun and instrument.

    Raises
    ------
    InvalidValueError
        When the wind is no speed.
    """
    if not (isfinite(wind) and wind >= 0.0):
        raise InvalidValueError("wind speed [m s-1]", wind, "zero or more")
    wind = min(wind, _MOST_WIND)
    found = 0.0
    if sigma > 0.0:
        middle = _logarithm(wind, here)
        ends = (max(wind - sigma, 0.0), min(wind + sigma, _MOST_WIND))
        most = max(abs(_logarithm(end, here) - middle) for end in ends)
        found = min(max(most, _LEAST_SIGMA), _MOST_SIGMA)
    return [Element("wind_speed", wind, 0.0), Element("ln_glint", 0.0, found)]


def wind_of(glint: float, wind: float, here: Geometry) -> float:
    """Return the wind speed nearest to the expected one whose waves mirror so much.  [m s-1].

    Parameters
    ----------
    glint
        Logarithm of the reflectance over that of the expected wind.
    wind
        Expected speed.  [m s-1]
    here
        Directions of Sun and instrument.

    Returns
    -------
    float
        NaN when no wind of 0 to 40 m s-1 does.
    """
    speeds = np.arange(0.0, _MOST_WIND + _STEP / 2.0, _STEP)
    wanted = _logarithm(wind, here) + glint
    off = np.array([_logarithm(min(float(each), _MOST_WIND), here) for each in speeds]) - wanted
    off[np.abs(off) < _SAME] = 0.0
    before = np.flatnonzero((off[:-1] * off[1:] <= 0.0) & (off[:-1] != off[1:]))
    if before.size == 0:
        return float("nan")
    crossed = speeds[before] + _STEP * off[before] / (off[before] - off[before + 1])
    return float(crossed[np.abs(crossed - wind).argmin()])


def _logarithm(wind: float, here: Geometry) -> float:
    """Return that of the reflectance; its change with the wind is the same in all bands."""
    return log(max(reflectance(wind, here, WATER_INDEX["o2a"]), _FAINTEST))
