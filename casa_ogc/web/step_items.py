"""Time steps of grids as features: the extent of the grid at each step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.instants import instant, rfc3339
from casa_ogc.catalog.entries import Entry
from casa_ogc.query.instants import steps as picked
from casa_ogc.query.parse import parse_bbox, parse_crs
from casa_ogc.web.describe import link
from casa_ogc.web.edr import names, times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.sounding_items import Listed, filter_of
from casa_processes.common.errors import InvalidValueError, UnknownNameError

type Steps = NDArray[np.datetime64]


def steps(exchange: Exchange, entry: Entry, limit: int) -> Listed:
    """Answer a page of time steps.

    Raises
    ------
    CasaError
        For whatever the question says wrong, properties and cursors included.
    """
    for name in ("properties", "exclude-properties", "cursor"):
        if exchange.text(name) is not None:
            expected = f"no {name}: the items of a grid are its time steps, paged by offset"
            raise InvalidValueError(name, exchange.text(name), expected)
    offset = exchange.whole("offset", 0, 0, 10**12)
    found = _filtered(exchange, entry, _asked(exchange, entry))
    features = [_feature(exchange, entry, step) for step in found[offset : offset + limit]]
    content = {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": int(found.size),
    }
    after, size = offset + limit, min(limit, offset)
    return Listed(
        content,
        {"offset": str(after), "limit": str(limit)} if after < found.size else None,
        {"offset": str(offset - size), "limit": str(size)} if size else None,
    )


def one_step(exchange: Exchange, entry: Entry, name: str) -> dict[str, Any]:
    """Answer the time step whose instant is the identifier.

    Raises
    ------
    UnknownNameError
        When there is none.
    """
    known = _times(exchange, entry)
    try:
        wanted = instant(name)
    except ValueError:
        wanted = np.datetime64("NaT", "ns")
    if not (known == wanted).any() or rfc3339(wanted) != name:
        ends = dict.fromkeys(rfc3339(step) for step in (*known[:1], *known[-1:]))
        listed = f"those that /collections/{entry.product.id}/items lists"
        raise UnknownNameError("item", name, (f"{listed}, {' to '.join(ends)}",) if ends else ())
    return _feature(exchange, entry, wanted)


def _times(exchange: Exchange, entry: Entry) -> Steps:
    store = exchange.catalog.open(entry)
    assert isinstance(store, Cube)
    axis = store.axes.get("t")
    return np.array([], dtype="datetime64[ns]") if axis is None else axis.values


def _asked(exchange: Exchange, entry: Entry) -> Steps:
    """Return the steps that bbox and datetime mean."""
    time, known = times(exchange), _times(exchange, entry)
    text = exchange.text("bbox")
    crs = parse_crs(exchange.text("bbox-crs"), "bbox-crs")
    if text is not None:
        box, levels = parse_bbox(text, crs)
        if levels is not None:
            raise InvalidValueError("bbox", text, "4 numbers; time steps have no height")
        if not _meets(entry.head.bounds, box.bounds):
            return known[:0]
    if time is None:
        return known
    store = exchange.catalog.open(entry)
    assert isinstance(store, Cube)
    pick = picked(store.axes.get("t"), time)
    return known[:0] if pick is None else pick.axis.values


def _filtered(exchange: Exchange, entry: Entry, found: Steps) -> Steps:
    """Return the steps that the filters match, sorted as asked."""
    for one in filter_of(exchange, entry):
        found = found[one.matches({"time": found}, found.size)]
    for text in names(exchange.text("sortby")):
        if text.lstrip("+-") not in ("time", "datetime"):
            raise UnknownNameError("property to sort by", text.lstrip("+-"), ("datetime",))
        found = np.sort(found)[:: -1 if text.startswith("-") else 1]
    return found


def _meets(extent: Bounds, box: Bounds) -> bool:
    """Tell whether a box meets the extent, each as it lies on the circle of longitudes."""
    if box.south > extent.north or box.north < extent.south:
        return False
    width = (extent.east - extent.west) % 360 or 360.0
    reach = (box.east - box.west) % 360 if box.east - box.west < 360 else 360.0
    return (box.west - extent.west) % 360 <= width or (extent.west - box.west) % 360 <= reach


def _feature(exchange: Exchange, entry: Entry, step: np.datetime64) -> dict[str, Any]:
    box, name = entry.head.bounds, rfc3339(step)
    base = f"{exchange.url}/collections/{entry.product.id}/coverage"
    return {
        "type": "Feature",
        "id": name,
        "geometry": _extent(box),
        "properties": {"datetime": name, "variables": list(entry.head.variables)},
        "links": [link(f"{base}?datetime={name}", "data", "application/json", "Coverage")],
    }


def _extent(box: Bounds) -> dict[str, Any]:
    """Return the extent as GeoJSON, in two parts where it crosses the antimeridian."""
    if box.west <= box.east:
        return {"type": "Polygon", "coordinates": [_ring(box)]}
    east = Bounds(box.west, box.south, 180.0, box.north)
    west = Bounds(-180.0, box.south, box.east, box.north)
    return {"type": "MultiPolygon", "coordinates": [[_ring(east)], [_ring(west)]]}


def _ring(box: Bounds) -> list[list[float]]:
    corners = [[box.west, box.south], [box.east, box.south], [box.east, box.north]]
    return [*corners, [box.west, box.north], corners[0]]
