"""All soundings: checks of what retrievals say, profiles on their levels, and their columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError
from casa_processes.smoothed_column.kernel import conserved, plain_rows, smoothed_rows

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


def on_levels(
    profile: Matrix, pressure: Matrix, levels: Matrix, place: str, names: Names = None
) -> Matrix:
    """Bring profiles to the levels of retrievals, keeping their columns (see ``conserved``).

    Linear interpolation would sample a finely resolved profile at the retrieval's levels and lose
    what lies between them; the projection keeps the column that is to be compared, for the price
    of a slight overshoot beside a sharp step.

    Parameters
    ----------
    profile, pressure
        Values in any unit and their pressures [hPa], shape (1 or sounding, point); every row
        strictly monotonic in pressure, either way.
    levels
        Pressures of the retrievals [hPa], shape (sounding, level), likewise.
    place
        Where the profile's pressure came from, for the error.
    names
        Identifiers of the soundings, for the error; None counts them from 0.

    Returns
    -------
    ndarray
        Values at `levels`, shape (sounding, level); NaN rows where levels are missing.

    Raises
    ------
    InvalidInputsError
        When retrievals have a single level, or a profile covers too little of their range.
    """
    if levels.shape[1] < 2:
        raise InvalidInputsError([(place, "retrievals of a single level have no pressure range")])
    _check_coverage(pressure, levels, place, names)
    flip = slice(None, None, -1)
    found = np.full(levels.shape, np.nan)
    for row, at in enumerate(levels):
        if not np.isfinite(at).all():
            continue
        source = row if len(profile) > 1 else 0
        given = slice(None) if pressure[source, -1] >= pressure[source, 0] else flip
        own = slice(None) if at[-1] > at[0] else flip
        x, p = profile[source, given], pressure[source, given]
        found[row, own] = conserved(*map(np.ascontiguousarray, (at[own], p, x)))
    return found


def given_profile(
    retrievals: Retrievals, profile: Matrix, pressure: Matrix | None, names: Names = None
) -> Matrix:
    """Bring what was given to the levels of retrievals, and doubt its units.

    Parameters
    ----------
    retrievals
        Sensitivities of n soundings.
    profile
        Mole fractions [ppm], shape (1 or n, point).
    pressure
        Their pressures [hPa], shape (1 or n, point); None when they are on the levels already.
    names
        As for `on_levels`.

    Returns
    -------
    ndarray
        Mole fractions on the levels [ppm], shape (1 or n, level).

    Raises
    ------
    InvalidInputsError
        At ``/profile`` or ``/profile_pressure``.
    """
    count, levels = retrievals.shape
    if pressure is not None:
        place = "/profile_pressure"
        if retrievals.pressure is None:
            raise InvalidInputsError([(place, "the observations give no pressure of their levels")])
        whole = np.broadcast_to(pressure, profile.shape)
        profile = on_levels(profile, whole, retrievals.pressure, place, names)
    elif count and profile.shape[1] != levels:
        reason = f"{profile.shape[1]} levels; the retrievals have {levels}. Give"
        raise InvalidInputsError(
            [("/profile", f"{reason} profile_pressure to have it brought to them")]
        )
    check_scale(profile, retrievals.prior)
    return profile


def smoothed_columns(retrievals: Retrievals, profile: Matrix) -> NDArray[np.float64]:
    """Columns that retrievals would report of a profile.

    Parameters
    ----------
    retrievals
        Sensitivities of n soundings.
    profile
        Mole fractions on their levels [ppm], shape (1 or n, level).

    Returns
    -------
    ndarray
        Column-averaged mole fractions [ppm], shape (n,); NaN where anything is missing.
    """
    return smoothed_rows(retrievals.weight, retrievals.sensitivity, retrievals.prior, profile)


def plain_columns(weight: Matrix, profile: Matrix) -> NDArray[np.float64]:
    """Columns of profiles themselves, shape (n,); arguments as for `smoothed_columns`."""
    return plain_rows(weight, profile)


def _check_coverage(pressure: Matrix, levels: Matrix, place: str, names: Names) -> None:
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
