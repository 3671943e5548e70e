"""Seasons of the synthetic world: Sun and temperature by latitude and day of the year.

Days count from 0 at the first of January, 0 UTC; a year has `YEAR` days, so that the seasons of any
calendar year are those of the same formulas.
"""

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]

YEAR = 365.25
"""[d]"""
SECONDS = YEAR * 86_400.0
"""[s]"""
_REFERENCE = np.datetime64("2000-01-01T00:00:00", "ns")
_OBLIQUITY = np.deg2rad(23.44)
_EQUINOX, _COLDEST, _MIDWINTER = 80.0, 25.0, 15.0


def day_of_year(time: NDArray[np.datetime64] | np.datetime64) -> Values:
    """Return the day of the year of 365.25 days that instants lie in.  [d], 0 <= day < 365.25."""
    return np.asarray(days(time) % YEAR)


def days(time: NDArray[np.datetime64] | np.datetime64) -> Values:
    """Return days since the beginning of the year 2000.  [d]."""
    elapsed = np.asarray(time, dtype="datetime64[ns]") - _REFERENCE
    return np.asarray(elapsed / np.timedelta64(1, "D"), dtype=np.float64)


def winter(day: Values | float) -> Values:
    """Return +1 in the middle of the northern winter and -1 half a year later; day [d]."""
    return np.asarray(np.cos(2.0 * np.pi * (np.asarray(day) - _MIDWINTER) / YEAR))


def declination(day: Values | float) -> Values:
    """Return the declination of the Sun on a circular orbit.  [rad]; day [d]."""
    angle = 2.0 * np.pi * (np.asarray(day) - _EQUINOX) / YEAR
    return np.asarray(np.arcsin(np.sin(_OBLIQUITY) * np.sin(angle)))


def insolation(latitude: Values, day: Values | float) -> Values:
    """Return the daily mean of the cosine of the solar zenith angle, 0 at night.  [1].

    Parameters
    ----------
    latitude
        [degree]
    day
        Day of the year.  [d]

    Notes
    -----
    Hartmann (1994), Global Physical Climatology, equation 2.17, of a circular orbit.
    """
    here, sun = np.deg2rad(latitude), declination(day)
    noon = np.arccos(np.clip(-np.tan(here) * np.tan(sun), -1.0, 1.0))
    upright = noon * np.sin(here) * np.sin(sun)
    return np.asarray((upright + np.cos(here) * np.cos(sun) * np.sin(noon)) / np.pi)


def cosine_of_sun(latitude: Values, longitude: Values, time: float) -> Values:
    """Return the cosine of the solar zenith angle, 0 at night.  [1].

    Parameters
    ----------
    latitude, longitude
        [degree]
    time
        Days since the beginning of 2000, UTC; its fraction is the time of day.  [d]
    """
    sun, here = declination(time % YEAR), np.deg2rad(latitude)
    hour = 2.0 * np.pi * (time % 1.0 - 0.5) + np.deg2rad(longitude)
    height = np.sin(here) * np.sin(sun) + np.cos(here) * np.cos(sun) * np.cos(hour)
    return np.asarray(np.maximum(height, 0.0))


def temperature(latitude: Values, day: Values | float) -> Values:
    """Return the temperature of the air over land.  [degree Celsius].

    Parameters
    ----------
    latitude
        [degree]
    day
        Day of the year.  [d]

    Notes
    -----
    A round formula of its own: 27 degrees on the equator, 42 less at the poles, with a swing that
    reaches 20 degrees in the north and 8 in the south.
    """
    away = np.abs(latitude)
    swing = np.where(latitude > 0, 20.0 * np.minimum(away / 60.0, 1.0) ** 1.2, 8.0 * away / 60.0)
    mean = 27.0 - 42.0 * np.sin(np.deg2rad(away)) ** 2.2
    turn = np.cos(2.0 * np.pi * (np.asarray(day) - _COLDEST) / YEAR)
    return np.asarray(mean - np.where(latitude > 0, 1.0, -1.0) * swing * turn)
