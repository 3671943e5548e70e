"""One sounding: its spectra, when, where and from which side it was taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.air import Profile

type Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LineShape:
    """Response of channels to monochromatic light, tabulated over the distance from their centres.

    Attributes
    ----------
    domain
        What offsets and nodes are: vacuum wavelength [um] of a grating, or wavenumber [cm-1] of a
        Fourier transform spectrometer.
    node
        Centres for which a response is tabulated, ascending; a channel between two nodes has the
        linear mixture of theirs, one beyond them the nearest one's.  shape (node,)
    offset
        Light's place less the channel's centre, ascending, zero response beyond.
        shape (node, sample)
    response
        Integrates to 1 over the offset; between samples runs a cubic with the slopes of
        parabolas through three of them.  [um-1] or [cm], shape (node, sample)
    """

    domain: Literal["wavelength", "wavenumber"]
    node: Values
    offset: Values
    response: Values

    def __post_init__(self) -> None:
        if self.offset.shape != self.response.shape or self.offset.shape[:1] != self.node.shape:
            shapes = (self.node.shape, self.offset.shape, self.response.shape)
            raise InvalidValueError("line shape", shapes, "shapes (node,), (node, sample) twice")
        if not (np.isfinite(self.offset).all() and np.isfinite(self.response).all()):
            raise InvalidValueError("line shape", "missing numbers", "finite ones")
        if (np.diff(self.offset, axis=1) <= 0).any() or (np.diff(self.node) <= 0).any():
            raise InvalidValueError("line shape", "offsets or nodes", "ascending ones")


@dataclass(frozen=True, eq=False)
class Spectrum:
    """What one sounding measured in one band.

    Attributes
    ----------
    wavelength
        Centres of the channels in vacuum, in the frame of the instrument.  [um], shape (channel,)
    radiance
        As measured: of the polarisation that the instrument accepts.
        [photon s-1 m-2 sr-1 um-1], shape (channel,)
    uncertainty
        One standard deviation of its noise; the same unit and shape.
    good
        Channels that can be used: neither on the instrument's list of bad ones nor without a
        finite radiance and uncertainty.  shape (channel,)
    shape
        Response of the channels.
    stokes
        Coefficients of I, Q and U in what is measured, in the frame of the meridian plane of the
        line of sight; (0.5, 0, 0) accepts half of unpolarised light.  [1], shape (3,)
    window
        First and last wavenumber of the channels that retrievals of gases fit, in the frame of the
        instrument; None of one that tells none.  [cm-1]
    zero_level
        A priori standard deviation of an offset of all radiances, over the continuum: of detectors
        that are not linear.  [1]
    functions
        Residual functions that may be fitted, each as large as the noise (root mean square), in all
        channels; None when none are known.  [photon s-1 m-2 sr-1 um-1], shape (number, channel)
    """

    wavelength: Values
    radiance: Values
    uncertainty: Values
    good: NDArray[np.bool_]
    shape: LineShape
    stokes: tuple[float, float, float]
    window: tuple[float, float] | None = None
    zero_level: float = 0.0
    functions: Values | None = None


@dataclass(frozen=True, eq=False)
class Sounding:
    """One sounding.

    Attributes
    ----------
    sounding_id
        The mission's own identifier, or one made of the time.
    time
        UTC.
    latitude, longitude
        Of the centre of the footprint, geodetic.  [degree]
    altitude
        Of the surface above the geoid.  [m]
    footprint
        Number of the footprint across the track, from 0.
    solar_zenith, solar_azimuth, sensor_zenith, sensor_azimuth
        Directions to the Sun and to the instrument, seen from the surface; azimuths clockwise from
        north.  [degree]
    relative_velocity
        Speed at which instrument and surface draw nearer to each other.  [m s-1]
    solar_velocity
        Speed at which Sun and surface move apart.  [m s-1]
    solar_distance
        [astronomical unit]
    land_fraction
        Of the footprint.  [1]
    bands
        Spectra by the name of the band: o2a, wco2, sco2.
    latitude_vertices, longitude_vertices
        Corners of the footprint, NaN when unknown.  [degree], shape (4,)
    gain
        Of a detector that has several, as the mission calls it: H or M of GOSAT.
    """

    sounding_id: str
    time: np.datetime64
    latitude: float
    longitude: float
    altitude: float
    footprint: int
    solar_zenith: float
    solar_azimuth: float
    sensor_zenith: float
    sensor_azimuth: float
    relative_velocity: float
    solar_velocity: float
    solar_distance: float
    land_fraction: float
    bands: Mapping[str, Spectrum]
    latitude_vertices: Values
    longitude_vertices: Values
    gain: str = ""


@dataclass(frozen=True, eq=False)
class Weather:
    """What a weather model says of the place and time of a sounding.

    Attributes
    ----------
    profile
        Temperature and moisture, from the top down.
    surface_pressure
        [hPa]
    wind_east, wind_north
        At 10 m.  [m s-1]
    """

    profile: Profile
    surface_pressure: float
    wind_east: float
    wind_north: float
