"""What a pixel must show, by loops over all cells; nothing of the renderer is used here."""

import math
from collections.abc import Sequence

import numpy as np

from casa_ogc.encoders.colour import Scale, colour_table

type Edges = Sequence[tuple[float, float]]
"""Lower and upper edge of each cell."""


def shares(
    cells: Edges, low: float, high: float, turns: Sequence[int], sphere: bool
) -> dict[int, float]:
    """Return the weight of each cell along one axis of a pixel."""
    middle = (low + high) / 2
    for number, (start, stop) in enumerate(cells):
        for turn in turns:
            inside = start + turn * 360 <= middle < stop + turn * 360
            if inside and high - low <= (stop - start) * (1 + 1e-6):
                return {number: 1.0}
    found: dict[int, float] = {}
    for number, (start, stop) in enumerate(cells):
        for turn in turns:
            a, b = max(low, start + turn * 360), min(high, stop + turn * 360)
            if b - a > 1e-6 * (high - low):
                weight = math.sin(math.radians(b)) - math.sin(math.radians(a)) if sphere else b - a
                found[number] = found.get(number, 0.0) + weight
    small = all(cells[n][1] - cells[n][0] < high - low for n in found)
    return found if small else {}


def pixel_value(
    values: np.ndarray, y: Edges, x: Edges, box: tuple[float, float, float, float]
) -> float:
    """Return the value of a pixel (west, south, east, north) of an unpacked field (y, x)."""
    west, south, east, north = box
    rows = shares(y, south, north, (0,), True)
    columns = shares(x, west, east, range(-3, 4), False)
    total = weight = 0.0
    for row, a in rows.items():
        for column, b in columns.items():
            if not math.isnan(values[row, column]):
                total += a * b * float(values[row, column])
                weight += a * b
    return total / weight if weight else float("nan")


def shows(pixel: np.ndarray, value: float, scale: Scale, slack: int = 1) -> bool:
    """Tell whether a pixel has the colour of a value, or of a neighbouring step."""
    if math.isnan(value):
        return pixel.tolist() == [0, 0, 0, 0]
    table = colour_table(scale.colour_map)
    step = math.floor((value - scale.low) * 256 / (scale.high - scale.low))
    near = range(step - slack, step + slack + 1)
    return any(pixel.tolist() == table[min(max(one, 0), 255)].tolist() for one in near)


def mercator_latitude(y: float) -> float:
    """Return the latitude of a northing of EPSG:3857."""
    return math.degrees(2 * math.atan(math.exp(y / 6378137.0)) - math.pi / 2)


def mercator_northing(latitude: float) -> float:
    """Return the northing in EPSG:3857 of a latitude."""
    return 6378137.0 * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
