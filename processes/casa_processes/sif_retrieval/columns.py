"""Columns of soundings by names of the vocabulary, from what was fitted and where it was."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.sif_retrieval.model import (
    Outcome,
    WindowResult,
    ZeroLevel,
    corrected,
    daily_factor,
    quality,
    sif_740,
)
from casa_processes.sif_retrieval.sources import scenes_of
from casa_processes.sif_retrieval.windows import Fitted
from casa_processes.spectra.layouts.rows import Places

type Columns = dict[str, NDArray[Any]]
type Fits = Mapping[str, NDArray[Any]]

_UNCLASSIFIED, _UNDECIDED = 255, 2
"""Codes of land cover and clouds that are not known."""
MADE_OF = ("757", "771")
"""Windows that fluorescence at 740 nm is made of, where none is at 740 nm."""


def result_of(fits: Fits, name: str) -> WindowResult:
    """Return the result of a window, from the arrays that parts give."""
    sif, sigma, continuum, misfit = (
        fits[f"{name}|{key}"].astype(np.float64) for key in ("sif", "sigma", "continuum", "misfit")
    )
    outcome = fits[f"{name}|outcome"]
    with np.errstate(all="ignore"):
        relative = sif / continuum
    zero = np.where(outcome == Outcome.FITTED, 0.0, np.nan)
    return WindowResult(sif, sigma, continuum, relative, misfit, zero, outcome)


def columns_of(
    places: Places,
    fits: Fits,
    windows: Sequence[Fitted],
    levels: Mapping[str, ZeroLevel | None],
) -> Columns:
    """Return all columns of some soundings.

    Parameters
    ----------
    places
        Where they are.
    fits
        As `fit_work` returns them, of the same soundings.
    windows
        That were fitted.
    levels
        Zero level by the name of the window; None where nothing is subtracted.

    Returns
    -------
    dict
        By names of the vocabulary, shape (sounding, ...).
    """
    scenes = scenes_of(places)
    found = _described(places)
    with np.errstate(all="ignore"):
        daily = daily_factor(places.latitude, places.time, places.solar_zenith)
        found["daily_correction_factor"] = daily
        results, classes = {}, []
        for each in windows:
            result, level = result_of(fits, each.window.name), levels[each.window.name]
            if level is not None:
                result = corrected(result, level, places.footprint)
            results[each.window.name] = result
            classes.append(quality(result, scenes))
            found |= _of_window(each.column, result, daily)
        if "sif_740" not in found and set(MADE_OF) & set(results):
            sif, sigma = sif_740(results)
            found |= {
                "sif_740": sif,
                "sif_740_uncertainty": sigma,
                "sif_740_daily": sif * daily,
            }
    outcomes = [result.outcome for result in results.values()]
    found["sif_outcome"] = np.max(outcomes, axis=0)
    found["sif_quality_class"] = np.max(classes, axis=0)
    found["quality_flag"] = (found["sif_quality_class"] > 1).astype(np.int8)
    return found


def simulated_columns(true: Mapping[str, NDArray[np.float64]]) -> Columns:
    """Return what was simulated, by column, under the names that the vocabulary has for it."""
    return {f"{name}_true": each for name, each in true.items() if f"{name}_true" in VOCABULARY}


def main_column(windows: Sequence[Fitted]) -> str:
    """Return the column that is drawn and averaged: that at 740 nm where there is one."""
    names = {each.window.name for each in windows}
    made = names & {"740", *MADE_OF}
    return "sif_740" if made else f"sif_{windows[0].column}"


def _of_window(column: str, result: WindowResult, daily: NDArray[np.float64]) -> Columns:
    return {
        f"sif_{column}": result.sif,
        f"sif_{column}_uncertainty": result.sif_uncertainty,
        f"sif_{column}_daily": result.sif * daily,
        f"sif_{column}_relative": result.relative,
        f"continuum_radiance_{column}": result.continuum,
        f"zero_level_sif_{column}": result.zero_level,
        f"chi2_sif_{column}": result.chi_squared,
    }


def _described(places: Places) -> Columns:
    return {
        "sounding_id": places.sounding_id,
        "time": places.time,
        "latitude": places.latitude,
        "longitude": places.longitude,
        "latitude_vertices": places.latitude_vertices,
        "longitude_vertices": places.longitude_vertices,
        "solar_zenith_angle": places.solar_zenith,
        "sensor_zenith_angle": places.sensor_zenith,
        "land_fraction": places.land_fraction,
        "igbp_class": np.where(places.surface_class < 0, _UNCLASSIFIED, places.surface_class),
        "cloud_flag": np.where(places.cloud < 0, _UNDECIDED, places.cloud),
    }
