"""Times of maps that ask none."""

import numpy as np

from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import instant
from casa_ogc.query.request import TimeSelection

SOUNDING_DAYS = 16
"""Days before the last sounding that a map without a time shows."""


def default_time(head: Head) -> TimeSelection | None:
    """Return the time of maps that ask none: the last step, or the last days of soundings."""
    if head.kind == "grid" or head.time is None:
        return None
    last = instant(head.time[1])
    return TimeSelection(((last - np.timedelta64(SOUNDING_DAYS, "D"), last),))
