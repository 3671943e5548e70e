"""What a retrieval is expected to take."""

from collections.abc import Mapping

from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.xco2_retrieval import MOST_SYNTHETIC, SYNTHETIC, Inputs
from casa_processes.xco2_retrieval.choices import SPEED

_START, _DRAWN = 5.0, 3.0
"""Loading of libraries and tables, and drawing.  [s]"""
_SIMULATED = 0.1
"""Simulating a sounding, always by all orders of scattering.  [s]"""
_SCREENED: Mapping[str, float] = {"off": 0.0, "o2a": 0.3, "full": 0.9}
"""Screening a sounding, over its retrieval.  [1]"""
_BASE, _SIZE, _SPECTRA, _PICTURES = 1536 * 1024 * 1024, 2500, 100_000, 1_000_000
"""Memory of a worker, file of a sounding without and with its spectra, pictures.  [byte]"""


def cost(inputs: Inputs, _references: Mapping[str, InputRef]) -> Cost:
    """Expect as many soundings as are allowed; the files are not opened."""
    simulated = inputs.l1b == SYNTHETIC
    count = min(inputs.max_soundings, MOST_SYNTHETIC if simulated else inputs.max_soundings)
    each = (1.0 + _SCREENED[inputs.screening]) / SPEED[inputs.options.scattering]
    each += _SIMULATED if simulated else 0.0
    size = _SIZE + (_SPECTRA if inputs.residuals else 0)
    return Cost(
        cpu_seconds=_START + (_DRAWN if inputs.plots else 0.0) + each * count,
        memory=_BASE + 2 * size * count,
        result=10_000 + size * count + (_PICTURES if inputs.plots else 0),
    )
