"""Errors of soundings: noise of the instrument, and what scenes do to a retrieval."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.clouds import Scenes
from casa_processes.simulation.hashes import normal
from casa_processes.simulation.sampling import Instrument, Views

type Values = NDArray[np.float64]

HAZE, SLANT, DARKNESS = 0.6, 0.6, -0.53
"""Shares of aerosol, of the slant of sunlight and of the albedo in the bias; squared, they add up
to 1."""
_CLIP = 2.5
_BRIGHT = 0.2
"""Albedo times cosine of the solar zenith angle at which noise is that of the instrument."""
_LEAST, _MOST = 0.7, 2.0
_SLANT_MEAN, _SLANT_SPREAD = 1.6, 0.6
"""Of the secant of the solar zenith angle."""


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of XCO2, each of shape (n,).

    Attributes
    ----------
    uncertainty
        Standard deviation of `noise`, as a retrieval would report it.  [ppm]
    noise
        Independent from one sounding to the next.  [ppm]
    bias
        Alike where scenes are alike; nothing reports it.  [ppm]
    """

    uncertainty: Values
    noise: Values
    bias: Values


def errors(one: Instrument, seen: Views, scene: Scenes, seed: int) -> Errors:
    """Return the errors of soundings.

    Parameters
    ----------
    one
        The instrument; each has noise of its own.
    seen
        When and where it looked.
    scene
        What was there.
    seed
        Another one gives other noise.
    """
    uncertainty = one.noise * dimness(scene.albedo, seen.sun_zenith)
    stamp = seen.time.astype("datetime64[ms]").astype(np.int64)
    own = np.array(zlib.crc32(one.name.encode()), dtype=np.int64)
    drawn = normal(seed, own, stamp, seen.footprint)
    return Errors(uncertainty, uncertainty * drawn, structured(one.bias, seen.sun_zenith, scene))


def dimness(albedo: Values, sun_zenith: Values) -> Values:
    """Return how much noise is larger than that of a bright scene: as the root of light.  [1]."""
    light = albedo * np.cos(np.deg2rad(sun_zenith))
    return np.asarray(np.clip(np.sqrt(_BRIGHT / light), _LEAST, _MOST))


def structured(size: float, sun_zenith: Values, scene: Scenes) -> Values:
    """Return what aerosol, slant sunlight and dark ground add to XCO2.  [ppm].

    Parameters
    ----------
    size
        Standard deviation, about.  [ppm]
    sun_zenith
        [degree], shape (n,)
    scene
        What was there.
    """
    slant = (1.0 / np.cos(np.deg2rad(sun_zenith)) - _SLANT_MEAN) / _SLANT_SPREAD
    total = HAZE * np.clip(scene.hazy, -_CLIP, _CLIP)
    total = total + SLANT * np.clip(slant, -_CLIP, _CLIP)
    return np.asarray(size * (total + DARKNESS * np.clip(scene.bright, -_CLIP, _CLIP)))
