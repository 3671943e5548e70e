"""Cells to coloured pixels, in one pass over memory."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.colour import Scale, colour_table
from casa_ogc.encoders.frame import Frame
from casa_ogc.encoders.painting import CLEAR, Ramp, paint_cells, shade
from casa_ogc.encoders.spans import Spans, column_spans, row_spans
from casa_ogc.encoders.window import Window

_LARGEST = float(np.finfo(np.float32).max)


def draw_cells(
    values: NDArray[Any],
    y: Axis,
    x: Axis,
    frame: Frame | Window,
    scale: Scale,
) -> NDArray[np.uint8]:
    """Draw the cells of a field on pixels whose edges are meridians and parallels.

    A pixel that is no larger than the cell at its centre has the colour of that cell. A larger one
    has the colour of the mean of all cells that it overlaps, weighted by the area of the overlap.

    Parameters
    ----------
    values
        Shape (y, x); NaN is missing and stays transparent.
    frame
        Window whose columns of pixels are meridians and whose rows are parallels.

    Returns
    -------
    RGBA, shape (height, width, 4); the first row is the north whatever the order of the axis.
    """
    meridians, parallels = frame.edges()
    return paint(values, row_spans(y, parallels), column_spans(x, meridians), scale)


def paint(values: NDArray[Any], rows: Spans, columns: Spans, scale: Scale) -> NDArray[np.uint8]:
    """Colour the cells that each row and column of pixels shows; RGBA, shape (height, width, 4)."""
    pixels = np.empty((rows.starts.size - 1, columns.starts.size - 1, 4), dtype=np.uint8)
    paint_rows(values, (rows, columns), scale, 0, pixels)
    return pixels


def paint_rows(
    values: NDArray[Any],
    seen: tuple[Spans, Spans],
    scale: Scale,
    first: int,
    pixels: NDArray[np.uint8],
) -> None:
    """Colour some rows of pixels.

    Parameters
    ----------
    seen
        The cells that each row and each column of all pixels shows.
    first
        Row of all pixels that is the first one to be coloured.
    pixels
        RGBA, shape (rows, width, 4), C-contiguous; filled.
    """
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    colours = pixels.view(np.uint32)[:, :, 0]
    paint_cells(numbers, *seen, _table(scale.colour_map), _ramp(scale), first, colours)


def coloured(values: NDArray[Any], scale: Scale) -> NDArray[np.uint8]:
    """Colour single values, any shape; NaN is transparent.  RGBA, shape (..., 4)."""
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    colours = np.empty(numbers.size, dtype=np.uint32)
    shade(numbers.reshape(-1), _ramp(scale), _table(scale.colour_map), colours)
    return colours.view(np.uint8).reshape(*numbers.shape, 4)


@lru_cache
def _table(colour_map: str) -> NDArray[np.uint32]:
    """Return the colours of a map as one number each, and a clear one after the last."""
    table = np.zeros(CLEAR + 1, dtype=np.uint32)
    table[:CLEAR] = np.ascontiguousarray(colour_table(colour_map)).view(np.uint32).ravel()
    return table


def _ramp(scale: Scale) -> Ramp:
    """Return the ramp of a scale in single precision, however narrow or far away it is."""
    factor = min(256.0 / (scale.high - scale.low), _LARGEST)
    return np.float32(np.clip(scale.low, -_LARGEST, _LARGEST)), np.float32(factor)
