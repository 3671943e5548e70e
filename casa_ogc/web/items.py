"""Items: soundings as features, and the time steps of grids."""

from typing import Any
from urllib.parse import urlencode

import numpy as np
import orjson
from flask import Response, request

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.instants import rfc3339
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.format import Format
from casa_ogc.encoders.formats import FORMATS
from casa_ogc.encoders.geojson import feature_collection
from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.parse import parse_bbox, parse_crs
from casa_ogc.query.products import ask
from casa_ogc.query.request import Everywhere, Request
from casa_ogc.web.coverage import selected
from casa_ogc.web.describe import link
from casa_ogc.web.edr import times
from casa_ogc.web.errors import NotAcceptableError
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import data_headers, etag
from casa_processes.common.errors import InvalidValueError, UnknownNameError

GEOJSON = "application/geo+json"


def items(exchange: Exchange) -> Response:
    """Answer a page of features in time order."""
    entry = exchange.entry
    form = _geojson(exchange)
    limits = exchange.catalog.settings.limits
    limit = exchange.whole("limit", limits.items_page, 1, limits.items_max)
    offset = exchange.whole("offset", 0, 0, 10**12)
    make = _soundings if entry.head.kind == "soundings" else _steps
    content, matched = make(exchange, entry, limit, offset)
    content["links"] = _hops(exchange, entry, limit, offset, matched)
    content["timeStamp"] = entry.head.committed
    response = Response(orjson.dumps(content), content_type=GEOJSON)
    response.headers.update(data_headers(entry, form, etag(exchange, entry, form.name)))
    response.headers["Content-Crs"] = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    return response


def _geojson(exchange: Exchange) -> Format:
    named = exchange.text("f")
    if named is not None and named.lower() not in ("json", "geojson"):
        raise InvalidValueError("f", named, "GeoJSON")
    offered = (GEOJSON, "application/json")
    if named is None and exchange.accept and not request.accept_mimetypes.best_match(offered):
        raise NotAcceptableError(exchange.accept, offered)
    return FORMATS["GeoJSON"]


def item(exchange: Exchange) -> Response:
    """Answer one feature by its id."""
    entry, name = exchange.entry, exchange.path["item_id"]
    find = _sounding if entry.head.kind == "soundings" else _step
    content = find(exchange, entry, name)
    base = f"{exchange.url}/collections/{entry.product.id}"
    content["links"] = [
        link(f"{base}/items/{name}", "self", GEOJSON, "This item"),
        link(base, "collection", "application/json", entry.product.title.en),
    ]
    return Response(orjson.dumps(content), content_type=GEOJSON)


def _soundings(
    exchange: Exchange, entry: Entry, limit: int, offset: int
) -> tuple[dict[str, Any], int]:
    text = exchange.text("bbox")
    crs = parse_crs(exchange.text("bbox-crs"), "bbox-crs")
    box, levels = (Everywhere(), None) if text is None else parse_bbox(text, crs)
    if levels is not None:
        raise InvalidValueError("bbox", text, "4 numbers; soundings have no height")
    names = selected(exchange)
    question = Request(
        region=box, variables=names, time=times(exchange), limit=limit, offset=offset
    )
    answer = ask(exchange.catalog, entry, question)
    if answer is None:
        return _empty(), 0
    assert isinstance(answer, SoundingsAnswer)
    return feature_collection(answer, identified=True), answer.matched


def _empty() -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [], "numberMatched": 0, "numberReturned": 0}


def _sounding(exchange: Exchange, entry: Entry, name: str) -> dict[str, Any]:
    answer = ask(exchange.catalog, entry, Request(sounding_id=name, limit=1))
    if not isinstance(answer, SoundingsAnswer):
        raise UnknownNameError("item", name, ())
    features: list[dict[str, Any]] = feature_collection(answer, identified=True)["features"]
    return features[0]


def _steps(exchange: Exchange, entry: Entry, limit: int, offset: int) -> tuple[dict[str, Any], int]:
    if exchange.text("properties") or exchange.text("exclude-properties"):
        raise InvalidValueError(
            "properties",
            exchange.text("properties"),
            "no selection: the items of a grid are its time steps",
        )
    steps = _step_times(exchange, entry)
    time = times(exchange)
    if time is not None:
        steps = np.concatenate([_between(steps, *interval) for interval in time.intervals])
    page = steps[offset : offset + limit]
    features = [_step_feature(exchange, entry, step) for step in page]
    content = _empty() | {"features": features, "numberMatched": int(steps.size)}
    return content | {"numberReturned": len(features)}, int(steps.size)


def _between(
    steps: np.ndarray[Any, Any], start: np.datetime64 | None, end: np.datetime64 | None
) -> np.ndarray[Any, Any]:
    keep = np.ones(steps.size, dtype=bool)
    if start is not None:
        keep &= steps >= start
    if end is not None:
        keep &= steps <= end
    return steps[keep]


def _step(exchange: Exchange, entry: Entry, name: str) -> dict[str, Any]:
    for step in _step_times(exchange, entry):
        if rfc3339(step) == name:
            return _step_feature(exchange, entry, step)
    raise UnknownNameError("item", name, ())


def _step_times(exchange: Exchange, entry: Entry) -> np.ndarray[Any, Any]:
    store = exchange.catalog.open(entry)
    assert isinstance(store, Cube)
    axis = store.axes.get("t")
    return np.array([], dtype="datetime64[ns]") if axis is None else axis.values


def _step_feature(exchange: Exchange, entry: Entry, step: np.datetime64) -> dict[str, Any]:
    box, name = entry.head.bounds, rfc3339(step)
    west, east = box.west, box.east if box.west <= box.east else 180.0
    ring = [[west, box.south], [east, box.south], [east, box.north], [west, box.north]]
    base = f"{exchange.url}/collections/{entry.product.id}/coverage"
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {"datetime": name, "variables": list(entry.head.variables)},
        "links": [link(f"{base}?datetime={name}", "data", "application/json", "Coverage")],
    }


def _hops(
    exchange: Exchange, entry: Entry, limit: int, offset: int, matched: int
) -> list[dict[str, str]]:
    base = f"{exchange.url}/collections/{entry.product.id}"
    kept = [(k, v) for k, values in exchange.arguments.items() for v in values if k != "offset"]
    query = urlencode([pair for pair in kept if pair[0] != "limit"] + [("limit", str(limit))])
    found = [link(f"{base}/items?{query}&offset={offset}", "self", GEOJSON, "This page")]
    if offset + limit < matched:
        found.append(
            link(f"{base}/items?{query}&offset={offset + limit}", "next", GEOJSON, "Next page")
        )
    found.append(link(base, "collection", "application/json", entry.product.title.en))
    return found
