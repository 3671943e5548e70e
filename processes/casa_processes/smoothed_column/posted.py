"""What a request brings along, as arrays: the profile, and retrievals that are sent with it.

Everything that the request alone shows to be wrong is found here, so that it is refused before a
job is queued; no numerical kernel is loaded for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.references import InputRef
from casa_processes.smoothed_column import Inputs, Observations, checks, holding
from casa_processes.smoothed_column.checks import Matrix, Retrievals

_POSTED = {"weight": "pressure_weight", "sensitivity": "averaging_kernel", "prior": "prior"}
_LEAST, _MOST = 300.0, 500.0
"""Between these are typical mole fractions of every prior of CO2.  [ppm]"""
_MARGIN = 2.0
"""By how much the projection to levels may change the size of a profile, and far more."""


@dataclass(frozen=True, eq=False)
class Given:
    """The profile that was given, as arrays.

    Attributes
    ----------
    profile
        Mole fractions [ppm], shape (1 or sounding, point), or None for the prior.
    pressure
        Their pressures [hPa], shape (1 or sounding, point), or None.
    order
        Identifiers of the soundings in the order of the profiles, when there are several.
    """

    profile: Matrix | None
    pressure: Matrix | None
    order: NDArray[np.str_] | None = None


def examine(inputs: Inputs, references: Mapping[str, InputRef]) -> None:
    """Refuse what the request, and what is told of the collection, show to be wrong.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    references
        Refers to the soundings as ``collection`` when the inputs name one; their heads are read,
        and no data.

    Raises
    ------
    InvalidInputsError
        Naming the input at fault.
    """
    found = given(inputs)
    if inputs.observations is None:
        _examine_stored(inputs, found, holding.held(references["collection"]))
        return
    retrievals, identifiers = posted(inputs.observations)
    if found.profile is not None:
        checks.check_count(found.profile, len(identifiers))
        _examine_profile(found.profile, found.pressure, retrievals)


def given(inputs: Inputs) -> Given:
    """Return the profile and its pressures as arrays, checked as far as they go by themselves.

    Raises
    ------
    InvalidInputsError
        At ``/profile`` or ``/profile_pressure``.
    """
    if isinstance(inputs.profile, str):
        return Given(None, None)
    profile = _matrix(inputs.profile, "/profile")
    if inputs.profile_pressure is None:
        return Given(profile, None)
    place = "/profile_pressure"
    pressure = _matrix(inputs.profile_pressure, place)
    if pressure.shape[1] != profile.shape[1] or len(pressure) not in (1, len(profile)):
        raise InvalidInputsError([(place, _differs(pressure.shape, profile.shape))])
    checks.check_pressure(pressure, place)
    return Given(profile, pressure)


def posted(observations: Observations) -> tuple[Retrievals, list[str]]:
    """Take retrievals and their identifiers from the request.

    Raises
    ------
    InvalidInputsError
        At the array below ``/observations`` that cannot be used.
    """
    where = "/observations"
    arrays = {
        key: _matrix(getattr(observations, name), f"{where}/{name}")
        for key, name in {**_POSTED, "pressure": "pressure"}.items()
        if getattr(observations, name) is not None
    }
    expected = arrays["weight"].shape
    for key, array in arrays.items():
        if array.shape != expected:
            raise InvalidInputsError(
                [(f"{where}/{_POSTED.get(key, key)}", _differs(array.shape, expected))]
            )
    retrievals = Retrievals(**arrays)
    checks.check_weights(retrievals.weight, f"{where}/pressure_weight")
    if retrievals.pressure is not None:
        checks.check_pressure(retrievals.pressure, f"{where}/pressure")
    named = observations.sounding_id
    if named is not None and len(named) != expected[0]:
        reason = f"{len(named)} identifiers for {expected[0]} soundings"
        raise InvalidInputsError([(f"{where}/sounding_id", reason)])
    return retrievals, named or [str(number) for number in range(1, expected[0] + 1)]


def _examine_profile(profile: Matrix, pressure: Matrix | None, retrievals: Retrievals) -> None:
    if pressure is None:
        checks.check_levels(profile, retrievals.shape[1])
        checks.check_scale(profile, retrievals.prior)
        return
    place = "/profile_pressure"
    if retrievals.pressure is None:
        raise InvalidInputsError([(place, checks.NO_PRESSURE)])
    checks.check_coverage(np.broadcast_to(pressure, profile.shape), retrievals.pressure, place)
    sizes = np.median(np.abs(retrievals.prior), axis=1)
    _examine_size(profile, float(sizes.min()), float(sizes.max()))


def _examine_stored(inputs: Inputs, found: Given, held: holding.Held | None) -> None:
    """Compare with what a collection is known to hold."""
    if held is not None:
        lacking = [name for name in holding.needed(inputs) if name not in held.variables]
        if lacking:
            reason = f"stores no {', '.join(lacking)}, which this needs"
            raise InvalidInputsError([("/collection", reason)])
    if found.profile is None:
        return
    if found.pressure is None and held is not None and held.levels:
        checks.check_levels(found.profile, held.levels)
    _examine_size(found.profile, _LEAST, _MOST)


def _examine_size(profile: Matrix, least: float, most: float) -> None:
    """Refuse a profile all of whose numbers are far too small or too large.

    Parameters
    ----------
    profile
        Mole fractions on any levels [ppm], shape (1 or sounding, point).
    least, most
        Typical mole fractions of the priors.  [ppm]
    """
    values = np.abs(profile)
    small, large = values.max(axis=1), values.min(axis=1)
    wrong = (small * _MARGIN < least / checks.SCALES) | (large / _MARGIN > most * checks.SCALES)
    if wrong.any():
        size = float(np.median(values[int(wrong.argmax())]))
        reason = f"values are about {size:.3g} and those of the prior {least:.3g} to {most:.3g}"
        raise InvalidInputsError([("/profile", f"{reason}; both must be in ppm")])


def _matrix(values: list[float] | list[list[float]], place: str) -> Matrix:
    """Return posted numbers as rows of levels."""
    rows: list[Any] = values if isinstance(values[0], list) else [values]
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            reason = f"{len(row)} levels; the first row has {len(rows[0])}"
            raise InvalidInputsError([(f"{place}/{number}", reason)])
    return np.array(rows, dtype=np.float64)


def _differs(found: tuple[int, ...], expected: tuple[int, ...]) -> str:
    return "{} x {} values (soundings x levels); expected {} x {}".format(*found, *expected)
