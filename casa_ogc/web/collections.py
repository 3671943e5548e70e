"""OGC API Common: the list of collections, and one of them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request
from numpy import datetime64

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import Head
from casa_ogc.catalog.entries import Entry
from casa_ogc.query.parse import parse_bbox, parse_crs
from casa_ogc.query.request import TimeSelection
from casa_ogc.web.describe import collection, link
from casa_ogc.web.edr import times
from casa_ogc.web.edr_metadata import full_extent
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import document, wants_html
from casa_ogc.web.spelled import listed, packed, spelled
from casa_ogc.web.styles import drawable_variables, drawn_variable
from casa_processes.common.errors import InvalidValueError

_NEXT = "Next page"


def one_collection(exchange: Exchange) -> Response:
    """Answer the description of a collection."""
    content = collection(exchange.entry, exchange.url, language(exchange))
    content["extent"] = full_extent(exchange.entry, exchange.catalog)
    return document(exchange, content, "collection.html", view=_view(exchange.entry))


def _view(entry: Entry) -> dict[str, Any] | None:
    """Return what a map of a page can show; None where nothing can be drawn."""
    offered = drawable_variables(entry)
    return {"variables": offered, "variable": drawn_variable(entry, None)} if offered else None


def all_collections(exchange: Exchange) -> Response:
    """Answer the collections that hold data and that the filters admit."""
    found = matching(exchange)
    limit = exchange.whole("limit", 1000, 1, 1000)
    offset = exchange.whole("offset", 0, 0, 10**9)
    page = found[offset : offset + limit]
    base = f"{exchange.url}/collections"
    hops = [
        link(base, "self", "application/json", "This document"),
        link(f"{base}?f=html", "alternate", "text/html", "This document as a page"),
    ]
    if offset + limit < len(found):
        hops.append(link(_following(exchange, limit, offset), "next", "application/json", _NEXT))
    lang = language(exchange)
    content: dict[str, Any] = {
        "links": hops,
        "collections": [],
        "numberMatched": len(found),
        "numberReturned": len(page),
    }
    if wants_html(exchange):
        content["collections"] = [_row(entry, lang) for entry in page]
        return document(exchange, content, "collections.html")
    return _json(exchange, content, page, lang)


def _following(exchange: Exchange, limit: int, offset: int) -> str:
    """Return the address of the next page: the same question further on."""
    asked = {name: values[0] for name, values in exchange.arguments.items() if name != "f"}
    query = urlencode(asked | {"limit": limit, "offset": offset + limit}, safe=",/:")
    return f"{exchange.url}/collections?{query}"


def _json(exchange: Exchange, content: Mapping[str, Any], page: list[Entry], lang: str) -> Response:
    """Answer the list as JSON, each collection spelled once, compressed once for those who ask."""

    def body() -> bytes:
        rows = listed([spelled(entry, exchange.url, lang) for entry in page])
        return orjson.dumps({**content, "collections": rows})

    headers = {"Vary": "Accept, Accept-Encoding"}
    if request.accept_encodings.quality("gzip") <= 0:
        return Response(body(), headers=headers, content_type="application/json")
    heads = tuple((one.product.id, one.head.snapshot, one.head.committed) for one in page)
    key = (exchange.url, lang, orjson.dumps(content), heads)
    headers["Content-Encoding"] = "gzip"
    return Response(packed(key, body), headers=headers, content_type="application/json")


def _row(entry: Entry, lang: str) -> dict[str, Any]:
    """Describe a collection as far as the page of all of them shows it."""
    title = entry.product.title
    return {
        "id": entry.product.id,
        "title": title.zh if lang == "zh" else title.en,
        "title_zh": title.zh,
        "extent": {"temporal": {"interval": [entry.head.time]} if entry.head.time else None},
        "parameter_names": entry.head.variables,
    }


def language(exchange: Exchange) -> str:
    """Read the language of titles.

    Raises
    ------
    InvalidValueError
        When it is neither English nor Chinese.
    """
    lang = exchange.text("lang") or "en"
    if lang not in ("en", "zh"):
        raise InvalidValueError("lang", lang, "en or zh")
    return lang


def matching(exchange: Exchange) -> list[Entry]:
    """Filter the entries by words, mission, variable, box and time."""
    words = (exchange.text("q") or "").lower().split()
    mission, wanted = exchange.text("mission"), exchange.text("variable")
    box, time = _bounds(exchange), times(exchange)
    return [
        entry
        for entry in exchange.catalog.entries().values()
        if all(word in _prose(entry) for word in words)
        and (mission is None or mission.lower() in _missions(entry))
        and (wanted is None or wanted in entry.head.variables)
        and (box is None or _meets(entry.head.bounds, box))
        and (time is None or _within(entry.head, time))
    ]


def _prose(entry: Entry) -> str:
    product = entry.product
    texts = (product.id, product.title.en, product.title.zh, product.description.en)
    return " ".join((*texts, product.description.zh, *product.keywords)).lower()


def _missions(entry: Entry) -> set[str]:
    return {name.lower() for name in (*entry.product.mission, *entry.head.missions)}


def _bounds(exchange: Exchange) -> Bounds | None:
    text = exchange.text("bbox")
    if text is None:
        return None
    box, _ = parse_bbox(text, parse_crs(None, "crs"))
    return box.bounds


def _meets(one: Bounds, other: Bounds) -> bool:
    if one.north < other.south or other.north < one.south:
        return False
    return any(
        west <= other_east and other_west <= east
        for west, east in _spans(one)
        for other_west, other_east in _spans(other)
    )


def _spans(box: Bounds) -> tuple[tuple[float, float], ...]:
    if box.west <= box.east:
        return ((box.west, box.east),)
    return ((box.west, 180.0), (-180.0, box.east))


def _within(head: Head, time: TimeSelection) -> bool:
    if head.time is None:
        return False
    first, last = (datetime64(text.rstrip("Z"), "ns") for text in head.time)
    return any(
        (start is None or start <= last) and (end is None or end >= first)
        for start, end in time.intervals
    )
