"""What a retrieval of fluorescence is expected to take."""

import math
from collections.abc import Mapping

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.gridding.grid import MOST_CELLS
from casa_processes.sif_retrieval import SYNTHETIC, Inputs

_START, _DRAWN = 8.0, 4.0
"""Loading of libraries and of compiled code, and drawing.  [s]"""
_SOUNDING = 40e-6
"""Reading, fitting and writing of a sounding.  [s]"""
_MADE = 250e-6
"""Simulating it.  [s]"""
_USUAL = 1_000_000
"""Soundings of a file, which is not opened."""
_BASE, _KEPT, _WRITTEN, _PICTURES = 1536 * 1024 * 1024, 60, 300, 1_000_000
"""Memory of a worker; memory and file of a sounding; pictures.  [byte]"""

_SUMS, _MEANS = 120, 16
"""Memory and file of a cell of a grid.  [byte]"""


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect as many soundings as are simulated, or as a large file has."""
    simulated = inputs.l1b == SYNTHETIC
    count = inputs.simulated if simulated else _USUAL
    each = _SOUNDING + (_MADE if simulated else 0.0)
    step = inputs.grid.resolution if inputs.grid else math.inf
    cells = min(360.0 * 180.0 / step**2, MOST_CELLS)
    return Cost(
        cpu_seconds=_START + (_DRAWN if inputs.plots else 0.0) + each * count,
        memory=round(_BASE + _KEPT * count + _SUMS * cells),
        result=round(
            10_000 + _WRITTEN * count + (_PICTURES if inputs.plots else 0) + _MEANS * cells
        ),
    )
