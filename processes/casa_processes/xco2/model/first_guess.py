"""What a spectrum tells at first sight."""

from collections.abc import Mapping, Sequence

import numpy as np

from casa_processes.common.constants import (
    AVOGADRO,
    MOLAR_MASS_DRY_AIR,
    STANDARD_GRAVITY,
)
from casa_processes.common.errors import InvalidValueError
from casa_processes.spectra.sounding import Sounding, Weather
from casa_processes.xco2.model.options import Options
from casa_processes.xco2.model.window import Window

_DARKEST, _BRIGHTEST = 1e-4, 2.0
_FOAM = 0.02
"""Albedo of a sea beside its mirror images."""

_SIF_PER_WAVENUMBER, _SIF_REFERENCE = 0.0018, 13_245.0
"""Relative rise of the fluorescence of vegetation with the wavenumber, and where [cm]; [cm-1].

The a priori slope of NASA's own retrieval of OCO-2, which stays there: its deviation is 7e-6.
"""


def sif_slope(windows: Sequence[Window]) -> float:
    """Return the relative change of fluorescence from the middle of the A band to its far edge."""
    for band in windows:
        if band.name == "o2a":
            near, far = (
                1.0 + _SIF_PER_WAVENUMBER * (1e4 / float(end) - _SIF_REFERENCE)
                for end in (band.wavelength.min(), band.wavelength.max())
            )
            return (far - near) / (far + near)
    return 0.0


class BrightnessError(InvalidValueError):
    """A band that is darker, or brighter, than any model of its light holds for."""


def albedos(
    sounding: Sounding,
    weather: Weather,
    options: Options,
    windows: Sequence[Window],
    wet: bool,
) -> Mapping[str, float]:
    """Return a priori albedos of the bands: those that explain the continuum.

    Parameters
    ----------
    sounding, weather
        For directions and the surface pressure.
    options
        For the aerosol that is expected.
    windows
        Bands, which hold the brightness of the continuum.
    wet
        Whether the ground is a sea, where the continuum tells of mirrored light.

    Raises
    ------
    BrightnessError
        When a band is dark or, over land, brighter than sunlight.

    """
    if wet:
        return {band.name: _foam(band) for band in windows}
    found = {}
    for band in windows:
        albedo = explained(sounding, weather, options, band)
        if not _DARKEST < albedo < _BRIGHTEST:
            asked = f"an albedo of {albedo:.3g}"
            raise BrightnessError(f"brightness of {band.name}", asked, "0.0001 to 2")
        found[band.name] = albedo
    return found


def explained(sounding: Sounding, weather: Weather, options: Options, band: Window) -> float:
    """Return the albedo that explains the continuum of a band; of any sign.

    Notes
    -----
    Brightness = F (mu_0 albedo / pi exp(-m tau) + omega P (1 - exp(-m tau)) / (4 pi mu m)) with
    air and aerosol in one layer and no gas.
    """
    sun, sight = np.cos(np.radians([sounding.solar_zenith, sounding.sensor_zenith]))
    ways = 1.0 / sun + 1.0 / sight
    mass = weather.surface_pressure * 100.0 / STANDARD_GRAVITY
    molecules = mass / MOLAR_MASS_DRY_AIR * AVOGADRO * 1e-4
    shine = float(np.percentile(band.irradiance, 98))
    depths = [molecules * float(band.rayleigh.mean())]
    depths += [
        layer.depth * float(optics.shape.mean())
        for layer, (optics, _) in zip(options.aerosols, band.particles, strict=True)
    ]
    phases = [band.rayleigh_phase, *(phase for _, phase in band.particles)]
    whole = sum(depths)
    phase = sum(d * p for d, p in zip(depths, phases, strict=True)) / whole
    left = float(np.exp(-ways * whole))
    scattered = shine * phase * (1.0 - left) / (4.0 * np.pi * sight * ways)
    return float(np.pi * (band.brightness - scattered) / (shine * sun * left))


def _foam(band: Window) -> float:
    """Return the albedo of a sea, whose mirrored light may outshine any other ground.

    Raises
    ------
    BrightnessError
        When the band has no light at all.
    """
    if not 0.0 < band.brightness < np.inf:
        raise BrightnessError(f"brightness of {band.name}", band.brightness, "some light")
    return _FOAM
