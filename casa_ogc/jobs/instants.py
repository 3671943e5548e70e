"""Instants as text: ISO 8601 in UTC with milliseconds and ``Z``, which sorts as time does."""

import math
from datetime import UTC, datetime, timedelta

from casa_processes.common.errors import InvalidValueError

_FIRST, _LAST = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"


def text(instant: datetime) -> str:
    """Write an instant, its zone known, as all rows have it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(instant: str) -> datetime:
    """Read an ISO 8601 instant; one without a zone is in UTC.

    Raises
    ------
    InvalidValueError
        When it is none.
    """
    try:
        found = datetime.fromisoformat(instant)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValueError("instant", instant, "an ISO 8601 date and time") from None


def shifted(instant: str, seconds: float) -> str:
    """Return the instant that is later by so many seconds (earlier when negative).

    The ends of the calendar are 0001-01-01 and 9999-12-31; beyond them is the end itself.

    Raises
    ------
    InvalidValueError
        When the time is not a number.
    """
    if math.isnan(seconds):
        raise InvalidValueError("seconds", seconds, "a number")
    try:
        return text(parse(instant) + timedelta(seconds=seconds))
    except OverflowError:
        return _LAST if seconds > 0 else _FIRST


def elapsed(start: str, end: str) -> float:
    """Return the seconds from one instant to another."""
    return (parse(end) - parse(start)).total_seconds()
