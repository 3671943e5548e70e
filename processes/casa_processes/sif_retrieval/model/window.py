"""Which channels of a block lie in a window, and what a window asks of them."""

import numpy as np

from casa_processes.common.errors import InvalidValueError
from casa_processes.common.jit_registers import WIDTH
from casa_processes.instruments.spectrometer import Spectrometer
from casa_processes.sif_retrieval.model.types import Block, Values, Window

_SPARE = 5
"""Channels that there must be beyond the number of functions that are fitted."""

_NANOMETRES = 1e-3

_BRIGHT = 95.0
"""Percentile of a spectrum that counts as its continuum."""


def window_of(spectrometer: Spectrometer, name: str) -> Window:
    """Return a window that the configuration of a spectrometer knows.

    Raises
    ------
    UnknownNameError
        When it knows none of that name.
    """
    found = spectrometer.window(name)
    first, last, peak, spread = (
        _NANOMETRES * each for each in (*found.range, found.peak, found.spread)
    )
    return Window(
        name, first, last, found.order, found.shape, found.vectors, peak=peak, spread=spread
    )


def checked(block: Block, window: Window) -> None:
    """Refuse wavelengths that no window can be cut from.

    Raises
    ------
    InvalidValueError
        When the wavelengths of a footprint with soundings do not ascend, when the window reaches
        beyond them, or when too few channels lie in it.
    """
    for footprint in np.unique(block.footprint).tolist():
        channels(block.wavelength[footprint], window)


def channels(wavelength: Values, window: Window) -> tuple[int, int]:
    """Return the first channel in a window and the one after the last.

    Parameters
    ----------
    wavelength
        Of a footprint.  [um], shape (channel,)

    Raises
    ------
    InvalidValueError
        As for `checked`.
    """
    ascends = np.isfinite(wavelength[1:]) & (np.diff(wavelength) > 0.0)
    if not (wavelength.size and np.isfinite(wavelength[0]) and ascends.all()):
        asked = f"{wavelength[:-1][~ascends][:1]} um and what follows"
        raise InvalidValueError("wavelength", asked, "finite ones that ascend")
    if not (wavelength[0] <= window.first and window.last <= wavelength[-1]):
        asked = f"{1e3 * window.first:g} to {1e3 * window.last:g} nm"
        known = f"within {1e3 * wavelength[0]:.3f} to {1e3 * wavelength[-1]:.3f} nm"
        raise InvalidValueError(f"window {window.name}", asked, known)
    first = int(np.searchsorted(wavelength, window.first, "left"))
    last = int(np.searchsorted(wavelength, window.last, "right"))
    enough(last - first, window, 1)
    return first, last


def enough(count: int, window: Window, vectors: int) -> None:
    """Refuse a window that has too few channels for the functions that are fitted.

    Parameters
    ----------
    count
        Channels that can be used.
    vectors
        How many there are at least.

    Raises
    ------
    InvalidValueError
        Naming the window.
    """
    least = max(vectors + window.order + _SPARE, WIDTH)
    if count < least:
        asked = f"{count} channels"
        raise InvalidValueError(f"window {window.name}", asked, f"at least {least}")


def place(wavelength: Values, window: Window) -> Values:
    """Return where channels are in a window: -1 and 1 at its ends.  shape (channel,)."""
    half: float = (window.last - window.first) / 2.0
    found: Values = (wavelength - window.first - half) / half
    return found


def emission(wavelength: Values, window: Window) -> Values:
    """Return the shape of fluorescence, 1 where it is reported.

    Parameters
    ----------
    wavelength
        [um], shape (channel,)

    Returns
    -------
    ndarray
        [1], shape (channel,)
    """
    if window.shape == "flat":
        return np.ones(wavelength.size)
    found: Values = np.exp(-0.5 * ((wavelength - window.peak) / window.spread) ** 2)
    return found


def continuum(spectrum: Values) -> float:
    """Return the brightness of a spectrum without its lines over its mean.  [1]."""
    return float(np.percentile(spectrum, _BRIGHT) / spectrum.mean())
