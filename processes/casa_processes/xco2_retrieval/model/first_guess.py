"""What a spectrum tells at first sight."""

from collections.abc import Mapping, Sequence

import numpy as np

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectra.sounding import Sounding
from casa_processes.xco2_retrieval.model.window import Window

_DARKEST, _BRIGHTEST = 1e-4, 2.0
_FOAM = 0.02
"""Albedo of a sea beside its mirror images."""


def albedos(
    sounding: Sounding, windows: Sequence[Window], wind: float | None
) -> Mapping[str, float]:
    """Return a priori albedos of the bands: those that explain the continuum without any air.

    Parameters
    ----------
    sounding
        For the height of the Sun.
    windows
        Bands, which hold the brightness of the continuum.
    wind
        Speed over a sea, where the continuum tells of mirrored light; None over land.  [m s-1]

    Raises
    ------
    InvalidValueError
        When a band is dark or brighter than sunlight.
    """
    found = {}
    for band in windows:
        shine = float(np.percentile(band.irradiance, 98))
        albedo = np.pi * band.brightness / (shine * np.cos(np.radians(sounding.solar_zenith)))
        if not _DARKEST < albedo < _BRIGHTEST:
            asked = f"an albedo of {albedo:.3g}"
            raise InvalidValueError(f"brightness of {band.name}", asked, "0.0001 to 2")
        found[band.name] = float(albedo) if wind is None else _FOAM
    return found
