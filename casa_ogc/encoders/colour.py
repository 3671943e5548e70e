"""Colour maps: tables of 256 colours between published control points.

Sources: viridis, plasma, magma, inferno (S. van der Walt and N. Smith, 2015, CC0) and cividis
(J. Nunez, C. Anderton and R. Renslow, 2018, CC0); the others are from www.ColorBrewer.org by
Cynthia A. Brewer, Geography, Pennsylvania State University (Apache-2.0).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import UnknownNameError

_SEQUENTIAL = {
    "viridis": "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
    "plasma": "0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921",
    "magma": "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf",
    "inferno": "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
    "cividis": "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838",
    "Blues": "f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b",
    "Greens": "f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 006d2c 00441b",
    "Greys": "ffffff f0f0f0 d9d9d9 bdbdbd 969696 737373 525252 252525 000000",
    "YlGn": "ffffe5 f7fcb9 d9f0a3 addd8e 78c679 41ab5d 238443 006837 004529",
    "YlGnBu": "ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58",
    "YlOrBr": "ffffe5 fff7bc fee391 fec44f fe9929 ec7014 cc4c02 993404 662506",
    "YlOrRd": "ffffcc ffeda0 fed976 feb24c fd8d3c fc4e2a e31a1c bd0026 800026",
}
_DIVERGING = {
    "BrBG": "543005 8c510a bf812d dfc27d f6e8c3 f5f5f5 c7eae5 80cdc1 35978f 01665e 003c30",
    "PRGn": "40004b 762a83 9970ab c2a5cf e7d4e8 f7f7f7 d9f0d3 a6dba0 5aae61 1b7837 00441b",
    "RdBu": "67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061",
    "RdYlBu": "a50026 d73027 f46d43 fdae61 fee090 ffffbf e0f3f8 abd9e9 74add1 4575b4 313695",
    "Spectral": "9e0142 d53e4f f46d43 fdae61 fee08b ffffbf e6f598 abdda4 66c2a5 3288bd 5e4fa2",
}

COLOUR_MAPS: Mapping[str, str] = MappingProxyType(_SEQUENTIAL | _DIVERGING)
"""Control points, evenly spaced, as RGB in hexadecimal; ``<name>_r`` runs backwards."""


@dataclass(frozen=True)
class Scale:
    """How values become colours.

    Attributes
    ----------
    colour_map
        A name of `COLOUR_MAPS`, with ``_r`` for the reverse; matched without regard to case.
    low, high
        Values of the first and the last colour; what lies beyond has the colour of the end.
    """

    colour_map: str
    low: float
    high: float


@cache
def colour_table(name: str) -> NDArray[np.uint8]:
    """Return the colours of a map as opaque RGBA, shape (256, 4).

    Raises
    ------
    UnknownNameError
        When there is no such map.
    """
    points = _control_points(name)
    places = np.linspace(0, 1, len(points))
    steps = np.linspace(0, 1, 256)
    channels = [np.interp(steps, places, points[:, channel]) for channel in range(3)]
    table = np.full((256, 4), 255, dtype=np.uint8)
    table[:, :3] = np.rint(np.stack(channels, axis=1))
    table.flags.writeable = False
    return table


def automatic_scale(values: NDArray[Any], colour_map: str) -> Scale:
    """Choose the ends of a scale from the values shown.

    They are the 2nd and 98th percentile; for a diverging map, symmetric about zero when the values
    have both signs.
    """
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, [2, 98]).tolist() if known.size else (0.0, 1.0)
    if colour_map.lower().removesuffix("_r") in map(str.lower, _DIVERGING) and low < 0 < high:
        high = max(-low, high)
        low = -high
    if not high - low > 1e-6 * abs(high):
        margin = abs(high) * 1e-3 or 1.0
        low, high = low - margin, high + margin
    return Scale(colour_map, low, high)


def _control_points(name: str) -> NDArray[np.float64]:
    """Return the control points of a map, shape (n, 3), 0..255."""
    folded = name.lower()
    named = {known.lower(): points for known, points in COLOUR_MAPS.items()}
    text = named.get(folded.removesuffix("_r"))
    if text is None:
        raise UnknownNameError("colour map", name, COLOUR_MAPS)
    points = np.array([list(bytes.fromhex(colour)) for colour in text.split()], dtype=np.float64)
    return points[::-1] if folded.endswith("_r") else points
