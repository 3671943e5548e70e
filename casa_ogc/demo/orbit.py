"""Ground track of a sun-synchronous orbit like that of OCO-2."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_ogc.demo.formulas import cosine_of_sun, days_since_epoch

START = np.datetime64("2023-07-01", "ns")
"""Ascending node of orbit 0; midnight, as the position of later nodes supposes."""
INCLINATION = np.deg2rad(98.2)
ORBITS = 233
"""Orbits in one repeat cycle of 16 days."""
PERIOD = 16 * 86_400 / ORBITS
"""[s]."""
NODE_HOUR = 13.6
"""Mean local solar hour of the ascending node [h]."""
_TURN = 2 * np.pi / 86_400


@dataclass(frozen=True, eq=False)
class Track:
    """Places under the satellite, each array of shape (n,).

    Attributes
    ----------
    time
        Instants, datetime64[ns].
    latitude, longitude
        [degrees], longitude in -180..180.
    heading
        Direction of flight over ground, clockwise from north [rad].
    orbit
        Number of the orbit, from 0.
    """

    time: NDArray[np.datetime64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    heading: NDArray[np.float64]
    orbit: NDArray[np.int32]


def track(orbit: NDArray[np.int32], elapsed: NDArray[np.float64]) -> Track:
    """Return the ground track.

    Parameters
    ----------
    orbit
        Number of the orbit, shape (n,).
    elapsed
        Time since its ascending node [s], shape (n,).

    Notes
    -----
    A circular orbit over a sphere that turns once a mean solar day below a plane that keeps its
    place to the mean sun: sin(lat) = sin(i) sin(u), lon = node + atan2(cos(i) sin(u), cos(u)) -
    turn, with the argument of latitude u (Capderou, 2014, chapter 5).
    """
    latitude, longitude = _place(orbit, elapsed)
    ahead_y, ahead_x = _place(orbit, elapsed + 1.0)
    east = ((ahead_x - longitude + 180) % 360 - 180) * np.cos(np.deg2rad(latitude))
    seconds = orbit * PERIOD + elapsed
    return Track(
        time=START + np.rint(seconds * 1e3).astype("timedelta64[ms]").astype("timedelta64[ns]"),
        latitude=latitude,
        longitude=longitude,
        heading=np.arctan2(east, ahead_y - latitude),
        orbit=orbit,
    )


def sun_cosine(points: Track) -> NDArray[np.float64]:
    """Return the cosine of the solar zenith angle [1] along a track, shape (n,)."""
    day = days_since_epoch(points.time)
    hour = (day % 1) * 24 + points.longitude / 15
    return cosine_of_sun(points.latitude, day, hour)


def _place(
    orbit: NDArray[np.int32], elapsed: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    argument = 2 * np.pi * elapsed / PERIOD
    latitude = np.rad2deg(np.arcsin(np.sin(INCLINATION) * np.sin(argument)))
    hours = orbit * PERIOD / 3600
    node = 15 * (NODE_HOUR - hours)
    along = np.arctan2(np.cos(INCLINATION) * np.sin(argument), np.cos(argument))
    longitude = node + np.rad2deg(along - _TURN * elapsed)
    return latitude, (longitude + 180) % 360 - 180
