"""Queryables: the properties by which items can be filtered, sorted, and asked for one value."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from casa_ogc.catalog.entries import Catalog, Entry
from casa_ogc.query.filters import Filter, compiled
from casa_ogc.query.filters_terms import Kind
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.queryables import kinds
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.parameters import Parameter
from casa_ogc.web.respond import document
from casa_processes.common.errors import UnknownNameError
from casa_processes.common.vocabulary import Variable, variable

_TIME = "datetime"


def scalars(entry: Entry) -> tuple[str, ...]:
    """Return the queryables that have one plain value, and are no parameter otherwise."""
    return tuple(name for name, kind in kinds(entry).items() if kind in ("number", "text"))


def further(catalog: Catalog, path: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Return the query parameters that a collection adds: its scalar queryables."""
    entry = catalog.entry(path["collection_id"])
    return tuple(Parameter(name, f"Items whose {name} equals this.") for name in scalars(entry))


def equalities(exchange: Exchange) -> tuple[Filter, ...]:
    """Return one filter for each queryable that the query string holds to a value.

    Raises
    ------
    InvalidValueError
        When a number is expected and something else was given.
    UnknownNameError
        For ``queryables``, which stands for all of them in the API definition only.
    """
    entry, found = exchange.entry, []
    known = kinds(entry)
    if exchange.text("queryables") is not None:
        raise UnknownNameError("query parameter", "queryables", scalars(entry))
    for name in scalars(entry):
        text = exchange.text(name)
        if text is not None:
            value = text if known[name] == "text" else number(name, text, "a number")
            found.append(compiled({"op": "=", "args": [{"property": name}, value]}, known))
    return tuple(found)


def queryables(exchange: Exchange) -> Response:
    """Answer the JSON schema of the queryables of a collection."""
    entry = exchange.entry
    properties = {
        _TIME if name == "time" else name: _described(name, kind)
        for name, kind in kinds(entry).items()
    }
    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{exchange.url}/collections/{entry.product.id}/queryables",
        "type": "object",
        "title": entry.product.title.en,
        "description": "What is missing matches isNull only; whole numbers are never missing.",
        "properties": properties,
        "additionalProperties": False,
    }
    return document(exchange, content, "schema.html", "application/schema+json")


def _described(name: str, kind: Kind) -> dict[str, Any]:
    if kind == "geometry":
        title = {"title": "Centre", "x-ogc-title-zh": "中心点"}
        return title | {"format": "geometry-point", "x-ogc-role": "primary-geometry"}
    one = variable(name)
    content: dict[str, Any] = {"title": one.en, "x-ogc-title-zh": one.zh}
    if kind == "time":
        return content | {
            "type": "string",
            "format": "date-time",
            "x-ogc-role": "primary-instant",
        }
    return content | _typed(one, kind)


def _typed(one: Variable, kind: Kind) -> dict[str, Any]:
    if kind == "text":
        return {"type": "string"}
    optional = {
        "x-ogc-unit": one.units or None,
        "minimum": one.valid_min,
        "maximum": one.valid_max,
        "description": "; ".join(f"{code}: {meaning}" for code, meaning in one.flags) or None,
    }
    content = {"type": "number" if one.dtype.startswith("float") else "integer"}
    return content | {key: value for key, value in optional.items() if value is not None}
