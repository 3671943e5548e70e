"""What an extract is expected to take, from the selection alone."""

from collections.abc import Mapping

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.extract import Inputs

_START = 0.5
"""Loading of numerical libraries and opening of a collection.  [s]"""
_DECODED, _WRITTEN = 4e8, 4e7
"""Decoded and compressed bytes in a second of one core."""
_BASE = 512 * 1024 * 1024
_HEADERS = 64 * 1024


def cost(_inputs: Inputs, references: Mapping[str, InputRef]) -> Cost:
    """Expect the whole selection, not yet narrowed by an area, and nothing won by compression."""
    selection = references["collection"].selection
    assert selection is not None
    seconds = _START + selection.read_size / _DECODED + selection.size / _WRITTEN
    return Cost(cpu_seconds=seconds, memory=_BASE, result=_HEADERS + selection.size)
