"""What channels see of reflected sunlight and of fluorescence, with a solar reference."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from casa_processes.common.constants import SPEED_OF_LIGHT
from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.response import Response, response
from casa_processes.sif_retrieval.model.types import Values, Window
from casa_processes.sif_retrieval.model.window import emission, place
from casa_processes.spectra.sounding import LineShape
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.solar.spectrum import Solar

_STEP = 0.01
"""Of the grid that light is computed on.  [cm-1]"""

_MARGIN = 1.0
"""Of it beyond the responses.  [cm-1]"""

_SAMPLING = 1e-5
"""Shift of channels that the function of a shift is made for.  [um]"""


@dataclass(frozen=True, eq=False)
class Sunlight:
    """What is known of light before it is measured.

    Attributes
    ----------
    solar
        Light of the Sun.
    shapes
        Response of the channels of each footprint, or one for all.
    depth
        Vertical optical depth of absorbing gases over wavenumbers [cm-1] in the frame of the
        surface, shape (point,) of both; None of windows without lines of the atmosphere.
    """

    solar: Solar
    shapes: tuple[LineShape, ...]
    depth: Callable[[Values], Values] | None = None

    def shape(self, footprint: int) -> LineShape:
        """Return the response of a footprint; InvalidValueError when there is none."""
        if len(self.shapes) == 1:
            return self.shapes[0]
        if footprint >= len(self.shapes):
            expected = f"one of 0 to {len(self.shapes) - 1} with a line shape"
            raise InvalidValueError("footprint", footprint, expected)
        return self.shapes[footprint]


@dataclass(frozen=True)
class View:
    """Motions and ways of light of soundings that are fitted with the same functions.

    Attributes
    ----------
    approach
        Speed at which instrument and surface draw nearer to each other.  [m s-1]
    recession
        Speed at which Sun and surface move apart.  [m s-1]
    sun, sight
        Length of the ways through the air over its depth.  [1]
    """

    approach: float = 0.0
    recession: float = 0.0
    sun: float = 1.0
    sight: float = 1.0


@dataclass(frozen=True, eq=False)
class Channels:
    """Channels of a footprint in a window, with the grid that they receive light from."""

    wavelength: Values
    seen: Response


def prepared(sunlight: Sunlight, footprint: int, wavelength: Values) -> Channels:
    """Prepare the responses of the channels of a footprint.

    Raises
    ------
    InvalidValueError
        When it has no line shape, or one narrower than the grid.
    """
    shape = sunlight.shape(footprint)
    first, last = float(shape.offset.min()), float(shape.offset.max())
    near, far = float(wavelength[0]), float(wavelength[-1])
    if shape.domain == "wavelength":
        low, high = 1e4 / (far + last), 1e4 / (near + first)
    else:
        low, high = 1e4 / far + first, 1e4 / near + last
    low, high = low - _MARGIN, high + _MARGIN
    grid = Grid(low, _STEP, int(np.ceil((high - low) / _STEP)) + 1)
    return Channels(wavelength, response(shape, wavelength, grid))


def functions(channels: Channels, sunlight: Sunlight, window: Window, view: View) -> Values:
    """Return what is fitted with a solar reference, fluorescence last.

    Parameters
    ----------
    channels
        Of a footprint.
    window, view
        For which wavelengths, motions and ways.

    Returns
    -------
    ndarray
        Reflected sunlight times the powers of the place in the window, its change by a shift of the
        channels, its change by the logarithm of the gases' depth if they absorb, and
        fluorescence; sunlight over its mean.  shape (function, channel)

    Notes
    -----
    Wavenumbers of a nearing surface are seen larger by v / c; see `doppler.shifted`. Fluorescence
    goes through the air once, sunlight twice. Scattering in the air is left out.
    """
    grid = channels.seen.grid.values
    surface = grid * (1.0 - view.approach / SPEED_OF_LIGHT)
    light = sunlight.solar.irradiance(surface * (1.0 + view.recession / SPEED_OF_LIGHT)) * grid
    depth = np.zeros(grid.size) if sunlight.depth is None else sunlight.depth(surface)
    both = view.sun + view.sight
    reflected = light / light.mean() * np.exp(-both * depth)
    upwards = emission(1e4 / grid, window) * np.exp(-view.sight * depth)
    rows = np.stack([reflected, -both * depth * reflected, upwards]).astype(np.float32)
    seen = channels.seen.apply(rows)
    moved = channels.seen.slope(rows[0]) * _SAMPLING
    powers = place(channels.wavelength, window) ** np.arange(window.order + 1)[:, None]
    change = [] if sunlight.depth is None else [seen[1]]
    return np.stack([*(seen[0] * powers), moved, *change, seen[2]])
