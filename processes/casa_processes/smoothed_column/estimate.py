"""What the columns are expected to take, from the number of soundings alone."""

from collections.abc import Mapping

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.smoothed_column import MOST_LISTED, Inputs
from casa_processes.smoothed_column.holding import held

_START = 0.5
"""Loading of numerical libraries and opening of a collection.  [s]"""
_READ, _PROJECTED = 3e-6, 40e-6
"""Time of a sounding, and of bringing a profile to its levels.  [s]"""
_KEPT, _LISTED, _WRITTEN = 600, 90, 170
"""Memory, JSON and file of a sounding.  [byte]"""
_BASE = 512 * 1024 * 1024
_UNKNOWN = 1_000_000
"""Soundings of a collection that does not tell.  [1]"""


def cost(inputs: Inputs, references: Mapping[str, InputRef]) -> Cost:
    """Expect the whole limit, as far as the collection holds so many."""
    if inputs.observations is not None:
        weights = inputs.observations.pressure_weight
        count, file = (len(weights) if isinstance(weights[0], list) else 1), 0
    else:
        count, file = min(inputs.limit, _held(references["collection"])), _WRITTEN
    each = _READ + (_PROJECTED if inputs.profile_pressure is not None else 0.0)
    listed = _LISTED if count <= MOST_LISTED else 0
    return Cost(
        cpu_seconds=_START + each * count,
        memory=_BASE + _KEPT * count,
        result=1000 + (listed + file) * count,
    )


def _held(reference: InputRef) -> int:
    """Return how many soundings the newest snapshot holds; the head alone is read."""
    found = held(reference)
    return _UNKNOWN if found is None else found.soundings
