"""Finite decimal numbers of request texts."""

import re

from casa_processes.common.errors import InvalidValueError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_LONGEST = 40


def number(what: str, text: str, expected: str) -> float:
    """Return a finite number written in ASCII decimal, with surrounding blanks allowed.

    Parameters
    ----------
    what
        Name of the parameter, for the error.
    text
        The number as asked.
    expected
        What is allowed, for the error.

    Raises
    ------
    InvalidValueError
        For anything else: text, NaN, Infinity, digit separators, hexadecimal, an overflow, more
        than 40 characters.
    """
    stripped = text.strip()
    if len(stripped) > _LONGEST or not _NUMBER.fullmatch(stripped):
        raise InvalidValueError(what, text, expected)
    value = float(stripped)
    if value in (float("inf"), float("-inf")):
        raise InvalidValueError(what, text, expected)
    return value
