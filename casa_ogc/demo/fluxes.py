"""Closed formulas of the synthetic surface fluxes, scaled to a rounded global budget."""

import numpy as np
from numpy.typing import NDArray

from casa_ogc.demo.formulas import YEAR
from casa_ogc.demo.geography import FIRE, INDUSTRY, Degrees, intensity, is_land, vegetation
from casa_processes.common.constants import (
    EARTH_RADIUS,
    MOLAR_MASS_CARBON,
    MOLAR_MASS_CARBON_DIOXIDE,
)

BUDGET = {"fossil": 9.9, "ocean": -2.8, "biosphere": -3.8, "fire": 2.0}
"""Annual fluxes to the air [PgC a-1], rounded after Friedlingstein et al. (2023) and, for fires,
van der Werf et al. (2017)."""


def cell_areas(latitude: Degrees, longitude: Degrees) -> NDArray[np.float64]:
    """Return areas [m2] of the cells of a regular grid, shape (latitude, longitude)."""
    step = np.deg2rad(abs(latitude[1] - latitude[0]))
    width = np.deg2rad(abs(longitude[1] - longitude[0]))
    middle = np.deg2rad(latitude)
    band = EARTH_RADIUS**2 * width * (np.sin(middle + step / 2) - np.sin(middle - step / 2))
    return np.repeat(band[:, None], longitude.size, axis=1)


def fluxes(
    latitude: Degrees, longitude: Degrees, middles: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return monthly mean fluxes of CO2 to the air [kg m-2 s-1], shape (time, latitude, longitude).

    Parameters
    ----------
    latitude, longitude
        Cell centres of a regular grid [degrees].
    middles
        Middle of each month [d], counted from the first of January.

    Notes
    -----
    Land takes up CO2 in summer and gives it back in winter, in proportion to vegetation; the other
    parts are steady patterns, fires with a dry season. Each is scaled so that the mean over
    `middles` is the one of `BUDGET`.
    """
    y, x = latitude[:, None], longitude[None, :]
    areas = cell_areas(latitude, longitude)
    year = 2 * np.pi * (middles[:, None, None] - 196) / YEAR
    plants, land = vegetation(y, x), is_land(y, x)
    patterns = {
        "fossil": intensity(INDUSTRY, y, x) + 0.01 * land,
        "ocean": np.where(
            land, 0, 0.2 + np.sin(np.deg2rad(y)) ** 2 - 0.8 * np.exp(-((y / 8) ** 2))
        ),
        "biosphere": plants,
        "fire": intensity(FIRE, y, x) * land * (1.2 - np.cos(year + 0.6)),
    }
    steady = {
        name: np.broadcast_to(pattern, (middles.size, *areas.shape))
        for name, pattern in patterns.items()
    }
    scaled = {name: _scaled(steady[name], areas, BUDGET[name]) for name in steady}
    season = -9e-8 * plants * np.tanh(y / 25) * np.cos(year)
    scaled["biosphere"] = scaled["biosphere"] + season - season.mean(axis=0)
    return scaled


def per_second(petagrams: float) -> float:
    """Turn a global sum [PgC a-1] into one of CO2 [kg s-1]."""
    carbon = petagrams * 1e12 / (YEAR * 86_400)
    return carbon * MOLAR_MASS_CARBON_DIOXIDE / MOLAR_MASS_CARBON


def _scaled(
    pattern: NDArray[np.float64], areas: NDArray[np.float64], petagrams: float
) -> NDArray[np.float64]:
    total = float((pattern.mean(axis=0) * areas).sum())
    return np.asarray(pattern * (per_second(petagrams) / total))
