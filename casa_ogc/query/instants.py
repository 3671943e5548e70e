"""Steps of a time axis, and intervals of time as whole nanoseconds."""

from collections.abc import Iterable
from typing import Literal

import numpy as np

from casa_ogc.archive.axes import Axis
from casa_ogc.query.lines import Line, line
from casa_ogc.query.picks import Pick, Run
from casa_ogc.query.request import Instant, TimeSelection
from casa_processes.common.errors import InvalidValueError

type Span = tuple[int | None, int | None]
"""Closed interval of nanoseconds since 1970; None is an open end."""

type Unit = Literal["D", "M", "Y"]

FIRST, LAST = -(2**63) + 1, 2**63 - 1
_PERIODS: dict[str, Unit] = {"P1D": "D", "P1M": "M", "P1Y": "Y"}
_NANOSECONDS = {"us": 1_000, "ns": 1}


def steps(axis: Axis | None, asked: TimeSelection | None) -> Pick | None:
    """Return the time steps that a request means, in stored order.

    An interval means the steps whose instants lie in it, ends included; an instant means the equal
    step, or with `nearest` the closest one. Steps of several intervals are answered once each.

    Parameters
    ----------
    axis
        Time axis of the cube, None when it has none.
    asked
        Intervals; None is all time.

    Returns
    -------
    Pick
        None when no step is meant.

    Raises
    ------
    InvalidValueError
        When a time is asked of a product that has none, or an interval is malformed.
    """
    wanted = spans(asked)
    if axis is None:
        raise InvalidValueError("datetime", asked, "none: the product has no time axis")
    timeline = line(axis)
    if asked is None:
        return timeline.whole
    return timeline.pick([_run(timeline, span, asked.nearest) for span in wanted])


def spans(asked: TimeSelection | None) -> list[Span]:
    """Return the intervals of a request in nanoseconds, in the order given.

    Raises
    ------
    InvalidValueError
        For no interval at all, an instant that is no time, or a start after its end.
    """
    if asked is None:
        return [(None, None)]
    if not asked.intervals:
        raise InvalidValueError("datetime", "", "one interval or more")
    return [_span(start, end) for start, end in asked.intervals]


def _span(start: Instant | None, end: Instant | None) -> Span:
    low, high = _nanoseconds(start), _nanoseconds(end)
    if low is not None and high is not None and low > high:
        raise InvalidValueError("datetime", f"{start}/{end}", "a start that is not after its end")
    return low, high


def _nanoseconds(instant: Instant | None) -> int | None:
    """Return an instant in nanoseconds; one beyond what they can hold is the outermost one."""
    if instant is None:
        return None
    if np.isnat(instant):
        raise InvalidValueError("datetime", str(instant), "an instant")
    unit = "ns" if np.datetime_data(instant.dtype)[0] == "ns" else "us"
    exact = int(instant.astype(f"datetime64[{unit}]").astype(np.int64)) * _NANOSECONDS[unit]
    return min(max(exact, FIRST), LAST)


def _run(timeline: Line, span: Span, nearest: bool) -> Run:
    start, stop = timeline.between(*span)
    if nearest and start == stop and span[0] is not None and span[0] == span[1]:
        closest = timeline.nearest(span[0])
        return closest, closest + 1
    return start, stop


def periods(wanted: Iterable[Span], resolution: str) -> list[Span]:
    """Return intervals widened to whole periods, joined where they overlap, ascending.

    Parameters
    ----------
    resolution
        ``P1D``, ``P1M`` or ``P1Y``: an instant stands for all its day, month or year (UTC), which
        overlaps an interval exactly when it lies in the widened one. Any other: exact instants.
    """
    unit = _PERIODS.get(resolution)
    widened = [_whole(span, unit) if unit else span for span in wanted]
    joined: list[Span] = []
    for low, high in sorted(widened, key=lambda span: FIRST - 1 if span[0] is None else span[0]):
        last = joined[-1][1] if joined else None
        if joined and (last is None or low is None or low <= last):
            end = None if last is None or high is None else max(last, high)
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((low, high))
    return joined


def _whole(span: Span, unit: Unit) -> Span:
    low, high = (None if end is None else _floored(end, unit) for end in span)
    start = None if low is None else _as_nanoseconds(low)
    return start, None if high is None else _as_nanoseconds(high + np.timedelta64(1, unit)) - 1


def _floored(end: int, unit: Unit) -> np.datetime64:
    floored: np.datetime64 = np.datetime64(end, "ns").astype(f"datetime64[{unit}]")
    return floored


def _as_nanoseconds(instant: np.datetime64) -> int:
    return _nanoseconds(instant.astype("datetime64[us]")) or 0
