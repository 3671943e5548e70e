"""Times that select soundings, read without any numerical library."""

import re
from datetime import UTC, datetime, timedelta

_EARLIEST, _LATEST = datetime(1678, 1, 1), datetime(2262, 1, 1)  # noqa: DTZ001  # UTC without zone
_MONTHS = 12
_DATE = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?", re.ASCII)
_EXPECTED = (
    "an instant (2023-07-01T03:04:05Z), a date (2023-07-01, 2023-07, 2023) or an interval of them "
    "(start/end, .. for an open end)"
)


def interval(text: str) -> tuple[datetime, datetime]:
    """Return the closed interval of time that a text names, in UTC without zone.

    An instant, a date (all of a day, a month or a year), or two of them with a slash, one of which
    may be ``..`` or empty; instants without a zone are UTC.

    Raises
    ------
    ValueError
        When it is none of these, or ends before it begins.
    """
    start, slash, end = text.partition("/")
    try:
        found = (_span(start)[0], _span(end)[1]) if slash else _span(text, either=False)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time; expected {_EXPECTED}") from None
    if found[0] > found[1]:
        raise ValueError(f"{text!r} ends before it begins")
    return found


def _span(text: str, *, either: bool = True) -> tuple[datetime, datetime]:
    """Return first and last instant of a date, an instant, or an open end."""
    if either and text in ("", ".."):
        return _EARLIEST, _LATEST
    if date := _DATE.fullmatch(text):
        return _of(date)
    instant = datetime.fromisoformat(text)
    if "T" not in text.upper():
        raise ValueError(text)
    plain = instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
    return plain, plain


def _of(date: re.Match[str]) -> tuple[datetime, datetime]:
    """Return first and last instant of a day, a month or a year."""
    year, month, day = (int(date[part] or 1) for part in ("year", "month", "day"))
    first = datetime(year, month, day)  # noqa: DTZ001  # UTC without zone
    if date["day"]:
        following = first + timedelta(days=1)
    else:
        months = 1 if date["month"] else _MONTHS
        following = first.replace(
            year=year + (month + months - 1) // _MONTHS,
            month=(month + months - 1) % _MONTHS + 1,
        )
    return first, following - timedelta(microseconds=1)
