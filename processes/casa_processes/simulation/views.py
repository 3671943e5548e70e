"""Where the Sun and satellites stand, seen from the ground; directions on a sphere."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.simulation.orbits import sidereal

type Values = NDArray[np.float64]
type Instants = NDArray[np.datetime64]
type Place = tuple[Values, Values]
"""Latitude and longitude.  [degree]"""

_KILOMETRE = 1_000.0
_STEPS = 8
"""Of Newton's method for the point of glint, which has converged after five."""


def sun(time: Instants) -> Place:
    """Return where the Sun stands in the zenith.

    Parameters
    ----------
    time
        UTC.  shape (time,)

    Notes
    -----
    Meeus (1998), Astronomical Algorithms, chapter 25, low accuracy: 0.01 degrees. Right ascension
    and declination are apparent ones.
    """
    elapsed = (time - np.datetime64("2000-01-01T12:00:00", "ms")) / np.timedelta64(1, "D")
    century = elapsed / 36_525.0
    anomaly = np.deg2rad(357.529_11 + century * (35_999.050_29 - 0.000_153_7 * century))
    centre = (1.914_602 - century * (0.004_817 + 0.000_014 * century)) * np.sin(anomaly)
    centre += (0.019_993 - 0.000_101 * century) * np.sin(2.0 * anomaly)
    centre += 0.000_289 * np.sin(3.0 * anomaly)
    node = np.deg2rad(125.04 - 1_934.136 * century)
    mean = 280.466_46 + century * (36_000.769_83 + 0.000_303_2 * century)
    length = np.deg2rad(mean + centre - 0.005_69 - 0.004_78 * np.sin(node))
    tilt = np.deg2rad(23.439_291 - 0.013_004_2 * century + 0.002_56 * np.cos(node))
    right = np.rad2deg(np.arctan2(np.cos(tilt) * np.sin(length), np.cos(length)))
    latitude = np.rad2deg(np.arcsin(np.sin(tilt) * np.sin(length)))
    noon = right - np.rad2deg(sidereal(np.full(elapsed.shape, 2_451_545.0), elapsed))
    return latitude, wrapped(noon)


def wrapped(longitude: Values) -> Values:
    """Return a longitude from -180 up to, but not, 180.  [degree]."""
    return np.asarray((longitude + 180.0) % 360.0 - 180.0)


def between(one: Place, other: Place) -> Values:
    """Return the angle between two places, seen from the middle of the Earth.  [degree]."""
    a, b = _unit(one), _unit(other)
    return np.asarray(
        np.rad2deg(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(axis=-1)))
    )


def bearing(start: Place, end: Place) -> Values:
    """Return the direction from one place to another, clockwise from north.  [degree]."""
    (y0, x0), (y1, x1) = np.deg2rad(start), np.deg2rad(end)
    east = np.sin(x1 - x0) * np.cos(y1)
    north = np.cos(y0) * np.sin(y1) - np.sin(y0) * np.cos(y1) * np.cos(x1 - x0)
    return np.asarray(np.rad2deg(np.arctan2(east, north)))


def beyond(start: Place, direction: Values, angle: Values) -> Place:
    """Return the place in a direction [degree] at an angle [degree], along a great circle."""
    (y, x), course, along = np.deg2rad(start), np.deg2rad(direction), np.deg2rad(angle)
    sine = np.sin(y) * np.cos(along) + np.cos(y) * np.sin(along) * np.cos(course)
    latitude = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = np.sin(course) * np.sin(along) * np.cos(y)
    longitude = x + np.arctan2(east, np.cos(along) - np.sin(y) * np.sin(latitude))
    return np.rad2deg(latitude), wrapped(np.rad2deg(longitude))


def kilometres(distance: Values | float) -> Values:
    """Return the angle at the middle of the Earth of a distance on it [km].  [degree]."""
    return np.asarray(np.rad2deg(np.asarray(distance) * _KILOMETRE / EARTH_RADIUS))


def zenith(angle: Values, altitude: Values) -> Values:
    """Return the zenith angle of a satellite.  [degree].

    Parameters
    ----------
    angle
        From the place to the point below the satellite, at the middle of the Earth.  [degree]
    altitude
        Of the satellite.  [km]
    """
    return np.asarray(angle + np.rad2deg(_nadir(np.deg2rad(angle), _ratio(altitude))))


def glint(below: Place, altitude: Values, sunny: Place) -> Place:
    """Return the place that mirrors the Sun to a satellite.

    Parameters
    ----------
    below
        The point below the satellite.
    altitude
        Of the satellite.  [km]
    sunny
        Where the Sun is in the zenith.

    Notes
    -----
    It lies towards the Sun, where both zenith angles are the same; meaningless at night.
    """
    total, ratio = np.deg2rad(between(below, sunny)), _ratio(altitude)
    angle = total * (ratio - 1.0) / (2.0 * ratio - 1.0)
    for _ in range(_STEPS):
        missing = 2.0 * angle + _nadir(angle, ratio) - total
        slope = (ratio * np.cos(angle) - 1.0) / (ratio**2 - 2.0 * ratio * np.cos(angle) + 1.0)
        angle = angle - missing / (2.0 + slope)
    return beyond(below, bearing(below, sunny), np.rad2deg(angle))


def _ratio(altitude: Values) -> Values:
    """Return the distance of a satellite from the middle of the Earth, in radii."""
    return np.asarray(1.0 + altitude * _KILOMETRE / EARTH_RADIUS)


def _nadir(angle: Values, ratio: Values) -> Values:
    """Return the angle that a satellite looks away from straight down.  [rad]."""
    return np.asarray(np.arctan2(np.sin(angle), ratio - np.cos(angle)))


def _unit(place: Place) -> Values:
    """Return directions from the middle of the Earth.  shape (..., 3)."""
    y, x = np.deg2rad(place[0]), np.deg2rad(place[1])
    return np.stack(
        np.broadcast_arrays(np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)), axis=-1
    )
