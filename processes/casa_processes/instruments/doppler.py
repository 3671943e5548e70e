"""Frames of moving light: the Sun, the surface and the instrument."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import ASTRONOMICAL_UNIT, SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]

_EPOCH = np.datetime64("2000-01-01T12:00:00", "ns")
_CENTURY = 36_525.0 * 86_400.0
_STEP = 600.0 / _CENTURY
_ROTATION = 7.292_115e-5
"""Of the Earth.  [rad s-1]"""

_SEMI_MAJOR, _FLATTENING = 6_378_137.0, 1.0 / 298.257_223_563
_GRAVITATION = 3.986_004_418e14
"""Gravitational constant times mass of the Earth, WGS 84.  [m3 s-2]"""


@dataclass(frozen=True)
class Sun:
    """The Sun, seen from a place on the Earth.

    Attributes
    ----------
    distance
        [astronomical unit]
    velocity
        Speed at which Sun and place move apart, with the rotation of the Earth.  [m s-1]
    zenith, azimuth
        Without refraction; the azimuth clockwise from north.  [degree]
    """

    distance: float
    velocity: float
    zenith: float
    azimuth: float


def shifted(wavelength: Values, velocity: float) -> Values:
    """Return wavelengths in the frame of a source of which an observer measures others.

    Parameters
    ----------
    wavelength
        In the frame of the observer.  [um], shape (channel,)
    velocity
        Speed at which source and observer draw nearer.  [m s-1]

    Notes
    -----
    Light of nearing sources is seen bluer: lambda_source = lambda_observer (1 + v / c). Channels
    of an instrument are given to the frame of the surface with the instrument's velocity; there,
    the wavelength of sunlight when it left the Sun follows with minus the Sun's velocity, which
    counts the other way. Terms of the second order, below 1e-9, are left out.
    """
    return wavelength * (1.0 + velocity / SPEED_OF_LIGHT)


def sun(time: np.datetime64, latitude: float, longitude: float, altitude: float = 0.0) -> Sun:
    """Find the Sun.

    Parameters
    ----------
    time
        UTC, from 1950 to 2100.
    latitude, longitude
        Geodetic.  [degree]
    altitude
        Above the ellipsoid.  [m]

    Returns
    -------
    Sun
        Its distance within 2e-5 astronomical units, its velocity within 2 m s-1 and its angles
        within 0.01 degree.

    Raises
    ------
    InvalidValueError
        When the time is missing or beyond the years.

    Notes
    -----
    Meeus (1998), chapters 12 and 25, with the perturbations of the distance of Meeus (1988),
    chapter 18; UTC stands for all times.
    """
    seconds = (np.datetime64(time, "ns") - _EPOCH) / np.timedelta64(1, "s")
    century = float(seconds) / _CENTURY
    if not -0.5 <= century <= 1.0:
        raise InvalidValueError("time", str(time), "a time from 1950 to 2100")
    turned = _sidereal(century) + np.radians(longitude)
    place, axes = _place(latitude, altitude, turned)
    motion = _ROTATION * np.array([-place[1], place[0], 0.0])
    flight = (_sun(century + _STEP) - _sun(century - _STEP)) / (2.0 * _STEP * _CENTURY)
    there = _sun(century) - place
    distance = float(np.linalg.norm(there))
    east, north, up = axes @ there / distance
    return Sun(
        distance / ASTRONOMICAL_UNIT,
        float((flight - motion) @ there / distance),
        float(np.degrees(np.arccos(up))),
        float(np.degrees(np.arctan2(east, north)) % 360.0),
    )


def declination(time: NDArray[np.datetime64]) -> Values:
    """Return how far the Sun stands north of the equator, seen from the centre of the Earth.

    Parameters
    ----------
    time
        UTC, from 1950 to 2100.  shape (time,)

    Returns
    -------
    ndarray
        [rad], shape (time,), within 0.01 degree; NaN where the time is missing.
    """
    moments = np.asarray(time, "datetime64[ns]")
    known = ~np.isnat(moments)
    found = np.full(moments.shape, np.nan)
    seconds = (moments[known] - _EPOCH) / np.timedelta64(1, "s")
    place = _sun(np.asarray(seconds / _CENTURY, np.float64))
    found[known] = np.arcsin(place[2] / np.linalg.norm(place, axis=0))
    return found


def _sidereal(century: float) -> float:
    """Return the mean sidereal time of Greenwich.  [rad]."""
    days = century * 36_525.0
    return float(np.radians((280.460_618_37 + 360.985_647_366_29 * days) % 360.0))


def _place(latitude: float, altitude: float, turned: float) -> tuple[Values, Values]:
    """Return a place [m] and its axes to east, north and up, shapes (3,) and (3, 3)."""
    phi = np.radians(latitude)
    squared = _FLATTENING * (2.0 - _FLATTENING)
    normal = _SEMI_MAJOR / np.sqrt(1.0 - squared * np.sin(phi) ** 2)
    around = (normal + altitude) * np.cos(phi)
    axis = (normal * (1.0 - squared) + altitude) * np.sin(phi)
    cosine, sine = np.cos(turned), np.sin(turned)
    axes = [
        [-sine, cosine, 0.0],
        [-np.sin(phi) * cosine, -np.sin(phi) * sine, np.cos(phi)],
        [np.cos(phi) * cosine, np.cos(phi) * sine, np.sin(phi)],
    ]
    return np.array([around * cosine, around * sine, axis]), np.array(axes)


def _sun(century: float | Values) -> Values:
    """Return the Sun from the centre of the Earth, along the equator of date.

    [m], shape (3,) or (3, time)
    """
    t = century
    anomaly = np.radians(357.529_11 + 35_999.050_29 * t - 0.000_1537 * t**2)
    eccentricity = 0.016_708_634 - 0.000_042_037 * t - 0.000_000_1267 * t**2
    centre = (
        (1.914_602 - 0.004_817 * t - 0.000_014 * t**2) * np.sin(anomaly)
        + (0.019_993 - 0.000_101 * t) * np.sin(2.0 * anomaly)
        + 0.000_289 * np.sin(3.0 * anomaly)
    )
    true = anomaly + np.radians(centre)
    radius = 1.000_001_018 * (1.0 - eccentricity**2) / (1.0 + eccentricity * np.cos(true))
    node = np.radians(125.04 - 1_934.136 * t)
    mean = 280.466_46 + 36_000.769_83 * t + 0.000_3032 * t**2
    longitude = np.radians(mean + centre - 0.005_69 - 0.004_78 * np.sin(node))
    tilt = np.radians(23.439_291 - 0.013_004_2 * t + 0.002_56 * np.cos(node))
    sine = np.sin(longitude)
    direction = [np.cos(longitude), np.cos(tilt) * sine, np.sin(tilt) * sine]
    position: Values = ASTRONOMICAL_UNIT * (radius + _perturbation(t)) * np.array(direction)
    return position


def _perturbation(century: float | Values) -> Values:
    """Return what planets and Moon add to the distance of the Sun.  [astronomical unit]."""
    t = np.asarray(century) + 1.0
    angles = np.radians(
        [
            153.23 + 22_518.7541 * t,
            216.57 + 45_037.5082 * t,
            312.69 + 32_964.3577 * t,
            350.74 + 445_267.1142 * t - 0.001_44 * t**2,
        ]
    )
    parts = np.array([5.43e-6, 15.75e-6, 16.27e-6, 30.76e-6])
    fifth = 9.27e-6 * np.sin(np.radians(353.40 + 65_928.7155 * t))
    waves = np.array([*np.sin(angles[:3]), np.cos(angles[3])])
    return np.asarray(parts @ waves + fifth)


def approach(
    zenith: float, azimuth: float, latitude: float, altitude: float, inclination: float,
    ascending: bool = True,
) -> float:  # fmt: skip
    """Return the speed at which an instrument on a circular orbit and a place draw nearer.

    Parameters
    ----------
    zenith, azimuth
        Direction to the instrument, seen from the place.  [degree]
    latitude
        Of the place, geodetic.  [degree]
    altitude
        Of the orbit above the equator.  [m]
    inclination
        Of the orbit.  [degree]
    ascending
        Whether the instrument flies towards the north.

    Returns
    -------
    float
        [m s-1]; of an orbit with an eccentricity of 0.001 within 15.

    Raises
    ------
    InvalidValueError
        When the instrument is not above the horizon, or its orbit does not reach its latitude.
    """
    if not 0 <= zenith < 90:
        raise InvalidValueError("zenith", zenith, "an angle from 0 to below 90 degrees")
    place, axes = _place(latitude, 0.0, 0.0)
    slant, round_ = np.radians(zenith), np.radians(azimuth)
    seen = [np.sin(slant) * np.sin(round_), np.sin(slant) * np.cos(round_), np.cos(slant)]
    sight = np.array(seen) @ axes
    radius = _SEMI_MAJOR + altitude
    along = float(place @ sight)
    instrument = place + sight * (np.sqrt(along**2 - place @ place + radius**2) - along)
    level = np.hypot(instrument[0], instrument[1])
    eastward = np.cos(np.radians(inclination)) * radius / level
    if not abs(eastward) <= 1:
        raise InvalidValueError("inclination", inclination, "an orbit that reaches the latitude")
    northward = np.sqrt(1.0 - eastward**2) * (1.0 if ascending else -1.0)
    east = np.array([-instrument[1], instrument[0], 0.0]) / level
    north = np.cross(instrument / radius, east)
    flight = np.sqrt(_GRAVITATION / radius) * (eastward * east + northward * north)
    motion = _ROTATION * np.array([-place[1], place[0], 0.0])
    return float((motion - flight) @ sight)
