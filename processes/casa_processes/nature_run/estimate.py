"""What a nature run is expected to take, from its days and cells alone."""

from collections.abc import Mapping
from datetime import date

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.nature_run import GRIDS, Inputs

_START = 12.0
"""Loading and compiling of numerical libraries, tables of seasons.  [s]"""
_CELL = 2.5e-7
"""Time of one cell and step, all tracers, with winds and sums.  [s]"""
_WRITTEN = 2.5
"""Bytes of a number that is written, compressed."""
_BASE = 512 * 1024 * 1024


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect the days from the first of January before the start, and all fields of the result."""
    columns, rows, layers, steps = GRIDS[inputs.grid]
    start, end = date.fromisoformat(inputs.start), date.fromisoformat(inputs.end)
    days, simulated = (end - start).days + 1, (end - date(start.year, 1, 1)).days + 1
    cells = columns * rows * layers
    levels = cells * (days // inputs.every + 1)
    return Cost(
        cpu_seconds=_START + _CELL * cells * steps * simulated,
        memory=_BASE + 1500 * cells,
        result=int(_WRITTEN * (6 * columns * rows * days + levels)) + 2000 * days,
    )
