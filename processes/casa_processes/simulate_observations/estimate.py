"""What simulated observations are expected to take."""

from collections.abc import Mapping
from datetime import date

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.simulate_observations import Inputs
from casa_processes.simulation.choices import run_memory, run_seconds

_DAY = 0.1
"""Time of the soundings of a day.  [s]"""
_SOUNDINGS = 2_000
"""Of a day."""
_HELD, _WRITTEN = 2_500, 900
"""Bytes of a sounding in memory and in a file."""


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect the world's days from the first of January on, and soundings of those asked for."""
    days = (date.fromisoformat(inputs.end) - date.fromisoformat(inputs.start)).days + 1
    return Cost(
        cpu_seconds=run_seconds(inputs.grid, inputs.start, inputs.end) + _DAY * days,
        memory=run_memory(inputs.grid) + _HELD * _SOUNDINGS * days,
        result=_WRITTEN * _SOUNDINGS * days,
    )
