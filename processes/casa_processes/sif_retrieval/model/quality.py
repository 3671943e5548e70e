"""Quality of soundings: best, good, or failed."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from casa_processes.sif_retrieval.model.types import Outcome, Scenes, WindowResult


class Quality(IntEnum):
    """Classes, as in the Lite files of OCO-2."""

    BEST = 0
    GOOD = 1
    FAILED = 2


_BEST_MISFIT, _GOOD_MISFIT = (0.7, 1.5), (0.5, 2.5)
_BEST_CONTINUUM = (28.0, 195.0)
"""[W m-2 sr-1 um-1]"""
_LARGEST = 6.0
"""Fluorescence beyond which nothing is believed.  [W m-2 sr-1 um-1]"""
_SOLAR_ZENITH = 70.0
"""[degree]"""


def quality(result: WindowResult, scenes: Scenes) -> NDArray[np.int8]:
    """Return the class of each sounding.

    Parameters
    ----------
    result
        Of one window, after its zero level.
    scenes
        The soundings.

    Returns
    -------
    ndarray
        shape (sounding,): 2, failed, without a fit, with a misfit beyond 0.5 to 2.5, fluorescence
        beyond 6 W m-2 sr-1 um-1 or a Sun lower than a zenith angle of 70 degrees; of the others 0,
        best, with a misfit within 0.7 to 1.5, a continuum of 28 to 195 W m-2 sr-1 um-1 and no
        cloud; 1, good, of the rest: of cloudy ones, and where clouds are unknown.
    """
    misfit = result.chi_squared
    good = (
        (result.outcome == Outcome.FITTED)
        & _within(misfit, _GOOD_MISFIT)
        & (np.abs(result.sif) < _LARGEST)
        & (scenes.solar_zenith < _SOLAR_ZENITH)
    )
    best = (
        _within(misfit, _BEST_MISFIT)
        & _within(result.continuum, _BEST_CONTINUUM)
        & (scenes.cloud == 0)
    )
    classes = np.where(good, np.where(best, Quality.BEST, Quality.GOOD), Quality.FAILED)
    return classes.astype(np.int8)


def _within(values: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (limits[0] <= values) & (values <= limits[1])
    return inside
