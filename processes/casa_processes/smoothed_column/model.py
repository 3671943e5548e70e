"""All soundings: profiles on the levels of retrievals, and their columns."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError
from casa_processes.smoothed_column.checks import (
    NO_PRESSURE,
    Matrix,
    Names,
    Retrievals,
    check_coverage,
    check_levels,
    check_scale,
)
from casa_processes.smoothed_column.kernel import conserved, plain_rows, smoothed_rows


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
    check_coverage(pressure, levels, place, names)
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
            raise InvalidInputsError([(place, NO_PRESSURE)])
        whole = np.broadcast_to(pressure, profile.shape)
        profile = on_levels(profile, whole, retrievals.pressure, place, names)
    elif count:
        check_levels(profile, levels)
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
