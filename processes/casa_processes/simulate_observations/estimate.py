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
_LIGHT, _TABLES, _SPECTRUM = 0.7, 1_500_000_000, 15_000
"""Time of a spectrum [s], bytes of tables of cross-sections and of a spectrum in a file."""
_HEADER = 2_000_000
"""Bytes of the responses of channels."""


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect the world's days from the first of January on, and what is measured of those asked."""
    days = (date.fromisoformat(inputs.end) - date.fromisoformat(inputs.start)).days + 1
    spectra = inputs.max_spectra if inputs.l1b else 0
    seconds = run_seconds(inputs.grid, inputs.start, inputs.end)
    return Cost(
        cpu_seconds=seconds + _DAY * days + _LIGHT * spectra,
        memory=run_memory(inputs.grid) + _HELD * _SOUNDINGS * days + (_TABLES if inputs.l1b else 0),
        result=_WRITTEN * _SOUNDINGS * days + _SPECTRUM * spectra + (_HEADER if inputs.l1b else 0),
    )
