"""Queryables of a collection: what filters may speak of."""

from casa_ogc.catalog.entries import Entry
from casa_ogc.query.filters_terms import Kind
from casa_processes.common.vocabulary import variable


def kinds(entry: Entry) -> dict[str, Kind]:
    """Return the columns that filters may use, and what they are.

    Soundings: every scalar variable, the time and the centre. Time steps of a grid: the time.
    """
    if entry.head.kind == "grid":
        return {"time": "time"}
    found: dict[str, Kind] = {"geometry": "geometry"}
    for name in entry.head.variables:
        if variable(name).shape == "scalar":
            found[name] = _kind(name)
    return found


def _kind(name: str) -> Kind:
    if name == "time":
        return "time"
    return "text" if variable(name).dtype == "str" else "number"
