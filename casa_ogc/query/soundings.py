"""Questions to soundings: read the rows near a region, keep those that it means, take a page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.cost import Cost, Options, refuse_excess
from casa_ogc.query.hits import begin, bound_of, clipped, hits_of, number_of
from casa_ogc.query.instants import Span, periods, spans
from casa_ogc.query.narrowing import columns_of, matching, narrowed
from casa_ogc.query.places import checked
from casa_ogc.query.regions import boxes, columns_needed, meant
from casa_ogc.query.request import Box, Everywhere, Points, Region, Request
from casa_ogc.query.variables import chosen
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.addresses import Hits
    from casa_ogc.archive.soundings import SoundingStore
    from casa_ogc.query.filters import Filter

ALWAYS = ("sounding_id", "time", "longitude", "latitude")
_ROWS_OF_A_GROUP = 16_384


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of a store, checked.

    `spans` are disjoint and ascending; `boxes` hold the region, none means everywhere;
    `identifier` narrows all to one row, `filters` to rows of which all are true.
    """

    store: "SoundingStore"
    variables: tuple[Variable, ...]
    region: Region
    boxes: tuple[Bounds, ...]
    spans: tuple[Span, ...]
    footprint_radius: float
    identifier: str | None
    filters: tuple["Filter", ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the answer."""
        return tuple(variable.name for variable in self.variables)

    @property
    def tested(self) -> bool:
        """Whether only some of the rows in the boxes and spans are meant."""
        return bool(self.filters) or not isinstance(self.region, Everywhere | Box)


def soundings(store: "SoundingStore", request: Request, options: Options) -> SoundingsAnswer | None:
    """Return the soundings that a request means, in the order of time and identifier.

    Where the store knows times only to a day, month or year (`time_resolution`), a sounding is
    meant when its period overlaps an interval. Variables hold those of every column.

    Returns
    -------
    SoundingsAnswer
        A page of the rows where the request has `limit` or `offset` (no row beyond the last page);
        None when no row is meant at all.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places or times that do not exist, levels (soundings have profiles, not a vertical
        axis), the nearest time, or a page below 0.
    TooLargeError
        For more values than allowed, before anything is read.
    """
    question = question_of(store, request, options)
    refuse_excess(_cost(question, request.limit), options)
    hits, matched = _page(question, request.limit, request.offset)
    if matched == 0:
        return None
    columns = store.columns(question.names, hits)
    described = {variable.name: variable for variable in question.variables}
    return SoundingsAnswer(options.origin, columns, described, matched, store.time_resolution)


def sounding_cost(store: "SoundingStore", request: Request, options: Options) -> Cost:
    """Return what a question costs at most, from statistics of the stored parts.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `soundings`.
    """
    return _cost(question_of(store, request, options), request.limit)


def question_of(store: "SoundingStore", request: Request, options: Options) -> Question:
    """Return what a request asks of a store, checked; nothing is read.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `soundings`.
    """
    checked(request.region)
    _check_rest(request)
    places = tuple(boxes(request.region, options.footprint_radius))
    times = tuple(periods(spans(request.time), store.time_resolution))
    # Without a span of time no row is found: so is said that no place or time can match.
    found = narrowed(places or None, times, request.filters) or (places, ())
    return Question(
        store=store,
        variables=chosen(store.variables, request.variables, options.defaults, ALWAYS),
        region=request.region,
        boxes=found[0],
        spans=found[1],
        footprint_radius=options.footprint_radius,
        identifier=request.sounding_id,
        filters=request.filters,
    )


def _check_rest(request: Request) -> None:
    has_levels = isinstance(request.region, Points) and request.region.levels
    if request.vertical is not None or has_levels:
        raise InvalidValueError("z", request.vertical, "none: soundings have no vertical axis")
    if request.time is not None and request.time.nearest:
        raise InvalidValueError("method", "nearest", "exact: soundings have no time steps")
    if request.limit is not None and request.limit < 1:
        raise InvalidValueError("limit", request.limit, "1 or more")
    if request.offset < 0:
        raise InvalidValueError("offset", request.offset, "0 or more")


def rows_at_most(store: "SoundingStore", request: Request, options: Options) -> int:
    """Return how many rows an answer has at most, from statistics of the stored parts.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `soundings`.
    """
    rows = _looked_at(question_of(store, request, options))
    return rows if request.limit is None else min(rows, request.limit)


def _looked_at(question: Question) -> int:
    if question.identifier is not None:
        return 1
    return bound_of(question.store, question.boxes, question.spans)


def _cost(question: Question, limit: int | None) -> Cost:
    store, rows = question.store, _looked_at(question)
    answered = rows if limit is None else min(rows, limit)
    widths = {name: getattr(store.column_type(name), "list_size", 1) for name in question.names}
    sizes = {
        v.name: 24 if v.dtype == "str" else np.dtype(v.dtype).itemsize for v in question.variables
    }
    row_bytes = sum(widths[name] * sizes[name] for name in question.names)
    groups = -(-rows // _ROWS_OF_A_GROUP)
    cells = max(answered * sum(widths.values()), rows * len(columns_of(question.filters)))
    return Cost(cells, answered * row_bytes, rows * row_bytes, groups, "soundings")


def _page(question: Question, limit: int | None, offset: int) -> tuple["Hits", int]:
    """Return the rows of a page, and how many are meant in all."""
    store, boxes, spans = question.store, question.boxes, question.spans
    if limit is None or question.identifier is not None or question.tested:
        hits = _meant(question)
        stop = hits.size if limit is None else offset + limit
        return hits[offset:stop], hits.size
    matched = number_of(store, boxes, spans)
    begun, left = begin(store, boxes, spans, min(offset, matched))
    return hits_of(store, boxes, begun, left + limit)[left:], matched


def _meant(question: Question) -> "Hits":
    """Return all rows that are meant."""
    store = question.store
    if question.identifier is None:
        hits = hits_of(store, question.boxes, question.spans)
    else:
        hits = _named(question, question.identifier)
    columns = store.columns(columns_needed(question.region, store.variables), hits)
    kept = meant(question.region, columns, question.footprint_radius)
    hits = hits if kept is None else hits[kept]
    return hits[matching(store, question.filters, hits)] if question.filters else hits


def _named(question: Question, identifier: str) -> "Hits":
    """Return the row of an identifier, looked up, where it is in a box and in a span."""
    hit = question.store.find(identifier)
    if hit is None:
        return np.empty(0, np.int64)
    one = np.array([hit], np.int64)
    instant = int(question.store.columns(("time",), one)["time"].view(np.int64)[0])
    near = hits_of(question.store, question.boxes, clipped(question.spans, instant, instant))
    return one[np.isin(one, near)]
