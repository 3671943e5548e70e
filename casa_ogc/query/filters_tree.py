"""Texts of CQL2 as one tree: text and JSON give the same JSON form, within bounds.

The bounds stand before the parser: it is recursive, and a hostile text must not exhaust its stack.
"""

import json
import math
from typing import Any, Literal

from casa_processes.common.errors import InvalidValueError

type Language = Literal["cql2-text", "cql2-json"]
type Tree = Any

LANGUAGES: tuple[Language, ...] = ("cql2-text", "cql2-json")
MOST_CHARACTERS = 10_000
MOST_NESTED = 40
MOST_VERTICES = 1_000


def parse_language(text: str | None) -> Language:
    """Return the language of a filter, CQL2 text when none is named.

    Raises
    ------
    InvalidValueError
        For any other.
    """
    named = "cql2-text" if text is None else text.strip().lower()
    for language in LANGUAGES:
        if named == language:
            return language
    raise InvalidValueError("filter-lang", text, f"one of {', '.join(LANGUAGES)}")


def parse_tree(text: str, language: Language) -> Tree:
    """Return a filter as the tree of CQL2 JSON.

    Raises
    ------
    InvalidValueError
        For text that is longer than 10 000 characters, nested deeper than 40, not of the language,
        or that holds numbers that are not finite or more than 1000 vertices.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidValueError("filter", text, f"at most {MOST_CHARACTERS:,} characters")
    tree = _from_text(text) if language == "cql2-text" else _from_json(text)
    if not isinstance(tree, dict | bool):
        raise InvalidValueError("filter", text, "a condition, which is true or false")
    _check(tree, text)
    return tree


def refused(asked: Tree, expected: str) -> InvalidValueError:
    """Return the refusal of a part of a filter, written as CQL2 has it.

    Parameters
    ----------
    asked
        The part: a text, or a tree, of which properties are told by their names and others as
        CQL2 JSON.
    expected
        What would have been right there.
    """
    if isinstance(asked, dict) and isinstance(asked.get("property"), str):
        return InvalidValueError("filter", asked["property"], expected)
    told = asked if isinstance(asked, str) else json.dumps(asked, ensure_ascii=False)
    return InvalidValueError("filter", told, expected)


def _from_text(text: str) -> Tree:
    # The parser is needed by those requests only that filter.
    import cql2

    if _depth(text) > MOST_NESTED:
        raise _too_deep(text)
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InvalidValueError("filter", text, f"CQL2 text: {reason}") from None


def _from_json(text: str) -> Tree:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValueError("filter", text, f"CQL2 JSON: {error}") from None


def _depth(text: str) -> int:
    """Return how deep round brackets are nested; those in quotes count as well."""
    deepest = depth = 0
    for letter in text:
        if letter == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif letter == ")":
            depth = max(depth - 1, 0)
    return deepest


def _check(tree: Tree, text: str) -> None:
    """Walk the tree without recursion and hold it against the bounds."""
    waiting: list[tuple[Tree, int]] = [(tree, 0)]
    vertices = 0
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, float | int) and not math.isfinite(_as_float(node)):
            raise InvalidValueError("filter", text, "finite numbers")
        vertices += _is_vertex(node)
        if vertices > MOST_VERTICES:
            raise InvalidValueError("filter", text, f"at most {MOST_VERTICES:,} vertices")
        if depth > 2 * MOST_NESTED:
            raise _too_deep(text)
        if isinstance(node, dict | list):
            children = node.values() if isinstance(node, dict) else node
            waiting += [(child, depth + 1) for child in children]


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _is_vertex(node: Tree) -> bool:
    return isinstance(node, list) and len(node) > 1 and isinstance(node[0], float | int)


def _too_deep(text: str) -> InvalidValueError:
    return InvalidValueError("filter", text, f"brackets nested at most {MOST_NESTED} deep")
