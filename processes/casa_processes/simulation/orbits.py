"""Ground tracks of real satellites, from two-line elements by SGP4.

Elements say where a satellite is for some weeks. Missions that keep their ground track by
manoeuvres repeat it after a cycle, so that the track of any day is that of a day within half a
cycle of the elements; the others are carried on without drag, which reboosts make up for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec

from casa_processes.common.errors import InvalidValueError, UnknownNameError

type Values = NDArray[np.float64]
type Instants = NDArray[np.datetime64]

FIRST, LAST = np.datetime64("2000-01-01"), np.datetime64("2049-12-31")
DAY = 86_400_000
"""[ms]"""
_FILE = Path(__file__).with_name("elements.json")
_UNIX = 2_440_587.5
"""Julian date of the first of January 1970."""
_J2000 = 2_451_545.0
_SPIN = 7.292_115_146_7e-5
"""Rotation of the Earth.  [rad s-1]"""
_AXIS, _FLATTENING = 6_378.137, 1.0 / 298.257_223_563
"""WGS 84.  [km], [1]"""


@dataclass(frozen=True)
class Orbit:
    """Elements of a satellite.

    Attributes
    ----------
    line1, line2
        The two lines.
    source
        What they are, and of when.
    cycle, turns
        Days after which the ground track repeats, and turns in that time; None when it does not.
    """

    line1: str
    line2: str
    source: str
    cycle: int | None
    turns: int | None


@dataclass(frozen=True, eq=False)
class Track:
    """Where a satellite is, each of shape (time,).

    Attributes
    ----------
    time
        UTC.
    latitude, longitude
        Geodetic, of the point below.  [degree]
    altitude
        Above the ellipsoid WGS 84.  [km]
    heading
        Of the point below, clockwise from north.  [degree], -180 to 180
    """

    time: Instants
    latitude: Values
    longitude: Values
    altitude: Values
    heading: Values


@cache
def orbits() -> Mapping[str, Orbit]:
    """Return all orbits that come with this package, by the names of missions."""
    stored = json.loads(_FILE.read_text(encoding="utf-8"))
    return {name: Orbit(**each) for name, each in stored.items()}


def orbit(name: str) -> Orbit:
    """Return the orbit of a mission.

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    """
    if name not in orbits():
        raise UnknownNameError("mission", name, orbits())
    return orbits()[name]


def track(one: Orbit, time: Instants) -> Track:
    """Return where a satellite is.

    Parameters
    ----------
    one
        Its orbit.
    time
        Instants, to the millisecond.  shape (time,)

    Raises
    ------
    InvalidValueError
        When an instant is not from 2000 to 2049, or the elements cannot be carried to it.
    """
    instants = np.asarray(time, dtype="datetime64[ms]")
    known = (instants >= FIRST) & (instants < LAST + np.timedelta64(1, "D"))
    if not known.all():
        raise InvalidValueError(
            "time", str(instants[~known][0]), f"an instant of {FIRST} to {LAST}"
        )
    whole, part = _julian(_folded(one, instants))
    errors, position, velocity = _satellite(one).sgp4_array(whole, part)
    if errors.any():
        raise InvalidValueError("elements", one.line2, "an orbit that SGP4 can carry to the time")
    place, speed = _turned(position, velocity, sidereal(whole, part))
    latitude, longitude, altitude = geodetic(place)
    return Track(instants, latitude, longitude, altitude, _heading(latitude, longitude, speed))


def sidereal(whole: Values, part: Values) -> Values:
    """Return Greenwich mean sidereal time.  [rad], shape (time,).

    Parameters
    ----------
    whole, part
        Julian date of UT1, of which UTC is within 0.9 s; their sum counts.  [d]

    Notes
    -----
    Meeus (1998), Astronomical Algorithms, equation 12.4 (IAU 1982).
    """
    elapsed = (whole - _J2000) + part
    century = elapsed / 36_525.0
    degrees = 280.460_618_37 + 360.985_647_366_29 * elapsed
    degrees += century**2 * (0.000_387_933 - century / 38_710_000.0)
    return np.asarray(np.deg2rad(degrees % 360.0))


def geodetic(place: Values) -> tuple[Values, Values, Values]:
    """Return latitude, longitude [degree] and height [km] on the ellipsoid WGS 84.

    Parameters
    ----------
    place
        Earth-fixed.  [km], shape (time, 3)

    Notes
    -----
    Bowring (1976), Survey Review 23, 323-327; one step, good to 5 mm up to 1000 km.
    """
    x, y, z = place.T
    eccentricity = _FLATTENING * (2.0 - _FLATTENING)
    polar = _AXIS * (1.0 - _FLATTENING)
    across = np.hypot(x, y)
    reduced = np.arctan2(z * _AXIS, across * polar)
    second = eccentricity / (1.0 - eccentricity)
    latitude = np.arctan2(
        z + second * polar * np.sin(reduced) ** 3,
        across - eccentricity * _AXIS * np.cos(reduced) ** 3,
    )
    sine, cosine = np.sin(latitude), np.cos(latitude)
    curvature = np.sqrt(1.0 - eccentricity * sine**2)
    height = across * cosine + z * sine - _AXIS * curvature
    return np.rad2deg(latitude), np.rad2deg(np.arctan2(y, x)), np.asarray(height)


def _folded(one: Orbit, instants: Instants) -> Instants:
    """Bring instants within half a cycle of the elements."""
    if one.cycle is None:
        return instants
    epoch, cycle = _epoch(one), np.timedelta64(one.cycle * DAY, "ms")
    return np.asarray(epoch + (instants - epoch + cycle // 2) % cycle - cycle // 2)


@cache
def _satellite(one: Orbit) -> Satrec:
    """Return a satellite without drag."""
    read = Satrec.twoline2rv(one.line1, one.line2)
    made = Satrec()
    epoch = (read.jdsatepoch - 2_433_281.5) + read.jdsatepochF
    shape = read.ecco, read.argpo, read.inclo, read.mo, read.no_kozai, read.nodeo
    made.sgp4init(WGS72, "i", read.satnum, epoch, 0.0, 0.0, 0.0, *shape)
    return made


def _epoch(one: Orbit) -> np.datetime64:
    """Return the instant of the elements, to the millisecond."""
    read = _satellite(one)
    elapsed = (read.jdsatepoch - _UNIX) + read.jdsatepochF
    return np.datetime64(round(elapsed * DAY), "ms")


def _julian(instants: Instants) -> tuple[Values, Values]:
    """Return the Julian date of the beginning of the day, and the part of the day.  [d]."""
    elapsed = instants.astype(np.int64)
    whole, part = np.divmod(elapsed, DAY)
    return whole + _UNIX, part / DAY


def _turned(position: Values, velocity: Values, angle: Values) -> tuple[Values, Values]:
    """Turn from the true equator and mean equinox to the Earth: [km] and [km s-1]."""
    cosine, sine = np.cos(angle), np.sin(angle)

    def about(vector: Values) -> Values:
        x, y, z = vector.T
        return np.stack([cosine * x + sine * y, cosine * y - sine * x, z], axis=1)

    place, speed = about(position), about(velocity)
    speed[:, 0] += _SPIN * place[:, 1]
    speed[:, 1] -= _SPIN * place[:, 0]
    return place, speed


def _heading(latitude: Values, longitude: Values, speed: Values) -> Values:
    """Return the direction of a speed over the ground, clockwise from north.  [degree]."""
    y, x = np.deg2rad(latitude), np.deg2rad(longitude)
    level = np.cos(x) * speed[:, 0] + np.sin(x) * speed[:, 1]
    east = np.cos(x) * speed[:, 1] - np.sin(x) * speed[:, 0]
    north = np.cos(y) * speed[:, 2] - np.sin(y) * level
    return np.rad2deg(np.arctan2(east, north))
