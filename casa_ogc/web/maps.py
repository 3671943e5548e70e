"""Quick-look maps of collections."""

import numpy as np
from flask import Response, request

from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import instant
from casa_ogc.catalog.entries import Entry
from casa_ogc.query.parse import parse_bbox, parse_crs, parse_z
from casa_ogc.query.products import ask
from casa_ogc.query.request import Everywhere, Request, TimeSelection, VerticalSelection
from casa_ogc.web.edr import times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import CACHE, etag
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.vocabulary import variable

_WIDTHS = (64, 2000)
_SOUNDING_DAYS = 16


def overview_map(exchange: Exchange) -> Response:
    """Answer a map of one variable: the last time step, or the soundings of the last 16 days."""
    entry = exchange.entry
    if (exchange.text("f") or "png").lower() != "png":
        raise InvalidValueError("f", exchange.text("f"), "png")
    width = exchange.whole("width", 1000, *_WIDTHS)
    tag = etag(exchange, entry, "PNG")
    if tag in request.if_none_match:
        return Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": CACHE})
    answer = ask(exchange.catalog, entry, _question(exchange, entry))
    if answer is None:
        return Response(status=204)
    # The compiler behind the renderer is imported by the first map, not at the start of the server.
    from casa_ogc.encoders.png import png_bytes, quick_look

    sheet = png_bytes(np.asarray(quick_look(answer)))
    return Response(sheet, 200, {"ETag": f'"{tag}"', "Cache-Control": CACHE}, "image/png")


def _question(exchange: Exchange, entry: Entry) -> Request:
    text = exchange.text("bbox")
    region, levels = (Everywhere(), None) if text is None else parse_bbox(text, parse_crs(None))
    if levels is not None:
        raise InvalidValueError("bbox", text, "4 numbers")
    z, head = exchange.text("z"), entry.head
    return Request(
        region=region,
        variables=(_drawn(exchange, entry),),
        time=times(exchange) or _last_time(head),
        vertical=_first_level(head) if z is None else parse_z(z),
    )


def _drawn(exchange: Exchange, entry: Entry) -> str:
    known = entry.head.variables
    name = exchange.text("variable")
    if name is not None:
        if name not in known:
            raise UnknownNameError("variable", name, known)
        return name
    styled: tuple[str, ...] = (entry.product.style.variable,) if entry.product.style else ()
    for candidate in (*styled, *entry.product.default_variables, *known):
        if candidate in known and variable(candidate).dtype.startswith("float"):
            return candidate
    return known[0]


def _last_time(head: Head) -> TimeSelection | None:
    if head.time is None:
        return None
    last = instant(head.time[1])
    if head.kind == "grid":
        return TimeSelection(((last, last),))
    return TimeSelection(((last - np.timedelta64(_SOUNDING_DAYS, "D"), last),))


def _first_level(head: Head) -> VerticalSelection | None:
    return VerticalSelection(levels=(head.vertical.values[0],)) if head.vertical else None
