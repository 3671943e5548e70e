"""Daily means of fluorescence, and fluorescence at 740 nm."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import UnknownNameError
from casa_processes.instruments.doppler import declination
from casa_processes.sif_retrieval.model.types import Values, WindowResult

_TO_740 = {"757": 1.5, "771": 2.25}
"""Fluorescence at 740 nm over that in a window, by its name."""


def daily_factor(latitude: Values, time: NDArray[np.datetime64], solar_zenith: Values) -> Values:
    """Return the mean of fluorescence over a day over that at the time of a sounding.

    Parameters
    ----------
    latitude
        Geodetic.  [degree], shape (sounding,)
    time
        UTC.  shape (sounding,)
    solar_zenith
        At the time of the sounding.  [degree], shape (sounding,)

    Returns
    -------
    ndarray
        [1], shape (sounding,); NaN where the Sun is not above the horizon.

    Notes
    -----
    Fluorescence goes with the cosine of the Sun's zenith angle: Frankenberg et al. (2011). Its
    integral over a day with the declination d of noon is (h sin p sin d + cos p cos d sin h) / pi
    of 24 hours, with cos h = -tan p tan d at latitude p, h = 0 of a polar night and pi of a polar
    day. Clouds and the atmosphere are left out.
    """
    there, tilt = np.radians(np.asarray(latitude, np.float64)), declination(time)
    along, across = np.sin(there) * np.sin(tilt), np.cos(there) * np.cos(tilt)
    half = np.arccos(np.clip(-along / np.maximum(across, np.finfo(np.float64).tiny), -1.0, 1.0))
    mean = (half * along + across * np.sin(half)) / np.pi
    zenith = np.asarray(solar_zenith, np.float64)
    up = np.abs(zenith) < 90.0
    return np.where(up, mean / np.cos(np.radians(np.where(up, zenith, 0.0))), np.nan)


def sif_740(results: Mapping[str, WindowResult]) -> tuple[Values, Values]:
    """Return fluorescence at 740 nm from windows at 757 and 771 nm, and its uncertainty.

    Parameters
    ----------
    results
        By the names of the windows; of both, where both are fitted, the mean counts.

    Returns
    -------
    tuple of ndarray
        [W m-2 sr-1 um-1], shape (sounding,)

    Raises
    ------
    UnknownNameError
        When there is neither of them.

    Notes
    -----
    0.75 (SIF_757 + 1.5 SIF_771) of the OCO-2 and OCO-3 Lite files: the mean of 1.5 SIF_757 and
    2.25 SIF_771. The factors are those of a leaf spectrum; uncertainties have no part for them.
    """
    known = [(results[name], factor) for name, factor in _TO_740.items() if name in results]
    if not known:
        raise UnknownNameError("window for 740 nm", ", ".join(results) or "none", _TO_740)
    sif = np.stack([factor * each.sif for each, factor in known])
    sigma = np.stack([factor * each.sif_uncertainty for each, factor in known])
    good = np.isfinite(sif)
    count = good.sum(axis=0)
    share = np.where(count > 0, 1.0 / np.maximum(count, 1), np.nan)
    mean = share * np.where(good, sif, 0.0).sum(axis=0)
    return mean, share * np.linalg.norm(np.where(good, sigma, 0.0), axis=0)
