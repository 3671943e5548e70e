"""From soundings to a grid: pieces on all workers, their sums step after step into a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import h5netcdf
import numpy as np

from casa_processes.common.context import Arrays, Context
from casa_processes.common.vocabulary import variable
from casa_processes.gridding.file import gridded_file, put_step, written_names
from casa_processes.gridding.running import steps_of
from casa_processes.gridding.sums import StepSums
from casa_processes.sif_gridding import Inputs, Outputs
from casa_processes.sif_gridding.against import Kept
from casa_processes.sif_gridding.beside import comparison_of
from casa_processes.sif_gridding.checks import duration_for, grid_for
from casa_processes.sif_gridding.pictures import Fullest, drawn
from casa_processes.sif_gridding.pieces import Plan, borders_of, plan_of, work
from casa_processes.sif_gridding.report import attributes, source_of, statistics
from casa_processes.sif_gridding.sources import opened


@dataclass(eq=False)
class Account:
    """What is told of a run besides its file."""

    matched: int = 0
    totals: dict[str, list[float]] = field(default_factory=dict)
    fullest: Fullest = field(default_factory=Fullest)
    kept: Kept = field(default_factory=Kept)


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
    reference, held = context.references.get("collection"), context.files.get("soundings")
    source = opened(inputs, reference, held)
    plan = plan_of(inputs, grid, borders_of(grid, step, source), source)
    uncertain = {name: variable(name).uncertainty in source.known for name in inputs.variables}
    what = written_names(inputs.variables, uncertain)
    said = source_of(inputs, source, reference, held)
    about = attributes(inputs, source, said)
    path, account = context.folder / "grid.nc", Account()
    parts = [{"piece": piece, "plan": plan} for piece in source.pieces]
    with gridded_file(path, grid, plan.borders, list(what), about) as file:
        pieces = _counted(context.map(work, parts), account)
        for number, sums in steps_of(pieces, plan.names, grid.cells):
            _finish(file, inputs, plan, number, sums, what, account)
    beside = comparison_of(inputs, context, plan, source, account.kept) if inputs.compares else {}
    return Outputs(
        matched=account.matched,
        steps=plan.borders.size - 1,
        statistics=statistics(account.totals),
        source=said,
        grid=path,
        map=drawn(context.folder / "map.png", grid, account.fullest, about["title"])
        if inputs.plots
        else None,
        **beside,
    )


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
    if inputs.compares:
        account.kept.put(number, fields[name])
