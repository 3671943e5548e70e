"""Soundings as features: pages of rows, and one row by its identifier."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.geojson import feature_collection
from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.filters import Filter
from casa_ogc.query.filters_terms import ALIASES
from casa_ogc.query.instants import Span, periods, spans
from casa_ogc.query.pages import Listing, Page, Position, page
from casa_ogc.query.parse import parse_bbox, parse_crs
from casa_ogc.query.products import options
from casa_ogc.query.queryables import kinds
from casa_ogc.query.regions import split
from casa_ogc.query.soundings import ALWAYS
from casa_ogc.query.variables import chosen
from casa_ogc.web.coverage import selected
from casa_ogc.web.cursors import cursor, parse_cursor, question_key
from casa_ogc.web.edr import names, times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.filtering import filters_asked
from casa_ogc.web.queryables import equalities
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError
from casa_processes.common.vocabulary import Variable

_FAR = 10**12


@dataclass(frozen=True, eq=False)
class Listed:
    """A page of features, and the query parameters that change for those around it.

    `answer` holds the same rows as columns, where they are soundings.
    """

    content: dict[str, Any]
    following: Mapping[str, str] | None = None
    previous: Mapping[str, str] | None = None
    answer: SoundingsAnswer | None = None


def soundings(exchange: Exchange, entry: Entry, limit: int) -> Listed:
    """Answer a page of soundings, in the order of time and identifier or as sorted.

    Raises
    ------
    CasaError
        For whatever the question says wrong.
    """
    key = question_key(exchange.arguments)
    entry, position = _place(exchange, entry, key)
    store = _open(exchange, entry)
    listing = _listing(exchange, entry, store)
    variables = _variables(exchange, entry, store)
    found = page(store, listing, position, limit)
    answer = _answer(exchange, entry, store, found, variables)
    content = _features(exchange, answer, found)
    snapshot = entry.head.snapshot
    following = found.following
    return Listed(
        content,
        None if following is None else {"cursor": cursor(snapshot, key, following)},
        _previous(snapshot, key, position, found, limit),
        answer,
    )


def one_sounding(exchange: Exchange, entry: Entry, name: str) -> dict[str, Any]:
    """Answer a sounding by its identifier, found in an index.

    Raises
    ------
    UnknownNameError
        When there is none of this name.
    """
    store = _open(exchange, entry)
    hit = store.find(name)
    if hit is None:
        raise UnknownNameError(
            "item", name, (f"those that /collections/{entry.product.id}/items lists",)
        )
    found = Page(np.array([hit]), 1, None)
    limits = options(exchange.catalog, entry)
    variables = chosen(store.variables, (), limits.defaults, ALWAYS)
    answer = _answer(exchange, entry, store, found, variables)
    feature: dict[str, Any] = _features(exchange, answer, found)["features"][0]
    return feature


def filter_of(exchange: Exchange, entry: Entry) -> tuple[Filter, ...]:
    """Return the filters of a question: ``filter``, and queryables held to one value.

    Raises
    ------
    UnknownNameError, InvalidValueError
        For what is no filter of this collection.
    """
    return (*filters_asked(exchange, entry), *equalities(exchange))


def _open(exchange: Exchange, entry: Entry) -> SoundingStore:
    store = exchange.catalog.open(entry)
    assert isinstance(store, SoundingStore)
    return store


def _place(exchange: Exchange, entry: Entry, key: str) -> tuple[Entry, Position]:
    """Return the entry at the snapshot that is read, and where the page begins."""
    text = exchange.text("cursor")
    if text is None:
        return entry, Position(exchange.whole("offset", 0, 0, _FAR))
    if exchange.text("offset") is not None:
        raise InvalidValueError("offset", exchange.text("offset"), "cursor or offset, not both")
    snapshot, position = parse_cursor(text, key)
    try:
        return exchange.catalog.version(entry.product.id, snapshot), position
    except UnknownNameError:
        expected = "a version that is kept; begin again without a cursor"
        raise InvalidValueError("cursor", text, expected) from None


def _listing(exchange: Exchange, entry: Entry, store: SoundingStore) -> Listing:
    text = exchange.text("bbox")
    crs = parse_crs(exchange.text("bbox-crs"), "bbox-crs")
    boxes = None
    if text is not None:
        box, levels = parse_bbox(text, crs)
        if levels is not None:
            raise InvalidValueError("bbox", text, "4 numbers; soundings have no height")
        boxes = tuple(split(box.bounds))
    return Listing(
        boxes=boxes,
        spans=_spans(exchange, store),
        filters=filter_of(exchange, entry),
        order=_order(exchange, entry),
        most_read=exchange.catalog.settings.limits.max_rows,
    )


def _spans(exchange: Exchange, store: SoundingStore) -> tuple[Span, ...]:
    time = times(exchange)
    if time is not None and time.nearest:
        raise InvalidValueError("method", "nearest", "exact: soundings have no time steps")
    return tuple(periods(spans(time), store.time_resolution))


def _order(exchange: Exchange, entry: Entry) -> tuple[tuple[str, bool], ...]:
    known = {name: kind for name, kind in kinds(entry).items() if kind != "geometry"}
    found: dict[str, bool] = {}
    for text in names(exchange.text("sortby")):
        # An unquoted + in a query string is a blank, which names() strips.
        name = text.removeprefix("+") if text.startswith("+") else text.removeprefix("-")
        column = ALIASES.get(name, name)
        if column not in known:
            raise UnknownNameError("property to sort by", name, {*known, *ALIASES})
        # A column sorts once: what it leaves equal, it would leave equal again.
        found.setdefault(column, text.startswith("-"))
    return tuple(found.items())


def _variables(exchange: Exchange, entry: Entry, store: SoundingStore) -> tuple[Variable, ...]:
    """Return what the features hold; exclusion leaves the place and the time."""
    unwanted = set(names(exchange.text("exclude-properties")))
    left = selected(exchange)
    wanted = () if exchange.text("properties") is None else left
    defaults = options(exchange.catalog, entry).defaults
    found = chosen(store.variables, wanted, defaults, ALWAYS)
    return tuple(one for one in found if one.name in ALWAYS or one.name not in unwanted)


def _answer(
    exchange: Exchange,
    entry: Entry,
    store: SoundingStore,
    found: Page,
    variables: tuple[Variable, ...],
) -> SoundingsAnswer:
    limits = options(exchange.catalog, entry)
    widths = (getattr(store.column_type(one.name), "list_size", 1) for one in variables)
    cells = found.hits.size * sum(widths)
    if cells > limits.max_cells:
        raise TooLargeError("cells", cells, limits.max_cells)
    columns = store.columns(tuple(one.name for one in variables), found.hits)
    described = {one.name: one for one in variables}
    matched = found.matched or 0
    resolution = store.time_resolution
    return SoundingsAnswer(limits.origin, columns, described, matched, resolution)


def _features(exchange: Exchange, answer: SoundingsAnswer, found: Page) -> dict[str, Any]:
    content = feature_collection(answer, identified=True)
    if found.matched is None:
        del content["numberMatched"]
    unwanted = set(names(exchange.text("exclude-properties"))) & set(ALWAYS)
    for feature in content["features"]:
        for name in unwanted:
            feature["properties"].pop("datetime" if name == "time" else name, None)
    return content


def _previous(
    snapshot: str, key: str, position: Position, found: Page, limit: int
) -> dict[str, str] | None:
    """Return what leads to the page before; None on the first, and where it cannot be reached."""
    size = min(limit, position.offset)
    offset = position.offset - size
    if size == 0 or (found.matched is None and offset > 0):
        return None
    before = Position(offset, found.matched)
    return {"cursor": cursor(snapshot, key, before), "limit": str(size)}
