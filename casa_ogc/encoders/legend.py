"""Legends: the colours of a scale with round numbers, the quantity and its units."""

import numpy as np

from casa_ogc.encoders.colour import Scale
from casa_ogc.encoders.drawing import Pixels
from casa_ogc.encoders.png import caption, colour_bar
from casa_processes.common.vocabulary import Variable

_EDGE = 8


def legend_picture(scale: Scale, variable: Variable, width: int) -> Pixels:
    """Draw a legend; RGBA, `width` pixels wide, at least 200."""
    bar = np.asarray(colour_bar(scale, caption(variable), width - 2 * _EDGE))
    sheet = np.full((bar.shape[0] + 2 * _EDGE, width, 4), 255, dtype=np.uint8)
    sheet[_EDGE:-_EDGE, _EDGE:-_EDGE] = bar
    return sheet
