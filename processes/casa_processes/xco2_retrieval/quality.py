"""Which tests a retrieval passes: one bit each, and the flag that follows from them."""

from collections.abc import Mapping
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.vocabulary import variable
from casa_processes.xco2.result import Outcome
from casa_processes.xco2_retrieval.choices import Limits

BANDS = ("o2a", "wco2", "sco2")

type Columns = Mapping[str, NDArray[np.generic]]
type Bits = NDArray[np.int32]


class Bit(IntFlag):
    """Tests that failed, in the order of the bits of ``retrieval_tests``."""

    CLOUD = 1 << 0
    CHI_SQUARED_O2A = 1 << 1
    CHI_SQUARED_WCO2 = 1 << 2
    CHI_SQUARED_SCO2 = 1 << 3
    NOT_CONVERGED = 1 << 4
    SUN_TOO_LOW = 1 << 5
    AEROSOL_TOO_THICK = 1 << 6
    SURFACE_PRESSURE_DIFFERS = 1 << 7
    SIGNAL = 1 << 8
    BAD_GEOMETRY = 1 << 9
    OUTSIDE_TABLES = 1 << 10
    FAILED = 1 << 11
    BUILTIN_SPECTROSCOPY = 1 << 12
    AVERAGING_KERNEL = 1 << 13
    RATIO = 1 << 14
    SINGLE_SCATTERING = 1 << 15


_OF_THE_MODEL = Bit.BUILTIN_SPECTROSCOPY | Bit.SINGLE_SCATTERING
"""Tests that say what was computed with, not what was found."""


def bits(columns: Columns, limits: Limits, *, builtin: bool, single: bool) -> Bits:
    """Return the tests that each sounding fails, together with those it failed before.

    A test of a number that is missing, because the search ended early or the screening was not
    asked for, is passed here; bit 4 tells of estimates that are missing altogether, and a screening
    that was asked for and failed has set its own bit before.

    Parameters
    ----------
    columns
        Columns of soundings by name of the vocabulary. ``retrieval_tests`` holds what was found
        out before the search.
    limits
        Beyond which a test fails.
    builtin
        Whether the spectroscopy is the built-in one.
    single
        Whether light that is scattered more than once was left out.

    Returns
    -------
    numpy.ndarray
        Sums of `Bit`, shape (sounding,).
    """
    found = columns["retrieval_tests"].astype(np.int32)
    ended = columns["outcome_flag"]
    good = (ended == Outcome.CONVERGED) | (ended == Outcome.CONVERGED_HIGH_CHI2)
    shift = _number(columns, "surface_pressure") - _number(columns, "surface_pressure_apriori")
    cloud = _number(columns, "pressure_difference") - limits.cloud_pressure_offset
    failed = {
        Bit.CLOUD: _beyond(cloud, limits.cloud_pressure),
        Bit.NOT_CONVERGED: ~good,
        Bit.SUN_TOO_LOW: _above(_number(columns, "solar_zenith_angle"), limits.solar_zenith),
        Bit.AEROSOL_TOO_THICK: _above(_number(columns, "aod_total"), limits.aerosol),
        Bit.SURFACE_PRESSURE_DIFFERS: _beyond(shift, limits.surface_pressure),
        Bit.FAILED: ended == Outcome.FAILED,
        Bit.BUILTIN_SPECTROSCOPY: np.full(found.shape, builtin),
        Bit.SINGLE_SCATTERING: np.full(found.shape, single),
        Bit.AVERAGING_KERNEL: _abnormal(columns, limits),
        Bit.RATIO: _beyond(_number(columns, "co2_ratio") - 1.0, limits.co2_ratio)
        | _beyond(_number(columns, "h2o_ratio") - 1.0, limits.h2o_ratio),
    }
    for name, bit in zip(BANDS, _CHI_SQUARED, strict=True):
        failed[bit] = _above(_number(columns, f"chi2_{name}"), limits.chi_squared)
    for bit, where in failed.items():
        found = found | np.where(where, np.int32(bit), np.int32(0))
    return found.astype(np.int32)


def flag(found: Bits, *, simulated: bool) -> NDArray[np.int8]:
    """Return 0 where no test failed, else 1.

    Built-in spectroscopy and single scattering do not count against spectra that were simulated:
    nothing is measured there that they could distort.
    """
    counted = ~np.int32(_OF_THE_MODEL) if simulated else np.int32(-1)
    return np.where((found & counted) != 0, np.int8(1), np.int8(0))


def counts(found: Bits) -> dict[str, int]:
    """Return how many soundings fail each test, by its name in the file; zeros are left out."""
    tests = variable("retrieval_tests").masks
    numbers = {name: int(((found & np.int32(mask)) != 0).sum()) for mask, name in tests}
    return {name: number for name, number in numbers.items() if number}


_CHI_SQUARED = (Bit.CHI_SQUARED_O2A, Bit.CHI_SQUARED_WCO2, Bit.CHI_SQUARED_SCO2)


def _abnormal(columns: Columns, limits: Limits) -> NDArray[np.bool_]:
    """Tell where the mean of the averaging kernel over the column is far from 1."""
    kernel = columns["xco2_averaging_kernel"].astype(np.float64)
    mean = np.sum(kernel * columns["pressure_weight"].astype(np.float64), axis=1)
    return _beyond(mean - 1.0, limits.averaging_kernel)


def _number(columns: Columns, name: str) -> NDArray[np.float64]:
    """Return a column; all missing when there is none."""
    missing = np.full(columns["outcome_flag"].shape, np.nan)
    return columns[name].astype(np.float64) if name in columns else missing


def _above(values: NDArray[np.float64], limit: float) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = values > limit
    return found


def _beyond(values: NDArray[np.float64], limit: float) -> NDArray[np.bool_]:
    return _above(np.abs(values), limit)
