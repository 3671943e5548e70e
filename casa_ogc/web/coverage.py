"""OGC API Coverages: the coverage of a collection and its schema."""

from typing import Any

from flask import Response

from casa_ogc.encoders.units import ucum
from casa_ogc.query.request import Everywhere, Request
from casa_ogc.web.coverage_answers import answered
from casa_ogc.web.coverage_form import form_and_cut
from casa_ogc.web.edr import names, times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.filtering import soundings_asked
from casa_ogc.web.respond import document
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.vocabulary import Variable, variable

_UCUM = "http://www.opengis.net/def/uom/UCUM/"
_JSON_TYPES = {"f": "number", "i": "integer", "u": "integer", "s": "string", "d": "string"}


def coverage(exchange: Exchange) -> Response:
    """Answer a cut of the coverage, as fine and in the reference system that is asked."""
    form, cut = form_and_cut(exchange)
    time = times(exchange)
    if time is not None and cut.time is not None:
        raise InvalidValueError("subset", exchange.text("subset"), "time in datetime or in subset")
    question = Request(
        region=cut.box or Everywhere(),
        variables=selected(exchange),
        time=time or cut.time,
        vertical=cut.vertical,
        filters=soundings_asked(exchange, exchange.entry),
    )
    return answered(exchange, question, form)


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


def _property(one: Variable, number: int) -> dict[str, Any]:
    content: dict[str, Any] = {
        "title": one.en,
        "x-ogc-title-zh": one.zh,
        "type": _JSON_TYPES[one.dtype[0]],
        "x-ogc-propertySeq": number,
        "x-ogc-role": _role(one),
        "x-ogc-nilValues": [{"value": "NaN", "reason": "missing"}] if one.dtype[0] == "f" else None,
    }
    optional = {
        "x-ogc-unit": ucum(one.units) if one.units else None,
        "x-ogc-unitLang": _UCUM if one.units else None,
        "x-ogc-definition": one.standard_name
        and f"http://vocab.nerc.ac.uk/standard_name/{one.standard_name}/",
        "x-ogc-uncertainty": one.uncertainty,
        "minimum": one.valid_min,
        "maximum": one.valid_max,
        "enum": [code for code, _ in one.flags] or None,
        "x-ogc-codelist": {str(code): meaning for code, meaning in one.flags} or None,
    }
    return {key: value for key, value in (content | optional).items() if value is not None}


def _role(one: Variable) -> str:
    """Return what a variable is to a program that only knows the roles of OGC schemas."""
    if one.name == "time":
        return "primary-instant"
    return "id" if one.name == "sounding_id" else "property"
