"""Responses of channels that move: made at places of a lattice, where soundings share them."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.instruments.response import Response, response
from casa_processes.spectra.sounding import LineShape
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.xco2.model.window import Window

type Values = NDArray[np.float64]

_VELOCITY, _SHIFT, _STRETCH = 20.0, 0.02, 0.016
"""Distances of the lattice: [m s-1], and of shift and stretch [sampling distance]."""

_KEPT = 12
"""Most responses that are kept, of 2 to 8 MB each: some of three bands."""


def near(
    band: Window, wavelength: Values, velocity: float, shift: float, stretch: float
) -> Response:
    """Return responses of channels near their places.

    Parameters
    ----------
    band
        With the response of the channels.
    wavelength
        Of its fitted channels in the frame of the instrument.  [um], shape (channel,)
    velocity
        Of the instrument towards the place that it sees.  [m s-1]
    shift, stretch
        Of the channels.  [sampling distance]

    Returns
    -------
    Response
        Its wavelengths are at most a fiftieth of a sampling distance off. The same wherever and
        whenever it is asked for: soundings of a footprint share it.

    Raises
    ------
    InvalidValueError
        When channels have moved beyond the tables.
    """
    velocity, shift, stretch = (
        round(value / step) * step
        for value, step in ((velocity, _VELOCITY), (shift, _SHIFT), (stretch, _STRETCH))
    )
    ends = wavelength.min(), wavelength.max()
    place = (2.0 * wavelength - sum(ends)) / (ends[1] - ends[0])
    moved = band.sampling * (shift + stretch * place)
    there = wavelength * (1.0 + velocity / SPEED_OF_LIGHT) + moved
    return _made(band.shape, there.tobytes(), band.grid)


@lru_cache(maxsize=_KEPT)
def _made(shape: LineShape, wavelength: bytes, grid: Grid) -> Response:
    return response(shape, np.frombuffer(wavelength, np.float64).copy(), grid)
