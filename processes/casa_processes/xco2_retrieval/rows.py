"""One row for each sounding: what it is, and what its retrieval says, by name of the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.vocabulary import variable
from casa_processes.spectra.sounding import Sounding
from casa_processes.xco2.result import Outcome, Retrieval

LEVELS, VERTICES = 20, 4

type Row = Mapping[str, Any]
type Columns = dict[str, NDArray[Any]]

_PLAIN = {
    "xco2_raw": "xco2",
    "xco2_apriori": "xco2_apriori",
    "xco2_uncertainty": "uncertainty",
    "xco2_retrieval_noise": "noise",
    "xco2_smoothing_error": "smoothing",
    "xco2_interference_error": "interference",
    "dof_co2": "dof_co2",
    "dof_all": "dof_all",
    "information_content": "information",
    "surface_pressure": "surface_pressure",
    "surface_pressure_apriori": "surface_pressure_apriori",
}
_LEVELS = {
    "pressure_levels": "pressure",
    "pressure_weight": "weight",
    "xco2_averaging_kernel": "averaging_kernel",
    "co2_profile": "profile",
    "co2_profile_apriori": "profile_apriori",
    "co2_profile_uncertainty": "profile_uncertainty",
}
FURTHER = (
    "albedo_o2a",
    "albedo_wco2",
    "albedo_sco2",
    "aod_total",
    "sif_757",
    "h2o_scale",
    "temperature_offset",
    "co2_gradient",
)
"""Quantities besides the column that have a column of their own."""
SCREENED = ("pressure_difference", "co2_ratio", "h2o_ratio")
"""Quantities that the screening finds."""
_BANDS = ("o2a", "wco2", "sco2")
_LAND = 0.5


def described(sounding: Sounding) -> dict[str, Any]:
    """Return when, where and from which side a sounding was taken.

    Azimuths are in -180..180, footprints count from 1; a footprint that is half land is land.
    """
    angles = (sounding.solar_azimuth, sounding.sensor_azimuth)
    sun, sensor = ((angle + 180.0) % 360.0 - 180.0 for angle in angles)
    return {
        "sounding_id": sounding.sounding_id,
        "time": sounding.time.astype("datetime64[ns]"),
        "latitude": sounding.latitude,
        "longitude": sounding.longitude,
        "latitude_vertices": sounding.latitude_vertices,
        "longitude_vertices": sounding.longitude_vertices,
        "footprint": sounding.footprint + 1,
        "solar_zenith_angle": sounding.solar_zenith,
        "solar_azimuth_angle": sun,
        "sensor_zenith_angle": sounding.sensor_zenith,
        "sensor_azimuth_angle": sensor,
        "surface_altitude": sounding.altitude,
        "land_fraction": sounding.land_fraction,
        "surface_type": int(sounding.land_fraction >= _LAND),
    }


def retrieved(found: Retrieval) -> dict[str, Any]:
    """Return what a retrieval says; its levels are turned, from the surface to the top."""
    levels = {name: getattr(found, field)[::-1] for name, field in _LEVELS.items()}
    misfits = {f"chi2_{band}": fit.chi_squared for band, fit in found.bands.items()}
    return {
        "outcome_flag": int(found.outcome),
        "message": found.message,
        **{name: getattr(found, field) for name, field in _PLAIN.items()},
        **{name: found.more[name] for name in FURTHER if name in found.more},
        **{name: values for name, values in levels.items() if values.shape == (LEVELS,)},
        **misfits,
        "iterations": found.steps,
        "diverging_steps": found.rejected,
    }


def nothing(outcome: Outcome, message: str) -> dict[str, Any]:
    """Return what stands for a retrieval that was not done."""
    return {"outcome_flag": int(outcome), "message": message, "iterations": 0, "diverging_steps": 0}


def stacked(rows: Sequence[Row], names: Sequence[str]) -> Columns:
    """Return rows as columns in the vocabulary's types; what a row lacks is missing.

    ``message`` is text beside the vocabulary.
    """
    columns = {name: _column(rows, name) for name in names}
    return columns | {"message": np.array([row.get("message", "") for row in rows], dtype=np.str_)}


def names(*, simulated: bool, screened: bool) -> tuple[str, ...]:
    """Return the columns of a run."""
    return (
        "sounding_id",
        "time",
        "latitude",
        "longitude",
        "latitude_vertices",
        "longitude_vertices",
        "footprint",
        "solar_zenith_angle",
        "solar_azimuth_angle",
        "sensor_zenith_angle",
        "sensor_azimuth_angle",
        "surface_altitude",
        "land_fraction",
        "surface_type",
        "outcome_flag",
        "retrieval_tests",
        *_PLAIN,
        *_LEVELS,
        *(f"chi2_{band}" for band in _BANDS),
        *FURTHER,
        *(SCREENED if screened else ()),
        *(("xco2_true",) if simulated else ()),
        "iterations",
        "diverging_steps",
    )


def _column(rows: Sequence[Row], name: str) -> NDArray[Any]:
    row = variable(name)
    if row.dtype == "str":
        return np.array([each[name] for each in rows], dtype=np.str_)
    sizes = {"scalar": (), "level": (LEVELS,), "vertex": (VERTICES,)}
    empty: Any = np.full(sizes[row.shape], np.nan) if row.dtype.startswith("float") else 0
    return np.array([each.get(name, empty) for each in rows]).astype(row.dtype)
