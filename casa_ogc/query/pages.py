"""Pages of soundings: rows in a steady order, from a position that the page before has left.

A page continues in the snapshot in which the first one was read, so that rows that come in
meanwhile neither push others to a second page nor out of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.filters import Filter
from casa_ogc.query.hits import begin, bound_of, hits_of, number_of
from casa_ogc.query.instants import Span
from casa_ogc.query.narrowing import matching, narrowed
from casa_processes.common.errors import InvalidValueError, TooLargeError

if TYPE_CHECKING:
    from casa_ogc.archive.addresses import Hits
    from casa_ogc.archive.soundings import SoundingStore


@dataclass(frozen=True)
class Position:
    """Where a page begins.

    Attributes
    ----------
    offset
        Rows of the whole answer before the page.
    matched
        Rows of the whole answer where they were counted, else None.
    time, skipped
        Instant [ns] at which the search goes on, and how many candidates from there on were seen
        already; None where the search begins anew.
    """

    offset: int = 0
    matched: int | None = None
    time: int | None = None
    skipped: int = 0


@dataclass(frozen=True, eq=False)
class Listing:
    """Which rows are listed, and in which order.

    Attributes
    ----------
    boxes
        Boxes of which one holds the centre; None: everywhere.
    spans
        Disjoint, ascending intervals of time.
    filters
        All of them must match.
    order
        Columns to sort by, each with whether it descends; then time and identifier.
    most_read
        Rows that one page may look at for filters and for sorting.
    """

    boxes: tuple[Bounds, ...] | None = None
    spans: tuple[Span, ...] = ((None, None),)
    filters: tuple[Filter, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    most_read: int = 1_000_000


@dataclass(frozen=True, eq=False)
class Page:
    """Rows of one page.

    Attributes
    ----------
    hits
        Rows of the store, in order.
    matched
        Rows of the whole answer; None where counting would read too much.
    following
        Where the next page begins; None after the last.  A page may hold less than was asked, or
        nothing, and still be followed by another.
    """

    hits: "Hits"
    matched: int | None
    following: Position | None


def page(store: "SoundingStore", listing: Listing, position: Position, limit: int) -> Page:
    """Return the page of at most `limit` rows that begins at a position.

    Raises
    ------
    TooLargeError
        When more rows are to be sorted than may be read.
    InvalidValueError
        When a far offset would read more rows for its filter than it may.
    """
    found = narrowed(listing.boxes, listing.spans, listing.filters)
    if found is None:
        return Page(np.empty(0, np.int64), 0, None)
    boxes, spans = found
    if listing.order:
        return _sorted_page(store, listing, boxes, spans, position, limit)
    if listing.filters:
        return _filtered_page(store, listing, boxes, spans, position, limit)
    matched = position.matched
    if matched is None:
        matched = number_of(store, boxes, spans)
    if position.offset >= matched:
        return Page(np.empty(0, np.int64), matched, None)
    begun, left = begin(store, boxes, spans, _rest(position), position.time)
    seen = hits_of(store, boxes, begun, left + limit)
    hits = seen[left:]
    more = position.offset + hits.size < matched
    return Page(hits, matched, _after(store, seen, position, hits.size, matched, more))


def _rest(position: Position) -> int:
    """Return how many rows are left out from where the search goes on."""
    return position.offset if position.time is None else position.skipped


def _after(
    store: "SoundingStore",
    candidates: "Hits",
    position: Position,
    rows: int,
    matched: int | None,
    more: bool,
) -> Position | None:
    """Return the position behind the last candidate, after `rows` more rows of the answer."""
    if not more or not candidates.size:
        return None
    times = store.columns(("time",), candidates)["time"].view(np.int64)
    last = int(times[-1])
    skipped = int(times.size - times.searchsorted(last, "left"))
    return Position(position.offset + rows, matched, last, skipped)


def _filtered_page(
    store: "SoundingStore",
    listing: Listing,
    boxes: Sequence[Bounds],
    spans: Sequence[Span],
    position: Position,
    limit: int,
) -> Page:
    """Return a page of what filters match; looks at a bounded number of rows."""
    most = listing.most_read
    upper = bound_of(store, boxes, spans)
    if upper <= most and position.time is None:
        hits = hits_of(store, boxes, spans)
        hits = hits[matching(store, listing.filters, hits)]
        return _slice(hits, position, limit)
    if position.offset and position.time is None:
        expected = f"a cursor: the filter would read up to {upper:,} rows, of {most:,} at most"
        raise InvalidValueError("offset", position.offset, expected)
    begun, left = begin(store, boxes, spans, _rest(position), position.time)
    seen = hits_of(store, boxes, begun, left + most)
    fresh = seen[left:]
    places = np.flatnonzero(matching(store, listing.filters, fresh))[:limit]
    full = places.size == limit
    looked = int(places[-1]) + 1 if full else fresh.size
    candidates = seen[: left + looked]
    more = full or fresh.size == most
    rows = fresh[places]
    return Page(rows, None, _after(store, candidates, position, rows.size, None, more))


def _slice(hits: "Hits", position: Position, limit: int) -> Page:
    stop = position.offset + limit
    following = replace(position, offset=stop, matched=hits.size) if stop < hits.size else None
    return Page(hits[position.offset : stop], hits.size, following)


def _sorted_page(
    store: "SoundingStore",
    listing: Listing,
    boxes: Sequence[Bounds],
    spans: Sequence[Span],
    position: Position,
    limit: int,
) -> Page:
    """Return a page of sorted rows; missing values come last, whichever the direction."""
    rows = number_of(store, boxes, spans)
    if rows > listing.most_read:
        raise TooLargeError("rows to sort", rows, listing.most_read)
    hits = hits_of(store, boxes, spans)
    if listing.filters:
        hits = hits[matching(store, listing.filters, hits)]
    columns = store.columns(tuple(name for name, _ in listing.order), hits)
    keys = [_key(columns[name], descends) for name, descends in reversed(listing.order)]
    return _slice(hits[np.lexsort(keys)], position, limit)


def _key(values: NDArray[np.generic], descends: bool) -> NDArray[np.int64]:
    """Return the rank of each value among the different ones."""
    different, place = np.unique(values, return_inverse=True)
    rank: NDArray[np.int64] = different.size - place if descends else place
    absent = values != values if values.dtype.kind in "fM" else values == ""
    if values.dtype.kind in "fMU":
        rank[absent] = different.size + 1
    return rank
