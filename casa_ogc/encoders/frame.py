"""The window of a picture in plate carree: degrees to pixels and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, midpoint_bounds


@dataclass(frozen=True)
class Frame:
    """A window of longitude and latitude, and its size in pixels; the first row is the north.

    Attributes
    ----------
    west, south, east, north
        Edges in degrees; ``east`` is greater than ``west`` by at most 360 and may pass 180.
    width, height
        Pixels.
    """

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int

    def longitudes(self) -> NDArray[np.float64]:
        """Centres of the pixel columns, shape (width,)."""
        step = (self.east - self.west) / self.width
        return self.west + step * (np.arange(self.width, dtype=np.float64) + 0.5)

    def latitudes(self) -> NDArray[np.float64]:
        """Centres of the pixel rows from north to south, shape (height,)."""
        step = (self.north - self.south) / self.height
        return self.north - step * (np.arange(self.height, dtype=np.float64) + 0.5)

    def edges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Edges of the pixel columns from the west, and of the pixel rows from the north."""
        meridians = np.linspace(self.west, self.east, self.width + 1)
        return meridians, np.linspace(self.north, self.south, self.height + 1)

    def columns(self, longitudes: NDArray[np.float64]) -> NDArray[np.int32]:
        """Pixel columns of longitudes of any turn; -1 outside."""
        along = (longitudes - self.west) % 360 / (self.east - self.west)
        return _pixels(along, self.width)

    def rows(self, latitudes: NDArray[np.float64]) -> NDArray[np.int32]:
        """Pixel rows of latitudes; -1 outside."""
        return _pixels((self.north - latitudes) / (self.north - self.south), self.height)


def frame_around(west: float, south: float, east: float, north: float, width: int = 1000) -> Frame:
    """Frame a window with square pixels; of tall windows the width gives way."""
    shape = (north - south) / (east - west)
    height = round(width * shape)
    if height > width:
        return Frame(west, south, east, north, max(round(width / shape), 1), width)
    return Frame(west, south, east, north, width, max(height, 1))


def edges(axis: Axis) -> NDArray[np.float64]:
    """Lower and upper edge of each cell in growing order of the two, shape (n, 2)."""
    given = axis.bounds if axis.bounds is not None else midpoint_bounds(axis.values)
    return np.sort(np.asarray(given, dtype=np.float64), axis=1)


def _pixels(along: NDArray[np.float64], count: int) -> NDArray[np.int32]:
    """Return pixels of positions given as a fraction of the window; both its edges belong to it."""
    pixel = np.minimum(np.floor(along * count), np.where(along <= 1, count - 1, count))
    return np.where((pixel >= 0) & (pixel < count), pixel, -1).astype(np.int32)
