"""Cells of grids: their edges, their areas on the Earth, and the calendar months and years."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError

SEMI_MAJOR_AXIS = 6_378_137.0
"""WGS 84 equatorial radius.  [m]"""
FLATTENING = 1 / 298.257223563
"""WGS 84 flattening.  [1]"""


def zone_areas(
    latitude_bounds: NDArray[np.float64], width: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Area of cells between two parallels on the WGS 84 ellipsoid.

    Parameters
    ----------
    latitude_bounds
        Edges of each cell in either order.  [degrees_north], shape (n, 2)
    width
        Extent in longitude.  [degrees], scalar or shape (n,)

    Returns
    -------
    ndarray
        Areas.  [m2], shape (n,)

    Notes
    -----
    Snyder (1987), Map Projections - A Working Manual, equation 3-12: the authalic function q.
    """
    eccentricity = np.sqrt(FLATTENING * (2 - FLATTENING))
    sine = np.sin(np.radians(np.asarray(latitude_bounds, dtype=np.float64)))
    q = (1 - eccentricity**2) * (
        sine / (1 - (eccentricity * sine) ** 2) + np.arctanh(eccentricity * sine) / eccentricity
    )
    zone = SEMI_MAJOR_AXIS**2 / 2 * np.abs(q[:, 1] - q[:, 0])
    return np.asarray(zone * np.radians(width))


def edges(centres: NDArray[np.float64], lowest: float, highest: float) -> NDArray[np.float64]:
    """Edges half-way between at least two centres, the outer ones mirrored but within the limits.

    Parameters
    ----------
    centres
        Monotonic coordinate of the cells.  [degrees], shape (n,)
    lowest, highest
        What no edge may pass: a pole, or the meridian where a globe closes.  [degrees]

    Returns
    -------
    ndarray
        Both edges of each cell in the order of `centres`.  [degrees], shape (n, 2)
    """
    middle = (centres[1:] + centres[:-1]) / 2
    outer = 2 * centres[[0, -1]] - middle[[0, -1]]
    between = np.clip(np.concatenate([outer[:1], middle, outer[1:]]), lowest, highest)
    return np.stack([between[:-1], between[1:]], axis=1)


def periods(
    times: NDArray[np.datetime64], unit: str
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """First instants of the calendar periods (``Y``, ``M``, ``D``) of `times`, and of the next."""
    first = times.astype(f"datetime64[{unit}]")
    following = (first.astype(np.int64) + 1).astype(first.dtype)
    return first.astype("datetime64[ns]"), following.astype("datetime64[ns]")


def with_periods(dataset: xr.Dataset, unit: str) -> xr.Dataset:
    """Return a grid with ``time_bounds``: the calendar period that each stamp lies in.

    Raises
    ------
    FileContentError
        When two stamps lie in one period.
    """
    first, following = periods(dataset["time"].values, unit)
    if np.unique(first).size != first.size:
        found = "two within one"
        raise FileContentError(dataset.attrs["source"], "time", f"one stamp per {unit}", found)
    return dataset.assign_coords(
        time_bounds=(("time", "bound"), np.stack([first, following], axis=1))
    )
