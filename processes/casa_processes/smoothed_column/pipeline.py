"""From inputs to outputs: stored or posted retrievals, the profile on their levels, the columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from casa_processes.common.context import Context
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.io import read_soundings
from casa_processes.common.references import InputRef
from casa_processes.smoothed_column import Inputs, Observations, Outputs, Source, model
from casa_processes.smoothed_column.model import Matrix, Retrievals

_STORED = {
    "weight": "pressure_weight",
    "sensitivity": "xco2_averaging_kernel",
    "prior": "co2_profile_apriori",
}
_POSTED = {"weight": "pressure_weight", "sensitivity": "averaging_kernel", "prior": "prior"}
_PRESSURE = "pressure_levels"
_BASIS = "co2_profile_apriori_basis"
_SCALES = 1000.0
"""By how much a profile may differ from the prior before its units are doubted."""


@dataclass(frozen=True, eq=False)
class _Chosen:
    """Retrievals with what the answer says of them; `where` is their place in the inputs."""

    retrievals: Retrievals
    sounding_id: list[str]
    time: list[str] | None
    matched: int
    where: str
    source: Source | None = None


def smoothed_columns(inputs: Inputs, context: Context) -> Outputs:
    """Compute the columns that retrievals would report of a profile.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Refers to the soundings as ``collection`` when the inputs name one.

    Raises
    ------
    InvalidInputsError
        Naming the input whose shape or content cannot be used.
    UnknownNameError
        When the collection stores no averaging kernels.
    """
    if inputs.observations is not None:
        chosen = _posted(inputs.observations)
    else:
        chosen = _stored(inputs, context.references["collection"])
    profile = _profile(inputs, chosen)
    retrievals = chosen.retrievals
    _check_scale(profile, retrievals.prior)
    return Outputs(
        smoothed_column=_listed(model.smoothed_columns(retrievals, profile)),
        true_column=_listed(model.plain_columns(retrievals.weight, profile)),
        prior_column=_listed(model.plain_columns(retrievals.weight, retrievals.prior)),
        sounding_id=chosen.sounding_id,
        time=chosen.time,
        matched=chosen.matched,
        source=chosen.source,
    )


def _check_scale(profile: Matrix, prior: Matrix) -> None:
    """Refuse a profile whose numbers cannot have the units of the prior."""
    known = [np.abs(values[np.isfinite(values)]) for values in (profile, prior)]
    if not all(values.size for values in known):
        return
    sizes = [float(np.median(values)) for values in known]
    if not sizes[1] / _SCALES <= sizes[0] <= sizes[1] * _SCALES:
        reason = (
            f"values are about {sizes[0]:.3g} and those of the prior {sizes[1]:.3g}; "
            "both must be in ppm"
        )
        raise InvalidInputsError([("/profile", reason)])


def _posted(observations: Observations) -> _Chosen:
    """Take retrievals from the request."""
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
    identifiers = named or [str(number) for number in range(1, expected[0] + 1)]
    return _Chosen(retrievals, identifiers, None, expected[0], where)


def _stored(inputs: Inputs, reference: InputRef) -> _Chosen:
    """Read retrievals of a collection."""
    needed = dict(_STORED)
    if inputs.profile_pressure is not None:
        needed["pressure"] = _PRESSURE
    rows = read_soundings(reference, list(needed.values()), inputs.limit)
    retrievals = Retrievals(
        **{key: rows.columns[name].astype(np.float64) for key, name in needed.items()}
    )
    model.check_weights(retrievals.weight, "/collection")
    if retrievals.pressure is not None:
        model.check_pressure(retrievals.pressure, "/collection")
    times = np.datetime_as_string(rows.columns["time"].astype("datetime64[ms]"))
    return _Chosen(
        retrievals,
        [str(each) for each in rows.columns["sounding_id"]],
        [f"{each}Z" for each in times],
        rows.matched,
        "/collection",
        Source(
            collection=inputs.collection or "",
            snapshot=reference.snapshot,
            licence=reference.licence,
            profile_basis=rows.attributes.get(_BASIS),
        ),
    )


def _profile(inputs: Inputs, chosen: _Chosen) -> Matrix:
    """Return the profile on the retrievals' levels, shape (1 or sounding, level)."""
    retrievals, place = chosen.retrievals, "/profile"
    if isinstance(inputs.profile, str):
        return retrievals.prior
    profile = _matrix(inputs.profile, place)
    count, levels = retrievals.shape
    if len(profile) not in (1, count):
        raise InvalidInputsError([(place, f"{len(profile)} profiles for {count} soundings")])
    if inputs.profile_pressure is None:
        if count and profile.shape[1] != levels:
            reason = f"{profile.shape[1]} levels; the retrievals have {levels}. Give"
            raise InvalidInputsError(
                [(place, f"{reason} profile_pressure to have it brought to them")]
            )
        return profile
    return _brought(profile, _matrix(inputs.profile_pressure, "/profile_pressure"), chosen)


def _brought(profile: Matrix, pressure: Matrix, chosen: _Chosen) -> Matrix:
    """Bring profiles from their own pressures to the retrievals' levels."""
    place = "/profile_pressure"
    if chosen.retrievals.pressure is None:
        raise InvalidInputsError([(place, "the observations give no pressure of their levels")])
    if pressure.shape[1] != profile.shape[1] or len(pressure) not in (1, len(profile)):
        raise InvalidInputsError([(place, _differs(pressure.shape, profile.shape))])
    model.check_pressure(pressure, place)
    whole = np.broadcast_to(pressure, profile.shape)
    return model.on_levels(profile, whole, chosen.retrievals.pressure, place)


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


def _listed(columns: Matrix) -> list[float | None]:
    """Return numbers as JSON has them: null where missing."""
    return [float(each) if np.isfinite(each) else None for each in columns]
