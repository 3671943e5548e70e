"""What is known of all soundings of a file before any spectrum is read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.spectra.sounding import Sounding

type Values = NDArray[np.float64]
type Reading = Callable[[int], Sounding]


@dataclass(frozen=True, eq=False)
class Listing:
    """Arrays to select soundings by, all of shape (sounding,).

    Attributes
    ----------
    sounding_id
        The mission's own.
    time
        UTC; NaT when missing.
    latitude, longitude
        [degree]
    footprint
        Number across the track, from 0.
    land_fraction
        [1]; NaN when missing.
    solar_zenith
        [degree]
    """

    sounding_id: NDArray[np.str_]
    time: NDArray[np.datetime64]
    latitude: Values
    longitude: Values
    footprint: NDArray[np.int64]
    land_fraction: Values
    solar_zenith: Values
