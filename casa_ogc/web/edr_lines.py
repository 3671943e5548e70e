"""OGC API Environmental Data Retrieval: trajectory and corridor."""

from dataclasses import replace

from flask import Response

from casa_ogc.archive.heads import Vertical
from casa_ogc.query.parse import parse_crs, parse_distance
from casa_ogc.query.parse.lines import parse_lines
from casa_ogc.query.request import Corridor, Path, Request, TimeSelection
from casa_ogc.web.edr import question
from casa_ogc.web.edr_answers import answered
from casa_ogc.web.edr_options import size
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import InvalidValueError

_LONGEST_TOLERANCE = 1e6
HEIGHTS = {"pressure": ("hPa", "Pa"), "length": ("m", "km", "ft")}


def trajectory(exchange: Exchange) -> Response:
    """Answer the values of a grid along lines, or the soundings that they meet."""
    return answered(exchange, _passing(exchange, question(exchange, _lines(exchange))))


def corridor(exchange: Exchange) -> Response:
    """Answer what lies within half a width of lines."""
    path = _lines(exchange)
    width = _width(exchange)
    region = Corridor(path, width, _height(exchange))
    return answered(exchange, _passing(exchange, question(exchange, region)))


def height_units(vertical: Vertical | None) -> tuple[str, ...]:
    """Return the units in which the height of a corridor may be given.

    Data without levels take any length, since they have all heights.
    """
    if vertical is None:
        return HEIGHTS["length"]
    for units in HEIGHTS.values():
        if vertical.units in units:
            return (vertical.units, *(unit for unit in units if unit != vertical.units))
    return (vertical.units or "1",)


def _lines(exchange: Exchange) -> Path:
    path = parse_lines(exchange.text("coords") or "", parse_crs(exchange.text("crs"), "crs"))
    hours = size(exchange, "time-tolerance", path.tolerance / 3600, _LONGEST_TOLERANCE, "hours")
    if exchange.text("time-tolerance") is not None and not path.routes[0].seconds:
        expected = "lines with times (M) beside it"
        raise InvalidValueError("time-tolerance", exchange.text("time-tolerance"), expected)
    if path.routes[0].heights and exchange.entry.head.kind == "soundings":
        raise InvalidValueError("coords", "Z", "no levels: soundings have no vertical axis")
    return replace(path, tolerance=hours * 3600)


def _passing(exchange: Exchange, asked: Request) -> Request:
    """Let times of the lines be met by the closest step where that is asked for."""
    path = asked.region.path if isinstance(asked.region, Corridor) else asked.region
    assert isinstance(path, Path)
    grid = exchange.entry.head.kind == "grid"
    if not path.routes[0].seconds:
        return asked
    if asked.time is not None:
        text = exchange.text("datetime")
        raise InvalidValueError("datetime", text, "times in coords or here, not in both")
    nearest = exchange.text("method") == "nearest"
    return replace(asked, time=TimeSelection((), nearest=True)) if grid and nearest else asked


def _width(exchange: Exchange) -> float:
    width, units = exchange.text("corridor-width") or "", exchange.text("width-units") or ""
    try:
        return parse_distance(width, units)
    except InvalidValueError as error:
        named = {"within": "corridor-width", "within-units": "width-units"}
        raise InvalidValueError(named[error.what], error.asked, error.expected) from None


def _height(exchange: Exchange) -> float | None:
    """Return the height of the corridor in the units of the levels; None is any."""
    units = exchange.text("height-units")
    vertical = exchange.entry.head.vertical
    known = height_units(vertical)
    spelled = {unit.lower(): unit for unit in known}
    if units is not None and units.strip().lower() not in spelled:
        raise InvalidValueError("height-units", units, f"one of {', '.join(known)}")
    if exchange.text("corridor-height") is None:
        return None
    if units is None:
        raise InvalidValueError("height-units", None, f"one of {', '.join(known)}")
    height = size(exchange, "corridor-height", 0.0, 1e9, units)
    if vertical is None:
        return None
    # Units are parsed when the first height is asked, not at the start of the server.
    from casa_processes.common.units import factor

    return height * factor(spelled[units.strip().lower()], vertical.units or "1")
