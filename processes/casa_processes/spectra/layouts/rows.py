"""Many soundings: their spectra, and where and when they were taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]

UNKNOWN = -1
"""Of land cover and clouds."""
BRIGHTEST = 1e6
"""Radiance beyond all that is measured, where nothing tells of saturation.  [W m-2 sr-1 um-1]"""


@dataclass(frozen=True, eq=False)
class Rows:
    """Spectra of many soundings.

    Attributes
    ----------
    radiance
        Of all polarisations.  [W m-2 sr-1 um-1], shape (sounding, channel)
    noise
        One standard deviation, infinite in channels that are not used, whose radiance is 0.
        The same unit and shape.
    footprint
        Number of the footprint, a row of the wavelengths.  shape (sounding,)
    """

    radiance: Single
    noise: Single
    footprint: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """What is known of many soundings beside their spectra; missing numbers are NaN.

    Attributes
    ----------
    there
        Whether there is such a sounding at all, with a time and a place.  shape (sounding,)
    sounding_id
        Text.  shape (sounding,)
    time
        UTC.  shape (sounding,)
    latitude, longitude
        Longitudes in -180..180.  [degree], shape (sounding,)
    solar_zenith, sensor_zenith
        [degree], shape (sounding,)
    surface_class
        Land cover of the IGBP, -1 unknown.  shape (sounding,)
    cloud
        1 cloudy, 0 clear, -1 unknown.  shape (sounding,)
    land_fraction
        [1], shape (sounding,)
    footprint
        From 0.  shape (sounding,)
    latitude_vertices, longitude_vertices
        [degree], shape (sounding, 4)
    approach
        Speed at which instrument and surface draw nearer to each other.  [m s-1], shape (sounding,)
    recession
        Speed at which Sun and surface move apart.  [m s-1], shape (sounding,)
    """

    there: NDArray[np.bool_]
    sounding_id: NDArray[np.str_]
    time: NDArray[np.datetime64]
    latitude: Values
    longitude: Values
    solar_zenith: Values
    sensor_zenith: Values
    surface_class: NDArray[np.int64]
    cloud: NDArray[np.int64]
    land_fraction: Values
    footprint: NDArray[np.int64]
    latitude_vertices: Values
    longitude_vertices: Values
    approach: Values
    recession: Values

    def taken(self, rows: NDArray[np.bool_]) -> "Places":
        """Return some of the soundings."""
        return Places(**{name: values[rows] for name, values in vars(self).items()})


def turned(longitude: Values) -> Values:
    """Return longitudes of 0..360 as -180..180; others as they are."""
    return np.where((longitude > 180.0) & (longitude <= 360.0), longitude - 360.0, longitude)


def placed(latitude: Values, longitude: Values, time: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Tell which soundings have a possible place and a time."""
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = (np.abs(latitude) <= 90.0) & (np.abs(longitude) <= 180.0)
    return found & ~np.isnat(time)
