"""What is done with a piece of soundings: sums of its cells, steps and overpasses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check
from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.vocabulary import variable
from casa_processes.gridding.grid import MOST_VALUES, Grid
from casa_processes.gridding.running import numbered
from casa_processes.gridding.steps import Duration, edges, step_of
from casa_processes.gridding.sums import Footprints, Measured, shares, summed
from casa_processes.sif_gridding import Inputs
from casa_processes.sif_gridding.sources import QUALITY, Source, columns_of, read

_HOUR = 3_600_000_000_000
"""[ns]"""


@dataclass(frozen=True, eq=False)
class Plan:
    """What all pieces share: cells, borders of the steps, and how soundings count."""

    grid: Grid
    borders: NDArray[np.datetime64]
    names: tuple[str, ...]
    columns: tuple[str, ...]
    by_variance: bool
    point_area: float
    overpass: int


def work(part: Mapping[str, Any], check: Check) -> Arrays:
    """Sum the soundings of a piece by cell, step and overpass.

    Returns
    -------
    dict
        ``matched``, and keys and sums of each variable under its number: ``0.cell``, ...
    """
    check()
    plan: Plan = part["plan"]
    rows = read(part["piece"], plan.columns)
    good = rows[QUALITY] == 0 if QUALITY in rows else np.ones(rows["time"].size, np.bool_)
    rows = {name: values[good] for name, values in rows.items()}
    overlap = shares(_footprints(rows), plan.grid, plan.point_area)
    found = {"matched": np.array([np.unique(overlap.row).size])}
    check()
    counts = rows["time"].astype("datetime64[ns]").astype(np.int64)
    step, overpass = step_of(plan.borders, rows["time"]), counts // plan.overpass
    for number, name in enumerate(plan.names):
        error = variable(name).uncertainty
        value = rows[name].astype(np.float64)
        sigma = rows[error].astype(np.float64) if error in rows else np.zeros(value.size)
        measured = Measured(value, sigma, step, overpass)
        sums = summed(overlap, measured, by_variance=plan.by_variance)
        found |= numbered(number, sums)
    return found


def _footprints(rows: Mapping[str, NDArray[Any]]) -> Footprints:
    count = rows["time"].size
    corners = [
        rows.get(name, np.full((count, 4), np.nan)).astype(np.float64)
        for name in ("longitude_vertices", "latitude_vertices")
    ]
    return Footprints(rows["longitude"], rows["latitude"], *corners)


def borders_of(grid: Grid, step: Duration, source: Source) -> NDArray[np.datetime64]:
    """Return the borders of the steps from the first to the last sounding of a source.

    Raises
    ------
    InvalidInputsError
        When there are too many.
    """
    try:
        borders = edges(step, *source.ends)
    except InvalidValueError as error:
        raise InvalidInputsError([("/time_step", str(error))]) from None
    whole = grid.cells * (borders.size - 1)
    if whole > MOST_VALUES:
        reason = f"{whole:,} cells of all steps; at most {MOST_VALUES:,}"
        raise InvalidInputsError([("/time_step", reason)])
    return borders


def plan_of(inputs: Inputs, grid: Grid, borders: NDArray[np.datetime64], source: Source) -> Plan:
    """Return what all pieces of a source share.

    Raises
    ------
    InvalidInputsError
        When soundings are to be weighted by a variance that is not stored.
    """
    names, columns = tuple(inputs.variables), columns_of(inputs, source.known)
    uncertain = [variable(name).uncertainty in source.known for name in names]
    by_variance = inputs.weights == "inverse-variance"
    if by_variance and not all(uncertain):
        missing = names[uncertain.index(False)]
        raise InvalidInputsError([("/weights", f"the soundings have no uncertainty of {missing}")])
    overpass = max(round(inputs.overpass * _HOUR), 1)
    return Plan(grid, borders, names, columns, by_variance, inputs.point_area, overpass)
