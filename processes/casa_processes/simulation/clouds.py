"""Clouds, aerosol and brightness of the scenes of the synthetic world, at any place and time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from casa_processes.simulation.climate import winter
from casa_processes.simulation.hashes import field

type Values = NDArray[np.float64]

THIN = 0.3
"""Largest optical depth of a cloud through which is measured.  [1]"""
_SPREAD = 1.5
"""Standard deviation of the logarithm of the depth of clouds."""
_CLOUD, _AEROSOL, _GROUND = 1, 2, 3
_LATITUDES = np.array([0.0, 12.0, 25.0, 45.0, 60.0, 90.0])
_CLEAR = np.array([0.12, 0.25, 0.40, 0.25, 0.15, 0.15])
_SHIFT = 6.0
"""Distance that the belts move with the seasons.  [degree]"""


@dataclass(frozen=True, eq=False)
class Scenes:
    """What lies in a view, each of shape (n,).

    Attributes
    ----------
    cloud, aerosol
        Optical depths.  [1]
    albedo
        Of the ground; of water, where it mirrors the Sun, what a Lambertian one would need.  [1]
    hazy, bright
        Logarithms of aerosol and albedo, with mean 0 and variance 1.
    """

    cloud: Values
    aerosol: Values
    albedo: Values
    hazy: Values
    bright: Values


def clear_probability(latitude: Values, day: Values) -> Values:
    """Return how often clouds are thin: seldom in the tropics, most often beside them.  [1].

    Parameters
    ----------
    latitude
        [degree], shape (n,)
    day
        Days since the beginning of 2000.  [d], shape (n,)
    """
    distance = np.abs(latitude + _SHIFT * winter(day))
    return np.asarray(np.interp(distance, _LATITUDES, _CLEAR))


def cloud_depth(seed: int, latitude: Values, longitude: Values, day: Values) -> Values:
    """Return the optical depth of clouds, lognormal, alike within 500 km and a day.  [1].

    It is below `THIN` as often as `clear_probability` says.
    """
    thin = ndtri(clear_probability(latitude, day))
    where = field(3 * seed + _CLOUD, latitude, longitude, day, 500.0, 1.0)
    return np.asarray(THIN * np.exp(_SPREAD * (where - thin)))


def scenes(
    seed: int, latitude: Values, longitude: Values, day: Values, land: NDArray[np.bool_]
) -> Scenes:
    """Return what lies at places and times.

    Parameters
    ----------
    seed
        Of weather and ground.
    latitude, longitude
        [degree], shape (n,)
    day
        Days since the beginning of 2000.  [d], shape (n,)
    land
        Whether it is land.  shape (n,)
    """
    hazy = field(3 * seed + _AEROSOL, latitude, longitude, day, 800.0, 3.0)
    bright = field(3 * seed + _GROUND, latitude, longitude, np.zeros_like(day), 400.0, 1.0)
    return Scenes(
        cloud=cloud_depth(seed, latitude, longitude, day),
        aerosol=np.where(land, 0.12, 0.08) * np.exp(0.5 * hazy),
        albedo=np.where(land, 0.22 * np.exp(0.35 * bright), 0.30 * np.exp(0.15 * bright)),
        hazy=hazy,
        bright=bright,
    )
