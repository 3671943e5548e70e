"""GetCapabilities: what the Web Map Service offers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Response, render_template
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.instants import instant, rfc3339
from casa_ogc.catalog.entries import Entry
from casa_ogc.web.default_times import SOUNDING_DAYS
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.styles import DEFAULT, STYLES, drawable_variables
from casa_ogc.web.wms_exceptions import V130
from casa_ogc.web.wms_request import LARGEST, MOST_LAYERS
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import variable

SYSTEMS = ("CRS:84", "EPSG:4326", "EPSG:3857")
_TYPES = {"1.3.0": "text/xml", "1.1.1": "application/vnd.ogc.wms_xml"}
_MERCATOR_NORTH = 85.05112877980659


@dataclass(frozen=True)
class Dimension:
    """Times or levels of a layer: all of them as text, and the one that is shown by default."""

    values: str
    default: str
    units: str = "ISO8601"
    symbol: str = ""


def capabilities(exchange: Exchange, version: str) -> Response:
    """Answer the capabilities: a layer for each variable of each collection that can be drawn.

    Layers inherit the styles that are colour maps; each adds its own, with its legend.
    """
    entries = exchange.catalog.entries()
    sequence = max((entry.head.committed for entry in entries.values()), default="0")
    _check_sequence(exchange.text("UPDATESEQUENCE"), sequence)
    groups = [_group(exchange, entry) for entry in entries.values()]
    text = render_template(
        f"wms/capabilities-{version}.xml",
        site=exchange.catalog.settings,
        url=exchange.url,
        sequence=sequence,
        groups=[group for group in groups if group["layers"]],
        systems=SYSTEMS if version == V130 else SYSTEMS[1:],
        styles=[one for one in STYLES if one != DEFAULT],
        largest=LARGEST,
        most_layers=MOST_LAYERS,
    )
    response = Response(text, content_type=f"{_TYPES[version]}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=60, must-revalidate"
    return response


def time_dimension(values: NDArray[Any]) -> Dimension:
    """Describe time steps: one, start/end/period where they are regular, else a list.

    Parameters
    ----------
    values
        Instants, datetime64, not empty.
    """
    steps = np.sort(values.astype("datetime64[ns]"))
    first, last = rfc3339(steps[0]), rfc3339(steps[-1])
    period = _period(steps)
    if steps.size == 1:
        return Dimension(first, first)
    text = f"{first}/{last}/{period}" if period else ",".join(rfc3339(step) for step in steps)
    return Dimension(text, last)


def _group(exchange: Exchange, entry: Entry) -> dict[str, Any]:
    """Describe the layers of a collection."""
    head, box = entry.head, entry.head.bounds
    if box.west > box.east:
        box = Bounds(-180.0, box.south, 180.0, box.north)
    return {
        "title": entry.product.title.en,
        "abstract": entry.product.description.en,
        "keywords": entry.product.keywords,
        "attribution": entry.product.citation,
        "licence_url": entry.product.licence_url,
        "box": box,
        "mercator": _mercator(box),
        "time": _time(exchange, entry),
        "elevation": _elevation(entry),
        "layers": [
            {"name": f"{entry.product.id}:{name}", "variable": variable(name)}
            for name in drawable_variables(entry)
        ],
        "id": entry.product.id,
        "kind": head.kind,
    }


def _time(exchange: Exchange, entry: Entry) -> Dimension | None:
    if entry.head.time is None:
        return None
    if entry.head.kind == "grid":
        store = exchange.catalog.open(entry)
        axis = store.axes.get("t") if isinstance(store, Cube) else None
        return time_dimension(axis.values) if axis is not None else None
    first, last = (instant(text).astype("datetime64[D]") for text in entry.head.time)
    start = max(first, last - np.timedelta64(SOUNDING_DAYS, "D"))
    return Dimension(f"{first}/{last}/P1D", f"{start}/{last}" if start < last else str(last))


def _elevation(entry: Entry) -> Dimension | None:
    vertical = entry.head.vertical
    if vertical is None:
        return None
    values = [f"{value:.10g}" for value in vertical.values]
    return Dimension(",".join(values), values[0], vertical.units, vertical.units)


def _period(steps: NDArray[Any]) -> str:
    """Return the ISO 8601 duration between regular steps; nothing where they are not."""
    if steps.size < 2:
        return ""
    months = steps.astype("datetime64[M]")
    apart = np.diff(months).astype(np.int64)
    if (apart == apart[0]).all() and apart[0] > 0 and np.unique(steps - months).size == 1:
        return f"P{apart[0] // 12}Y" if apart[0] % 12 == 0 else f"P{apart[0]}M"
    seconds = np.diff(steps).astype("timedelta64[s]").astype(np.int64)
    if not (seconds == seconds[0]).all() or seconds[0] <= 0:
        return ""
    for size, form in ((86400, "P{}D"), (3600, "PT{}H"), (60, "PT{}M"), (1, "PT{}S")):
        if seconds[0] % size == 0:
            return form.format(seconds[0] // size)
    return ""


def _mercator(box: Bounds) -> Bounds:
    """Return a box of degrees in EPSG:3857."""
    from casa_ogc.encoders.projections import projection

    latitudes = np.clip([box.south, box.north], -_MERCATOR_NORTH, _MERCATOR_NORTH)
    x, y = projection("EPSG:3857").forward(np.array([box.west, box.east]), latitudes)
    return Bounds(float(x[0]), float(y[0]), float(x[1]), float(y[1]))


def _check_sequence(asked: str | None, current: str) -> None:
    if asked and asked > current:
        raise InvalidValueError("UPDATESEQUENCE", asked, f"at most {current}")
