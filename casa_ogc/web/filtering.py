"""Filters of requests for data: the same language and queryables as those of items."""

from casa_ogc.catalog.entries import Entry
from casa_ogc.query.filters import Filter, parse_filter
from casa_ogc.query.filters_tree import parse_language
from casa_ogc.query.parse import parse_crs
from casa_ogc.query.queryables import kinds
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import InvalidValueError


def filters_asked(exchange: Exchange, entry: Entry) -> tuple[Filter, ...]:
    """Return the filter of a request; none where it has none.

    Raises
    ------
    UnknownNameError
        For a property that is no queryable of the collection.
    InvalidValueError
        For what is no filter.
    """
    text = exchange.text("filter")
    language = parse_language(exchange.text("filter-lang"))
    crs = parse_crs(exchange.text("filter-crs"), "filter-crs")
    return () if text is None else (parse_filter(text, language, kinds(entry), crs),)


def soundings_asked(exchange: Exchange, entry: Entry) -> tuple[Filter, ...]:
    """Return the filter of a request for data, which chooses soundings.

    Raises
    ------
    UnknownNameError
        As `filters_asked`.
    InvalidValueError
        As `filters_asked`, and for a filter of a grid, whose cells have no queryables.
    """
    text = exchange.text("filter")
    if text is not None and entry.head.kind == "grid":
        raise InvalidValueError("filter", text, "none: it chooses soundings, and this is a grid")
    return filters_asked(exchange, entry)
