"""Times that select soundings, read without any numerical library."""

from datetime import UTC, datetime, timedelta

_EARLIEST, _LATEST = datetime(1678, 1, 1), datetime(2262, 1, 1)  # noqa: DTZ001  # UTC without zone
_DAY = len("2023-07-01")


def interval(text: str) -> tuple[datetime, datetime]:
    """Return the closed interval of time that a text names, in UTC without zone.

    An instant, a date (all of it), or two of them with a slash, one of which may be ``..`` or
    empty; RFC 3339, instants without a zone are not read.

    Raises
    ------
    ValueError
        When it is none of these, or ends before it begins.
    """
    start, slash, end = text.partition("/")
    try:
        found = (_span(start)[0], _span(end)[1]) if slash else _span(text, either=False)
    except (ValueError, OverflowError):
        raise ValueError("expected an instant, a date or an interval, RFC 3339") from None
    if found[0] > found[1]:
        raise ValueError("the interval ends before it begins")
    return found


def _span(text: str, *, either: bool = True) -> tuple[datetime, datetime]:
    """Return first and last instant of a date, an instant, or an open end."""
    if either and text in ("", ".."):
        return _EARLIEST, _LATEST
    if len(text) == _DAY:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  # UTC without zone
        return day, day + timedelta(days=1) - timedelta(microseconds=1)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return plain, plain
