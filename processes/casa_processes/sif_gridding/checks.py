"""What inputs alone show: cells that do not fit round the Earth, too many of them, odd steps."""

from collections.abc import Mapping

from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.references import Box, InputRef
from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.gridding.grid import MOST_CELLS, Grid, grid_of
from casa_processes.gridding.steps import Duration, duration
from casa_processes.sif_gridding import Inputs


def examine(inputs: Inputs, _references: Mapping[str, InputRef]) -> None:
    """Refuse inputs with which no run can succeed.

    Raises
    ------
    InvalidInputsError
        Naming every input at fault.
    """
    problems: list[tuple[str, str]] = []
    for asked in (grid_for, duration_for):
        try:
            asked(inputs)
        except InvalidInputsError as error:
            problems += error.problems
    problems += [
        (f"/variables/{place}", f"no variable {name!r} of the vocabulary")
        for place, name in enumerate(inputs.variables)
        if name not in VOCABULARY
    ]
    if inputs.against_variable is not None and inputs.against_variable not in VOCABULARY:
        reason = f"no variable {inputs.against_variable!r} of the vocabulary"
        problems.append(("/against_variable", reason))
    if problems:
        raise InvalidInputsError(problems)


def grid_for(inputs: Inputs) -> Grid:
    """Return the cells that inputs mean.

    Raises
    ------
    InvalidInputsError
        When they do not fit round the Earth, or are too many.
    """
    size = inputs.resolution
    pair = (size[0], size[1]) if isinstance(size, list) else (size, size)
    try:
        grid = grid_of(pair, Box(*inputs.bbox) if inputs.bbox else None)
    except InvalidValueError as error:
        raise InvalidInputsError([("/resolution", str(error))]) from None
    if grid.cells > MOST_CELLS:
        reason = f"{grid.cells:,} cells; at most {MOST_CELLS:,}"
        raise InvalidInputsError([("/resolution", reason)])
    return grid


def duration_for(inputs: Inputs) -> Duration:
    """Return the step of time that inputs mean.

    Raises
    ------
    InvalidInputsError
        When it is none.
    """
    try:
        return duration(inputs.time_step)
    except InvalidValueError as error:
        raise InvalidInputsError([("/time_step", str(error))]) from None
