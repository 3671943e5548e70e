"""OGC API Coverages: the coverage of a collection and its schema."""

from typing import Any

from flask import Response

from casa_ogc.catalog.entries import Entry
from casa_ogc.query.parse import parse_bbox, parse_crs, parse_subset
from casa_ogc.query.request import Everywhere, Region, Request, VerticalSelection
from casa_ogc.web.edr import names, times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import answered, document
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.vocabulary import Variable, variable

_JSON_TYPES = {"f": "number", "i": "integer", "u": "integer", "s": "string", "d": "string"}


def coverage(exchange: Exchange) -> Response:
    """Answer a cut of the coverage by bbox, datetime and subset."""
    cut = parse_subset(
        exchange.arguments.get("subset", []),
        parse_crs(exchange.text("subset-crs"), "subset-crs"),
        vertical_name(exchange.entry),
    )
    region, levels = _place(exchange)
    if region is not None and cut.box is not None:
        raise InvalidValueError("subset", exchange.text("subset"), "a place in bbox or in subset")
    if levels is not None and cut.vertical is not None:
        raise InvalidValueError("subset", exchange.text("subset"), "levels in bbox or in subset")
    time = times(exchange)
    if time is not None and cut.time is not None:
        raise InvalidValueError("subset", exchange.text("subset"), "time in datetime or in subset")
    question = Request(
        region=region or cut.box or Everywhere(),
        variables=selected(exchange),
        time=time or cut.time,
        vertical=levels or cut.vertical,
    )
    return answered(exchange, question)


def schema(exchange: Exchange) -> Response:
    """Answer the logical schema of the collection: its variables with units and titles."""
    entry = exchange.entry
    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{exchange.url}/collections/{entry.product.id}/schema",
        "type": "object",
        "title": entry.product.title.en,
        "properties": {
            name: _property(variable(name), number)
            for number, name in enumerate(entry.head.variables)
        },
    }
    return document(exchange, content, "schema.html", "application/schema+json")


def vertical_name(entry: Entry) -> str | None:
    """Return the name of the vertical axis of a collection, if it has one."""
    return entry.head.vertical.name if entry.head.vertical else None


def selected(exchange: Exchange) -> tuple[str, ...]:
    """Read properties and exclude-properties against the variables of the collection.

    Raises
    ------
    UnknownNameError
        For a name or an index that the collection does not have.
    InvalidValueError
        When everything is excluded.
    """
    known = exchange.entry.head.variables
    wanted = tuple(_named(name, known) for name in names(exchange.text("properties")))
    unwanted = {_named(name, known) for name in names(exchange.text("exclude-properties"))}
    if not unwanted:
        return wanted
    left = tuple(name for name in wanted or known if name not in unwanted)
    if not left:
        raise InvalidValueError(
            "exclude-properties", exchange.text("exclude-properties"), "to leave a variable"
        )
    return left


def _named(name: str, known: tuple[str, ...]) -> str:
    if name in known:
        return name
    if name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(known):
        return known[int(name)]
    raise UnknownNameError("variable", name, known)


def _place(exchange: Exchange) -> tuple[Region | None, VerticalSelection | None]:
    text = exchange.text("bbox")
    crs = parse_crs(exchange.text("bbox-crs"), "bbox-crs")
    return (None, None) if text is None else parse_bbox(text, crs)


def _property(one: Variable, number: int) -> dict[str, Any]:
    content: dict[str, Any] = {
        "title": one.en,
        "x-ogc-title-zh": one.zh,
        "type": _JSON_TYPES[one.dtype[0]],
        "x-ogc-propertySeq": number,
        "x-ogc-role": "primary-instant" if one.name == "time" else "property",
    }
    optional = {
        "x-ogc-unit": one.units or None,
        "x-ogc-definition": one.standard_name
        and f"http://vocab.nerc.ac.uk/standard_name/{one.standard_name}/",
        "minimum": one.valid_min,
        "maximum": one.valid_max,
    }
    return content | {key: value for key, value in optional.items() if value is not None}
