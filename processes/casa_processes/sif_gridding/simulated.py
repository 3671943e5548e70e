"""Simulated soundings for trials: swaths of 20 days over a smooth field with independent noise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS, ACROSS, ALONG = 40, 30, 200
"""Swaths, two a day, and soundings across and along each."""
COUNT, DAYS = ROWS * ACROSS * ALONG, 20.0
SIGMA = 0.4
"""Standard deviation of the noise.  [W m-2 sr-1 um-1]"""
_START = np.datetime64("2023-07-01T04:00:00", "ns")
_APART, _LINE = np.timedelta64(12, "h"), np.timedelta64(840, "ms")
SEED, OTHER_SEED = 20230701, 20230702
"""Of the soundings, and of those of another mission: in other places, with other noise."""
_BESIDE = 0.31
"""How far east the swaths of the other mission lie.  [degree]"""
_PRODUCTION = 1.1e-6
"""Gross primary production over fluorescence.  [(kg m-2 s-1) / (W m-2 sr-1 um-1)]"""

type Columns = dict[str, NDArray[Any]]


def field(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the fluorescence that is simulated: a smooth hill.  [W m-2 sr-1 um-1]."""
    found: NDArray[np.float64] = 0.2 + 1.3 * np.exp(
        -(((longitude - 112.0) / 12.0) ** 2) - ((latitude - 32.0) / 8.0) ** 2
    )
    return found


def simulated(start: int, stop: int, seed: int = SEED) -> Columns:
    """Return some of the simulated soundings in the order of time; the same ones every time.

    Of `OTHER_SEED` they have gross primary production as well, as models tell it: without noise.
    """
    number = np.arange(start, stop)
    swath, rest = np.divmod(number, ACROSS * ALONG)
    along, across = np.divmod(rest, ACROSS)
    turn = (swath % 8) * 1.7
    longitude = 98.0 + turn + 0.6 * across - 0.02 * along + (_BESIDE if seed != SEED else 0.0)
    latitude = 22.0 + 0.1 * along + 0.004 * across
    noise = np.random.default_rng(seed).standard_normal(COUNT)[start:stop]
    east, north = np.array([-0.3, 0.3, 0.3, -0.3]), np.array([-0.05, -0.05, 0.05, 0.05])
    times = _START + swath * _APART + along * _LINE
    true = field(longitude, latitude)
    found = {
        "sounding_id": np.char.add("s", np.char.zfill(number.astype(np.str_), 7)),
        "time": times,
        "latitude": latitude,
        "longitude": longitude,
        "latitude_vertices": latitude[:, None] + north,
        "longitude_vertices": longitude[:, None] + east,
        "sif_740": true + SIGMA * noise,
        "sif_740_uncertainty": np.full(number.size, SIGMA),
        "quality_flag": (np.abs(noise) > 4.0).astype(np.int8),
    }
    return found if seed == SEED else {**found, "gross_primary_production": _PRODUCTION * true}
