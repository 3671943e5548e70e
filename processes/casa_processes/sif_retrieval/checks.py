"""What inputs alone show to be wrong, before a job is queued."""

from collections.abc import Mapping

from casa_processes.common.errors import InvalidInputsError, InvalidValueError, UnknownNameError
from casa_processes.common.references import InputRef
from casa_processes.gridding.grid import MOST_CELLS, grid_of
from casa_processes.gridding.steps import duration
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.sif_retrieval import SYNTHETIC, Inputs
from casa_processes.sif_retrieval.choices import Means
from casa_processes.sif_retrieval.windows import configured

SIMULATED = "synthetic"
"""Id of the instrument of simulated spectra."""


def examine(inputs: Inputs, _references: Mapping[str, InputRef]) -> None:
    """Refuse inputs with which no run can succeed.

    Raises
    ------
    InvalidInputsError
        Naming every input at fault: instruments and windows that are not configured, grids that
        do not go round the Earth or have too many cells.
    """
    problems: list[tuple[str, str]] = []
    name = SIMULATED if inputs.l1b == SYNTHETIC else inputs.instrument
    if name is not None:
        try:
            configured(spectrometer(name), inputs.windows)
        except UnknownNameError as error:
            problems.append(("/instrument", str(error)))
        except InvalidInputsError as error:
            problems += error.problems
    if inputs.grid is not None:
        problems += _problems_of_grid(inputs.grid)
    if problems:
        raise InvalidInputsError(problems)


def _problems_of_grid(asked: Means) -> list[tuple[str, str]]:
    found = []
    try:
        cells = grid_of((asked.resolution, asked.resolution)).cells
        if cells > MOST_CELLS:
            found.append(("/grid/resolution", f"{cells:,} cells; at most {MOST_CELLS:,}"))
    except InvalidValueError as error:
        found.append(("/grid/resolution", str(error)))
    try:
        duration(asked.time_step)
    except InvalidValueError as error:
        found.append(("/grid/time_step", str(error)))
    return found
