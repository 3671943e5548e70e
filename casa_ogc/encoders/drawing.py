"""Pictures that are drawn when they are asked for, a band of rows at a time.

A band is as large as a processor's own cache: it is drawn, laid over its ground and compressed
before the next one takes its place, so that a picture needs little memory whatever its size.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BAND_BYTES = 1 << 20

type Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture to be drawn.

    Attributes
    ----------
    width, height
        Pixels.
    draw
        Fills RGBA pixels, shape (rows, width, 4), with the rows of the picture from the one that it
        is given; rows may be asked for in any order.
    """

    width: int
    height: int
    draw: Callable[[int, Pixels], None]


def bands(drawing: Drawing, rows: int = 0) -> Iterator[Pixels]:
    """Yield a picture from the top, shape (rows, width, 4); a band lasts until the next is asked.

    Parameters
    ----------
    rows
        Rows of a band; 0 for as many as `BAND_BYTES` hold. The last band may have fewer.
    """
    each = min(rows or max(1, BAND_BYTES // (4 * drawing.width)), drawing.height)
    band = np.empty((each, drawing.width, 4), dtype=np.uint8)
    for first in range(0, drawing.height, each):
        part = band[: drawing.height - first]
        drawing.draw(first, part)
        yield part


def whole(drawing: Drawing) -> Pixels:
    """Draw a picture in one piece, shape (height, width, 4)."""
    pixels = np.empty((drawing.height, drawing.width, 4), dtype=np.uint8)
    drawing.draw(0, pixels)
    return pixels


def drawn(pixels: Pixels) -> Drawing:
    """Return a picture that is drawn already as one to be drawn."""
    height, width, _ = pixels.shape

    def draw(first: int, band: Pixels) -> None:
        band[:] = pixels[first : first + len(band)]

    return Drawing(width, height, draw)


def clear(width: int, height: int) -> Drawing:
    """Return a picture on which there is nothing."""

    def draw(_first: int, band: Pixels) -> None:
        band[:] = 0

    return Drawing(width, height, draw)
