"""OGC API Maps: maps of collections, and their quick looks."""

from typing import TYPE_CHECKING

import numpy as np
from flask import Response

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import rfc3339
from casa_ogc.catalog.entries import Entry
from casa_ogc.query.parse import parse_crs, parse_subset, parse_z
from casa_ogc.query.request import Box, TimeSelection, VerticalSelection
from casa_ogc.web.content_headers import map_headers
from casa_ogc.web.coverage_form import vertical_name
from casa_ogc.web.default_times import days_told, default_time
from casa_ogc.web.edr import times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.filtering import soundings_asked
from casa_ogc.web.pictures import current, pictured, spelled_type
from casa_ogc.web.respond import etag
from casa_ogc.web.styles import chosen_scale, drawn_variable, style_named
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.vocabulary import variable

if TYPE_CHECKING:
    from casa_ogc.encoders.drawing import Drawing
    from casa_ogc.encoders.render import Subject
    from casa_ogc.encoders.window import Window
    from casa_ogc.query.filters import Filter
    from casa_ogc.query.parse import Cut

_WHITE = (255, 255, 255, 255)
_SHEET_WIDTHS = (64, 2000)


def map_image(exchange: Exchange) -> Response:
    """Answer a map: a window of one variable at one time and level."""
    from casa_ogc.encoders.render import drawing

    entry = exchange.entry
    media = spelled_type(exchange)
    tag = etag(exchange, entry, media)
    if (same := current(tag)) is not None:
        return same
    cut = _cut(exchange)
    window = _window(exchange, cut)
    subject = subject_of(exchange, entry, cut)
    picture = drawing(subject, window)
    if picture is None:
        return Response(status=204)
    response = pictured(_grounded(exchange, picture), media, tag)
    response.headers.update(map_headers(subject, window, entry.head))
    return response


def quicklook(exchange: Exchange) -> Response:
    """Answer a sheet: the map of all the collection's extent with title, coasts and colour bar."""
    from casa_ogc.encoders.frame import frame_around
    from casa_ogc.encoders.picture import Picture
    from casa_ogc.encoders.png import MARGIN, sheet
    from casa_ogc.encoders.projections import projection
    from casa_ogc.encoders.render import render
    from casa_ogc.encoders.window import Window

    entry = exchange.entry
    media = spelled_type(exchange)
    tag = etag(exchange, entry, media)
    if (same := current(tag)) is not None:
        return same
    subject = subject_of(exchange, entry)
    width = max(exchange.whole("width", 1000, *_SHEET_WIDTHS) - MARGIN, 1)
    box = _whole(entry.head)
    frame = frame_around(box.west, box.south, box.east, box.north, width)
    edges = frame.west, frame.south, frame.east, frame.north
    pixels = render(subject, Window(projection(None), *edges, frame.width, frame.height))
    if pixels is None:
        return Response(status=204)
    shown = Picture(
        variable(subject.variable), subject.scale, frame, pixels, _when(subject, entry.head)
    )
    return pictured(np.asarray(sheet(shown, entry.product.title.en)), media, tag)


def subject_of(exchange: Exchange, entry: Entry, cut: "Cut | None" = None) -> "Subject":
    """Read what a map shows: variable, style, time and level."""
    time, z = times(exchange), exchange.text("z")
    if cut is not None and cut.time is not None:
        time = cut.time
    level = cut.vertical if cut is not None else None
    style = exchange.path.get("style_id")
    if style is not None:
        try:
            style = style_named(style)
        except UnknownNameError as error:
            raise UnknownNameError("page", style, error.known) from None
    return subject_from(
        exchange,
        entry,
        exchange.text("variable"),
        style or exchange.text("style"),
        exchange.text("range"),
        time,
        level if z is None else parse_z(z),
        soundings_asked(exchange, entry),
    )


def subject_from(
    exchange: Exchange,
    entry: Entry,
    name: str | None,
    style: str | None,
    limits: str | None,
    time: TimeSelection | None,
    level: VerticalSelection | None,
    filters: "tuple[Filter, ...]" = (),
) -> "Subject":
    """Make what a map shows of its parts; see `chosen_scale` and `default_time`."""
    # The compiler behind the renderer is imported by the first map, not at the start.
    from casa_ogc.encoders.render import Subject

    store = exchange.catalog.open(entry)
    shown = drawn_variable(entry, name)
    settings = exchange.catalog.settings.limits
    limit = settings.max_cells if entry.head.kind == "grid" else settings.max_rows
    scale = chosen_scale(entry, store, shown, style, limits)
    return Subject(store, shown, scale, time or default_time(entry.head), level, limit, filters)


def _cut(exchange: Exchange) -> "Cut":
    """Read `subset`, which may hold what bbox, datetime and z say as well, but not twice."""
    crs = parse_crs(exchange.text("subset-crs"), "subset-crs")
    cut = parse_subset(exchange.arguments.get("subset", []), crs, vertical_name(exchange.entry))
    pairs = ((cut.box, "bbox"), (cut.box, "center"), (cut.time, "datetime"), (cut.vertical, "z"))
    for found, other in pairs:
        if found is not None and exchange.text(other) is not None:
            asked = exchange.text("subset")
            raise InvalidValueError("subset", asked, f"a cut that {other} does not say too")
    return cut


def _window(exchange: Exchange, cut: "Cut") -> "Window":
    from casa_ogc.web.windows import Sought, window_asked

    entry = exchange.entry
    return window_asked(
        Sought(
            bbox=exchange.text("bbox"),
            bbox_crs=exchange.text("bbox-crs"),
            center=exchange.text("center"),
            center_crs=exchange.text("center-crs"),
            crs=exchange.text("crs"),
            width=exchange.text("width"),
            height=exchange.text("height"),
            scale=exchange.text("scale-denominator"),
            box=cut.box.bounds if isinstance(cut.box, Box) else None,
            whole=_whole(entry.head),
        )
    )


def _grounded(exchange: Exchange, picture: "Drawing") -> "Drawing":
    """Lay a map over its background colour, unless that is to be clear."""
    from casa_ogc.encoders.images import colour_named, grounded

    colour, clear = exchange.text("bgcolor"), exchange.text("transparent")
    if clear is not None and clear.lower() not in ("true", "false"):
        raise InvalidValueError("transparent", clear, "true or false")
    if (clear is None and colour is None) or (clear or "").lower() == "true":
        return picture
    return grounded(picture, _WHITE if colour is None else colour_named(colour))


def _whole(head: Head) -> Bounds:
    """Return the box of a collection with east beyond west, and with some height and width."""
    box = head.bounds
    east = box.east if box.east > box.west else box.east + 360
    if head.kind == "grid" and box.north > box.south:
        return Bounds(box.west, box.south, east, box.north)
    aside = max((east % 360 - box.west % 360) % 360 * 0.02, 0.5)
    south, north = max(box.south - 1, -90.0), min(box.north + 1, 90.0)
    if east - box.west + 2 * aside >= 360:
        return Bounds(-180.0, south, 180.0, north)
    return Bounds(box.west - aside, south, east + aside, north)


def _when(subject: "Subject", head: Head) -> str:
    """Return the time and level that a sheet shows as text."""
    from casa_ogc.archive.cubes import Cube
    from casa_ogc.query.overview import depth

    store = subject.store
    if not isinstance(store, Cube):
        return days_told(head, subject.time)
    at = depth(store, subject.time, subject.level)
    parts = []
    if at is not None and at.t is not None:
        step = rfc3339(store.axes["t"].values[at.t])
        parts.append(step.removesuffix("T00:00:00Z"))
    if at is not None and at.z is not None:
        axis = store.axes["z"]
        parts.append(f"{axis.name} {axis.values[at.z]:g} {axis.units}".strip())
    return ", ".join(parts)
