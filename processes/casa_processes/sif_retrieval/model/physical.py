"""The physical fit: sunlight from a solar reference instead of spectra without vegetation."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from casa_processes.common.errors import InvalidValueError
from casa_processes.sif_retrieval.model.design import design
from casa_processes.sif_retrieval.model.fitting import least_squares
from casa_processes.sif_retrieval.model.sunlight import (
    Channels,
    Sunlight,
    View,
    functions,
    prepared,
)
from casa_processes.sif_retrieval.model.types import (
    Block,
    Outcome,
    Scenes,
    Values,
    Whole,
    Window,
    WindowResult,
    result,
)
from casa_processes.sif_retrieval.model.window import channels, checked, continuum

_SPEED = 100.0
"""Width of the classes of speeds that share their functions.  [m s-1]"""

_LONGER = 0.02
"""Width of the classes of the logarithms of ways that do."""


@dataclass(frozen=True, eq=False)
class Motion:
    """How instrument and Sun move; arrays of shape (sounding,).

    Attributes
    ----------
    approach
        Speed at which instrument and surface draw nearer to each other.  [m s-1]
    recession
        Speed at which Sun and surface move apart.  [m s-1]
    """

    approach: Values
    recession: Values


def physical(
    block: Block,
    sunlight: Sunlight,
    window: Window,
    scenes: Scenes | None = None,
    motion: Motion | None = None,
) -> WindowResult:
    """Fit fluorescence with a solar reference.

    Parameters
    ----------
    block
        Spectra.
    sunlight
        Reference, line shapes and gases.
    window
        What is fitted; its number of vectors means nothing here.
    scenes
        For the ways of light, where gases absorb.
    motion
        Without it, Sun, surface and instrument are at rest; a shift of the channels is fitted.

    Returns
    -------
    WindowResult
        See `fit`; fluorescence and its uncertainty as for the weighted fit.

    Raises
    ------
    InvalidValueError
        When wavelengths and window do not fit, sunlight does not reach as far, or gases absorb and
        no scenes are given.

    Notes
    -----
    A shift of channels is fitted by the first derivative of what they see; soundings are sorted
    into classes of 100 m s-1 and 2 % of their ways, within which it is enough. An unknown shift of
    a thousandth of a nanometre, 400 m s-1, is wrong by about 0.05 W m-2 sr-1 um-1 at a radiance of
    80, one half as large by a quarter of it.
    """
    if sunlight.depth is not None and scenes is None:
        raise InvalidValueError("scenes", None, "those of the soundings, as gases absorb")
    checked(block, window)
    found = np.full((4, len(block)), np.nan)
    outcome = np.full(len(block), Outcome.BAD_SPECTRUM, np.int8)
    bright, ready = np.ones(len(block)), dict[int, Channels]()
    for footprint, view, rows in _classes(block, scenes, motion):
        first, last = channels(block.wavelength[footprint], window)
        if footprint not in ready:
            wavelength = block.wavelength[footprint, first:last]
            ready[footprint] = prepared(sunlight, footprint, wavelength)
        columns = functions(ready[footprint], sunlight, window, view)
        basis = design(columns, 1.0 / columns[0])
        if basis is None:
            outcome[rows] = Outcome.SINGULAR
            continue
        found[:, rows], outcome[rows] = least_squares(block, rows, (first, last), window, basis)
        bright[rows] = continuum(columns[0])
    return result(found[0], found[1], found[3] * bright, found[2], outcome)


def _classes(
    block: Block, scenes: Scenes | None, motion: Motion | None
) -> Iterator[tuple[int, View, Whole]]:
    """Yield footprints with classes of speeds and ways, and the soundings of each.

    Soundings with something missing, or a direction below the horizon, are in none.
    """
    place = np.zeros((len(block), 5))
    place[:, 0] = block.footprint
    if motion is not None:
        place[:, 1] = np.round(motion.approach / _SPEED)
        place[:, 2] = np.round(motion.recession / _SPEED)
    if scenes is not None:
        for column, zenith in ((3, scenes.solar_zenith), (4, scenes.sensor_zenith)):
            cosine = np.cos(np.radians(np.where(np.abs(zenith) < 90.0, zenith, np.nan)))
            place[:, column] = np.round(-np.log(cosine) / _LONGER)
    whole = np.flatnonzero(np.isfinite(place).all(axis=1))
    known, member = np.unique(place[whole], axis=0, return_inverse=True)
    for number, (footprint, approach, recession, *ways) in enumerate(known.tolist()):
        sun, sight = np.exp(np.multiply(ways, _LONGER)).tolist()
        view = View(approach * _SPEED, recession * _SPEED, sun, sight)
        yield int(footprint), view, whole[member.reshape(-1) == number]
