"""OGC API Features: soundings as features, and the time steps of grids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

import orjson
from flask import Response, render_template, request

from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.formats import FORMATS
from casa_ogc.query.parse import parse_crs
from casa_ogc.web.describe import link
from casa_ogc.web.errors import NotAcceptableError
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import CACHE, CRS84, EPSG4326, data_headers, etag, has_version
from casa_ogc.web.sounding_items import Listed, one_sounding, soundings
from casa_ogc.web.step_items import one_step, steps
from casa_processes.common.errors import InvalidValueError

GEOJSON = "application/geo+json"
HTML = "text/html"

type _Kind = Literal["HTML", "GeoJSON", "CSV"]

_KINDS: dict[str, _Kind] = {"geojson": "GeoJSON", "json": "GeoJSON", "html": "HTML", "csv": "CSV"}
_MEDIA = {GEOJSON: "geojson", "application/json": "json", HTML: "html", "text/csv": "csv"}


@dataclass(frozen=True)
class _Form:
    """How an answer is written, and in which reference system."""

    kind: _Kind
    crs: str

    @property
    def name(self) -> str:
        return f"{self.kind} {self.crs}"


def items(exchange: Exchange) -> Response:
    """Answer a page of features, with links to the pages around it; soundings as a table too."""
    entry = exchange.entry
    form = _form(exchange, table=entry.head.kind == "soundings")
    limits = exchange.catalog.settings.limits
    limit = exchange.whole("limit", limits.items_page, 1, limits.items_max)
    tag = etag(exchange, entry, form.name)
    if has_version(tag):
        return _unchanged(tag)
    find = soundings if entry.head.kind == "soundings" else steps
    listed = find(exchange, entry, limit)
    if form.kind == "CSV" and listed.answer is not None:
        return _table(exchange, entry, listed, tag)
    features = listed.content["features"]
    content = listed.content | {
        "numberReturned": len(features),
        "timeStamp": entry.head.committed,
        "links": _around(exchange, entry, listed),
    }
    for feature in features:
        feature.setdefault("links", [])
    return _response(exchange, entry, content, form, tag)


def item(exchange: Exchange) -> Response:
    """Answer one feature by its identifier."""
    entry, name, form = exchange.entry, exchange.path["item_id"], _form(exchange)
    tag = etag(exchange, entry, form.name)
    if has_version(tag):
        return _unchanged(tag)
    find = one_sounding if entry.head.kind == "soundings" else one_step
    content = find(exchange, entry, name)
    base = _base(exchange, entry)
    place = f"{base}/items/{quote(name, safe='')}"
    content["links"] = [
        link(place, "self", GEOJSON, "This item"),
        link(f"{place}?f=html", "alternate", HTML, "This item as a page"),
        link(base, "collection", "application/json", entry.product.title.en),
        *content.get("links", []),
    ]
    return _response(exchange, entry, content, form, tag)


def _form(exchange: Exchange, table: bool = False) -> _Form:
    crs = parse_crs(exchange.text("crs"), "crs")
    named = exchange.text("f")
    kinds = _KINDS if table else {name: kind for name, kind in _KINDS.items() if kind != "CSV"}
    if named is not None and named.lower() not in kinds:
        raise InvalidValueError("f", named, ", ".join(dict.fromkeys(kinds.values())))
    if named is not None:
        return _Form(kinds[named.lower()], crs)
    offered = tuple(media for media, name in _MEDIA.items() if name in kinds)
    best: str | None = GEOJSON
    if exchange.accept:
        best = request.accept_mimetypes.best_match(offered)
    if best is None:
        raise NotAcceptableError(exchange.accept, offered)
    return _Form(kinds[_MEDIA[best]], crs)


def _unchanged(tag: str) -> Response:
    return Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": CACHE})


def _response(
    exchange: Exchange, entry: Entry, content: dict[str, Any], form: _Form, tag: str
) -> Response:
    if form.crs == "EPSG:4326":
        for feature in content.get("features", [content]):
            feature["geometry"]["coordinates"] = _turned(feature["geometry"]["coordinates"])
    if form.kind == "HTML":
        site = exchange.catalog.settings
        page = render_template(
            "items.html", content=content, product=entry.product, site=site, url=exchange.url
        )
        response = Response(page, content_type="text/html; charset=utf-8")
        response.headers.update({"ETag": f'"{tag}"', "Cache-Control": CACHE})
        response.headers["Vary"] = "Accept, Accept-Encoding"
    else:
        response = Response(orjson.dumps(content), content_type=GEOJSON)
        response.headers.update(data_headers(entry, FORMATS["GeoJSON"], tag))
    crs = EPSG4326 if form.crs == "EPSG:4326" else CRS84
    response.headers["Content-Crs"] = f"<{crs}>"
    return response


def _table(exchange: Exchange, entry: Entry, listed: Listed, tag: str) -> Response:
    """Answer a page as a table; the pages around it are in the header Link."""
    output = FORMATS["CSV"]
    assert listed.answer is not None
    response = Response(output.encode(listed.answer), content_type=output.media_type)
    response.headers.update(data_headers(entry, output, tag))
    for one in _around(exchange, entry, listed):
        if one["rel"] in ("next", "prev"):
            response.headers.add("Link", f'<{one["href"]}>; rel="{one["rel"]}"')
    response.headers["Content-Crs"] = f"<{CRS84}>"
    return response


def _turned(coordinates: Any) -> Any:
    """Return coordinates with latitude first."""
    if isinstance(coordinates[0], float | int):
        return list(reversed(coordinates))
    return [_turned(one) for one in coordinates]


def _around(exchange: Exchange, entry: Entry, listed: Listed) -> list[dict[str, str]]:
    """Return the links of a page."""
    base, kept = _base(exchange, entry), dict(exchange.arguments)
    found = [
        link(_address(base, kept), "self", GEOJSON, "This page"),
        link(_address(base, kept | {"f": ["html"]}), "alternate", HTML, "This page as a page"),
    ]
    for relation, title, changed in (
        ("next", "Next page", listed.following),
        ("prev", "Previous page", listed.previous),
    ):
        if changed is not None:
            moved = {name: values for name, values in kept.items() if name != "offset"}
            address = _address(base, moved | {n: [text] for n, text in changed.items()})
            found.append(link(address, relation, GEOJSON, title))
    found.append(link(base, "collection", "application/json", entry.product.title.en))
    return found


def _address(base: str, arguments: Mapping[str, list[str]]) -> str:
    pairs = [(name, value) for name, values in arguments.items() for value in values]
    return f"{base}/items?{urlencode(pairs)}" if pairs else f"{base}/items"


def _base(exchange: Exchange, entry: Entry) -> str:
    return f"{exchange.url}/collections/{entry.product.id}"
