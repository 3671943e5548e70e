"""What is refused of retrievals and of a profile, by their numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError

type Matrix = NDArray[np.float64]
type Names = Sequence[str] | NDArray[np.str_] | None

WEIGHT_TOLERANCE = 0.02
"""Most by which a sum of weights may differ from 1.

Satellite weights sum to 1 within rounding. TCCON's operator is normalised by the measured O2 column
and applies to wet mole fractions: its sum exceeds 1 by the water in the column (up to about 1 %)
and varies by the few tenths of a percent by which Xluft differs from 1.
"""

SCALES = 1000.0
"""By how much a profile may differ from the prior before its units are doubted."""

MOST_PRESSURE = 1200.0
"""Above any pressure at the surface, Dead Sea included: larger ones are in Pa.  [hPa]"""

LEAST_COVERAGE = 0.9
"""Least part of the retrieval's pressure range that a profile has to cover."""

NO_PRESSURE = "the observations give no pressure of their levels"


@dataclass(frozen=True, eq=False)
class Retrievals:
    """What retrievals say of their sensitivity.

    Attributes
    ----------
    weight, sensitivity, prior
        Pressure weights [1], column averaging kernels [1], a priori mole fractions [ppm]; shape
        (sounding, level), NaN where missing.
    pressure
        Pressure of the levels [hPa], same shape, or None when unknown.
    """

    weight: Matrix
    sensitivity: Matrix
    prior: Matrix
    pressure: Matrix | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Number of soundings and of levels."""
        return self.weight.shape[0], self.weight.shape[1]


def check_weights(weight: Matrix, place: str, names: Names = None) -> None:
    """Refuse weights that cannot be a pressure weighting function; missing ones pass.

    Raises
    ------
    InvalidInputsError
        At `place`, naming the first sounding at fault by `names`, or counted from 0.
    """
    negative = (weight < 0.0).any(axis=1)
    total = weight.sum(axis=1)
    unnormalised = np.abs(total - 1.0) > WEIGHT_TOLERANCE
    if negative.any():
        row = int(negative.argmax())
        reason = f"sounding {_named(row, names)} has a weight of {weight[row].min():g}"
        raise InvalidInputsError([(place, f"{reason}; expected none below 0")])
    if unnormalised.any():
        row = int(unnormalised.argmax())
        reason = f"weights of sounding {_named(row, names)} sum to {total[row]:.6g}"
        raise InvalidInputsError([(place, f"{reason}; expected 1 within {WEIGHT_TOLERANCE:.0%}")])


def check_pressure(pressure: Matrix, place: str, names: Names = None) -> None:
    """Refuse pressures that are not positive and strictly monotonic, or not in hPa.

    Missing ones pass.

    Raises
    ------
    InvalidInputsError
        At `place`, naming the first sounding at fault by `names`, or counted from 0.
    """
    steps = np.diff(pressure, axis=1)
    turning = ~((steps > 0.0).all(axis=1) | (steps < 0.0).all(axis=1))
    wrong = (turning | (pressure <= 0.0).any(axis=1)) & np.isfinite(pressure).all(axis=1)
    if wrong.any():
        name = _named(int(wrong.argmax()), names)
        reason = f"pressure of sounding {name} is not positive and strictly"
        raise InvalidInputsError([(place, f"{reason} monotonic")])
    high = (pressure > MOST_PRESSURE).any(axis=1)
    if high.any():
        row = int(high.argmax())
        reason = f"pressure of sounding {_named(row, names)} reaches {np.nanmax(pressure[row]):g}"
        expected = f"expected at most {MOST_PRESSURE:g} hPa; is it in Pa?"
        raise InvalidInputsError([(place, f"{reason} hPa; {expected}")])


def check_count(profile: Matrix, count: int) -> None:
    """Refuse profiles that are neither one nor one per sounding."""
    if len(profile) not in (1, count):
        raise InvalidInputsError([("/profile", f"{len(profile)} profiles for {count} soundings")])


def check_levels(profile: Matrix, levels: int) -> None:
    """Refuse a profile that is not on as many levels as the retrievals, and names no pressure."""
    if profile.shape[1] != levels:
        reason = f"{profile.shape[1]} levels; the retrievals have {levels}. Give"
        raise InvalidInputsError(
            [("/profile", f"{reason} profile_pressure to have it brought to them")]
        )


def check_coverage(pressure: Matrix, levels: Matrix, place: str, names: Names = None) -> None:
    """Refuse a profile that leaves out too much of the pressures of retrievals.

    Parameters
    ----------
    pressure, levels
        Pressures of the profile's values and of the retrievals [hPa], shapes (1 or sounding,
        point) and (sounding, level).

    Raises
    ------
    InvalidInputsError
        At `place`, also for retrievals of a single level.
    """
    if levels.shape[1] < 2:
        raise InvalidInputsError([(place, "retrievals of a single level have no pressure range")])
    low = np.maximum(pressure.min(axis=1), levels.min(axis=1))
    high = np.minimum(pressure.max(axis=1), levels.max(axis=1))
    covered = (high - low) / np.ptp(levels, axis=1)
    if (covered < LEAST_COVERAGE).any():
        row = int((covered < LEAST_COVERAGE).argmax())
        reason = f"the profile covers {max(covered[row], 0.0):.0%} of the pressures of sounding"
        raise InvalidInputsError(
            [(place, f"{reason} {_named(row, names)}; expected {LEAST_COVERAGE:.0%} or more")]
        )


def check_scale(profile: Matrix, prior: Matrix) -> None:
    """Refuse a profile whose numbers cannot have the units of a sounding's prior.

    Parameters
    ----------
    profile, prior
        Mole fractions on the same levels [ppm], shapes (1 or sounding, level) and
        (sounding, level). Each sounding is looked at by itself, by the medians of its numbers.

    Raises
    ------
    InvalidInputsError
        At ``/profile``, telling both sizes.
    """
    known = np.isfinite(prior).all(axis=1)
    if not known.any():
        return
    sizes = np.median(np.abs(np.broadcast_to(profile, prior.shape)[known]), axis=1)
    expected = np.median(np.abs(prior[known]), axis=1)
    wrong = np.isfinite(sizes) & ((sizes < expected / SCALES) | (sizes > expected * SCALES))
    if wrong.any():
        row = int(wrong.argmax())
        reason = (
            f"values are about {sizes[row]:.3g} and those of the prior {expected[row]:.3g}; "
            "both must be in ppm"
        )
        raise InvalidInputsError([("/profile", reason)])


def _named(row: int, names: Names) -> str:
    return str(row) if names is None else repr(str(names[row]))
