"""Which windows are fitted, and which channels of the spectra they need."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from casa_processes.common.errors import InvalidInputsError, InvalidValueError, UnknownNameError
from casa_processes.instruments.spectrometer import Spectrometer
from casa_processes.sif_retrieval.choices import COLUMNS, OwnWindow
from casa_processes.sif_retrieval.model import Window, window_of
from casa_processes.sif_retrieval.model.window import channels
from casa_processes.spectra.block import Blocks

_NANOMETRES = 1e-3


@dataclass(frozen=True)
class Fitted:
    """A window, its band, and its channels in all footprints together.

    Attributes
    ----------
    window, band
        What is fitted, and where.
    first, last
        First channel that any footprint needs, and the one after the last.
    """

    window: Window
    band: str
    first: int
    last: int

    @property
    def column(self) -> str:
        """What its columns are called after."""
        return COLUMNS[self.window.name]

    @property
    def channels(self) -> slice:
        """Channels of the band that are read."""
        return slice(self.first, self.last)


def configured(
    spectrometer: Spectrometer, asked: Sequence[str | OwnWindow] | None
) -> list[tuple[str, Window, str]]:
    """Return place among the inputs, window and band of each that is asked for.

    Raises
    ------
    InvalidInputsError
        Naming each that the instrument does not have.
    """
    whole: Sequence[str | OwnWindow] = [*spectrometer.sif] if asked is None else asked
    found, problems = [], []
    for number, each in enumerate(whole):
        place = f"/windows/{number}" if asked is not None else "/windows"
        try:
            if isinstance(each, str):
                window, band = window_of(spectrometer, each), spectrometer.window(each).band
            else:
                window, band = _own(each), each.band
            spectrometer.band(band)
            found.append((place, window, band))
        except (UnknownNameError, InvalidValueError) as error:
            problems.append((place, str(error)))
    if not whole:
        reason = f"none is configured for {spectrometer.id}; give one of your own"
        problems.append(("/windows", reason))
    if problems:
        raise InvalidInputsError(problems)
    return found


def fitted_windows(
    blocks: Blocks, asked: Sequence[str | OwnWindow] | None
) -> tuple[tuple[Fitted, ...], list[str]]:
    """Return the windows that are fitted, and why others of the configuration are not.

    Raises
    ------
    InvalidInputsError
        Naming each window that was asked for and that spectra do not cover; or when they cover
        none of the configured ones.
    """
    found, problems = [], []
    for place, window, band in configured(blocks.spectrometer, asked):
        try:
            found.append(_fitted(blocks, window, band))
        except InvalidValueError as error:
            problems.append((place, str(error)))
    if problems and (asked is not None or not found):
        raise InvalidInputsError(problems)
    return tuple(found), [reason for _, reason in problems]


def _fitted(blocks: Blocks, window: Window, band: str) -> Fitted:
    ends = np.array([channels(each, window) for each in blocks.wavelength(band)])
    # A few channels more than the window: its ends lie between channels of each footprint.
    first, last = int(ends[:, 0].min()), int(ends[:, 1].max())
    first, last = max(first - 1, 0), min(last + 1, blocks.wavelength(band).shape[1])
    window = replace(window, full_scale=min(window.full_scale, blocks.full_scale(band)))
    return Fitted(window, band, first, last)


def _own(asked: OwnWindow) -> Window:
    return Window(
        asked.name,
        _NANOMETRES * asked.first_nm,
        _NANOMETRES * asked.last_nm,
        asked.order,
        asked.shape,
        asked.vectors,
        peak=_NANOMETRES * asked.peak_nm,
        spread=_NANOMETRES * asked.spread_nm,
    )
