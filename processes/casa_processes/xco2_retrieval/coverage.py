"""How much of each band a run can fit: tables of cross-sections end, and responses reach far."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from casa_processes.common.errors import CasaError
from casa_processes.spectra.sounding import Sounding
from casa_processes.spectroscopy.bands import band_named
from casa_processes.xco2.model import Options, Physics
from casa_processes.xco2.model.window import inside, window
from casa_processes.xco2_retrieval import Channels
from casa_processes.xco2_retrieval.sources import Source

MOST_TRIED = 8
"""Soundings that are tried until one can be read."""


def coverage(sounding: Sounding, physics: Physics, options: Options) -> dict[str, Channels]:
    """Count channels of a sounding by band.

    Parameters
    ----------
    sounding
        One of the run: they differ little, as responses are those of the instrument.
    physics, options
        Of the retrieval.

    Returns
    -------
    dict
        Good channels within the window of each band, and those of them that are fitted: the others
        receive light from beyond the tables.

    Raises
    ------
    InvalidValueError
        When a band is missing, or has too few channels that can be used.
    """
    found = {}
    for name in options.bands:
        used = window(name, sounding, physics, options).used
        spectrum = sounding.bands[name]
        named = replace(spectrum, window=spectrum.window or band_named(name).window)
        within = spectrum.good & inside(named)
        found[name] = Channels(good=int(within.sum()), fitted=int(np.sum(within & used)))
    return found


def first_coverage(
    source: Source, rows: Iterable[int], physics: Physics, options: Options
) -> dict[str, Channels]:
    """Return the coverage of the first sounding that can be read; nothing when none of a few can.

    Parameters
    ----------
    source, rows
        Where soundings are from, and which ones.
    physics, options
        Of the retrieval.
    """
    for number, _ in zip(rows, range(MOST_TRIED), strict=False):
        try:
            return coverage(source.scene(int(number), physics).sounding, physics, options)
        except CasaError:
            continue
    return {}
