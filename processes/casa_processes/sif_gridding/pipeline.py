"""From soundings to a grid: pieces on all workers, their sums step after step into a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import h5netcdf
import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Arrays, Check, Context
from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.vocabulary import variable
from casa_processes.gridding.file import gridded_file, put_step, written_names
from casa_processes.gridding.grid import MOST_VALUES, Grid
from casa_processes.gridding.running import numbered, steps_of
from casa_processes.gridding.steps import Duration, edges, step_of
from casa_processes.gridding.sums import Footprints, Measured, StepSums, shares, summed
from casa_processes.sif_gridding import Inputs, Outputs
from casa_processes.sif_gridding.checks import duration_for, grid_for
from casa_processes.sif_gridding.pictures import Fullest, drawn
from casa_processes.sif_gridding.report import attributes, source_of, statistics
from casa_processes.sif_gridding.sources import QUALITY, Source, columns_of, opened, read

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


@dataclass(eq=False)
class Account:
    """What is told of a run besides its file."""

    matched: int = 0
    totals: dict[str, list[float]] = field(default_factory=dict)
    fullest: Fullest = field(default_factory=Fullest)


def gridded(inputs: Inputs, context: Context) -> Outputs:
    """Average soundings over cells and steps.

    Parameters
    ----------
    inputs
        Validated inputs of the process.
    context
        Refers to the collection or holds the file; does the pieces; its folder takes results.

    Raises
    ------
    InvalidInputsError
        Naming the input that cannot be used, or when no sounding meets the selection.
    FileContentError
        When a file of soundings cannot be used.
    StoppedError
        When the run was stopped.
    """
    grid, step = grid_for(inputs), duration_for(inputs)
    source = opened(inputs, context)
    plan = _plan(inputs, grid, step, source)
    uncertain = {name: variable(name).uncertainty in source.known for name in inputs.variables}
    what = written_names(inputs.variables, uncertain)
    about = attributes(inputs, source, context)
    path, account = context.folder / "grid.nc", Account()
    parts = [{"piece": piece, "plan": plan} for piece in source.pieces]
    with gridded_file(path, grid, plan.borders, list(what), about) as file:
        pieces = _counted(context.map(work, parts), account)
        for number, sums in steps_of(pieces, plan.names, grid.cells):
            _finish(file, inputs, plan, number, sums, what, account)
    return Outputs(
        matched=account.matched,
        steps=plan.borders.size - 1,
        statistics=statistics(account.totals),
        source=source_of(inputs, source, context),
        grid=path,
        map=drawn(context.folder / "map.png", grid, account.fullest, about["title"])
        if inputs.plots
        else None,
    )


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


def _plan(inputs: Inputs, grid: Grid, step: Duration, source: Source) -> Plan:
    try:
        borders = edges(step, *source.ends)
    except InvalidValueError as error:
        raise InvalidInputsError([("/time_step", str(error))]) from None
    whole = grid.cells * (borders.size - 1)
    if whole > MOST_VALUES:
        reason = f"{whole:,} cells of all steps; at most {MOST_VALUES:,}"
        raise InvalidInputsError([("/time_step", reason)])
    names, columns = tuple(inputs.variables), columns_of(inputs, source.known)
    uncertain = [variable(name).uncertainty in source.known for name in names]
    by_variance = inputs.weights == "inverse-variance"
    if by_variance and not all(uncertain):
        missing = names[uncertain.index(False)]
        raise InvalidInputsError([("/weights", f"the soundings have no uncertainty of {missing}")])
    overpass = max(round(inputs.overpass * _HOUR), 1)
    return Plan(grid, borders, names, columns, by_variance, inputs.point_area, overpass)


def _counted(results: Iterator[Arrays], account: Account) -> Iterator[Arrays]:
    """Count the soundings of pieces that pass."""
    for done in results:
        account.matched += int(done["matched"][0])
        yield done


def _finish(
    file: h5netcdf.File,
    inputs: Inputs,
    plan: Plan,
    number: int,
    sums: Mapping[str, StepSums],
    what: Mapping[str, str],
    account: Account,
) -> None:
    """Write a step, and keep what the summary and the picture need of it."""
    fields = {name: each.fields(inputs.error_correlation) for name, each in sums.items()}
    put_step(file, number, fields, what)
    area = np.repeat(np.cos(np.radians(plan.grid.latitude)), plan.grid.size[0])
    for name, found in fields.items():
        seen = found["count"] > 0
        told = account.totals.setdefault(name, [0.0] * 5)
        told[0] += float(seen.sum())
        told[1] += float((area * found["mean"])[seen].sum())
        told[2] += float(area[seen].sum())
        told[3] += float(found["uncertainty"][seen].sum())
        told[4] += float(found["count"][seen].sum())
    name = plan.names[0]
    account.fullest.offer(name, plan.borders[number], fields[name])
