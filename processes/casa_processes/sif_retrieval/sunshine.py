"""What the physical fit needs beside spectra: sunlight, responses, and motions."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.doppler import sun
from casa_processes.sif_retrieval.model import Motion, Sunlight
from casa_processes.sif_retrieval.simulated import Simulation, simulated_sun
from casa_processes.spectra.block import Blocks
from casa_processes.spectra.layouts.rows import Places
from casa_processes.spectroscopy.solar.source import sunlight

type Values = NDArray[np.float64]


def sunlight_of(blocks: Blocks, band: str, solar: tuple[str, ...]) -> Sunlight:
    """Return the solar reference of a band; gases are left out.

    Parameters
    ----------
    blocks
        Spectra; simulated ones have sunlight of their own.
    solar
        Sources of sunlight, as `casa_processes.spectroscopy.solar.source.sunlight` takes them.

    Raises
    ------
    FileContentError, InvalidValueError
        When a source cannot be used, or responses of the channels are not known.
    """
    if isinstance(blocks, Simulation):
        return Sunlight(simulated_sun(), blocks.shapes(band))
    return Sunlight(sunlight(*solar), blocks.shapes(band))


def motion_of(places: Places, across: int) -> Motion:
    """Return how instrument and Sun move at soundings of whole frames.

    Where a file does not tell, the instrument is at rest, and the Sun moves as it does for the
    middle of the frame; soundings without a time or a place have no motion.
    """
    approach = np.where(np.isfinite(places.approach), places.approach, 0.0)
    recession = places.recession.copy()
    for start in range(0, recession.size, across):
        rows = slice(start, start + across)
        missing = places.there[rows] & ~np.isfinite(recession[rows])
        if missing.any():
            one = start + int(np.flatnonzero(missing)[int(missing.sum()) // 2])
            recession[rows][missing] = _speed(places, one)
    return Motion(approach, recession)


def _speed(places: Places, row: int) -> float:
    """Return the speed at which Sun and surface move apart; at rest beyond known years."""
    place = float(places.latitude[row]), float(places.longitude[row])
    try:
        return sun(places.time[row], *place).velocity
    except InvalidValueError:
        return 0.0
