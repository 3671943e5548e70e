"""Collections as lists tell them: what clients choose by; the page of each tells the rest."""

from collections.abc import Iterable, Mapping
from typing import Any

_LEFT_OUT = ("attributes", "crs_details", "description_zh", "providers")
_OF_LINKS = ("href", "rel", "type", "title")


def summary(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the summary of the description of a collection or of an instance.

    It keeps all that OGC API Common and EDR require of each entry of a list, and what clients read
    there: identifier, titles, extent, reference systems, formats, queries, units, and one link of
    each relation. Links to each format, further words for parameters, attributes of
    files and providers stand in the description alone.

    Parameters
    ----------
    content
        As `casa_ogc.web.describe.collection` gives it.
    """
    kept = {name: value for name, value in content.items() if name not in _LEFT_OUT}
    return kept | {
        "parameter_names": {
            name: _parameter(one) for name, one in content["parameter_names"].items()
        },
        "links": _links(content["links"]),
    }


def _parameter(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter with its words and its unit, both once."""
    found = {"type": one["type"], "observedProperty": {"label": one["label"]}}
    return found | ({"unit": {"symbol": one["unit"]["symbol"]}} if "unit" in one else {})


def _links(links: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the first link of each relation, and of items that for programs."""
    first: dict[str, dict[str, str]] = {}
    for one in links:
        first.setdefault(one["rel"], {name: one[name] for name in _OF_LINKS if name in one})
    return list(first.values())
