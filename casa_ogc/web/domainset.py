"""Domain set and range type of a coverage (CIS 1.1), which GDAL and older clients read.

GDAL opens a collection as a raster of so many cells as the resolution of the first two axes tells,
and of so many bands as the range type has fields. It divides by the resolution and never comes back
from an axis without one, so that both are always told; an uneven axis tells its mean.
"""

from typing import Any

from flask import Response

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import rfc3339
from casa_ogc.encoders.units import ucum
from casa_ogc.query.answer import CRS84
from casa_ogc.query.products import options
from casa_ogc.query.variables import chosen
from casa_ogc.web.coverage_tiles import grid_collection
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.gridded import cells
from casa_ogc.web.respond import document
from casa_processes.common.vocabulary import Variable

_GREGORIAN = "http://www.opengis.net/def/crs/OGC/0/Gregorian"


def domainset(exchange: Exchange) -> Response:
    """Answer the axes of a coverage: longitude and latitude, then time and levels.

    Raises
    ------
    UnknownNameError
        For soundings.
    """
    grid_collection(exchange)
    entry = exchange.entry
    store = exchange.catalog.open(entry)
    axes = [*_horizontal(entry.head), *(_deep(store) if isinstance(store, Cube) else [])]
    time = "t" in store.axes if isinstance(store, Cube) else False
    system = f"http://www.opengis.net/def/crs-compound?1={CRS84}&2={_GREGORIAN}" if time else CRS84
    content = {
        "type": "DomainSet",
        "generalGrid": {
            "type": "GeneralGridCoverage",
            "srsName": system,
            "axisLabels": [axis["axisLabel"] for axis in axes],
            "axis": axes,
        },
    }
    return document(exchange, content, "schema.html")


def rangetype(exchange: Exchange) -> Response:
    """Answer the variables of a coverage in the order in which an answer holds them.

    Raises
    ------
    UnknownNameError
        For soundings.
    """
    grid_collection(exchange)
    limits = options(exchange.catalog, exchange.entry)
    variables = chosen(exchange.entry.head.variables, (), limits.defaults)
    content = {"type": "DataRecord", "field": [_field(one) for one in variables]}
    return document(exchange, content, "schema.html")


def _horizontal(head: Head) -> list[dict[str, Any]]:
    return [
        {
            "type": "RegularAxis",
            "axisLabel": name,
            "lowerBound": f"{low:.12g}",
            "upperBound": f"{high:.12g}",
            "resolution": cell,
            "uomLabel": "deg",
        }
        for name, low, high, _, cell in cells(head)
    ]


def _deep(cube: Cube) -> list[dict[str, Any]]:
    """Return the axes of time and levels by their coordinates."""
    axes = []
    time, level = cube.axes.get("t"), cube.axes.get("z")
    if time is not None:
        texts = [rfc3339(value) for value in time.values]
        axes.append(("time", "", texts))
    if level is not None:
        axes.append((level.name, ucum(level.units), [f"{v:.10g}" for v in level.values.tolist()]))
    return [
        {"type": "IrregularAxis", "axisLabel": name, "uomLabel": units, "coordinate": texts}
        for name, units, texts in axes
    ]


def _field(one: Variable) -> dict[str, Any]:
    kind = "float32" if one.dtype.startswith("float") else "signedInt"
    content: dict[str, Any] = {
        "type": "Quantity",
        "name": one.name,
        "definition": f"ogcType:{kind}",
        "description": one.en,
    }
    if one.units:
        content["uom"] = {"type": "UnitReference", "code": ucum(one.units)}
    if one.valid_min is not None and one.valid_max is not None:
        interval = [f"{one.valid_min:g}", f"{one.valid_max:g}"]
        content["constraint"] = {"type": "AllowedValues", "interval": interval}
    return content
