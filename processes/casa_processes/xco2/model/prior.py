"""The prior of a sounding: which elements its state has, their means and covariance."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from casa_processes.estimation.problem import Prior
from casa_processes.estimation.problem import prior as gaussian
from casa_processes.xco2.model import carbon_dioxide
from casa_processes.xco2.model.options import Options, Sigmas
from casa_processes.xco2.model.state import LEVELS, Element, Elements, elements

type Values = NDArray[np.float64]

FRACTIONS: Values = np.concatenate([[1e-4], np.arange(1, LEVELS) / (LEVELS - 1)])
"""Pressures of the levels over that of the surface."""


def prior(
    options: Options,
    profile: Values,
    surface_pressure: float,
    albedo: Mapping[str, float],
    more: Sequence[Element] = (),
    sif_slope: float = 0.0,
    zero_level: Mapping[str, float] | None = None,
) -> tuple[Elements, Prior]:
    """Return the elements of a state and their prior.

    Parameters
    ----------
    options
        Choices of the retrieval.
    profile
        A priori carbon dioxide.  [ppm], shape (level,)
    surface_pressure
        A priori.  [hPa]
    albedo
        A priori, of each band.  [1]
    more
        Further elements, as those of a sea.
    sif_slope
        A priori change of the fluorescence to the edge of the band, relative.  [1]
    zero_level
        Deviations of the offset of each band that its instrument is known for, where options tell
        none.  [1]

    Raises
    ------
    InvalidValueError
        When a number is missing.
    """
    offset = {
        band: (zero_level or {}).get(band, 0.0) if asked is None else asked
        for band, asked in dict.fromkeys(options.bands, options.sigmas.zero_level).items()
    }
    every = [*_elements(options, surface_pressure, albedo, sif_slope, offset), *more]
    kept = [each for each in every if each.sigma > 0.0]
    size = LEVELS + len(kept)
    whole = np.zeros((size, size))
    scale = max(options.sigmas.co2, 1e-3) ** 2
    whole[:LEVELS, :LEVELS] = carbon_dioxide.covariance(FRACTIONS) * scale
    whole[np.arange(LEVELS, size), np.arange(LEVELS, size)] = [each.sigma**2 for each in kept]
    mean = np.concatenate([profile, [each.mean for each in kept]])
    return elements(every), gaussian(mean, whole)


def _elements(
    options: Options,
    surface_pressure: float,
    albedo: Mapping[str, float],
    sif_slope: float,
    offset: Mapping[str, float],
) -> list[Element]:
    sigmas = options.sigmas
    found = [
        Element("h2o_scale", 1.0, sigmas.h2o_scale),
        Element("temperature_offset", 0.0, sigmas.temperature_offset),
        Element("surface_pressure", surface_pressure, sigmas.surface_pressure),
    ]
    for band in options.bands:
        found += _of_band(band, sigmas, albedo[band], offset[band], options.eofs)
    if "o2a" in options.bands:
        found += [
            Element("sif", 0.0, sigmas.sif),
            Element("sif_slope", sif_slope, sigmas.sif_slope),
        ]
    for layer in options.aerosols:
        deep = sigmas.aod if layer.depth_sigma is None else layer.depth_sigma
        high = sigmas.height if layer.height_sigma is None else layer.height_sigma
        found += [
            Element(f"ln_aod_{layer.kind}", float(np.log(layer.depth)), deep),
            Element(f"height_{layer.kind}", layer.height, high),
            Element(f"width_{layer.kind}", layer.width, sigmas.width),
        ]
    return found


def _of_band(band: str, sigmas: Sigmas, albedo: float, offset: float, eofs: int) -> list[Element]:
    return [
        Element(f"ln_albedo_{band}", float(np.log(albedo)), sigmas.albedo),
        Element(f"albedo_slope_{band}", 0.0, sigmas.albedo_slope),
        Element(f"albedo_curve_{band}", 0.0, sigmas.albedo_curve),
        Element(f"shift_{band}", 0.0, sigmas.shift),
        Element(f"stretch_{band}", 0.0, sigmas.stretch),
        Element(f"zero_level_{band}", 0.0, offset),
        *(Element(f"eof_{number}_{band}", 0.0, sigmas.eof) for number in range(1, eofs + 1)),
    ]
