"""What gridding is expected to take, from what the head of the collection says."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.gridding.grid import MOST_VALUES
from casa_processes.sif_gridding import SYNTHETIC, Inputs
from casa_processes.sif_gridding.checks import duration_for, grid_for
from casa_processes.sif_gridding.simulated import COUNT, DAYS

_START, _DRAWN = 3.0, 3.0
"""Loading of libraries and of compiled code, and drawing.  [s]"""
_SOUNDING, _CELL = 6e-6, 2e-7
"""Time of a sounding, and of a cell of a step.  [s]"""
_BASE, _SUMS, _WRITTEN = 512 * 1024 * 1024, 120, 4
"""Memory of a worker; memory and file of a cell.  [byte]"""
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
    steps = days / (step.count * _DAYS[step.unit]) + 2.0
    values = min(cells * steps, MOST_VALUES)
    count = 1 + 2 * len(inputs.variables)
    return Cost(
        cpu_seconds=_START
        + (_DRAWN if inputs.plots else 0.0)
        + _SOUNDING * soundings
        + _CELL * values * count,
        memory=_BASE + _SUMS * cells * len(inputs.variables),
        result=round(100_000 + _WRITTEN * values * count),
    )


def _held(reference: InputRef) -> tuple[int, float]:
    """Return how many soundings the newest snapshot holds, and over how many days."""
    try:
        head = json.loads((Path(reference.href) / "head.json").read_bytes())["head"]
        count, ends = int(head["dimensions"]["sounding"]), head["time"]
        days = _day(ends[1]) - _day(ends[0])
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return _UNKNOWN
    return count, max(days, 0.0) + 1.0


def _day(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() / 86_400.0
