"""Filters of CQL2, evaluated over columns.

Truth has three values. A condition on something that is missing is neither true nor false, its
negation neither, and only rows for which a filter is true match; ``isNull`` alone is always one or
the other. Missing are NaN, empty texts and results that are not finite (division by zero); whole
numbers are never missing.

A number of a column is compared with a literal in the precision of the column, so that what an
answer prints is what matches. A date stands for all instants of its day: ``=`` holds for each of
them, ``<`` before the first, ``>`` after the last.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.filters_places import relation
from casa_ogc.query.filters_terms import (
    Columns,
    Kind,
    Mask,
    Term,
    Terms,
    arguments,
    as_time,
    each,
    typed,
)
from casa_ogc.query.filters_times import OFFERED, RELATIONS, span_of
from casa_ogc.query.filters_tree import Language, Tree, parse_tree, refused
from casa_ogc.query.filters_truth import (
    Condition,
    Truth,
    all_of,
    any_of,
    broadcast,
    constant,
    negated,
    truth,
)
from casa_ogc.query.instants import Span
from casa_ogc.query.parse.crs import Crs

_SCALAR: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_LIKE = re.compile(r"\\(.)|(%)|(_)|(.)", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Filter:
    """A filter, ready to be evaluated.

    Attributes
    ----------
    columns
        Names of the columns that it needs.
    boxes, span
        Where and when alone it can be true; None where it may be anywhere or any time.
    """

    columns: tuple[str, ...]
    boxes: tuple[Bounds, ...] | None
    span: Span | None
    test: Callable[[Columns, int], Truth]

    def matches(self, columns: Columns, rows: int) -> Mask:
        """Return which of the rows match; `columns` have shape (rows,)."""
        return self.test(columns, rows).yes


def parse_filter(
    text: str, language: Language, kinds: Mapping[str, Kind], crs: Crs = "CRS84"
) -> Filter:
    """Return the filter of a text.

    Parameters
    ----------
    text, language
        The filter, in CQL2 text or CQL2 JSON.
    kinds
        Queryables and what they are.
    crs
        Reference system of the coordinates in it.

    Raises
    ------
    UnknownNameError
        For a property that is no queryable, naming those that are.
    InvalidValueError
        For anything else that is malformed, too long, or not offered.
    """
    return compiled(parse_tree(text, language), kinds, crs)


def compiled(tree: Tree, kinds: Mapping[str, Kind], crs: Crs = "CRS84") -> Filter:
    """Return the filter of a CQL2 JSON tree; errors as `parse_filter`."""
    used: set[str] = set()
    found = _Compiler(Terms(kinds, used), crs).condition(tree)
    return Filter(tuple(sorted(used)), found.boxes, found.span, found.test)


@dataclass(frozen=True, eq=False)
class _Compiler:
    terms: Terms
    crs: Crs

    def condition(self, tree: Tree) -> Condition:
        if isinstance(tree, bool):
            return constant(tree)
        operator = tree.get("op") if isinstance(tree, dict) else None
        if not isinstance(operator, str):
            raise refused(tree, "a condition, which is true or false")
        args = arguments(tree)
        if operator in ("and", "or"):
            return self._combined(operator, args)
        make = self._maker(operator)
        count = {"not": 1, "isNull": 1, "between": 3}.get(operator, 2)
        if len(args) != count:
            raise refused(operator, f"{count} arguments")
        return make(operator, args)

    def _maker(self, operator: str) -> Callable[[str, list[Tree]], Condition]:
        makers: dict[str, Callable[[str, list[Tree]], Condition]] = {
            "not": lambda _, args: negated(self.condition(args[0])),
            "isNull": self._missing,
            "between": self._between,
            "in": self._among,
            "like": self._like,
            **dict.fromkeys(_SCALAR, self._compared),
            **dict.fromkeys(OFFERED, self._timed),
        }
        if operator.startswith("s_"):
            return self._placed
        if operator not in makers:
            known = ", ".join(("and", "or", *makers, "s_intersects", "s_within"))
            raise refused(operator, f"one of {known}")
        return makers[operator]

    def _combined(self, operator: str, args: list[Tree]) -> Condition:
        if not args:
            raise refused(operator, "two arguments or more")
        parts = [self.condition(one) for one in args]
        return all_of(parts) if operator == "and" else any_of(parts)

    def _missing(self, _: str, args: list[Tree]) -> Condition:
        if isinstance(args[0], dict) and args[0].get("property") == "geometry":
            return constant(False)
        term = self.terms.term(args[0])

        def test(columns: Columns, rows: int) -> Truth:
            known = broadcast(_known(term.kind, term.values(columns)), rows)
            return Truth(~known, known)

        return Condition(test)

    def _compared(self, operator: str, args: list[Tree]) -> Condition:
        left, right = (self.terms.term(one) for one in args)
        if "time" in (left.kind, right.kind):
            return _temporal(operator, as_time(left), as_time(right))
        typed(right, typed(left, "number", "text").kind, beside=left)
        return _scalar(_SCALAR[operator], left, right)

    def _between(self, _: str, args: list[Tree]) -> Condition:
        value, low, high = args
        return all_of([self._compared(">=", [value, low]), self._compared("<=", [value, high])])

    def _among(self, _: str, args: list[Tree]) -> Condition:
        value, options = args
        if not isinstance(options, list) or not options:
            raise refused(options, "a list of values after in")
        return any_of([self._compared("=", [value, option]) for option in options])

    def _like(self, _: str, args: list[Tree]) -> Condition:
        term, pattern = (typed(self.terms.term(one), "text") for one in args)
        if pattern.literal is None:
            raise refused(args[1], "a literal pattern after like")
        expression = re.compile(_pattern(pattern.literal), re.DOTALL)

        def test(columns: Columns, rows: int) -> Truth:
            texts = term.values(columns)
            hit = each(texts, lambda text: expression.fullmatch(text) is not None)
            return truth(hit.astype(bool), _known("text", texts), rows)

        return Condition(test)

    def _timed(self, operator: str, args: list[Tree]) -> Condition:
        left, right = (as_time(self.terms.term(one)) for one in args)
        return _temporal(operator, left, right)

    def _placed(self, operator: str, args: list[Tree]) -> Condition:
        places = [isinstance(one, dict) and "property" in one for one in args]
        if sum(places) != 1:
            raise refused(operator, "geometry and a literal shape")
        typed(self.terms.term(args[places.index(True)]), "geometry")
        found = relation(operator, args[places.index(False)], self.crs, turned=places[1])
        self.terms.used.update(("longitude", "latitude"))

        def test(columns: Columns, rows: int) -> Truth:
            hit = broadcast(found.test(columns["longitude"], columns["latitude"]), rows)
            return Truth(hit, ~hit)

        return Condition(test, boxes=found.boxes)


def _scalar(compare: Callable[[Any, Any], Any], left: Term, right: Term) -> Condition:
    def test(columns: Columns, rows: int) -> Truth:
        a, b = left.values(columns), right.values(columns)
        known = _known(left.kind, a) & _known(right.kind, b)
        if left.literal is not None:
            a = _as_precise(a, b)
        if right.literal is not None:
            b = _as_precise(b, a)
        return truth(compare(a, b), known, rows)

    return Condition(test)


def _as_precise(literal: Any, values: Any) -> Any:
    """Return a literal in the precision of the numbers with which it is compared."""
    kind = getattr(values, "dtype", None)
    if kind != np.float32 or isinstance(literal, str):
        return literal
    with np.errstate(over="ignore"):
        return np.float32(literal)


def _temporal(operator: str, left: Term, right: Term) -> Condition:
    relate = RELATIONS[operator]

    def test(columns: Columns, rows: int) -> Truth:
        a, b = left.values(columns), right.values(columns)
        hit = broadcast(relate(a, b), rows)
        return Truth(hit, ~hit)

    return Condition(test, span=span_of(operator, left, right))


def _known(kind: Kind, values: Any) -> Any:
    if kind == "number":
        return ~np.isnan(values)
    return np.asarray(values) != "" if kind == "text" else np.True_


def _pattern(like: str) -> str:
    r"""Return a pattern of LIKE as a regular expression: % any text, _ one letter, \ the next."""
    parts = []
    for escaped, many, one, plain in _LIKE.findall(like):
        parts.append(".*" if many else "." if one else re.escape(escaped or plain))
    return "".join(parts)
