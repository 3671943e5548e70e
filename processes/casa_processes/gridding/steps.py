"""Steps of time: days in a row from a first one, or months and years of the calendar."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError

MOST_STEPS = 4000
_TEXT = re.compile(r"P([1-9]\d{0,2})([DMY])")
_MOST = {"D": 366, "M": 12, "Y": 100}

_SECONDS = (2**63 - 1) // 10**9
"""Farthest second from 1970 that nanoseconds can tell."""

type Instants = NDArray[np.datetime64]


@dataclass(frozen=True)
class Duration:
    """A number of days, months or years."""

    count: int
    unit: str


def duration(text: str) -> Duration:
    """Read a duration such as P1D, P8D, P1M or P1Y.

    Raises
    ------
    InvalidValueError
        When it is none of days, months or years, or months do not divide a year.
    """
    found = _TEXT.fullmatch(text)
    if found:
        count, unit = int(found[1]), found[2]
        if count <= _MOST[unit] and not (unit == "M" and 12 % count):
            return Duration(count, unit)
    expected = "PnD (n to 366), PnM (n divides 12) or PnY"
    raise InvalidValueError("step of time", text, expected)


def edges(step: Duration, first: np.datetime64, last: np.datetime64) -> Instants:
    """Return the borders of the steps from that of `first` to that of `last`, datetime64[ns].

    Days are counted from the day of `first`; months and years begin with those of the calendar, of
    which several count from January and from the year 0.

    Raises
    ------
    InvalidValueError
        When there are too many steps, or their borders lie beyond 1678 to 2262, where nanoseconds
        of 64 bits end.
    """
    unit = step.unit
    low, high = (int(each.astype(f"datetime64[{unit}]").astype(np.int64)) for each in (first, last))
    years = 1970 if unit == "Y" else 0
    anchor = low if unit == "D" else -years
    begin = anchor + (low - anchor) // step.count * step.count
    count = (high - begin) // step.count + 1
    if count > MOST_STEPS:
        raise InvalidValueError("number of steps", count, f"at most {MOST_STEPS}")
    numbers = begin + step.count * np.arange(count + 1)
    borders = numbers.astype(f"datetime64[{unit}]")
    if np.abs(borders.astype("datetime64[s]").astype(np.int64)).max() > _SECONDS:
        ends = " to ".join(np.datetime_as_string(borders[[0, -1]], unit="Y").tolist())
        raise InvalidValueError("years of steps", ends, "within 1678 to 2262")
    found: Instants = borders.astype("datetime64[ns]")
    return found


def step_of(borders: Instants, times: Instants) -> NDArray[np.int64]:
    """Return the step of each time, -1 outside all of them and where it is missing."""
    counts = times.astype("datetime64[ns]").astype(np.int64)
    place = np.searchsorted(borders.astype("datetime64[ns]").astype(np.int64), counts, "right") - 1
    within = (place >= 0) & (place < borders.size - 1) & ~np.isnat(times)
    return np.where(within, place, -1).astype(np.int64)
