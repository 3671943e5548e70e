"""Stored soundings: pieces of a collection, each by itself, and what they give together."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check, Context
from casa_processes.common.errors import UnknownNameError
from casa_processes.common.io import Selected, read_piece, read_soundings, select_soundings
from casa_processes.common.netcdf import in_type, write_soundings
from casa_processes.common.references import InputRef
from casa_processes.smoothed_column import MOST_LISTED, Inputs, Outputs, Source, checks, model
from casa_processes.smoothed_column.checks import Matrix, Retrievals
from casa_processes.smoothed_column.holding import PRESSURE, RETRIEVED
from casa_processes.smoothed_column.posted import Given

PIECE_ROWS = 65_536
"""About how many stored soundings a worker takes at a time: some 50 MiB."""
_BASIS = "co2_profile_apriori_basis"
_PLACES = ("latitude", "longitude")
_BESIDE = ("xco2", "xco2_uncertainty", "quality_flag", "latitude_vertices", "longitude_vertices")
"""What is taken over where it is stored, to be compared with."""
_KEPT = ("mission", "instrument", "time_resolution", _BASIS)


def stored_columns(inputs: Inputs, given: Given, context: Context) -> Outputs:
    """Compute the columns of stored soundings, in time order, however they are cut into pieces.

    Parameters
    ----------
    inputs
        Validated inputs that name a collection.
    given
        The profile.
    context
        Refers to the soundings as ``collection``; does their pieces; its folder takes the file.

    Raises
    ------
    InvalidInputsError
        Naming the input whose shape or content cannot be used.
    UnknownNameError
        When the collection stores no averaging kernels, or no quality where that is asked for.
    """
    reference = replace(context.references["collection"], good_only=inputs.good_only)
    if given.profile is not None and len(given.profile) > 1:
        given = _ordered(given, reference, inputs.limit)
    selected = select_soundings(reference, inputs.limit, PIECE_ROWS)
    columns = _columns(selected, given)
    parts = [
        {"piece": piece, "columns": columns, "last": selected.last, "given": given}
        for piece in selected.pieces
    ]
    if len(parts) > 1:
        done = list(context.map(work, parts))
    else:
        done = [work(part, context.check) for part in parts]
    found = _joined(done, inputs.limit)
    return _outputs(inputs, reference, selected, found, context.folder)


def work(part: Mapping[str, Any], check: Check) -> Arrays:
    """Compute the columns of one piece.

    Returns ``xco2_smoothed``, ``xco2_profile`` and ``xco2_apriori`` [ppm] beside the identifiers,
    times, places and what else was stored of the soundings; shape (sounding, ...).
    """
    check()
    rows = read_piece(part["piece"], part["columns"], part["last"])
    names = rows["sounding_id"]
    arrays = {key: rows.pop(name).astype(np.float64) for key, name in RETRIEVED.items()}
    if PRESSURE in rows:
        arrays["pressure"] = rows.pop(PRESSURE).astype(np.float64)
    retrievals = Retrievals(**arrays)
    checks.check_weights(retrievals.weight, "/collection", names)
    if retrievals.pressure is not None:
        checks.check_pressure(retrievals.pressure, "/collection", names)
    profile = _profile(part["given"], retrievals, names)
    return {
        **{name: in_type(name, values) for name, values in rows.items()},
        "xco2_smoothed": model.smoothed_columns(retrievals, profile),
        "xco2_profile": model.plain_columns(retrievals.weight, profile),
        "xco2_apriori": model.plain_columns(retrievals.weight, retrievals.prior),
    }


def _ordered(given: Given, reference: InputRef, limit: int) -> Given:
    """Note which sounding each of several profiles belongs to."""
    order = read_soundings(reference, [], limit).columns["sounding_id"].astype(np.str_)
    if given.profile is not None:
        checks.check_count(given.profile, len(order))
    return Given(given.profile, given.pressure, order)


def _columns(selected: Selected, given: Given) -> tuple[str, ...]:
    """Return what is read of each sounding."""
    needed = [*RETRIEVED.values(), *([] if given.pressure is None else [PRESSURE])]
    for name in needed:
        if name not in selected.variables:
            raise UnknownNameError("variable", name, selected.variables)
    return (*needed, *_PLACES, *(name for name in _BESIDE if name in selected.variables))


def _profile(given: Given, retrievals: Retrievals, names: NDArray[Any]) -> Matrix:
    """Return the profile of each sounding of a piece on its levels."""
    if given.profile is None:
        return retrievals.prior
    profile, pressure = given.profile, given.pressure
    if given.order is not None:
        place = {name: row for row, name in enumerate(given.order.tolist())}
        # Soundings of the very last instant may lie beyond the limit: they are cut off later on.
        rows = [place.get(str(name), 0) for name in names]
        profile = profile[rows]
        pressure = pressure[rows] if pressure is not None and len(pressure) > 1 else pressure
    return model.given_profile(retrievals, profile, pressure, names)


def _joined(done: list[Arrays], limit: int) -> dict[str, NDArray[Any]]:
    """Put pieces together in the order of time and identifier, the first `limit` soundings."""
    if not done:
        return {}
    whole = {name: np.concatenate([each[name] for each in done]) for name in done[0]}
    order = np.lexsort((whole["sounding_id"], whole["time"]))[:limit]
    return {name: values[order] for name, values in whole.items()}


def _outputs(
    inputs: Inputs,
    reference: InputRef,
    selected: Selected,
    found: Mapping[str, NDArray[Any]],
    folder: Path,
) -> Outputs:
    """List the columns when they are few, and write them to a file."""
    source = Source(
        collection=inputs.collection or "",
        snapshot=reference.snapshot,
        licence=reference.licence,
        profile_basis=selected.attributes.get(_BASIS),
    )
    count = found["time"].size if found else 0
    if not count:
        return Outputs(**_lists({}), matched=selected.matched, source=source)
    attributes = {name: selected.attributes[name] for name in _KEPT if name in selected.attributes}
    attributes |= {
        "title": "XCO2 that retrievals would report of a given profile",
        "main_variables": "xco2_smoothed xco2_profile xco2_apriori",
        "references": "Rodgers and Connor (2003), doi:10.1029/2002JD002299",
        "licence": reference.licence,
        "input_collection": inputs.collection or "",
        "input_snapshot": reference.snapshot,
    }
    return Outputs(
        **(_lists(found) if count <= MOST_LISTED else {}),
        matched=selected.matched,
        source=source,
        soundings=write_soundings(folder / "soundings.nc", found, attributes),
    )


def _lists(found: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return columns as JSON has them."""
    nothing = np.empty(0)
    times = np.datetime_as_string(found.get("time", nothing.astype("M8[ms]")).astype("M8[ms]"))
    return {
        "smoothed_column": listed(found.get("xco2_smoothed", nothing)),
        "true_column": listed(found.get("xco2_profile", nothing)),
        "prior_column": listed(found.get("xco2_apriori", nothing)),
        "sounding_id": [str(each) for each in found.get("sounding_id", nothing)],
        "time": [f"{each}Z" for each in times],
    }


def listed(columns: NDArray[np.float64]) -> list[float | None]:
    """Return numbers as JSON has them: null where missing."""
    return [float(each) if np.isfinite(each) else None for each in columns]
