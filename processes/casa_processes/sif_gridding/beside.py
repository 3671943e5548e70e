"""The run of a comparison: means of another source in the same cells and steps."""

from typing import Any

from casa_processes.common.context import Context
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.vocabulary import variable
from casa_processes.gridding.running import steps_of
from casa_processes.sif_gridding import Inputs
from casa_processes.sif_gridding.against import Kept, compared, paired
from casa_processes.sif_gridding.comparison_picture import Sides, draw_comparison
from casa_processes.sif_gridding.pieces import Plan, plan_of, work
from casa_processes.sif_gridding.report import source_of
from casa_processes.sif_gridding.simulated import OTHER_SEED
from casa_processes.sif_gridding.sources import Source, opened

_PLACES = {"/variables/0": "/against_variable", "/good_only": "/good_only"}
"""Inputs at fault where a fault of the other source is seen."""


def comparison_of(
    inputs: Inputs, context: Context, plan: Plan, source: Source, kept: Kept
) -> dict[str, Any]:
    """Average the other source over the same cells and steps; return outputs of the comparison.

    Parameters
    ----------
    plan, source, kept
        Of the soundings that are gridded: cells and steps, what they say, and their means.

    Raises
    ------
    InvalidInputsError
        Naming the input by which the other source cannot be used.
    """
    name = inputs.other_variable
    other = inputs.model_copy(update={"variables": [name]})
    reference, file = context.references.get("against_collection"), context.files.get("against")
    try:
        theirs = opened(other, reference, file, OTHER_SEED)
    except InvalidInputsError as error:
        found = [(_PLACES.get(place, "/against"), reason) for place, reason in error.problems]
        raise InvalidInputsError(found) from None
    if variable(name).uncertainty not in theirs.known:
        other = other.model_copy(update={"weights": "area"})
    beside = plan_of(other, plan.grid, plan.borders, theirs)
    pieces = context.map(work, [{"piece": each, "plan": beside} for each in theirs.pieces])
    steps = (
        (number, sums[name].fields(inputs.error_correlation))
        for number, sums in steps_of(pieces, [name], plan.grid.cells)
    )
    pairs = paired(kept, steps)
    mission, another = (each.attributes.get("mission", "") for each in (source, theirs))
    latitude = plan.grid.latitude[pairs.cell // plan.grid.size[0]]
    sides = Sides(variable(inputs.variables[0]), variable(name), mission, another, latitude)
    said = source_of(other.model_copy(update=_named(inputs)), theirs, reference, file)
    told = compared(pairs, alike=sides.alike).model_copy(update={"variable": name, "source": said})
    if not inputs.plots:
        return {"comparison": told}
    path = context.folder / "scatter.png"
    title = "Means of the same cells and steps"
    return {"comparison": told, "scatter": draw_comparison(path, pairs, told, sides, title)}


def _named(inputs: Inputs) -> dict[str, str | None]:
    """Return the inputs that name the other source, as those that name the first."""
    return {"collection": inputs.against_collection, "soundings": inputs.against}
