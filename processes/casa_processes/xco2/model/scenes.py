"""Scenes that are drawn, and what an instrument measures of them: for proofs and demonstrations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.instruments.shapes import gaussian
from casa_processes.radiative_transfer.air import Profile
from casa_processes.spectra.sounding import LineShape, Sounding, Spectrum, Weather
from casa_processes.xco2.model.options import Options, Sigmas
from casa_processes.xco2.model.physics import Physics
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.state import LEVELS

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Channels:
    """Channels of a band of the instrument that is simulated.

    Attributes
    ----------
    first, step
        Wavelength of the first channel and distance.  [um]
    count
        Their number.
    width
        Of the Gaussian response: full width at half maximum.  [um]
    signal_to_noise
        At `reference`.  [1]
    reference
        Radiance, of the polarisation that is measured.  [photon s-1 m-2 sr-1 um-1]
    floor
        Part of the noise there that stays in the dark.  [1]
    albedo
        Lowest and highest of the scenes.  [1]
    """

    first: float
    step: float
    count: int
    width: float
    signal_to_noise: float
    reference: float
    floor: float = 0.35
    albedo: tuple[float, float] = (0.1, 0.4)

    @property
    def wavelength(self) -> Values:
        """Return the centres.  [um], shape (channel,)."""
        return self.first + self.step * np.arange(self.count, dtype=np.float64)

    def noise(self, radiance: Values) -> Values:
        """Return one standard deviation of the noise, shape of `radiance`."""
        photon = (1.0 - self.floor**2) * np.maximum(radiance, 0.0) / self.reference
        sigma: Values = np.sqrt(self.floor**2 + photon)
        return self.reference / self.signal_to_noise * sigma


INSTRUMENT: Mapping[str, Channels] = {
    "o2a": Channels(0.758_25, 1.42e-5, 976, 4.2e-5, 400.0, 1.75e20, albedo=(0.15, 0.4)),
    "wco2": Channels(1.591_5, 3.1e-5, 960, 7.8e-5, 500.0, 6.1e19, albedo=(0.1, 0.35)),
    "sco2": Channels(2.043, 3.8e-5, 930, 1.0e-4, 350.0, 3.1e19, albedo=(0.08, 0.3)),
}
"""A grating of three bands with the resolution and noise of those in orbit."""


@dataclass(frozen=True, eq=False)
class Simulated:
    """A sounding of a scene that is known.

    Attributes
    ----------
    sounding, weather
        What a retrieval takes.
    state
        The true one, in the elements of the options.  shape (n,)
    names
        Of the elements after the profile.
    xco2
        The true column.  [ppm]
    """

    sounding: Sounding
    weather: Weather
    state: Values
    names: tuple[str, ...]
    xco2: float

    def value(self, name: str) -> float:
        """Return an element of the true state."""
        return float(self.state[LEVELS + self.names.index(name)])


@dataclass(frozen=True)
class Place:
    """Where and when, and from which side.  [degree]; altitude [m]."""

    time: np.datetime64
    latitude: float
    longitude: float
    solar_zenith: float
    sensor_zenith: float = 10.0
    relative_azimuth: float = 60.0
    altitude: float = 100.0
    land_fraction: float = 1.0


def somewhere(rng: np.random.Generator) -> Place:
    """Draw a place on land in 2020, in daylight."""
    day = int(rng.integers(0, 366))
    return Place(
        time=np.datetime64("2020-01-01T04:00:00") + np.timedelta64(day, "D"),
        latitude=float(rng.uniform(-50.0, 60.0)),
        longitude=float(rng.uniform(-180.0, 180.0)),
        solar_zenith=float(rng.uniform(15.0, 65.0)),
        sensor_zenith=float(rng.uniform(0.0, 30.0)),
        relative_azimuth=float(rng.uniform(0.0, 180.0)),
        altitude=float(rng.uniform(0.0, 800.0)),
    )


def scene(
    rng: np.random.Generator,
    physics: Physics,
    options: Options,
    drawn: Sigmas | None = None,
    place: Place | None = None,
    instrument: Mapping[str, Channels] = INSTRUMENT,
    profile: Values | None = None,
) -> Simulated:
    """Draw a scene and simulate its sounding.

    Parameters
    ----------
    rng
        Source of chance.
    physics
        With which radiances are computed.
    options
        Elements of the true state, and a priori means that it is drawn around.
    drawn
        Standard deviations of the true state around them; those of the options when not given.
        Albedos are drawn from the limits of the instrument's bands, and water, height and width
        of aerosol and wind within what there is.
    place
        Drawn when not given.
    profile
        Mean of the true carbon dioxide; the climatology when not given.  [ppm], shape (level,)

    Raises
    ------
    InvalidValueError
        When the place is impossible.
    """
    place = place or somewhere(rng)
    weather = _weather(rng, place)
    albedo = {name: float(rng.uniform(*each.albedo)) for name, each in instrument.items()}
    dark = _sounding(place, physics, albedo, instrument)
    known = replace(options, sigmas=drawn or options.sigmas)
    model, prior = prepared(dark, weather, physics, known, profile)
    state = prior.mean + prior.factor @ rng.normal(size=prior.mean.size)
    names = model.known.names
    for number, name in enumerate(names, start=LEVELS):
        state[number] = _possible(name, state[number], albedo)
    radiance, _ = model(state)
    true = float(model.scene(state).air.weight @ state[:LEVELS])
    spectra, first = {}, 0
    for band in model.windows:
        last = first + band.wavelength.size
        spectra[band.name] = _measured(
            rng, dark.bands[band.name], instrument[band.name], band.used, radiance[first:last]
        )
        first = last
    return Simulated(replace(dark, bands=spectra), weather, state, names, true)


def _possible(name: str, value: float, albedo: Mapping[str, float]) -> float:
    """Keep an element of the truth within what there is."""
    if name.startswith("ln_albedo_"):
        return float(np.log(albedo[name.removeprefix("ln_albedo_")]))
    limits = {
        "h2o_scale": (0.1, 3.0),
        "height": (0.05, 1.2),
        "width": (0.03, 0.3),
        "ln_glint": (-2.0, 1.0),
        "ln_aod": (-8.0, 0.0),
    }
    for what, (low, high) in limits.items():
        if name == what or name.startswith(f"{what}_"):
            return float(np.clip(value, low, high))
    return value


def _measured(
    rng: np.random.Generator,
    dark: Spectrum,
    channels: Channels,
    used: NDArray[np.bool_],
    radiance: Values,
) -> Spectrum:
    """Add noise; channels without a radiance are bad."""
    whole, uncertain = np.full(used.size, np.nan), np.full(used.size, np.nan)
    uncertain[used] = channels.noise(radiance)
    whole[used] = radiance + uncertain[used] * rng.normal(size=radiance.size)
    return replace(dark, radiance=whole, uncertainty=uncertain, good=used)


def _sounding(
    place: Place,
    physics: Physics,
    albedo: Mapping[str, float],
    instrument: Mapping[str, Channels],
) -> Sounding:
    """Return a sounding of the right brightness without lines."""
    missing = np.full(4, np.nan)
    return Sounding(
        sounding_id=np.datetime_as_string(place.time, unit="s").translate(
            str.maketrans("", "", "-:T")
        ),
        time=place.time,
        latitude=place.latitude,
        longitude=place.longitude,
        altitude=place.altitude,
        footprint=0,
        solar_zenith=place.solar_zenith,
        solar_azimuth=130.0,
        sensor_zenith=place.sensor_zenith,
        sensor_azimuth=130.0 + place.relative_azimuth,
        relative_velocity=0.0,
        solar_velocity=0.0,
        solar_distance=1.0,
        land_fraction=place.land_fraction,
        bands=_spectra(place, physics, albedo, instrument),
        latitude_vertices=missing,
        longitude_vertices=missing,
    )


def _spectra(
    place: Place,
    physics: Physics,
    albedo: Mapping[str, float],
    instrument: Mapping[str, Channels],
) -> dict[str, Spectrum]:
    """Return spectra of the right brightness without lines."""
    cosine = np.cos(np.radians(place.solar_zenith))
    spectra = {}
    for name, channels in instrument.items():
        sunlight = physics.solar.irradiance(1e4 / channels.wavelength)
        flat = np.full(channels.count, np.percentile(sunlight, 98) * cosine * albedo[name])
        spectra[name] = Spectrum(
            wavelength=channels.wavelength,
            radiance=flat / (2.0 * np.pi),
            uncertainty=channels.noise(flat / (2.0 * np.pi)),
            good=np.ones(channels.count, np.bool_),
            shape=_shape(channels.width),
            stokes=(0.5, 0.0, 0.0),
        )
    return spectra


@lru_cache(maxsize=8)
def _shape(width: float) -> LineShape:
    """Return the response of channels, the same for all soundings."""
    return gaussian(width)


def _weather(rng: np.random.Generator, place: Place) -> Weather:
    """Draw a troposphere below a stratosphere, warmer and moister towards the equator."""
    warm = np.cos(np.radians(place.latitude)) ** 2
    surface = 1013.25 * np.exp(-place.altitude / 8000.0) + rng.uniform(-15.0, 10.0)
    pressure = np.geomspace(0.05, surface + 30.0, 72)
    height = 7.4 * np.log(1013.25 / pressure)
    ground = 265.0 + 35.0 * warm
    troposphere = ground - 6.0 * height
    stratosphere = 216.0 - 10.0 * warm + np.clip(height - 20.0, 0.0, 27.0) * 1.8
    lapse = np.maximum(troposphere, stratosphere)
    humidity = 0.016 * (0.2 + 0.8 * warm) * np.exp(-height / 2.2) + 4e-6
    wind = rng.normal(0.0, 5.0, 2)
    return Weather(
        Profile(pressure, np.clip(lapse, 175.0, 320.0), humidity), float(surface), *wind.tolist()
    )
