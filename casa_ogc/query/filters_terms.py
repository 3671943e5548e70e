"""Terms of filters: numbers, texts and times, of columns, literals and what is made of them.

What is missing has no value: NaN, an empty text, NaT, and every result that is not finite.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.filters_tree import Tree, refused
from casa_ogc.query.instants import FIRST, LAST
from casa_ogc.query.parse.times import between, period
from casa_processes.common.errors import UnknownNameError
from casa_processes.common.vocabulary import VOCABULARY

type Kind = Literal["number", "text", "time", "geometry"]
type Mask = NDArray[np.bool_]
type Columns = Mapping[str, NDArray[Any]]

ALIASES = {"datetime": "time"}
"""Names of queryables whose column is called otherwise."""

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
    "div": lambda a, b: np.trunc(np.divide(a, b)),
}


@dataclass(frozen=True, eq=False)
class Term:
    """Something that has a value for each row.

    Attributes
    ----------
    kind
        What its values are.
    values
        Values for the rows, shape (n,), or one value for all: numbers; texts; pairs of first and
        last nanosecond.
    literal
        The one value of a literal, else None.
    name
        Queryable that it is, else None.
    """

    kind: Kind
    values: Callable[[Columns], Any]
    literal: Any = None
    name: str | None = None


@dataclass(frozen=True, eq=False)
class Terms:
    """Makes terms of trees.

    Attributes
    ----------
    kinds
        Queryables.
    used
        Takes the columns that the terms need.
    """

    kinds: Mapping[str, Kind]
    used: set[str]

    def term(self, tree: Tree) -> Term:
        """Return the term of a tree.

        Raises
        ------
        UnknownNameError
            For a property that is no queryable.
        InvalidValueError
            For a function or an operation that is not offered, or on what it does not take.
        """
        if isinstance(tree, bool) or tree is None or isinstance(tree, list):
            raise refused(tree, "a number, a text, a time or a property")
        if isinstance(tree, float | int):
            return _literal("number", np.float64(tree))
        if isinstance(tree, str):
            return _literal("text", tree)
        if "property" in tree:
            return self._property(tree["property"])
        if "op" in tree:
            return self._operation(tree["op"], arguments(tree))
        return _literal("time", _interval(tree))

    def _property(self, name: Any) -> Term:
        known = {**self.kinds, **{a: self.kinds[n] for a, n in ALIASES.items() if n in self.kinds}}
        if not isinstance(name, str) or name not in known:
            raise UnknownNameError("queryable", str(name), known)
        column = ALIASES.get(name, name)
        kind = known[name]
        if kind == "geometry":
            return Term(kind, lambda columns: columns, name=name)
        self.used.add(column)
        if kind == "time":
            return Term(kind, lambda columns: _instants(columns[column]), name=name)
        return Term(kind, lambda columns: columns[column], name=name)

    def _operation(self, name: Any, trees: list[Tree]) -> Term:
        if name == "casei" and len(trees) == 1:
            return _folded(typed(self.term(trees[0]), "text"))
        operation = _ARITHMETIC.get(name) if isinstance(name, str) else None
        if operation is None or len(trees) != 2:
            known = (*_ARITHMETIC, "casei")
            raise refused(name, f"one of {', '.join(known)} in an expression")
        left, right = (typed(self.term(tree), "number") for tree in trees)
        return Term("number", lambda columns: _calculated(operation, left, right, columns))


def arguments(tree: Tree) -> list[Tree]:
    """Return the arguments of an operation.

    Raises
    ------
    InvalidValueError
        When they are no list.
    """
    found = tree.get("args")
    if not isinstance(found, list):
        raise refused(tree, "a list of arguments in args")
    return found


def typed(term: Term, *kinds: Kind, beside: Term | None = None) -> Term:
    """Return a term that is of one of the kinds.

    Parameters
    ----------
    term, kinds
        The term, and what it may be.
    beside
        What it is compared with; the error names it, and what its codes mean.

    Raises
    ------
    InvalidValueError
        When it is of another.
    """
    if term.kind not in kinds:
        raise refused(_shown(term), f"a {' or '.join(kinds)} {_purpose(beside)}")
    return term


def _shown(term: Term) -> str:
    """Write a term that is wrong: a literal as it is, a queryable by its name and kind."""
    if term.name is not None:
        return f"{term.name} ({term.kind})"
    if term.literal is None or term.kind == "time":
        return term.kind
    return term.literal if term.kind == "text" else f"{term.literal:.15g}"


def _purpose(beside: Term | None) -> str:
    if beside is None or beside.name is None:
        return "there"
    known = VOCABULARY.get(beside.name) if beside.kind == "number" else None
    codes = ", ".join(f"{code} ({word})" for code, word in known.flags) if known else ""
    return f"to compare with {beside.name}" + (f": {codes}" if codes else "")


def as_time(term: Term) -> Term:
    """Return a term that is a time; a literal text is read as one."""
    if term.kind == "text" and term.literal is not None:
        return _literal("time", _nanoseconds(*period(term.literal, "filter")))
    return typed(term, "time")


def each(texts: Any, function: Callable[[str], Any]) -> NDArray[Any]:
    """Apply a function to texts, once to each different one; of the shape of `texts`."""
    different, place = np.unique(np.asarray(texts, dtype=np.str_), return_inverse=True)
    return np.array([function(text) for text in different.tolist()])[place].reshape(np.shape(texts))


def _literal(kind: Kind, value: Any) -> Term:
    return Term(kind, lambda _: value, literal=value)


def _folded(term: Term) -> Term:
    if term.literal is not None:
        return _literal("text", term.literal.casefold())
    return Term("text", lambda columns: each(term.values(columns), str.casefold))


def _calculated(
    operation: Callable[[Any, Any], Any], left: Term, right: Term, columns: Columns
) -> Any:
    with np.errstate(all="ignore"):
        a, b = (np.asarray(term.values(columns), dtype=np.float64) for term in (left, right))
        result = operation(a, b)
    return np.where(np.isfinite(result), result, np.nan)


def _instants(times: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    whole = times.astype("datetime64[ns]").view(np.int64)
    return whole, whole


def _interval(tree: Tree) -> tuple[int, int]:
    """Return first and last nanosecond of a literal time; a date is all its day."""
    for key in ("timestamp", "date"):
        if isinstance(tree.get(key), str):
            return _nanoseconds(*period(tree[key], "filter"))
    ends = tree.get("interval")
    if not isinstance(ends, list) or len(ends) != 2:
        raise refused(tree, "a value, or an interval of a start and an end")
    return _nanoseconds(*between(_end(ends[0]), _end(ends[1]), "filter"))


def _end(tree: Tree) -> str:
    text = tree.get("timestamp", tree.get("date")) if isinstance(tree, dict) else tree
    if not isinstance(text, str):
        raise refused(tree, "a literal time, or '..'")
    return text


def _nanoseconds(first: Any, last: Any) -> tuple[int, int]:
    start = FIRST if first is None else int(first.astype("M8[ns]").astype(np.int64))
    return start, LAST if last is None else int(last.astype("M8[ns]").astype(np.int64))
