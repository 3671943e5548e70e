"""What a nature run is expected to take, from its days and cells alone."""

from collections.abc import Mapping
from datetime import date

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.nature_run import Inputs
from casa_processes.simulation.choices import GRIDS, run_memory, run_seconds

_WRITTEN = 2.5
"""Bytes of a number that is written, compressed."""


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect the days from the first of January before the start, and all fields of the result."""
    columns, rows, layers, _ = GRIDS[inputs.grid]
    start, end = date.fromisoformat(inputs.start), date.fromisoformat(inputs.end)
    days = (end - start).days + 1
    cells = columns * rows * layers
    levels = cells * (days // inputs.every + 1)
    return Cost(
        cpu_seconds=run_seconds(inputs.grid, inputs.start, inputs.end),
        memory=run_memory(inputs.grid),
        result=int(_WRITTEN * (6 * columns * rows * days + levels)) + 2000 * days,
    )
