"""Conditions of three-valued truth, and how they combine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.filters_terms import Columns, Mask
from casa_ogc.query.instants import Span


@dataclass(frozen=True, eq=False)
class Truth:
    """Which rows are true and which false; the others are neither.  Shape (n,)."""

    yes: Mask
    no: Mask


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition, and where and when alone it can be true (None: anywhere, any time)."""

    test: Callable[[Columns, int], Truth]
    boxes: tuple[Bounds, ...] | None = None
    span: Span | None = None


def constant(value: bool) -> Condition:
    """Return what is true, or false, for every row."""
    return Condition(lambda _, rows: Truth(np.full(rows, value), np.full(rows, not value)))


def negated(one: Condition) -> Condition:
    """Return what is true where another is false."""

    def test(columns: Columns, rows: int) -> Truth:
        found = one.test(columns, rows)
        return Truth(found.no, found.yes)

    return Condition(test)


def all_of(parts: Sequence[Condition]) -> Condition:
    """Return what is true where all are, and false where one is."""

    def test(columns: Columns, rows: int) -> Truth:
        found = [part.test(columns, rows) for part in parts]
        yes = np.logical_and.reduce([one.yes for one in found])
        return Truth(yes, np.logical_or.reduce([one.no for one in found]))

    boxes = next((part.boxes for part in parts if part.boxes is not None), None)
    spans = [part.span for part in parts if part.span is not None]
    return Condition(test, boxes, _common(spans))


def any_of(parts: Sequence[Condition]) -> Condition:
    """Return what is true where one is, and false where all are."""

    def test(columns: Columns, rows: int) -> Truth:
        found = [part.test(columns, rows) for part in parts]
        yes = np.logical_or.reduce([one.yes for one in found])
        return Truth(yes, np.logical_and.reduce([one.no for one in found]))

    return Condition(test)


def _common(spans: Sequence[Span]) -> Span | None:
    if not spans:
        return None
    lows = [low for low, _ in spans if low is not None]
    highs = [high for _, high in spans if high is not None]
    return max(lows, default=None), min(highs, default=None)


def truth(hit: Any, known: Any, rows: int) -> Truth:
    """Return the truth of rows that hit, where both sides are known."""
    hit, known = broadcast(hit, rows), broadcast(known, rows)
    return Truth(hit & known, ~hit & known)


def broadcast(mask: Any, rows: int) -> Mask:
    """Return a mask of every row."""
    return np.broadcast_to(np.asarray(mask, dtype=bool), (rows,))
