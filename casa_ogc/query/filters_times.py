"""Relations of times in filters, each over first and last nanosecond of both sides."""

from collections.abc import Callable
from typing import Any

import numpy as np

from casa_ogc.query.filters_terms import Term
from casa_ogc.query.instants import Span

type Ends = tuple[Any, Any]
"""First and last nanosecond of each row, or of all of them."""


def _intersects(one: Ends, other: Ends) -> Any:
    return np.less_equal(one[0], other[1]) & np.greater_equal(one[1], other[0])


def _within(one: Ends, other: Ends) -> Any:
    return np.greater_equal(one[0], other[0]) & np.less_equal(one[1], other[1])


def _equals(one: Ends, other: Ends) -> Any:
    """One lies in the other, so that a date equals each of its instants."""
    return _within(one, other) | _within(other, one)


RELATIONS: dict[str, Callable[[Ends, Ends], Any]] = {
    "t_before": lambda one, other: np.less(one[1], other[0]),
    "t_after": lambda one, other: np.greater(one[0], other[1]),
    "t_during": lambda one, other: np.greater(one[0], other[0]) & np.less(one[1], other[1]),
    "t_intersects": _intersects,
    "t_disjoint": lambda one, other: ~_intersects(one, other),
    "t_equals": _equals,
    "=": _equals,
    "<>": lambda one, other: ~_equals(one, other),
    "<": lambda one, other: np.less(one[1], other[0]),
    "<=": lambda one, other: np.less_equal(one[1], other[1]),
    ">": lambda one, other: np.greater(one[0], other[1]),
    ">=": lambda one, other: np.greater_equal(one[0], other[0]),
}
OFFERED = tuple(name for name in RELATIONS if name.startswith("t_"))
_TURNED = {"t_before": "t_after", "<": ">", "<=": ">="}
_TURNED |= {turned: name for name, turned in _TURNED.items()}


def span_of(operator: str, left: Term, right: Term) -> Span | None:
    """Return when alone a relation of the rows' time to a literal one can be true.

    None where that is not known, or any time.
    """
    if left.literal is not None:
        if right.literal is not None or operator == "t_during":
            return None
        return span_of(_TURNED.get(operator, operator), right, left)
    if right.literal is None:
        return None
    ends: tuple[int, int] = right.literal
    first, last = ends
    if operator in ("t_disjoint", "<>"):
        return None
    spans: dict[str, Span] = {
        "t_before": (None, first),
        "<": (None, first),
        "<=": (None, last),
        "t_after": (last, None),
        ">": (last, None),
        ">=": (first, None),
    }
    return spans.get(operator, (first, last))
