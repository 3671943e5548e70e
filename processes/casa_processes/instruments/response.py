"""What channels receive of monochromatic light: a prepared operator of one band."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.kernel import BLOCK, weigh, windows
from casa_processes.spectra.sounding import LineShape
from casa_processes.spectroscopy.cross_sections import Grid

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]
type Mask = NDArray[np.bool_]

_MARGIN = 2
"""Points on both sides of a window that the derivative takes differences with."""


@dataclass(frozen=True, eq=False)
class Response:
    """Sums over a grid, ready to be taken for many spectra.

    Attributes
    ----------
    wavelength
        Centres of the channels.  [um], shape (channel,)
    grid
        Where light is given.
    start
        First point of the window of each block of neighbouring channels.  shape (block,)
    weight
        Share of each point; those of a channel sum to 1.  [1], shape (block, BLOCK, point)
    by_wavelength
        Whether the shape of the channels is one of wavelength.
    """

    wavelength: Values
    grid: Grid
    start: NDArray[np.int64]
    weight: Single
    by_wavelength: bool

    def apply(self, rows: Single) -> Values:
        """Average spectra over the responses.

        Parameters
        ----------
        rows
            Spectra per wavelength, or their derivatives by anything.  shape (row, point)

        Returns
        -------
        ndarray
            In the unit of the rows, shape (row, channel).

        Notes
        -----
        Weights and products are float32, as the rows are: relative to the largest value in its
        window a sum is right to 1e-6. The weights alone sum to 1 within 1e-12.
        """
        self._check(rows)
        seen = np.empty((self.start.size, rows.shape[0], BLOCK), np.float32)
        points = self.weight.shape[2]
        for block, start in enumerate(self.start.tolist()):
            np.matmul(rows[:, start : start + points], self.weight[block].T, out=seen[block])
        joined = seen.transpose(1, 0, 2).reshape(rows.shape[0], -1)
        return joined[:, : self.wavelength.size].astype(np.float64)

    def slope(self, row: Single) -> Values:
        """Return the derivative of what channels see by their wavelengths.

        Parameters
        ----------
        row
            One spectrum per wavelength.  shape (point,)

        Returns
        -------
        ndarray
            [unit of the row um-1], shape (channel,)

        Notes
        -----
        A channel that moves with its shape sees the derivative of the spectrum through the same
        response; here by differences of the fourth order on the grid. That a shape changes from
        node to node is left out.
        """
        self._check(row[None])
        steep = _differences(row, self.grid.step)
        if self.by_wavelength:
            steep *= -1e-4 * self.grid.values**2
        seen: Values = self.apply(steep[None].astype(np.float32))[0]
        if not self.by_wavelength:
            seen *= -1e4 / self.wavelength**2
        return seen

    def _check(self, rows: Single) -> None:
        if rows.dtype != np.float32 or rows.ndim != 2 or rows.shape[1] != self.grid.size:
            found = (rows.dtype.name, rows.shape)
            raise InvalidValueError("rows", found, f"float32 of shape (row, {self.grid.size})")


def _differences(row: Single, step: float) -> Values:
    """Differentiate by wavenumber; unknown, and zero, at two points of both ends."""
    values = row.astype(np.float64)
    slope = np.zeros(values.size)
    near = values[3:-1] - values[1:-3]
    slope[2:-2] = (8.0 * near - (values[4:] - values[:-4])) / (12.0 * step)
    return slope


def covered(shape: LineShape, wavelength: Values, grid: Grid) -> Mask:
    """Tell which channels receive no light from beyond a grid.

    Parameters
    ----------
    shape
        Of the channels.
    wavelength
        [um], shape (channel,)
    grid
        Where light is given.

    Returns
    -------
    ndarray
        bool, shape (channel,)
    """
    window = _windows(shape, wavelength, grid)
    inside: Mask = (window[:, 0] >= _MARGIN) & (window[:, 1] <= grid.size - _MARGIN)
    return inside


def response(shape: LineShape, wavelength: Values, grid: Grid) -> Response:
    """Prepare the sums of the channels of a band.

    Parameters
    ----------
    shape
        Of the channels.
    wavelength
        Their centres in vacuum in the frame of the grid, in one direction.  [um], shape (channel,)
    grid
        Where light is given.

    Raises
    ------
    InvalidValueError
        When wavelengths are not positive and in one direction, when a channel receives light from
        beyond the grid (`covered` tells which ones do not), or when a response is narrower than
        the step of the grid.
    """
    wavelength = np.ascontiguousarray(wavelength, np.float64)
    _check_wavelengths(wavelength)
    outside = np.flatnonzero(~covered(shape, wavelength, grid))
    if outside.size:
        asked = f"{wavelength[outside[0]]:.6f} um and {outside.size - 1} other channels"
        reach = f"channels whose response lies within {grid.first} to {grid.last:.2f} cm-1"
        raise InvalidValueError("wavelength", asked, reach)
    window = _windows(shape, wavelength, grid)
    blocks = range(0, wavelength.size, BLOCK)
    first = np.array([window[i : i + BLOCK, 0].min() for i in blocks], np.int64)
    last = np.array([window[i : i + BLOCK, 1].max() for i in blocks], np.int64)
    points = int((last - first).max())
    start = np.minimum(first, grid.size - points)
    weight = np.zeros((first.size, BLOCK, points), np.float32)
    by_wavelength = shape.domain == "wavelength"
    narrow = weigh(
        wavelength, by_wavelength, shape.node, shape.offset, shape.response,
        grid.first, grid.step, start, weight,
    )  # fmt: skip
    if narrow >= 0:
        asked = f"{wavelength[narrow]:.6f} um"
        raise InvalidValueError("line shape", asked, f"one wider than the grid's {grid.step} cm-1")
    return Response(wavelength, grid, start, weight, by_wavelength)


def _check_wavelengths(wavelength: Values) -> None:
    steps = np.diff(wavelength)
    ordered = (steps > 0).all() or (steps < 0).all()
    if not (wavelength.ndim == 1 and wavelength.size and (wavelength > 0).all() and ordered):
        raise InvalidValueError("wavelength", wavelength, "positive ones in one direction")


def _windows(shape: LineShape, wavelength: Values, grid: Grid) -> NDArray[np.int64]:
    found = np.empty((wavelength.size, 2), np.int64)
    by_wavelength = shape.domain == "wavelength"
    windows(wavelength, by_wavelength, shape.node, shape.offset, grid.first, grid.step, found)
    return found
