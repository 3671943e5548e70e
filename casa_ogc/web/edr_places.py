"""OGC API Environmental Data Retrieval: locations."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import shapely
from flask import Response
from shapely.geometry import Point, box, mapping

from casa_ogc.archive.axes import Bounds
from casa_ogc.catalog.entries import Entry
from casa_ogc.query.locations import Location, locations, region_of, source
from casa_ogc.query.parse import parse_bbox
from casa_ogc.query.request import Area, Region, TimeSelection
from casa_ogc.web.describe import link
from casa_ogc.web.edr import question, times
from casa_ogc.web.edr_answers import answered
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import CACHE, has_version
from casa_processes.common.errors import InvalidValueError

GEOJSON = "application/geo+json"
_MOST = 10_000
_DECIMALS = 0.001


def all_locations(exchange: Exchange) -> Response:
    """Answer the places that can be asked for by name, as features."""
    named = exchange.text("f")
    if named is not None and named.lower() not in ("json", "geojson"):
        raise InvalidValueError("f", named, "GeoJSON")
    entry, base = exchange.entry, edr_base(exchange)
    found = _matching(exchange, locations(exchange.catalog), entry)
    page = found[: exchange.whole("limit", _MOST, 1, _MOST)]
    content = {
        "type": "FeatureCollection",
        "features": [_feature(one, entry, f"{base}/locations") for one in page],
        "numberMatched": len(found),
        "numberReturned": len(page),
        "timeStamp": entry.head.committed,
        "attribution": source(),
        "links": [
            link(f"{base}/locations", "self", GEOJSON, "This document"),
            link(base, "collection", "application/json", entry.product.title.en),
        ],
    }
    body = orjson.dumps(content)
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": CACHE}
    if has_version(tag):
        return Response(status=304, headers=headers)
    return Response(body, content_type=GEOJSON, headers=headers)


def one_location(exchange: Exchange) -> Response:
    """Answer what lies in a place, or in several together."""
    region = region_of(locations(exchange.catalog), exchange.path["location_id"])
    return answered(exchange, question(exchange, region), _identity(region))


def _identity(region: Region) -> str:
    """Return a text that changes with what a site says of a place."""
    shape = region.geometry.wkb if isinstance(region, Area) else repr(region).encode()
    return hashlib.sha256(shape).hexdigest()


def edr_base(exchange: Exchange) -> str:
    """Return the address of the collection, or of its instance, under the root that was asked."""
    base = f"{exchange.edr_url}/collections/{exchange.entry.product.id}"
    instance = exchange.path.get("instance_id")
    return base if instance is None else f"{base}/instances/{instance}"


def _matching(exchange: Exchange, known: Mapping[str, Location], entry: Entry) -> list[Location]:
    """Return the places that meet the data and the box; none where no data are at the time."""
    text, time = exchange.text("bbox"), times(exchange)
    if time is not None and not _meets(entry, time):
        return []
    frames = [_boxes(entry.head.bounds)]
    if text is not None:
        frames.append(_boxes(parse_bbox(text)[0].bounds))
    return [one for one in known.values() if all(_within(one, frame) for frame in frames)]


def _boxes(bounds: Bounds) -> Any:
    """Return a box in -180..180, in two parts across the antimeridian."""
    west, east = bounds.west, bounds.east
    if west <= east:
        return box(west, bounds.south, east, bounds.north)
    parts = [
        box(west, bounds.south, 180, bounds.north),
        box(-180, bounds.south, east, bounds.north),
    ]
    return shapely.MultiPolygon(parts)


def _within(one: Location, frame: Any) -> bool:
    turned = (shapely.affinity.translate(frame, turn) for turn in (0, 360, -360))
    return any(bool(one.geometry.intersects(part)) for part in turned)


def _meets(entry: Entry, time: TimeSelection) -> bool:
    if entry.head.time is None:
        return False
    first, last = (np.datetime64(text.rstrip("Z"), "ns") for text in entry.head.time)
    return any(
        (low is None or low <= last) and (high is None or high >= first)
        for low, high in time.intervals
    )


def _feature(one: Location, entry: Entry, base: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "datetime": "/".join(entry.head.time or ("..", "..")),
        "parameter-name": list(entry.head.variables),
        "label": one.name,
        "edrqueryendpoint": f"{base}/{one.id}",
        "kind": one.kind,
    }
    if one.code:
        properties["iso3166-1-numeric"] = one.code
    if isinstance(one.geometry, Point) and one.radius:
        properties["radius"] = one.radius
    geometry = mapping(shapely.set_precision(one.geometry, _DECIMALS, mode="pointwise"))
    return {"type": "Feature", "id": one.id, "geometry": geometry, "properties": properties}
