"""Spectra of the synthetic world: what a spectrometer counts of the light of one sounding.

Light is computed by the forward model of the XCO2 retrieval, with all orders of scattering, so
that spectra prove nothing about what this model lacks. They have the resolution and noise of the
configured synthetic spectrometer, whatever mission they are named for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.doppler import approach
from casa_processes.instruments.doppler import sun as star
from casa_processes.instruments.noise import photon_noise
from casa_processes.instruments.spectrometer import Optics, spectrometer, synthetic_optics
from casa_processes.simulation.hashes import normal
from casa_processes.simulation.weather import weather
from casa_processes.simulation.world import SURFACE
from casa_processes.spectra.photons import photons_of_power_per_wavelength
from casa_processes.spectra.sounding import Sounding, Spectrum, Weather
from casa_processes.xco2.model import Options, Physics
from casa_processes.xco2.model.forward import Forward
from casa_processes.xco2.model.options import Layer
from casa_processes.xco2.model.prior import FRACTIONS
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.state import LEVELS

type Values = NDArray[np.float64]

SPECTROMETER = "synthetic"
"""Whose channels, resolution and noise the spectra have."""
COLOURS: Mapping[str, float] = {"o2a": 1.15, "wco2": 1.0, "sco2": 0.8}
"""Albedo of land in the bands by that of the scene.  [1]"""
PRESSURE_ERROR = 1.0
"""Standard deviation of the surface pressure that a file of weather tells.  [hPa]"""
_POLARISED = (0.5, 0.0, 0.0)
_SIF_PLACE = 0.757
"""Wavelength at which fluorescence is given.  [um]"""
_FAINT = 0.02
_SEED = 2**44


@dataclass(frozen=True)
class Target:
    """What is known of one sounding of the world: plain data that parts of a run carry.

    Attributes
    ----------
    sounding_id
        Digits.
    time
        UTC, milliseconds since 1970.
    latitude, longitude, solar_zenith, solar_azimuth, sensor_zenith, sensor_azimuth
        [degree]
    latitude_vertices, longitude_vertices
        Corners.  [degree]
    footprint
        From 0.
    land
        Whether it is land seen at nadir; else water in glint.
    day
        Days since the beginning of 2000.  [d]
    aerosol, albedo
        Of the scene.  [1]
    sif
        Fluorescence at 757 nm.  [W m-2 sr-1 um-1]
    xco2
        Column of the world.  [ppm]
    pressure, profile
        Middles of the world's layers [Pa] and their carbon dioxide [ppm], from the ground up.
    """

    sounding_id: str
    time: int
    latitude: float
    longitude: float
    solar_zenith: float
    solar_azimuth: float
    sensor_zenith: float
    sensor_azimuth: float
    latitude_vertices: tuple[float, ...]
    longitude_vertices: tuple[float, ...]
    footprint: int
    land: bool
    day: float
    aerosol: float
    albedo: float
    sif: float
    xco2: float
    pressure: tuple[float, ...]
    profile: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Seen:
    """A sounding with its spectra, and what it was made of.

    Attributes
    ----------
    sounding
        As measured.
    weather
        As a file of weather would tell it: its surface pressure errs.
    xco2
        Column of dry air that light passed.  [ppm]
    profile
        Carbon dioxide at levels of `FRACTIONS` of the surface pressure, from the top down.
        [ppm], shape (level,)
    surface_pressure
        [hPa]
    """

    sounding: Sounding
    weather: Weather
    xco2: float
    profile: Values
    surface_pressure: float


def optics_of() -> dict[str, Optics]:
    """Return how the bands of the synthetic spectrometer see light."""
    known = spectrometer(SPECTROMETER)
    return {band: synthetic_optics(known, band) for band in known.bands}


def seen(target: Target, physics: Physics, mission: str, seed: int) -> Seen:
    """Return what a spectrometer counts of a sounding; the same inputs give the same.

    Parameters
    ----------
    target
        The sounding.
    physics
        Spectroscopy and sunlight.
    mission
        Id of the spectrometer whose orbit tells the speed of approach.
    seed
        Of noise and weather.

    Raises
    ------
    InvalidValueError
        When a model of light does not hold for it.
    """
    air = weather(target.latitude, target.longitude, target.day, seed)
    optics = optics_of()
    dark = _dark(target, mission, optics, physics)
    options = Options(aerosols=(Layer("dust", depth=target.aerosol),))
    model, prior = prepared(dark, air, physics, options)
    state = prior.mean.copy()
    state[:LEVELS] = levels(target)
    _put(model, state, target)
    state[:LEVELS] += target.xco2 - _column(model, state)
    radiance, _ = model(state)
    bands, first = {}, 0
    for number, band in enumerate(model.windows):
        last = first + band.wavelength.size
        noise = normal(_SEED + seed, *_keys(target, number, optics[band.name].wavelength.size))
        measured = _measured(dark.bands[band.name], optics[band.name], band.used,
                             radiance[first:last], noise)  # fmt: skip
        bands[band.name] = measured
        first = last
    error = PRESSURE_ERROR * float(normal(_SEED + seed, *_keys(target, len(bands), 1))[0])
    return Seen(
        sounding=replace(dark, bands=bands),
        weather=replace(air, surface_pressure=air.surface_pressure + error),
        xco2=_column(model, state),
        profile=state[:LEVELS].copy(),
        surface_pressure=air.surface_pressure,
    )


def levels(target: Target) -> Values:
    """Return the world's profile at the levels of the forward model, from the top down.  [ppm]."""
    pressure, profile = np.array(target.pressure[::-1]), np.array(target.profile[::-1])
    return np.asarray(np.interp(FRACTIONS * SURFACE, pressure, profile))


def _column(model: Forward, state: Values) -> float:
    """Return the column of a state.  [ppm]."""
    return float(model.scene(state).air.weight @ state[:LEVELS])


def _put(model: Forward, state: Values, target: Target) -> None:
    """Put the ground and the fluorescence of the scene into a state."""
    known = model.known
    for band in model.windows:
        place = known.place(f"ln_albedo_{band.name}")
        if place is not None and target.land:
            state[place] = np.log(COLOURS[band.name] * target.albedo)
    band = next(each for each in model.windows if each.name == "o2a")
    ends = band.wavelength.min(), band.wavelength.max()
    where = (2.0 * _SIF_PLACE - sum(ends)) / (ends[1] - ends[0])
    slanted = 1.0 + where * known.value(state, "sif_slope")
    photons = photons_of_power_per_wavelength(np.array([target.sif]), np.array([_SIF_PLACE]))
    place = known.place("sif")
    if place is not None:
        state[place] = float(photons[0]) / (slanted * band.brightness)


def _dark(target: Target, mission: str, optics: Mapping[str, Optics], physics: Physics) -> Sounding:
    """Return a sounding of about the right brightness without lines."""
    time = np.datetime64(target.time, "ms").astype("datetime64[ns]")
    sunny = star(time, target.latitude, target.longitude)
    return Sounding(
        sounding_id=target.sounding_id,
        time=time,
        latitude=target.latitude,
        longitude=target.longitude,
        altitude=0.0,
        footprint=target.footprint,
        solar_zenith=target.solar_zenith,
        solar_azimuth=target.solar_azimuth % 360.0,
        sensor_zenith=target.sensor_zenith,
        sensor_azimuth=target.sensor_azimuth % 360.0,
        relative_velocity=_speed(target, mission),
        solar_velocity=sunny.velocity,
        solar_distance=sunny.distance,
        land_fraction=float(target.land),
        bands={name: _flat(target, name, each, physics) for name, each in optics.items()},
        latitude_vertices=np.array(target.latitude_vertices),
        longitude_vertices=np.array(target.longitude_vertices),
    )


def _speed(target: Target, mission: str) -> float:
    """Return how fast the instrument comes nearer; 0 where its orbit never is.  [m s-1]."""
    orbit = spectrometer(mission).orbit
    if orbit is None:
        return 0.0
    sight = target.sensor_zenith, target.sensor_azimuth, target.latitude
    try:
        return approach(*sight, orbit.altitude, orbit.inclination, orbit.ascending)
    except InvalidValueError:
        return 0.0


def _flat(target: Target, name: str, optics: Optics, physics: Physics) -> Spectrum:
    """Return a spectrum without lines."""
    albedo = COLOURS[name] * target.albedo if target.land else _FAINT
    shine = np.percentile(physics.solar.irradiance(1e4 / optics.wavelength), 98)
    level = float(shine) * np.cos(np.deg2rad(target.solar_zenith)) * albedo / np.pi
    radiance = np.full(optics.wavelength.size, _POLARISED[0] * level)
    return Spectrum(
        wavelength=optics.wavelength,
        radiance=radiance,
        uncertainty=_noise(radiance, optics),
        good=np.ones(radiance.size, np.bool_),
        shape=optics.shape,
        stokes=_POLARISED,
    )


def _measured(
    flat: Spectrum, optics: Optics, used: NDArray[np.bool_], radiance: Values, noise: Values
) -> Spectrum:
    """Add noise; channels that the tables of absorption do not reach have no radiance."""
    whole, uncertain = np.full(used.size, np.nan), np.full(used.size, np.nan)
    uncertain[used] = photon_noise(
        radiance, optics.photon[used], optics.background[used], optics.full_scale
    )
    whole[used] = radiance + uncertain[used] * noise[used]
    return replace(flat, radiance=whole, uncertainty=uncertain, good=used)


def _noise(radiance: Values, optics: Optics) -> Values:
    return photon_noise(radiance, optics.photon, optics.background, optics.full_scale)


def _keys(target: Target, number: int, count: int) -> tuple[NDArray[np.int64], ...]:
    """Return what tells the noise of one channel from that of all others."""
    plain = (target.time, target.footprint, number)
    return (*(np.array(each, dtype=np.int64) for each in plain), np.arange(count))
