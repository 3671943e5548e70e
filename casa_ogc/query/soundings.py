"""Questions to soundings: read the rows near a region, keep those that it means, take a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import SoundingsAnswer
from casa_ogc.query.cost import Cost, Options, refuse_excess
from casa_ogc.query.instants import FIRST, LAST, Span, periods, spans
from casa_ogc.query.places import checked
from casa_ogc.query.regions import boxes, columns_needed, meant
from casa_ogc.query.request import Everywhere, Points, Region, Request
from casa_ogc.query.variables import chosen
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.soundings import SoundingStore

ALWAYS = ("sounding_id", "time", "longitude", "latitude")
_ROWS_OF_A_GROUP = 16_384

type Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of a store, checked.

    `spans` are disjoint and ascending; `boxes` hold the region, none means everywhere;
    `identifier` narrows all to one row.
    """

    store: "SoundingStore"
    variables: tuple[Variable, ...]
    region: Region
    boxes: tuple[Bounds, ...]
    spans: tuple[Span, ...]
    footprint_radius: float
    identifier: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the answer."""
        return tuple(variable.name for variable in self.variables)

    @property
    def whole(self) -> bool:
        """Whether every row of the store is meant."""
        everywhere = isinstance(self.region, Everywhere) and self.identifier is None
        return everywhere and self.spans == ((None, None),)


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
    question = _question(store, request, options)
    refuse_excess(_cost(question, request.limit), options)
    columns, matched = _page(question, request.limit, request.offset)
    if matched == 0:
        return None
    described = {variable.name: variable for variable in question.variables}
    return SoundingsAnswer(options.origin, columns, described, matched, store.time_resolution)


def sounding_cost(store: "SoundingStore", request: Request, options: Options) -> Cost:
    """Return what a question costs at most, from statistics of the stored parts.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `soundings`.
    """
    return _cost(_question(store, request, options), request.limit)


def _question(store: "SoundingStore", request: Request, options: Options) -> Question:
    checked(request.region)
    _check_rest(request)
    return Question(
        store=store,
        variables=chosen(store.variables, request.variables, options.defaults, ALWAYS),
        region=request.region,
        boxes=tuple(boxes(request.region, options.footprint_radius)),
        spans=tuple(periods(spans(request.time), store.time_resolution)),
        footprint_radius=options.footprint_radius,
        identifier=request.sounding_id,
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


def _cost(question: Question, limit: int | None) -> Cost:
    store = question.store
    rows = sum(store.count(question.boxes, _instants(span)) for span in question.spans)
    answered = rows if limit is None else min(rows, limit)
    widths = {name: getattr(store.column_type(name), "list_size", 1) for name in question.names}
    sizes = {
        v.name: 24 if v.dtype == "str" else np.dtype(v.dtype).itemsize for v in question.variables
    }
    row_bytes = sum(widths[name] * sizes[name] for name in question.names)
    groups = -(-rows // _ROWS_OF_A_GROUP)
    cells = answered * sum(widths.values())
    return Cost(cells, answered * row_bytes, rows * row_bytes, groups, "soundings")


def _page(question: Question, limit: int | None, offset: int) -> tuple[Columns, int]:
    """Return the columns of a page, and how many rows are meant in all.

    A page is found by time and place alone; the other columns are read around it only.
    """
    if limit is None and offset == 0:
        columns = _rows(question, question.names, question.spans)
        return columns, columns["time"].size
    scope = question.spans
    if limit is not None and question.whole:
        scope = (_early(question.store, offset + limit),)
    times = _rows(question, ("time",), scope)["time"].view(np.int64)
    matched = question.store.rows if question.whole else times.size
    start = min(offset, matched)
    stop = matched if limit is None else min(start + limit, matched)
    first = times[min(start, matched - 1)] if matched else 0
    last = times[stop - 1] if stop > start else first
    near = _clipped(question.spans, int(first), int(last))
    columns = _rows(question, question.names, near)
    skipped = start - int(times.searchsorted(first, "left"))
    page = slice(skipped, skipped + stop - start)
    return {name: values[page] for name, values in columns.items()}, matched


def _early(store: "SoundingStore", rows: int) -> Span:
    """Return a span of time from the start that holds so many rows, from statistics alone."""
    low, high = FIRST, LAST
    if rows >= store.rows:
        return None, None
    while low < high:
        middle = (low + high) // 2
        later = store.count((), _instants((middle + 1, None)))
        low, high = (low, middle) if store.rows - later >= rows else (middle + 1, high)
    return None, low


def _rows(question: Question, names: Sequence[str], among: Sequence[Span]) -> Columns:
    """Return columns of all rows that are meant in some spans of time."""
    needed = columns_needed(question.region, question.store.variables)
    if question.identifier is not None:
        needed = (*needed, "sounding_id")
    read = tuple(dict.fromkeys((*names, *needed)))
    found = [_within(question, names, read, span) for span in among]
    if len(found) == 1:
        return found[0]
    return {name: np.concatenate([columns[name] for columns in found]) for name in names}


def _within(question: Question, names: Sequence[str], read: Sequence[str], span: Span) -> Columns:
    columns: Mapping[str, NDArray[Any]] = question.store.select(
        read, question.boxes, _instants(span)
    )
    kept = meant(question.region, columns, question.footprint_radius)
    if question.identifier is not None:
        named = columns["sounding_id"] == question.identifier
        kept = named if kept is None else kept & named
    if kept is None:
        return {name: columns[name] for name in names}
    return {name: columns[name][kept] for name in names}


def _instants(span: Span) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    low, high = (None if end is None else np.datetime64(end, "ns") for end in span)
    return low, high


def _clipped(among: Sequence[Span], first: int, last: int) -> list[Span]:
    """Return the spans between two instants; the first of all where there is none."""
    clipped = [
        (first if low is None else max(low, first), last if high is None else min(high, last))
        for low, high in among
    ]
    return [span for span in clipped if span[0] <= span[1]] or [(first, first)]
