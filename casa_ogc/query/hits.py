"""Rows of soundings in boxes and spans of time, in the order of time and identifier."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.instants import Span

if TYPE_CHECKING:
    from casa_ogc.archive.addresses import Hits
    from casa_ogc.archive.soundings import Interval, SoundingStore

_NEAR = 10_000
"""Rows before a page that are listed rather than counted."""


def hits_of(
    store: "SoundingStore",
    boxes: Sequence[Bounds],
    spans: Sequence[Span],
    most: int | None = None,
) -> "Hits":
    """Return the rows in any of the boxes (none: everywhere) and spans; at most the first `most`.

    Spans are disjoint and ascending.
    """
    found: list[Hits] = [np.empty(0, np.int64)]
    for span in spans:
        left = None if most is None else most - sum(hits.size for hits in found)
        if left is not None and left <= 0:
            break
        found.append(store.hits(boxes, interval(span), left))
    return found[-1] if len(found) == 2 else np.concatenate(found)


def number_of(store: "SoundingStore", boxes: Sequence[Bounds], spans: Sequence[Span]) -> int:
    """Return how many rows `hits_of` means; they are counted, not listed."""
    return sum(store.number(boxes, interval(span)) for span in spans)


def bound_of(store: "SoundingStore", boxes: Sequence[Bounds], spans: Sequence[Span]) -> int:
    """Return an upper bound of `number_of`, from statistics alone."""
    return sum(store.count(boxes, interval(span)) for span in spans)


def begin(
    store: "SoundingStore",
    boxes: Sequence[Bounds],
    spans: Sequence[Span],
    rows: int,
    time: int | None = None,
) -> tuple[tuple[Span, ...], int]:
    """Return spans that begin about `rows` rows later, and how many rows to leave out in them.

    The rows are those from `time` [ns] on. Where many are to be left out, they are counted.
    """
    later = clipped(spans, time, None)
    if rows <= _NEAR:
        return later, rows
    for number, span in enumerate(later):
        place = store.leap(boxes, interval(span), rows)
        if place is not None:
            instant, rows = place
            return ((instant, span[1]), *later[number + 1 :]), rows
        rows -= store.number(boxes, interval(span))
    return (), 0


def clipped(spans: Sequence[Span], first: int | None, last: int | None) -> tuple[Span, ...]:
    """Return the parts of spans between two instants [ns], both included; None: no end."""
    found = []
    for low, high in spans:
        start = max((end for end in (low, first) if end is not None), default=None)
        stop = min((end for end in (high, last) if end is not None), default=None)
        if start is None or stop is None or start <= stop:
            found.append((start, stop))
    return tuple(found)


def interval(span: Span) -> "Interval":
    """Return a span as instants."""
    low, high = (None if end is None else np.datetime64(end, "ns") for end in span)
    return low, high
