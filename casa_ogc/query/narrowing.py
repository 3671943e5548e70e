"""What filters leave of boxes, of spans of time, and of rows that were found."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.filters import Filter
from casa_ogc.query.hits import clipped
from casa_ogc.query.instants import Span

if TYPE_CHECKING:
    from casa_ogc.archive.addresses import Hits
    from casa_ogc.archive.soundings import SoundingStore

type Boxes = tuple[Bounds, ...]
type Spans = tuple[Span, ...]


def narrowed(
    boxes: Boxes | None, spans: Spans, filters: Sequence[Filter]
) -> tuple[Boxes, Spans] | None:
    """Return the boxes (none: everywhere) and spans that hold all matches; None: there is none.

    Parameters
    ----------
    boxes
        Boxes of which one holds the centre; None: everywhere.
    spans
        Disjoint, ascending intervals of time.
    filters
        All of them must match.
    """
    for one in filters:
        if one.boxes is not None:
            boxes = one.boxes if boxes is None else tuple(_common(boxes, one.boxes))
        if one.span is not None:
            spans = clipped(spans, *one.span)
    if boxes == () or not spans:
        return None
    return boxes or (), spans


def columns_of(filters: Sequence[Filter]) -> tuple[str, ...]:
    """Return the columns that filters need, each once."""
    return tuple(dict.fromkeys(name for one in filters for name in one.columns))


def matching(store: "SoundingStore", filters: Sequence[Filter], hits: "Hits") -> NDArray[np.bool_]:
    """Return which of the rows all filters match, shape (n,)."""
    columns = store.columns(columns_of(filters), hits)
    found = np.ones(hits.size, dtype=bool)
    for one in filters:
        found &= one.matches(columns, hits.size)
    return found


def _common(some: Sequence[Bounds], others: Sequence[Bounds]) -> Iterator[Bounds]:
    for a in some:
        for b in others:
            west, east = max(a.west, b.west), min(a.east, b.east)
            south, north = max(a.south, b.south), min(a.north, b.north)
            if west <= east and south <= north:
                yield Bounds(west, south, east, north)
