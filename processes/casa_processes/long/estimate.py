"""What the work is expected to take."""

from collections.abc import Mapping

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.long import Inputs

CELLS = 18 * 36
_MIB = 1024 * 1024


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect the seconds and the memory that were asked for, and 8 bytes a cell of the maps."""
    maps = 8 * CELLS * inputs.parts if inputs.grid else 0
    return Cost(
        cpu_seconds=0.1 + inputs.seconds,
        memory=(200 + inputs.memory) * _MIB + 2 * maps,
        result=200 + 20 * inputs.parts + maps,
    )
