"""EDR GeoJSON (RFC 7946): one Point feature for each cell and time, or for each sounding.

A grid's feature stands at the centre of its cell; what is missing is null. Profiles and vertices
of soundings are arrays in the properties. Positions are longitude, latitude; only where EPSG:4326
was asked for they are latitude, longitude, and the member ``coordRefSys`` says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from casa_ogc.encoders.decimals import narrowed
from casa_ogc.encoders.ndarrays import json_values
from casa_ogc.encoders.parameters import edr_parameter
from casa_ogc.encoders.table import Table, tables
from casa_ogc.query.answer import Answer, GridAnswer
from casa_processes.common.vocabulary import Variable

BLOCK = 8192
"""Features that are built at a time."""


def encode(answer: Answer) -> bytes:
    """Encode an answer as UTF-8 text of a FeatureCollection."""
    return b"".join(stream(answer))


def stream(answer: Answer) -> Iterator[bytes]:
    """Yield the text of a FeatureCollection in blocks of features; they are its last member."""
    given = tables(answer, as_text=True)
    swapped = answer.crs.endswith("EPSG/0/4326")
    yield orjson.dumps(_members(answer, given))[:-1] + b',"features":['
    separator = b""
    for table in map(_narrowed, given):
        for start in range(0, table.size, BLOCK):
            features = _features(table.part(start, start + BLOCK), False, swapped)
            yield separator + orjson.dumps(features)[1:-1]
            separator = b","
    yield b"]}"


def feature_collection(answer: Answer, identified: bool = False) -> dict[str, Any]:
    """Build the FeatureCollection of an answer.

    Parameters
    ----------
    identified
        Gives each sounding its ``sounding_id`` as feature identifier, as OGC API Features needs
        it. EDR GeoJSON permits URIs only, so that there it is a property alone.
    """
    given = tables(answer, as_text=True)
    swapped = answer.crs.endswith("EPSG/0/4326")
    features = [feature for table in given for feature in _features(table, identified, swapped)]
    return _members(answer, given) | {"features": features}


def _members(answer: Answer, given: Sequence[Table]) -> dict[str, Any]:
    """Return all members of the collection but its features."""
    variables: dict[str, Variable] = {}
    for table in given:
        variables |= table.variables
    size = sum(table.size for table in given)
    swapped = answer.crs.endswith("EPSG/0/4326")
    return {
        "type": "FeatureCollection",
        "parameters": [edr_parameter(variable) for variable in variables.values()],
        "numberMatched": size if isinstance(answer, GridAnswer) else answer.matched,
        "numberReturned": size,
        **_provenance(answer),
        **({"coordRefSys": answer.crs} if swapped else {}),
    }


def _narrowed(table: Table) -> Table:
    """Decide for whole columns, not for blocks of them, which are of single precision."""
    columns = {name: narrowed(values) for name, values in table.columns.items()}
    longitude, latitude = narrowed(table.longitude), narrowed(table.latitude)
    return replace(table, longitude=longitude, latitude=latitude, columns=columns)


def _features(table: Table, identified: bool, swapped: bool = False) -> list[dict[str, Any]]:
    """Build the features of one table."""
    columns: dict[str, list[Any]] = {}
    if table.datetime is not None:
        columns["datetime"] = table.datetime.tolist()
    if table.vertical is not None:
        name, _, heights = table.vertical
        columns[name] = json_values(heights)
    columns |= {name: json_values(values) for name, values in table.columns.items()}
    names = tuple(columns)
    rows = zip(*columns.values(), strict=True) if columns else ((),) * table.latitude.size
    order = (table.latitude, table.longitude) if swapped else (table.longitude, table.latitude)
    places = zip(*map(json_values, order), strict=True)
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place},
            "properties": dict(zip(names, row, strict=True)),
        }
        for place, row in zip(places, rows, strict=True)
    ]
    if identified and "sounding_id" in columns:
        for feature, name in zip(features, columns["sounding_id"], strict=True):
            feature["id"] = name
    return features


def _provenance(answer: Answer) -> dict[str, str]:
    """Say where the data comes from, as members of the collection."""
    origin = answer.origin
    members = {
        "title": origin.title,
        "source": origin.product,
        "version": origin.snapshot,
        "license": origin.licence,
        "citation": origin.citation,
    }
    return {name: text for name, text in members.items() if text}
