"""One band of a sounding: all that does not change with the state."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.response import covered
from casa_processes.radiative_transfer import rayleigh
from casa_processes.radiative_transfer.aerosol import Kind, Optics, kind_named, optics
from casa_processes.radiative_transfer.paths import scattering_cosine
from casa_processes.spectra.sounding import LineShape, Sounding, Spectrum
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.tables import States
from casa_processes.xco2.model.options import Options
from casa_processes.xco2.model.physics import Physics
from casa_processes.xco2.model.polarisation import seen_mirror, seen_phase
from casa_processes.xco2.model.sea import WATER_INDEX
from casa_processes.xco2.model.sunlight import sunlight

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]

LEAST_CHANNELS = 20

_MARGIN = 0.5
"""Beyond the reach of the channels, for what they may move.  [cm-1]"""

_SPARE = 4
"""Points beyond those, for differences."""

FURTHEST = 3.0
"""Sampling distances by which fitted channels may move without leaving the tables."""


@dataclass(frozen=True, eq=False)
class Window:
    """A band as a sounding sees it.

    Attributes
    ----------
    name
        Of the band.
    grid
        Where light is computed: as far as channels receive any.
    first
        Point of the tables where that begins.
    states, gases, tables
        Of the absorption.
    used
        Channels of the spectrum that are fitted.  shape (channel of the spectrum,)
    wavelength
        Of the fitted channels, in the frame of the air.  [um], shape (channel,)
    shape
        Their response.
    sampling
        Distance of channels.  [um]
    channel_place, place
        Where channels and points are in the band: -1 and 1 at the outermost channels.
        shapes (channel,), (point,)
    irradiance
        [photon s-1 m-2 um-1], shape (point,)
    rayleigh
        Cross-section of a molecule of air.  [cm2], shape (point,)
    rayleigh_phase
        Its phase function at the angle of scattering, as the instrument sees it.  [1]
    mirror
        Part of the light that waves of a sea mirror in what is measured, over that of unpolarised
        light.  [1]
    particles
        Optics of each kind of aerosol, and the product of their single-scattering albedo and phase
        function at that angle.
    brightness
        Of the continuum that was measured, of all polarisations.
        [photon s-1 m-2 sr-1 um-1]
    zero_level
        A priori deviation of an offset that the instrument is known for, over the brightness.  [1]
    polarisation
        Part of unpolarised light that is measured.  [1]
    eofs
        Residual functions.  shape (number, channel)
    """

    name: str
    grid: Grid
    first: int
    states: States
    gases: tuple[str, ...]
    tables: tuple[Single, ...]
    used: NDArray[np.bool_]
    wavelength: Values
    shape: LineShape
    sampling: float
    channel_place: Values
    place: Single
    irradiance: Single
    rayleigh: Values
    rayleigh_phase: float
    mirror: float
    particles: tuple[tuple[Optics, float], ...]
    brightness: float
    zero_level: float
    polarisation: float
    eofs: Values


def window(name: str, sounding: Sounding, physics: Physics, options: Options) -> Window:
    """Prepare a band of a sounding.

    Raises
    ------
    InvalidValueError
        When the band is missing, or has too few channels that can be used.
    """
    _check(name, sounding, physics)
    spectrum, absorption = sounding.bands[name], physics.absorption[name]
    grid = absorption.tables[0].grid
    wavelength = spectrum.wavelength * (1.0 + sounding.relative_velocity / SPEED_OF_LIGHT)
    sampling = float(np.median(np.abs(np.diff(spectrum.wavelength))))
    used = spectrum.good & inside(spectrum)
    for moved in (-FURTHEST * sampling, FURTHEST * sampling):
        used &= covered(spectrum.shape, wavelength + moved, grid)
    if used.sum() < LEAST_CHANNELS:
        raise InvalidValueError(f"good channels of {name}", int(used.sum()), f"{LEAST_CHANNELS}")
    wavelength = wavelength[used]
    ends = np.array([wavelength.min(), wavelength.max()])
    first, grid = _needed(grid, wavelength, sampling, spectrum.shape)
    points = 1e4 / grid.values
    polarisation = spectrum.stokes[0]
    depolarised = float(rayleigh.depolarisation(ends).mean())
    return Window(
        name=name,
        grid=grid,
        first=first,
        states=absorption.tables[0].states,
        gases=absorption.gases,
        tables=tuple(np.asarray(table.values) for table in absorption.tables),
        used=used,
        wavelength=wavelength,
        shape=spectrum.shape,
        sampling=sampling,
        channel_place=_placed(wavelength, ends),
        place=_placed(points, ends).astype(np.float32),
        irradiance=_irradiance(sounding, physics, grid, wavelength, spectrum.shape),
        rayleigh=rayleigh.cross_section(points),
        rayleigh_phase=seen_phase(sounding, spectrum.stokes, depolarised),
        mirror=seen_mirror(sounding, spectrum.stokes, WATER_INDEX[name]),
        particles=_particles(sounding, physics, options, points, float(ends.mean())),
        brightness=float(np.percentile(spectrum.radiance[used], 98)) / polarisation,
        zero_level=spectrum.zero_level,
        polarisation=polarisation,
        eofs=_functions(name, spectrum, physics, options, used),
    )


def inside(spectrum: Spectrum) -> NDArray[np.bool_]:
    """Tell which channels lie in the window that is fitted.  shape (channel,)."""
    low, high = spectrum.window or (0.0, np.inf)
    wavenumber = 1e4 / spectrum.wavelength
    return (wavenumber >= low) & (wavenumber <= high)


def _check(name: str, sounding: Sounding, physics: Physics) -> None:
    """Refuse a band that sounding or spectroscopy does not have, or that measures no light.

    Raises
    ------
    InvalidValueError
        Naming those that there are.
    """
    if name not in sounding.bands:
        raise InvalidValueError(
            "bands of the sounding", sorted(sounding.bands), f"among them {name}"
        )
    if name not in physics.absorption:
        raise InvalidValueError("bands of spectroscopy", sorted(physics.absorption), name)
    stokes = sounding.bands[name].stokes
    if not (np.isfinite(stokes).all() and stokes[0] > 0.0):
        raise InvalidValueError(f"Stokes coefficients of {name}", stokes, "m_I above 0")


def _functions(
    name: str, spectrum: Spectrum, physics: Physics, options: Options, used: NDArray[np.bool_]
) -> Values:
    """Return the residual functions that are fitted, in the fitted channels: its own, if any."""
    if not options.eofs:
        return np.empty((0, int(used.sum())))
    known = physics.eofs.get(name) if spectrum.functions is None else spectrum.functions
    if known is None or known.shape[0] < options.eofs:
        raise InvalidValueError(f"residual functions of {name}", options.eofs, "as many as given")
    return known[: options.eofs, used]


def _particles(
    sounding: Sounding, physics: Physics, options: Options, points: Values, centre: float
) -> tuple[tuple[Optics, float], ...]:
    """Return the optics of each kind, and what it scatters towards the instrument."""
    cosine = scattering_cosine(
        sounding.solar_zenith,
        sounding.sensor_zenith,
        sounding.sensor_azimuth - sounding.solar_azimuth,
    )
    kinds = [_kind(layer.kind, physics) for layer in options.aerosols]
    known = [optics(each, points, centre) for each in kinds]
    return tuple((each, each.albedo * each.phase(cosine)) for each in known)


def _kind(name: str, physics: Physics) -> Kind:
    return physics.kinds[name] if name in physics.kinds else kind_named(name)


def _placed(wavelength: Values, ends: Values) -> Values:
    placed: Values = (2.0 * wavelength - ends.sum()) / (ends[1] - ends[0])
    return placed


def _needed(grid: Grid, wavelength: Values, sampling: float, shape: LineShape) -> tuple[int, Grid]:
    """Return the first point, and all, that channels may receive light from."""
    far = FURTHEST * sampling
    ends = np.array([wavelength.min() - far, wavelength.max() + far])
    low, high = ((each - grid.first) / grid.step for each in _reach(ends, shape))
    first = max(int(np.floor(low)) - _SPARE, 0)
    last = min(int(np.ceil(high)) + _SPARE, grid.size - 1)
    return first, Grid(grid.first + first * grid.step, grid.step, last + 1 - first)


def _irradiance(
    sounding: Sounding, physics: Physics, grid: Grid, wavelength: Values, shape: LineShape
) -> Single:
    """Shift sunlight by the motion of the Sun and weaken it with its distance.

    It is asked for where channels receive light only; beyond, where it does not matter, it stays.
    """
    low, high = _reach(wavelength, shape)
    needed = np.clip(grid.values, low - _MARGIN, high + _MARGIN)
    shine = sunlight(physics.solar, needed, sounding.solar_velocity)
    return (shine / sounding.solar_distance**2).astype(np.float32)


def _reach(wavelength: Values, shape: LineShape) -> tuple[float, float]:
    """Return the first and last wavenumber that channels receive light from.  [cm-1]."""
    first, last = float(shape.offset.min()), float(shape.offset.max())
    near, far = float(wavelength.min()), float(wavelength.max())
    if shape.domain == "wavenumber":
        return 1e4 / far + first, 1e4 / near + last
    return 1e4 / (far + last), 1e4 / (near + first)
