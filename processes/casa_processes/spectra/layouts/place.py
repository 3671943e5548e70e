"""Time and place of a sounding, checked, and completed with the Sun."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import ASTRONOMICAL_UNIT
from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.doppler import sun
from casa_processes.spectra.sounding import Sounding, Spectrum

type Values = NDArray[np.float64]

LIMITS = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 360.0),
    "altitude": (-1000.0, 10000.0),
    "solar_zenith": (0.0, 180.0),
    "solar_azimuth": (-360.0, 360.0),
    "sensor_zenith": (0.0, 90.0),
    "sensor_azimuth": (-360.0, 360.0),
    "relative_velocity": (-20_000.0, 20_000.0),
}
"""Numbers that a sounding cannot do without, and where they lie."""


def _unknown() -> Values:
    return np.full(4, np.nan)


@dataclass(frozen=True, eq=False)
class Place:
    """What a file says of one sounding, besides its spectra.

    Attributes
    ----------
    numbers
        Those of `LIMITS`, in the units of `Sounding`; NaN when missing.
    solar_velocity
        [m s-1]; NaN when the file has none.
    solar_distance
        [m]; NaN when the file has none.
    land_fraction
        [1]; NaN when missing.
    gain
        As in `Sounding`.
    """

    sounding_id: str
    time: np.datetime64
    footprint: int
    numbers: Mapping[str, float]
    solar_velocity: float = np.nan
    solar_distance: float = np.nan
    land_fraction: float = np.nan
    latitude_vertices: Values = field(default_factory=_unknown)
    longitude_vertices: Values = field(default_factory=_unknown)
    gain: str = ""


def sounding_at(place: Place, bands: Mapping[str, Spectrum]) -> Sounding:
    """Put a sounding together.

    Raises
    ------
    InvalidValueError
        When time or place are missing or impossible, or no band has a good channel; names the
        sounding and the number.
    """
    if bands and not any(each.good.any() for each in bands.values()):
        expected = "finite radiances that are not saturated"
        raise InvalidValueError(f"sounding {place.sounding_id}", "no good channel", expected)
    if np.isnat(place.time):
        raise InvalidValueError(f"sounding {place.sounding_id}: time", "missing", "a time")
    for name, (low, high) in LIMITS.items():
        value = place.numbers[name]
        if not low <= value <= high:
            what = f"sounding {place.sounding_id}: {name}"
            raise InvalidValueError(what, value, f"a number from {low:g} to {high:g}")
    longitude = place.numbers["longitude"]
    longitude = longitude - 360.0 if longitude > 180.0 else longitude
    velocity, distance = _sun(place, longitude)
    return Sounding(
        sounding_id=place.sounding_id,
        time=place.time,
        footprint=place.footprint,
        solar_velocity=velocity,
        solar_distance=distance,
        land_fraction=place.land_fraction,
        bands=bands,
        latitude_vertices=place.latitude_vertices,
        longitude_vertices=place.longitude_vertices,
        gain=place.gain,
        **{**place.numbers, "longitude": longitude},
    )


def _sun(place: Place, longitude: float) -> tuple[float, float]:
    """Return speed [m s-1] and distance [astronomical unit], of the file if it has both."""
    if np.isfinite(place.solar_velocity) and place.solar_distance > 0:
        return place.solar_velocity, place.solar_distance / ASTRONOMICAL_UNIT
    found = sun(place.time, place.numbers["latitude"], longitude, place.numbers["altitude"])
    return found.velocity, found.distance
