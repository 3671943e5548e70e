"""Sunlight in the frame of a sounding: computed once for a span, then shifted for each."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.xco2.model.physics import Solar

type Values = NDArray[np.float64]

_STEP = 0.005
"""Distance of samples: cubics between them are right to 1e-4 of the narrowest line.  [cm-1]"""

_PER_SPAN = 50
"""Samples of which a whole number make a span, so that soundings share it."""

_SPANS = 32
"""Most spans that are kept, of some 0.4 MB each."""


def sunlight(solar: Solar, wavenumber: Values, velocity: float) -> Values:
    """Return the irradiance at 1 astronomical unit as it arrives.

    Parameters
    ----------
    solar
        In the frame of the Sun.
    wavenumber
        Where it arrives, ascending.  [cm-1], shape (point,)
    velocity
        Of the sounding away from the Sun.  [m s-1]

    Returns
    -------
    ndarray
        [photon s-1 m-2 um-1], shape (point,)

    Raises
    ------
    InvalidValueError
        When what is known of the Sun does not reach that far.

    Notes
    -----
    A span is the same whichever sounding asks for it first; between its samples runs the cubic
    through the nearest four.
    """
    emitted = wavenumber * (1.0 + velocity / SPEED_OF_LIGHT)
    first = int(np.floor(emitted[0] / _STEP - 1.0)) // _PER_SPAN * _PER_SPAN
    last = -(-int(np.ceil(emitted[-1] / _STEP + 2.0)) // _PER_SPAN) * _PER_SPAN
    values = _span(solar, first, last)
    place = emitted / _STEP - first
    at = place.astype(np.int64)
    t = place - at
    before, here, after, beyond = (values[at + each] for each in (-1, 0, 1, 2))
    third = (beyond - before) / 6.0 + (here - after) / 2.0
    second = (before + after) / 2.0 - here
    slope = after - here - second - third
    shifted: Values = here + t * (slope + t * (second + t * third))
    return shifted


@lru_cache(maxsize=_SPANS)
def _span(solar: Solar, first: int, last: int) -> Values:
    """Sample a span; its ends count samples from a wavenumber of 0."""
    return solar.irradiance(_STEP * np.arange(first, last + 1, dtype=np.float64))
