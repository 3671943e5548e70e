"""Responses: documents as JSON or HTML, answers as data, with the headers that clients need."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, render_template, request

from casa_ogc import __version__
from casa_ogc.archive.axes import Bounds
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.decimals import spelled
from casa_ogc.encoders.format import Format
from casa_ogc.encoders.formats import FORMATS, acceptable, format_named
from casa_ogc.query.answer import GridAnswer
from casa_ogc.query.cost import Options
from casa_ogc.web.errors import NotAcceptableError
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.negotiation import DOCUMENT_TYPES
from casa_processes.common.errors import InvalidValueError

if TYPE_CHECKING:
    from casa_ogc.readers.reader import Kind

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
_TOLD = 2000
CACHE = "public, max-age=60, must-revalidate"


def format_names(kind: "Kind") -> tuple[str, ...]:
    """Return the names of the formats that can hold answers of a kind of product."""
    return tuple(name for name, form in FORMATS.items() if form.holds(kind))


def wants_html(exchange: Exchange) -> bool:
    """Decide between JSON and HTML for a document.

    Raises
    ------
    InvalidValueError
        When `f` names neither.
    NotAcceptableError
        When the Accept header admits neither.
    """
    named = exchange.text("f")
    if named is not None:
        if named.lower() not in ("json", "html"):
            raise InvalidValueError("f", named, "json or html")
        return named.lower() == "html"
    if not exchange.accept:
        return False
    best = request.accept_mimetypes.best_match(DOCUMENT_TYPES)
    if best is None and "json" in exchange.accept:
        return False
    if best is None:
        raise NotAcceptableError(exchange.accept, DOCUMENT_TYPES)
    return best == "text/html"


def document(
    exchange: Exchange,
    content: Mapping[str, Any],
    template: str,
    media: str = "application/json",
    **shown: Any,
) -> Response:
    """Answer a document as JSON, or as the page that a template makes of it and what it shows."""
    if wants_html(exchange):
        site = exchange.catalog.settings
        page = render_template(template, content=content, site=site, url=exchange.url, **shown)
        response = Response(page, content_type="text/html; charset=utf-8")
    else:
        response = Response(orjson.dumps(content), content_type=media)
    response.headers["Vary"] = "Accept, Accept-Encoding"
    return response


def chosen_format(exchange: Exchange, kind: "Kind") -> Format:
    """Choose the format of an answer by `f`, else by the Accept header.

    Raises
    ------
    InvalidValueError
        When `f` names a format that is not offered for this kind of product.
    NotAcceptableError
        When nothing that the Accept header admits is offered.
    """
    offered = format_names(kind)
    named = exchange.text("f")
    if named is not None:
        form = format_named(named)
        if form.name not in offered:
            raise InvalidValueError("f", named, f"one of {', '.join(offered)}")
        return form
    chosen = acceptable(exchange.accept, kind)
    if chosen is None:
        types = tuple(FORMATS[name].media_type for name in offered)
        raise NotAcceptableError(exchange.accept, types)
    return chosen


def etag(exchange: Exchange, entry: Entry, form: str) -> str:
    """Identify an answer by the data's snapshot, the request and the program's version."""
    arguments = sorted((name, values) for name, values in exchange.arguments.items() if name != "f")
    key = (__version__, entry.product.model_dump_json(), entry.head.snapshot, request.path)
    text = repr((key, arguments, form))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def asked_by(exchange: Exchange, limits: Options) -> Options:
    """Put the request into the origin of its answer, which files tell; equal tags, equal texts."""
    given = sorted(exchange.arguments.items())
    pairs = [f"{name}={value}" for name, values in given if name != "f" for value in values]
    text = "?".join(filter(None, (request.path, "&".join(pairs))))
    return replace(limits, origin=replace(limits.origin, request=text[:_TOLD]))


def has_version(tag: str) -> bool:
    """Tell whether the client holds this version (If-None-Match; RFC 9110, section 13.1.2).

    Tags are compared weakly: a proxy that compresses an answer makes its tag a weak one.
    """
    return bool(request.if_none_match.contains_weak(tag))


def data_headers(entry: Entry, form: Format, tag: str) -> dict[str, str]:
    """Return the headers that an answer has whatever it holds."""
    product = entry.product
    links = [f'<{product.licence_url}>; rel="license"'] if product.licence_url else []
    if product.doi:
        links.append(f'<https://doi.org/{product.doi}>; rel="cite-as"')
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": CACHE,
        "Vary": "Accept, Accept-Encoding",
        "Content-Disposition": f'inline; filename="{product.id}.{form.extension}"',
    }
    return headers | ({"Link": ", ".join(links)} if links else {})


def grid_bounds(answer: GridAnswer) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the cell edges of a grid, in units of its axes."""
    x, y = (answer.grids[0].axes[role] for role in ("x", "y"))
    (values_x, bounds_x), (values_y, bounds_y) = spelled(x), spelled(y)
    edges_x = values_x if bounds_x is None else bounds_x
    edges_y = values_y if bounds_y is None else bounds_y
    box = Bounds(edges_x.min(), edges_y.min(), edges_x.max(), edges_y.max())
    return float(box.west), float(box.south), float(box.east), float(box.north)
