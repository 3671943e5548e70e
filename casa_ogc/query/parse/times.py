"""Instants, dates and intervals of RFC 3339 text."""

import re
from datetime import date
from typing import Literal

import numpy as np

from casa_ogc.query.request import Instant, TimeSelection
from casa_processes.common.errors import InvalidValueError

_EXPECTED = (
    "RFC 3339 instants (2022-01-02T03:04:05Z), dates (2022-01-02, 2022-01, 2022), intervals "
    "start/end with .. for an open end, or several of them separated by commas; "
    "years 1678 to 2261"
)
_MOST = 1000
_YEARS = range(1678, 2262)
_OPEN = ("", "..")
_TIME = re.compile(
    r"""(?P<year>[0-9]{4}) (?: - (?P<month>[0-9]{2}) (?: - (?P<day>[0-9]{2})
        (?: [Tt\ ] (?P<hour>[01][0-9]|2[0-3]) : (?P<minute>[0-5][0-9])
            (?: : (?P<second>[0-5][0-9]|60) (?: [.,] (?P<fraction>[0-9]{1,9}))? )?
            (?: [Zz] | (?P<sign>[+-]) (?P<east>[01][0-9]|2[0-3]) :? (?P<east_minute>[0-5][0-9]) )?
        )? )? )?""",
    re.VERBOSE,
)


def parse_datetime(text: str, nearest: bool = False, what: str = "datetime") -> TimeSelection:
    """Return the closed intervals of time that a text asks for, UTC.

    Parameters
    ----------
    text
        Instants, dates (of a day, a month or a year: all instants within), intervals of them with
        ``..`` or nothing for one open end (``../..`` is all time), or a list of these separated by
        commas. Instants without a zone are UTC; those with an offset are converted.
    nearest
        Whether an instant without an equal step means the closest one.
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For anything else: impossible dates, years beyond 1678 to 2261, a start after its end, more
        than 1000 items.
    """
    items = text.split(",", _MOST)
    if len(items) > _MOST:
        raise InvalidValueError(what, text, f"{_EXPECTED}; at most {_MOST} of them")
    return TimeSelection(tuple(_item(item.strip(), what) for item in items), nearest)


def between(first: str, last: str, what: str = "datetime") -> tuple[Instant | None, Instant | None]:
    """Return the closed interval from the start of one time to the end of another.

    Parameters
    ----------
    first, last
        Instant or date; ``..`` or nothing for an open end, but not nothing for both.
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For a malformed time, or a start after its end.
    """
    if not (first or last):
        raise InvalidValueError(what, "/", _EXPECTED)
    start = None if first in _OPEN else period(first, what)[0]
    end = None if last in _OPEN else period(last, what)[1]
    if start is not None and end is not None and start > end:
        raise InvalidValueError(what, f"{first}/{last}", "a start that is not after its end")
    return start, end


def period(text: str, what: str = "datetime") -> tuple[Instant, Instant]:
    """Return first and last instant (datetime64[ns]) of a date, or an instant twice.

    Raises
    ------
    InvalidValueError
        When it is neither, or out of range.
    """
    match = _TIME.fullmatch(text)
    if match is None or int(match["year"]) not in _YEARS:
        raise InvalidValueError(what, text, _EXPECTED)
    try:
        day = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        raise InvalidValueError(what, text, f"a date that exists; {_EXPECTED}") from None
    first = np.datetime64(day, "ns")
    if match["hour"]:
        exact = first + _since_midnight(match)
        return exact, exact
    unit: Literal["D", "M", "Y"] = "D" if match["day"] else "M" if match["month"] else "Y"
    following = (first.astype(f"datetime64[{unit}]") + np.timedelta64(1, unit)).astype("M8[ns]")
    return first, following - np.timedelta64(1, "ns")


def _item(text: str, what: str) -> tuple[Instant | None, Instant | None]:
    first, slash, last = text.partition("/")
    return between(first.strip(), last.strip(), what) if slash else period(text, what)


def _since_midnight(match: re.Match[str]) -> np.timedelta64:
    minutes = int(match["hour"]) * 60 + int(match["minute"])
    if match["sign"]:
        offset = int(match["east"]) * 60 + int(match["east_minute"])
        minutes -= offset if match["sign"] == "+" else -offset
    seconds = minutes * 60 + int(match["second"] or 0)
    fraction = int((match["fraction"] or "").ljust(9, "0"))
    return np.timedelta64(seconds * 1_000_000_000 + fraction, "ns")
