"""Windows of maps as requests tell them: a box or a middle, a size or a scale."""

from dataclasses import dataclass, replace

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.encoders.projections import Projection, projection
from casa_ogc.encoders.window import Window, extent
from casa_ogc.query.parse import parse_bbox
from casa_ogc.query.parse.numbers import number
from casa_processes.common.errors import InvalidValueError, TooLargeError

LARGEST = 4096
"""Most pixels of a side of a map."""
EARTH = Bounds(-180.0, -90.0, 180.0, 90.0)
_USUAL = 1024
_PIXEL_METRES = 0.00028
_TURNS = 16.0

type Edges = tuple[float, float, float, float]
"""Left, bottom, right, top in units of the projection of the map."""


@dataclass(frozen=True)
class Sought:
    """What a request says about its window, as texts.

    Attributes
    ----------
    box
        Box of degrees, told in another way than by `bbox`.
    whole
        Box of degrees of a map that names no place.
    """

    bbox: str | None = None
    bbox_crs: str | None = None
    center: str | None = None
    center_crs: str | None = None
    crs: str | None = None
    width: str | None = None
    height: str | None = None
    scale: str | None = None
    box: Bounds | None = None
    whole: Bounds = EARTH


def window_asked(sought: Sought) -> Window:
    """Return the window of a map.

    Without a size the longer side has 1024 pixels and pixels are square; with one side the other
    follows; with both, pixels are as wide and high as they must be.

    Raises
    ------
    InvalidValueError
        For anything malformed or contradictory.
    TooLargeError
        For more than 4096 pixels a side.
    """
    system = projection(sought.crs, "crs")
    projection(sought.bbox_crs, "bbox-crs")
    projection(sought.center_crs, "center-crs")
    width, height = _pixels("width", sought.width), _pixels("height", sought.height)
    unit = _scaled(sought.scale, system)
    if sought.center is not None:
        return _around(sought, system, unit, width or _USUAL, height or _USUAL)
    left, bottom, right, top = _edges(sought, system)
    if unit is not None:
        if width or height:
            raise InvalidValueError(
                "scale-denominator", sought.scale, "bbox with a scale or a size"
            )
        width = _counted("width", (right - left) / unit)
        height = _counted("height", (top - bottom) / unit)
    width, height = _sized(width, height, (right - left) / (top - bottom))
    return checked(Window(system, left, bottom, right, top, width, height))


def resized(window: Window, width: str | None, height: str | None, scale: str | None) -> Window:
    """Return a window with other pixels: as many as are asked, or as a scale means.

    One side alone gives the other in the shape of the window.

    Raises
    ------
    InvalidValueError
        For malformed numbers, and a scale beside a side.
    TooLargeError
        For more than 4096 pixels a side.
    """
    wide, high = _pixels("width", width), _pixels("height", height)
    unit = _scaled(scale, window.projection)
    across, down = window.right - window.left, window.top - window.bottom
    if unit is not None:
        if wide or high:
            raise InvalidValueError("scale-denominator", scale, "a scale or a size, not both")
        wide, high = _counted("width", across / unit), _counted("height", down / unit)
    if not (wide or high):
        return window
    wide, high = _sized(wide, high, across / down)
    return replace(window, width=wide, height=high)


def box_edges(text: str, system: Projection) -> Edges:
    """Read a box in the axis order of its own system.

    Raises
    ------
    InvalidValueError
        When it is not four numbers, or has no area; degrees must exist on Earth.
    """
    if system.family == "plate":
        box, levels = parse_bbox(text, "EPSG:4326" if system.northing_first else "CRS84")
        if levels is not None:
            raise InvalidValueError("bbox", text, "4 numbers")
        east = box.bounds.east
        east = east if east > box.bounds.west else east + 360
        return _with_area(text, (box.bounds.west, box.bounds.south, east, box.bounds.north))
    expected = f"four numbers in the axis order of {system.name}"
    parts = text.split(",", 4)
    if len(parts) != 4:
        raise InvalidValueError("bbox", text, expected)
    first, second, third, fourth = (number("bbox", part, expected) for part in parts)
    if system.northing_first:
        return _with_area(text, (second, first, fourth, third))
    return _with_area(text, (first, second, third, fourth))


def checked(window: Window) -> Window:
    """Refuse a window that shows the world more than a few times.

    Raises
    ------
    InvalidValueError
        When it is wider than 16 turns, or its edges are no places.
    """
    asked = (window.left, window.bottom, window.right, window.top)
    if not np.isfinite(asked).all() or (0 < window.turn < window.width / _TURNS):
        raise InvalidValueError("bbox", asked, f"at most {_TURNS:g} turns of the world")
    return window


def _edges(sought: Sought, system: Projection) -> Edges:
    if sought.bbox is None:
        return extent(sought.box or sought.whole, system)
    given = projection(sought.bbox_crs, "bbox-crs")
    edges = box_edges(sought.bbox, given)
    if given.family == system.family and (given.family != "other" or given.name == system.name):
        return edges
    if given.family == "plate":
        return extent(Bounds(*edges), system)
    return extent(Window(given, *edges, 1, 1).bounds(), system)


def _around(
    sought: Sought, system: Projection, unit: float | None, width: int, height: int
) -> Window:
    if sought.bbox is not None or sought.box is not None:
        raise InvalidValueError("center", sought.center, "a center or a box, not both")
    given = projection(sought.center_crs, "center-crs")
    expected = f"two numbers in the axis order of {given.name}"
    parts = (sought.center or "").split(",", 2)
    if len(parts) != 2:
        raise InvalidValueError("center", sought.center, expected)
    first, second = (number("center", part, expected) for part in parts)
    place = (second, first) if given.northing_first else (first, second)
    longitude, latitude = given.backward(*(np.array([one]) for one in place))
    x, y = (float(one[0]) for one in system.forward(longitude, latitude))
    if not (np.isfinite([x, y]).all() and abs(float(latitude[0])) <= 90):
        raise InvalidValueError("center", sought.center, f"a place in {system.name}")
    if unit is None:
        left, bottom, right, top = extent(sought.whole, system)
        unit = max((right - left) / width, (top - bottom) / height)
    across, down = unit * width / 2, unit * height / 2
    return checked(Window(system, x - across, y - down, x + across, y + down, width, height))


def _scaled(text: str | None, system: Projection) -> float | None:
    """Return the size of a pixel that the scale means, in units of the projection."""
    if text is None:
        return None
    scale = number("scale-denominator", text, "a number above 0")
    if scale <= 0:
        raise InvalidValueError("scale-denominator", text, "a number above 0")
    return scale * _PIXEL_METRES / system.metres_per_unit


def _pixels(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) < 1:
        raise InvalidValueError(name, text, "a whole number from 1")
    return _counted(name, int(text))


def _counted(name: str, count: float) -> int:
    if count > LARGEST:
        raise TooLargeError(f"pixels of {name}", round(min(count, 1e18)), LARGEST)
    return max(round(count), 1)


def _sized(width: int | None, height: int | None, shape: float) -> tuple[int, int]:
    """Return both sides; `shape` is the width of the window over its height."""
    if width and height:
        return width, height
    if width:
        return width, min(max(round(width / shape), 1), LARGEST)
    if height:
        return min(max(round(height * shape), 1), LARGEST), height
    longer = min(max(shape, 1 / LARGEST), LARGEST)
    if longer >= 1:
        return _USUAL, max(round(_USUAL / longer), 1)
    return max(round(_USUAL * longer), 1), _USUAL


def _with_area(text: str, edges: Edges) -> Edges:
    left, bottom, right, top = edges
    if not (left < right and bottom < top):
        raise InvalidValueError("bbox", text, "a box with an area")
    return edges
