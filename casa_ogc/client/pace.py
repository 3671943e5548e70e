"""How long to wait before asking again: politely, and as the server wishes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def pauses(first: float, factor: float, most: float) -> Iterator[float]:
    """Yield waiting times that grow by `factor` from `first` and stay at `most`, in seconds.

    >>> from itertools import islice
    >>> list(islice(pauses(0.5, 2.0, 3.0), 4))
    [0.5, 1.0, 2.0, 3.0]
    """
    pause = first
    while True:
        yield min(pause, most)
        pause = min(pause * factor, most)


def retry_after(text: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header (RFC 9110): seconds or an HTTP date; None when it says neither.

    >>> retry_after("120"), retry_after("soon")
    (120.0, None)
    """
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text.strip())
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    known = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max((known - (now or datetime.now(UTC))).total_seconds(), 0.0)
