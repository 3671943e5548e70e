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
from casa_processes.xco2_retrieval.model.options import Options
from casa_processes.xco2_retrieval.model.window import Window

_DARKEST, _BRIGHTEST = 1e-4, 2.0
_FOAM = 0.02
"""Albedo of a sea beside its mirror images."""


def albedos(
    sounding: Sounding,
    weather: Weather,
    options: Options,
    windows: Sequence[Window],
    wind: float | None,
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
    wind
        Speed over a sea, where the continuum tells of mirrored light; None over land.  [m s-1]

    Raises
    ------
    InvalidValueError
        When a band is dark or brighter than sunlight.

    Notes
    -----
    Brightness = F (mu_0 albedo / pi exp(-m tau) + omega P (1 - exp(-m tau)) / (4 pi mu m)) with
    air and aerosol in one layer and no gas.
    """
    sun, sight = np.cos(np.radians([sounding.solar_zenith, sounding.sensor_zenith]))
    ways = 1.0 / sun + 1.0 / sight
    mass = weather.surface_pressure * 100.0 / STANDARD_GRAVITY
    molecules = mass / MOLAR_MASS_DRY_AIR * AVOGADRO * 1e-4
    found = {}
    for band in windows:
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
        albedo = np.pi * (band.brightness - scattered) / (shine * sun * left)
        if not _DARKEST < albedo < _BRIGHTEST:
            asked = f"an albedo of {albedo:.3g}"
            raise InvalidValueError(f"brightness of {band.name}", asked, "0.0001 to 2")
        found[band.name] = float(albedo) if wind is None else _FOAM
    return found
