"""Columns as a retrieval sees them: weights, averaging kernels, and an a priori profile."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.climate import YEAR, winter

type Values = NDArray[np.float64]

_YEARS = 23.0 * YEAR
"""From the beginning of 2000 to that of 2023.  [d]"""


def weights(interfaces: Values) -> Values:
    """Return the share of the air in each layer; they add up to 1.  [1], shape (z,).

    Parameters
    ----------
    interfaces
        Pressures from the ground up to 0.  [Pa], shape (z + 1,)
    """
    return np.asarray(-np.diff(interfaces) / interfaces[0])


def sensitivity(interfaces: Values, airmass: Values) -> Values:
    """Return column averaging kernels, near 1 at the ground and less further up.  [1], (n, z).

    Parameters
    ----------
    interfaces
        Pressures from the ground up.  [Pa], shape (z + 1,)
    airmass
        Sum of the secants of both zenith angles; long paths saturate less aloft.  [1], shape (n,)

    Notes
    -----
    a(p) = 1 - c (1 - p / ps)**2, c from 0.5 at an air mass of 2 to 0.3 at 6: a smooth shape like
    that of the retrievals of OCO-2, not one of them.
    """
    height = 1.0 - (interfaces[1:] + interfaces[:-1]) / (2.0 * interfaces[0])
    loss = 0.5 - 0.05 * np.clip(airmass - 2.0, 0.0, 4.0)
    return np.asarray(1.0 - loss[:, None] * height[None, :] ** 2)


def apriori(latitude: Values, day: Values, interfaces: Values) -> Values:
    """Return a priori mole fractions, a formula that knows nothing of the world.  [ppm], (n, z).

    Parameters
    ----------
    latitude
        [degree], shape (n,)
    day
        Days since the beginning of 2000.  [d], shape (n,)
    interfaces
        Pressures from the ground up.  [Pa], shape (z + 1,)

    Notes
    -----
    Growth of 2.3 ppm a year, 3 ppm from south to north, a season that is largest in the north,
    and 3 ppm less in the stratosphere.
    """
    middle = (interfaces[1:] + interfaces[:-1]) / 2.0
    below = np.clip((middle - 10_000.0) / 20_000.0, 0.0, 1.0)
    north = np.tanh(latitude / 25.0)
    swing = 4.0 * np.clip(np.sin(np.deg2rad(latitude)), 0.0, 1.0)
    season = swing * winter(day - 100.0)
    ground = 418.0 + 2.3 * (day - _YEARS) / YEAR
    return np.asarray(
        (ground - 3.0)[:, None] + below[None, :] * (3.0 + 1.5 * north + season)[:, None]
    )


def smoothed(weight: Values, kernel: Values, prior: Values, profile: Values) -> Values:
    """Return columns as a retrieval sees them.  shape (n,).

    Parameters
    ----------
    weight
        Share of the air in layers.  [1], shape (z,)
    kernel
        Column averaging kernels, normalised by the weight.  [1], shape (n, z)
    prior, profile
        Mole fractions.  shape (n, z)

    Notes
    -----
    Rodgers and Connor (2003): sum of h (prior + a (profile - prior)).
    """
    return np.asarray(((prior + kernel * (profile - prior)) * weight).sum(axis=1))
