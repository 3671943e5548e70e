"""Noise that depends on where and when alone, not on the order in which it is asked for."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from casa_processes.common.constants import EARTH_RADIUS

type Values = NDArray[np.float64]
type Whole = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_CORNERS = tuple((i, j, k, m) for i in (0, 1) for j in (0, 1) for k in (0, 1) for m in (0, 1))


def hashed(seed: int, *keys: Whole) -> NDArray[np.uint64]:
    """Return a number for each set of keys, as good as drawn from all of 64 bits.

    Parameters
    ----------
    seed
        Another one gives other numbers.
    keys
        Whole numbers, at least one array, broadcast against each other.

    Notes
    -----
    The finaliser of SplitMix64 (Steele et al., 2014, doi:10.1145/2660193.2660195) after each key.
    """
    shape = np.broadcast_shapes(*(np.shape(key) for key in keys))
    state = np.full(shape, seed, dtype=np.int64).astype(np.uint64)
    for key in keys:
        state = _mixed(state + _GOLDEN) ^ np.asarray(key, dtype=np.int64).astype(np.uint64)
    return _mixed(state + _GOLDEN)


def uniform(seed: int, *keys: Whole) -> Values:
    """Return numbers between 0 and 1, both left out, one for each set of keys."""
    return np.asarray(((hashed(seed, *keys) >> np.uint64(11)) + 0.5) * 2.0**-53)


def normal(seed: int, *keys: Whole) -> Values:
    """Return numbers with mean 0 and variance 1 of the normal law, one for each set of keys."""
    return np.asarray(ndtri(uniform(seed, *keys)))


def field(
    seed: int, latitude: Values, longitude: Values, day: Values, length: float, period: float
) -> Values:
    """Return a field of the normal law, mean 0 and variance 1, smooth in space and time.

    Parameters
    ----------
    seed
        Of the field.
    latitude, longitude
        [degree], shape (n,)
    day
        Days since any instant.  [d], shape (n,)
    length
        Points further apart than 3.5 times this are independent.  [km]
    period
        And those two of these apart in time.  [d]

    Notes
    -----
    Weighted means of normal numbers on the corners of a lattice of three dimensions and time,
    divided by the root of the sum of the squared weights, which keeps the variance everywhere.
    """
    y, x = np.deg2rad(latitude), np.deg2rad(longitude)
    scale = EARTH_RADIUS / 1_000.0 / length
    along = np.stack(
        [
            np.cos(y) * np.cos(x) * scale,
            np.cos(y) * np.sin(x) * scale,
            np.sin(y) * scale,
            np.broadcast_to(day, y.shape) / period,
        ]
    )
    corner = np.floor(along)
    part, origin = along - corner, corner.astype(np.int64)
    part = part * part * (3.0 - 2.0 * part)
    total, squares = np.zeros(y.shape), np.zeros(y.shape)
    for steps in _CORNERS:
        sides = [part[i] if step else 1.0 - part[i] for i, step in enumerate(steps)]
        weight = sides[0] * sides[1] * sides[2] * sides[3]
        total += weight * normal(seed, *(origin[i] + step for i, step in enumerate(steps)))
        squares += weight * weight
    return np.asarray(total / np.sqrt(squares))


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread each bit over all of them."""
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return np.asarray(state ^ (state >> np.uint64(31)))
