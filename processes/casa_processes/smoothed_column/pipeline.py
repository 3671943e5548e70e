"""From inputs to outputs: posted retrievals here and now, stored ones in pieces on all workers."""

from typing import Any

import numpy as np

from casa_processes.common.context import Context
from casa_processes.common.errors import InvalidInputsError
from casa_processes.smoothed_column import Inputs, Observations, Outputs, model
from casa_processes.smoothed_column.model import Matrix, Retrievals
from casa_processes.smoothed_column.stored import Given, check_count, listed, stored_columns

_POSTED = {"weight": "pressure_weight", "sensitivity": "averaging_kernel", "prior": "prior"}


def smoothed_columns(inputs: Inputs, context: Context) -> Outputs:
    """Compute the columns that retrievals would report of a profile.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Refers to the soundings as ``collection`` when the inputs name one, and does their pieces.

    Raises
    ------
    InvalidInputsError
        Naming the input whose shape or content cannot be used.
    UnknownNameError
        When the collection stores no averaging kernels.
    """
    given = _given(inputs)
    if inputs.observations is None:
        return stored_columns(inputs, given, context)
    retrievals, identifiers = _posted(inputs.observations)
    profile = retrievals.prior
    if given.profile is not None:
        check_count(given.profile, len(identifiers))
        profile = model.given_profile(retrievals, given.profile, given.pressure)
    return Outputs(
        smoothed_column=listed(model.smoothed_columns(retrievals, profile)),
        true_column=listed(model.plain_columns(retrievals.weight, profile)),
        prior_column=listed(model.plain_columns(retrievals.weight, retrievals.prior)),
        sounding_id=identifiers,
        matched=len(identifiers),
    )


def _given(inputs: Inputs) -> Given:
    """Return the profile and its pressures as arrays, checked as far as they go by themselves."""
    if isinstance(inputs.profile, str):
        return Given(None, None)
    profile = _matrix(inputs.profile, "/profile")
    if inputs.profile_pressure is None:
        return Given(profile, None)
    place = "/profile_pressure"
    pressure = _matrix(inputs.profile_pressure, place)
    if pressure.shape[1] != profile.shape[1] or len(pressure) not in (1, len(profile)):
        raise InvalidInputsError([(place, _differs(pressure.shape, profile.shape))])
    model.check_pressure(pressure, place)
    return Given(profile, pressure)


def _posted(observations: Observations) -> tuple[Retrievals, list[str]]:
    """Take retrievals and their identifiers from the request."""
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
    model.check_weights(retrievals.weight, f"{where}/pressure_weight")
    if retrievals.pressure is not None:
        model.check_pressure(retrievals.pressure, f"{where}/pressure")
    named = observations.sounding_id
    if named is not None and len(named) != expected[0]:
        reason = f"{len(named)} identifiers for {expected[0]} soundings"
        raise InvalidInputsError([(f"{where}/sounding_id", reason)])
    return retrievals, named or [str(number) for number in range(1, expected[0] + 1)]


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
