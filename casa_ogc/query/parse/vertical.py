"""Levels: single, listed, an interval, or a repetition."""

import re

from casa_ogc.query.parse.numbers import number
from casa_ogc.query.request import VerticalSelection
from casa_processes.common.errors import InvalidValueError

_EXPECTED = "a level, levels a,b,c, an interval a/b, or R<count>/<first>/<step>"
_MOST = 1000
_REPETITION = re.compile(r"[Rr]([0-9]{1,4})")


def parse_z(text: str, what: str = "z") -> VerticalSelection:
    """Return the levels that a text asks for, in the units of the product's vertical axis.

    Parameters
    ----------
    text
        ``850``, ``1000,850,500``, ``850/500`` (closed, in either order, ``..`` or nothing for an
        open end), or ``R5/1000/-100`` (5 levels from 1000 in steps of -100).
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For anything else, and for more than 1000 levels.
    """
    parts = [part.strip() for part in text.split("/", 3)]
    if len(parts) == 3:
        return _repeated(text, parts, what)
    if len(parts) == 2:
        return _between(text, parts, what)
    listed = text.split(",", _MOST)
    if len(parts) > 3 or len(listed) > _MOST:
        raise InvalidValueError(what, text, f"{_EXPECTED}; at most {_MOST} levels")
    return VerticalSelection(levels=tuple(number(what, item, _EXPECTED) for item in listed))


def _between(text: str, parts: list[str], what: str) -> VerticalSelection:
    first, last = (None if part in ("", "..") else number(what, part, _EXPECTED) for part in parts)
    if first is None and last is None:
        raise InvalidValueError(what, text, _EXPECTED)
    if first is not None and last is not None and first > last:
        first, last = last, first
    return VerticalSelection(interval=(first, last))


def _repeated(text: str, parts: list[str], what: str) -> VerticalSelection:
    match = _REPETITION.fullmatch(parts[0])
    if match is None or not 1 <= int(match[1]) <= _MOST:
        raise InvalidValueError(what, text, f"{_EXPECTED}; count from 1 to {_MOST}")
    first, step = (number(what, part, _EXPECTED) for part in parts[1:])
    return VerticalSelection(levels=tuple(first + step * i for i in range(int(match[1]))))
