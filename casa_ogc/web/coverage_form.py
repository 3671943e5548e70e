"""What a request says of the place and of the form of a coverage."""

from casa_ogc.catalog.entries import Entry
from casa_ogc.query.parse import parse_bbox, parse_crs, parse_subset
from casa_ogc.query.parse.bbox import parse_bbox_in
from casa_ogc.query.parse.scaling import Scaling, parse_scaling
from casa_ogc.query.parse.subset import Cut, parse_subset_in
from casa_ogc.query.request import Box, VerticalSelection
from casa_ogc.query.systems import System, box_in_degrees, parse_system
from casa_ogc.query.targets import Form, Quad
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import InvalidValueError

_SCALING = ("scale-factor", "scale-axes", "scale-size", "width", "height", "resolution")


def form_and_cut(exchange: Exchange) -> tuple[Form, Cut]:
    """Read how the answer shall look, and what of the coverage it shall hold.

    Raises
    ------
    UnknownNameError
        For an axis that does not exist.
    InvalidValueError
        For malformed text, and for what is said twice.
    """
    system = parse_system(exchange.text("crs"))
    by_box, levels, box = _bbox(exchange, system)
    cut, quad = _subset(exchange, system)
    for one, other, name in (
        (by_box, cut.box, "a place"),
        (levels, cut.vertical, "levels"),
    ):
        if one is not None and other is not None:
            raise InvalidValueError(
                "subset", exchange.text("subset"), f"{name} in bbox or in subset"
            )
    form = Form(scaling(exchange), system, box or quad)
    return form, Cut(by_box or cut.box, cut.time, levels or cut.vertical)


def scaling(exchange: Exchange) -> Scaling:
    """Read how fine the answer shall be."""
    given = {name: text for name in _SCALING if (text := exchange.text(name)) is not None}
    return parse_scaling(given, vertical_name(exchange.entry))


def vertical_name(entry: Entry) -> str | None:
    """Return the name of the vertical axis of a collection, if it has one."""
    return entry.head.vertical.name if entry.head.vertical else None


def _bbox(
    exchange: Exchange, system: System
) -> tuple[Box | None, VerticalSelection | None, Quad | None]:
    """Return the box in degrees, the levels, and the box in the system of the answer."""
    given = parse_system(exchange.text("bbox-crs"), "bbox-crs")
    text = exchange.text("bbox")
    if text is None:
        return None, None, None
    if given.is_degrees:
        return *parse_bbox(text, parse_crs(exchange.text("bbox-crs"), "bbox-crs")), None
    quad, levels = parse_bbox_in(text, given)
    box = Box(box_in_degrees(given, quad))
    return box, levels, quad if given == system else None


def _subset(exchange: Exchange, system: System) -> tuple[Cut, Quad | None]:
    given = parse_system(exchange.text("subset-crs"), "subset-crs")
    texts, vertical = exchange.arguments.get("subset", []), vertical_name(exchange.entry)
    if given.is_degrees:
        crs = parse_crs(exchange.text("subset-crs"), "subset-crs")
        return parse_subset(texts, crs, vertical), None
    quad, rest = parse_subset_in(texts, given, vertical)
    if quad is None:
        return rest, None
    box = Box(box_in_degrees(given, quad, "subset"))
    return Cut(box, rest.time, rest.vertical), quad if given == system else None
