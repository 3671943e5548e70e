"""Times of maps that ask none, and times as a sheet tells them."""

import numpy as np

from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import instant, rfc3339
from casa_ogc.query.request import TimeSelection

SOUNDING_DAYS = 16
"""Days before the last sounding that a map without a time shows."""


def default_time(head: Head) -> TimeSelection | None:
    """Return the time of maps that ask none: the last step, or the last days of soundings."""
    if head.kind == "grid" or head.time is None:
        return None
    first, last = (instant(end) for end in head.time)
    return TimeSelection(((max(first, last - np.timedelta64(SOUNDING_DAYS, "D")), last),))


def days_told(head: Head, time: TimeSelection | None) -> str:
    """Return the first and the last day of soundings that are shown, as text.

    What lies before the first or after the last sounding of the collection is not told.
    """
    if head.time is None or time is None or not time.intervals:
        return ""
    first, last = (instant(end) for end in head.time)
    lows = [first if low is None else max(low, first) for low, _ in time.intervals]
    highs = [last if high is None else min(high, last) for _, high in time.intervals]
    ends = (min(lows), max(highs))
    return " to ".join(dict.fromkeys(rfc3339(end)[:10] for end in ends))
