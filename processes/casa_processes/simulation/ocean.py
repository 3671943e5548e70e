"""Exchange of carbon dioxide between the oceans and the air of the synthetic world."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.simulation.climate import winter
from casa_processes.simulation.geography import areas, geography, latitudes

type Values = NDArray[np.float64]

UPTAKE = 2.6
"""Of all oceans.  [PgC a-1]"""
_BELTS = (
    # centre, width [degree], strength, growth towards the northern winter
    (42.0, 13.0, -1.0, 0.25),
    (-43.0, 12.0, -0.95, -0.15),
    (62.0, 8.0, -0.25, 0.0),
    (-60.0, 7.0, -0.08, 0.0),
    (0.0, 9.0, 0.62, 0.0),
)


def exchange(day: float) -> Values:
    """Return the flux to the air on a day of the year.  [kgC m-2 a-1], shape (180, 360).

    Notes
    -----
    Belts after the climatology of Takahashi et al. (2009), with round numbers: uptake at middle
    latitudes, most in winter, and release about the equator; scaled to `UPTAKE`.
    """
    water = ~geography().land
    found = _pattern(day) * water
    mean = float((_pattern(None) * water * areas()).sum())
    return np.asarray(found * (-UPTAKE * 1e12 / mean))


def _pattern(day: float | None) -> Values:
    """Return the belts of a day, or of the year; shape (180, 1)."""
    season = 0.0 if day is None else winter(day)
    return np.asarray(
        sum(
            strength * (1.0 + growth * season) * np.exp(-(((latitudes() - centre) / width) ** 2))
            for centre, width, strength, growth in _BELTS
        )
    )
