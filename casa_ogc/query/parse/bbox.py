"""Boxes: four or six numbers."""

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.parse.crs import Crs, lon_lat
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.places import checked
from casa_ogc.query.request import Box, VerticalSelection
from casa_ogc.query.systems import System
from casa_processes.common.errors import InvalidValueError

_EXPECTED = {
    "CRS84": "west,south,east,north or west,south,lowest,east,north,highest",
    "EPSG:4326": "south,west,north,east or south,west,lowest,north,east,highest",
}


def parse_bbox(text: str, crs: Crs = "CRS84") -> tuple[Box, VerticalSelection | None]:
    """Return the box of four numbers, and the levels between where there are six.

    Parameters
    ----------
    text
        Numbers separated by commas, lower corner first, in the axis order of `crs`; west > east
        crosses the antimeridian.
    crs
        Reference system of the numbers.

    Returns
    -------
    box
        In longitude and latitude.
    levels
        Closed interval in the units of the vertical axis; None for four numbers.

    Raises
    ------
    InvalidValueError
        For another count, text that is no finite number, south above north, or coordinates that
        do not exist on Earth.
    """
    expected = _EXPECTED[crs]
    parts = text.split(",", 6)
    if len(parts) not in (4, 6):
        raise InvalidValueError("bbox", text, expected)
    numbers = [number("bbox", part, expected) for part in parts]
    half = len(numbers) // 2
    west, south = lon_lat(numbers[0], numbers[1], crs)
    east, north = lon_lat(numbers[half], numbers[half + 1], crs)
    box = Box(Bounds(west, south, east, north))
    checked(box, "bbox")
    if half == 2:
        return box, None
    return box, VerticalSelection(interval=(numbers[2], numbers[5]))


def parse_bbox_in(
    text: str, system: System
) -> tuple[tuple[float, float, float, float], VerticalSelection | None]:
    """Return the box x, y, x, y of four numbers in a projected system, and levels of six.

    Raises
    ------
    InvalidValueError
        For another count, text that is no finite number, and corners in the wrong order.
    """
    expected = f"four or six numbers of {system.uri}, lower corner first, in its axis order"
    parts = text.split(",", 6)
    if len(parts) not in (4, 6):
        raise InvalidValueError("bbox", text, expected)
    numbers = [number("bbox", part, expected) for part in parts]
    half = len(numbers) // 2
    box = system.ordered((numbers[0], numbers[1], numbers[half], numbers[half + 1]))
    if box[0] > box[2] or box[1] > box[3]:
        raise InvalidValueError("bbox", text, expected)
    return box, None if half == 2 else VerticalSelection(interval=(numbers[2], numbers[5]))
