"""What a retrieval says of one sounding."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]


class Outcome(IntEnum):
    """How the retrieval of a sounding ended."""

    CONVERGED = 1
    CONVERGED_HIGH_CHI2 = 2
    TOO_MANY_STEPS = 3
    TOO_MANY_REJECTED_STEPS = 4
    SCREENED = 5
    BAD_INPUT = 6
    FAILED = 7


@dataclass(frozen=True, eq=False)
class Fit:
    """One band: what was measured and what was fitted, in the channels that were used.

    Attributes
    ----------
    wavelength
        [um], shape (channel,)
    measured, fitted, uncertainty
        [photon s-1 m-2 sr-1 um-1], shape (channel,)
    chi_squared
        Misfit per channel.  [1]
    """

    wavelength: Values
    measured: Values
    fitted: Values
    uncertainty: Values
    chi_squared: float


@dataclass(frozen=True, eq=False)
class Retrieval:
    """An estimate of the column of one sounding; levels run from the top down.

    Attributes
    ----------
    outcome
        How it ended; without an estimate all numbers are NaN.
    message
        Why there is no estimate; empty otherwise.
    xco2, xco2_apriori
        Before any bias correction.  [ppm]
    uncertainty, noise, smoothing, interference
        One standard deviation and its parts.  [ppm]
    pressure, weight, averaging_kernel
        Levels [hPa], pressure weighting function and column averaging kernel, normalised by it
        [1].  shape (level,)
    profile, profile_apriori, profile_uncertainty
        CO2.  [ppm], shape (level,)
    dof_co2, dof_all, information
        Degrees of freedom of the profile and of the state [1]; information [nat].
    surface_pressure, surface_pressure_apriori
        [hPa]
    more
        Further retrieved quantities by name of the vocabulary, in its units: albedo_o2a, aod_total,
        sif_757, h2o_scale, temperature_offset, ...
    bands
        The fit of each band.
    steps, rejected
        Accepted and rejected steps.
    outside_tables
        Whether it ended without an estimate where air is beyond the tables of cross-sections.
    """

    outcome: Outcome
    message: str
    xco2: float
    xco2_apriori: float
    uncertainty: float
    noise: float
    smoothing: float
    interference: float
    pressure: Values
    weight: Values
    averaging_kernel: Values
    profile: Values
    profile_apriori: Values
    profile_uncertainty: Values
    dof_co2: float
    dof_all: float
    information: float
    surface_pressure: float
    surface_pressure_apriori: float
    more: Mapping[str, float]
    bands: Mapping[str, Fit]
    steps: int
    rejected: int
    outside_tables: bool = False
