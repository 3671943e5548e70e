"""What a retrieval is expected to take."""

from collections.abc import Mapping

from casa_processes.common.holding import held
from casa_processes.common.process import Cost
from casa_processes.common.references import InputRef
from casa_processes.xco2_retrieval import MOST_SYNTHETIC, SYNTHETIC, Inputs
from casa_processes.xco2_retrieval.choices import SPEED
from casa_processes.xco2_retrieval.comparison import MOST_READ

_START, _DRAWN = 5.0, 3.0
"""Loading of libraries and tables, and drawing.  [s]"""
_SIMULATED = 0.1
"""Simulating a sounding, always by all orders of scattering.  [s]"""
_SCREENED: Mapping[str, float] = {"off": 0.0, "o2a": 0.3, "full": 0.9}
"""Screening a sounding, over its retrieval.  [1]"""
_BASE, _SIZE, _SPECTRA, _PICTURES = 1536 * 1024 * 1024, 2500, 100_000, 1_000_000
"""Memory of a worker, file of a sounding without and with its spectra, pictures.  [byte]"""


_READ, _HELD, _LOOKED, _PAIR = 2e-6, 160, 4e-5, 1.2e-8
"""Time and memory of a sounding that is read to compare with; time of a comparison, and of each
sounding within its time that is looked at.  [s, byte, s, s]"""
_DAY = 1440.0
"""[min]"""


def cost(inputs: Inputs, references: Mapping[str, InputRef]) -> Cost:
    """Expect as many soundings as are allowed; the files are not opened."""
    simulated = inputs.l1b == SYNTHETIC
    count = min(inputs.max_soundings, MOST_SYNTHETIC if simulated else inputs.max_soundings)
    each = (1.0 + _SCREENED[inputs.screening]) / SPEED[inputs.options.scattering]
    each += _SIMULATED if simulated else 0.0
    size = _SIZE + (_SPECTRA if inputs.residuals else 0)
    seconds, memory = _compared(inputs, references, count)
    return Cost(
        cpu_seconds=_START + (_DRAWN if inputs.plots else 0.0) + each * count + seconds,
        memory=_BASE + 2 * size * count + memory,
        result=10_000 + size * count + (_PICTURES if inputs.plots else 0),
    )


def _compared(inputs: Inputs, references: Mapping[str, InputRef], count: int) -> tuple[float, int]:
    """Expect what reading and comparing a collection takes, of a day of it.  [s, byte]."""
    reference = references.get("reference")
    if inputs.reference is None or reference is None:
        return 0.0, 0
    found = held(reference)
    whole = MOST_READ if found is None else found.soundings
    days = None if found is None else found.days
    within = 1.0 + 2.0 * inputs.near.minutes / _DAY
    read = min(whole if days is None else whole * min(within / days, 1.0), MOST_READ)
    near = read * min(2.0 * inputs.near.minutes / _DAY, 1.0)
    return _READ * read + (_LOOKED + _PAIR * near) * count, round(_HELD * read)
