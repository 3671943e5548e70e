"""OGC API Environmental Data Retrieval: position, radius, area and cube."""

from flask import Response

from casa_ogc.query.parse import (
    parse_bbox,
    parse_crs,
    parse_datetime,
    parse_distance,
    parse_wkt,
    parse_z,
)
from casa_ogc.query.request import (
    Area,
    Disc,
    Points,
    Region,
    Request,
    TimeSelection,
    VerticalSelection,
)
from casa_ogc.web.edr_answers import answered
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.filtering import soundings_asked
from casa_processes.common.errors import InvalidValueError


def position(exchange: Exchange) -> Response:
    """Answer the cells, or the soundings, that meet one or several points."""
    region = _geometry(exchange)
    if not isinstance(region, Points):
        raise InvalidValueError("coords", exchange.text("coords"), "a POINT or a MULTIPOINT")
    return answered(exchange, question(exchange, region))


def radius(exchange: Exchange) -> Response:
    """Answer what lies within a distance of a point."""
    region = _geometry(exchange)
    if not isinstance(region, Points) or len(region.longitudes) != 1:
        raise InvalidValueError("coords", exchange.text("coords"), "one POINT")
    metres = parse_distance(exchange.text("within") or "", exchange.text("within-units") or "")
    disc = Disc(region.longitudes[0], region.latitudes[0], metres)
    return answered(exchange, question(exchange, disc))


def area(exchange: Exchange) -> Response:
    """Answer what lies inside a polygon."""
    region = _geometry(exchange)
    if not isinstance(region, Area):
        raise InvalidValueError("coords", exchange.text("coords"), "a POLYGON or a MULTIPOLYGON")
    return answered(exchange, question(exchange, region))


def cube(exchange: Exchange) -> Response:
    """Answer what lies inside a box; levels of z replace those of the box."""
    crs = parse_crs(exchange.text("crs"), "crs")
    box, levels = parse_bbox(exchange.text("bbox") or "", crs)
    return answered(exchange, question(exchange, box, levels))


def names(text: str | None) -> tuple[str, ...]:
    """Split a list of variable names.

    Raises
    ------
    InvalidValueError
        When a name of the list is empty.
    """
    if text is None:
        return ()
    parts = tuple(part.strip() for part in text.split(","))
    if not all(parts):
        raise InvalidValueError("parameter-name", text, "names separated by commas")
    return parts


def times(exchange: Exchange) -> TimeSelection | None:
    """Read datetime and method.

    Raises
    ------
    InvalidValueError
        When either is malformed.
    """
    text, method = exchange.text("datetime"), exchange.text("method") or "exact"
    if method not in ("exact", "nearest"):
        raise InvalidValueError("method", method, "exact or nearest")
    return None if text is None else parse_datetime(text, nearest=method == "nearest")


def question(
    exchange: Exchange, region: Region, levels: VerticalSelection | None = None
) -> Request:
    """Make the question of a region with what every query may say beside it.

    Raises
    ------
    InvalidValueError
        For malformed names, times, levels or filters.
    UnknownNameError
        For a filter of what is no queryable.
    """
    z = exchange.text("z")
    return Request(
        region=region,
        variables=names(exchange.text("parameter-name")),
        time=times(exchange),
        vertical=levels if z is None else parse_z(z),
        filters=soundings_asked(exchange, exchange.entry),
    )


def _geometry(exchange: Exchange) -> Region:
    crs = parse_crs(exchange.text("crs"), "crs")
    return parse_wkt(exchange.text("coords") or "", crs)
