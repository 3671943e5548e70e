"""Files of spectra: many soundings at once, frame by frame, in bounded memory.

Radiance is that of all polarisations: what an instrument measures is divided by the coefficient of
I in it. Its unit is W m-2 sr-1 um-1, which equals mW m-2 sr-1 nm-1.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.instruments.spectrometer import Spectrometer
from casa_processes.spectra.granule import spectrometer_of
from casa_processes.spectra.layouts.fourier import Polarisation
from casa_processes.spectra.layouts.fourier_blocks import FourierBlocks
from casa_processes.spectra.layouts.grating_blocks import GratingBlocks
from casa_processes.spectra.layouts.plain_blocks import PlainBlocks, is_plain, opened_plain
from casa_processes.spectra.layouts.rows import Places, Rows
from casa_processes.spectra.sounding import LineShape

MOST_SOUNDINGS = 50_000_000
"""Most soundings of a file; a day of TROPOMI has 3.3 million over land and sea."""

type Values = NDArray[np.float64]


class Blocks(Protocol):
    """Soundings in frames across the track, each with a row for each footprint."""

    @property
    def spectrometer(self) -> Spectrometer:
        """Return which took them."""

    @property
    def synthetic(self) -> bool:
        """Return whether they were simulated."""

    @property
    def frames(self) -> int:
        """Return the number of frames."""

    @property
    def across(self) -> int:
        """Return the number of soundings of a frame."""

    def wavelength(self, band: str) -> Values:
        """Return the channels of a band by footprint.  [um], shape (footprint, channel)."""

    def full_scale(self, band: str) -> float:
        """Return the largest radiance a band is made for, infinite when it is not known."""

    def shapes(self, band: str) -> tuple[LineShape, ...]:
        """Return the response of the channels of each footprint, or one for all."""

    def places(self, frames: slice, across: slice) -> Places:
        """Read where and when soundings were taken; frame by frame, shape (sounding, ...)."""

    def rows(self, band: str, channels: slice, frames: slice, across: slice) -> Rows:
        """Read spectra of some channels; soundings as `places` has them."""


def open_blocks(
    path: Path, instrument: str | None = None, polarisation: Polarisation = "mean"
) -> Blocks:
    """Open a file of spectra for reading many soundings at once.

    Parameters
    ----------
    path
        An HDF5 file of level 1B in the layout of OCO-2 or of GOSAT by ACOS, or a netCDF-4 file or
        zipped Zarr store in the plain layout of `PlainBlocks`.
    instrument
        Id of its spectrometer; by default what the file itself says.
    polarisation
        Of an instrument that measures two, P, S or their mean; others have one.

    Raises
    ------
    FileContentError
        When the file is damaged, of no known kind, or lacks what its kind has.
    UnknownNameError
        When there is no such instrument.
    InvalidValueError
        When spectra of the instrument cannot be read many at once.
    """
    with opened_plain(path) as file:
        plain = is_plain(file)
        found = spectrometer_of(file, instrument)
    if not plain and found.layout == "none":
        expected = "one whose level-1B files can be read, or a file in the plain layout"
        raise InvalidValueError("instrument", found.id, expected)
    both = not plain and found.layout == "fourier"
    if polarisation != "mean" and not both:
        expected = f"mean, as {found.id} does not measure two"
        raise InvalidValueError("polarisation", polarisation, expected)
    blocks: Blocks
    if plain:
        blocks = PlainBlocks(path, found)
    elif both:
        blocks = FourierBlocks(path, found, polarisation)
    else:
        blocks = GratingBlocks(path, found)
    count = blocks.frames * blocks.across
    if count > MOST_SOUNDINGS:
        raise FileContentError(
            path.name, "/", f"at most {MOST_SOUNDINGS:,} soundings", f"{count:,}"
        )
    return blocks


def readable_rows(
    blocks: Blocks, band: str, channels: slice, frames: slice, across: slice = slice(None)
) -> tuple[Rows, str]:
    """Read spectra; of a damaged part of the file, those that cannot be read are missing.

    Returns
    -------
    tuple
        Spectra, and what is wrong with the file; empty when nothing is.
    """
    try:
        return blocks.rows(band, channels, frames, across), ""
    except FileContentError as error:
        told = str(error)
    each = []
    for frame in range(frames.start, frames.stop):
        one = slice(frame, frame + 1)
        try:
            each.append(blocks.rows(band, channels, one, across))
        except FileContentError:
            count = len(range(*across.indices(blocks.across)))
            nothing = np.full((count, channels.stop - channels.start), np.nan, np.float32)
            footprint = blocks.places(one, across).footprint
            each.append(Rows(nothing, nothing.copy(), footprint))
    return Rows(
        np.concatenate([one.radiance for one in each]),
        np.concatenate([one.noise for one in each]),
        np.concatenate([one.footprint for one in each]),
    ), told
