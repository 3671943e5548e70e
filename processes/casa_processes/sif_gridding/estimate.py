"""What gridding is expected to take, from what the head of the collection says."""

from collections.abc import Mapping

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.holding import held
from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.gridding.grid import MOST_VALUES
from casa_processes.sif_gridding import SYNTHETIC, Inputs
from casa_processes.sif_gridding.against import MOST_PAIRS
from casa_processes.sif_gridding.checks import duration_for, grid_for
from casa_processes.sif_gridding.simulated import COUNT, DAYS

_START, _DRAWN = 3.0, 3.0
"""Loading of libraries and of compiled code, and drawing.  [s]"""
_SOUNDING, _CELL = 6e-6, 2e-7
"""Time of a sounding, and of a cell of a step.  [s]"""
_BASE, _SUMS, _WRITTEN = 512 * 1024 * 1024, 120, 4
"""Memory of a worker; memory and file of a cell.  [byte]"""
_KEPT, _PAIRED = 24, 80
"""Memory of a cell and step kept for a comparison, and of a pair, twice while joined.  [byte]"""
_UNKNOWN = 1_000_000, 366.0
"""Soundings and days of what tells neither."""
_DAYS = {"D": 1.0, "M": 28.0, "Y": 365.0}


def cost(inputs: Inputs, references: Mapping[str, InputRef]) -> Cost:
    """Expect all soundings of a collection, and all steps of its time; no data are read."""
    try:
        cells, step = grid_for(inputs).cells, duration_for(inputs)
    except InvalidInputsError:
        return Cost()
    soundings, days = _UNKNOWN
    if inputs.soundings == SYNTHETIC:
        soundings, days = COUNT, DAYS
    elif inputs.collection is not None:
        soundings, days = _held(references["collection"])
    if inputs.compares:
        more = COUNT if inputs.against == SYNTHETIC else _UNKNOWN[0]
        if inputs.against_collection is not None:
            more = _held(references["against_collection"])[0]
        soundings += more
    steps = days / (step.count * _DAYS[step.unit]) + 2.0
    values = min(cells * steps, MOST_VALUES)
    count = 1 + 2 * len(inputs.variables)
    kept = round(min(values, soundings, MOST_PAIRS)) if inputs.compares else 0
    return Cost(
        cpu_seconds=_START
        + (_DRAWN if inputs.plots else 0.0)
        + _SOUNDING * soundings
        + _CELL * values * count,
        memory=_BASE + _SUMS * cells * len(inputs.variables) + (_KEPT + _PAIRED) * kept,
        result=round(100_000 + _WRITTEN * values * count),
    )


def _held(reference: InputRef) -> tuple[int, float]:
    """Return how many soundings the newest snapshot holds, and over how many days."""
    found = held(reference)
    if found is None or found.days is None:
        return _UNKNOWN
    return found.soundings, found.days
