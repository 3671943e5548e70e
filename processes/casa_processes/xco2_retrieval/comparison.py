"""Soundings of a run beside those of a collection, as of TCCON, near them in place and time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Check, Context
from casa_processes.common.errors import TooLargeError, UnknownNameError
from casa_processes.common.io import read_soundings, select_soundings
from casa_processes.common.references import Box, InputRef
from casa_processes.xco2_retrieval import Compared, Inputs
from casa_processes.xco2_retrieval.choices import Near

type Values = NDArray[np.float64]
type Columns = Mapping[str, NDArray[Any]]

MOST_READ = 5_000_000
"""Most soundings of the collection within the times of a run."""

_NAMES = ("latitude", "longitude", "xco2")
_QUALITY = "quality_flag"
_PIECE = 65_536
_BETWEEN = 64
"""Soundings between two questions whether the run was stopped."""
_WIDER = 1.001
"""Belts of latitude over what is near, so that rounding leaves nothing out."""


@dataclass(frozen=True, eq=False)
class Matches:
    """What a collection says near the soundings of a run.

    Attributes
    ----------
    name
        Of the collection.
    column
        Mean XCO2 of its soundings that are near; NaN where none is.  [ppm], shape (sounding,)
    scatter
        Their standard deviation; NaN of fewer than two.  [ppm], shape (sounding,)
    count
        Their number.  shape (sounding,)
    """

    name: str
    column: Values
    scatter: Values
    count: NDArray[np.int64]


def checked(inputs: Inputs, context: Context) -> InputRef | None:
    """Refer to the good soundings of the collection that inputs name, before anything is retrieved.

    Raises
    ------
    UnknownNameError
        When the collection stores no XCO2.
    """
    if inputs.reference is None:
        return None
    reference = context.references["reference"]
    stored = select_soundings(reference, 1, _PIECE).variables
    if "xco2" not in stored:
        raise UnknownNameError("variable", "xco2", stored)
    return replace(reference, good_only=_QUALITY in stored)


def check_size(reference: InputRef | None, columns: Columns, limits: Near) -> None:
    """Refuse more soundings of a collection than are compared with.

    Parameters
    ----------
    reference
        As `checked` returns it.
    columns
        ``time`` and ``latitude`` of the soundings, before or after they are retrieved.
    limits
        How near.

    Raises
    ------
    TooLargeError
        Which tells how many there are.
    """
    if reference is None or not columns["time"].size:
        return
    narrowed = _narrowed(reference, columns, limits)
    _check_count(select_soundings(narrowed, MOST_READ, _PIECE).matched)


def compared(inputs: Inputs, context: Context, columns: Columns) -> Matches | None:
    """Find what the collection of the inputs says near the soundings of a run, if they name one.

    Raises
    ------
    UnknownNameError
        When the collection stores no XCO2.
    TooLargeError
        When it has too many soundings there.
    StoppedError
        When the run was stopped.
    """
    reference = checked(inputs, context)
    if reference is None:
        return None
    found = read_soundings(_narrowed(reference, columns, inputs.near), _NAMES, MOST_READ)
    _check_count(found.matched)
    means = near(columns, found.columns, inputs.near, context.check)
    return Matches(inputs.reference or "", *means)


def _check_count(matched: int) -> None:
    if matched > MOST_READ:
        raise TooLargeError("soundings to compare with", matched, MOST_READ)


def near(
    columns: Columns, others: Columns, limits: Near, check: Check = lambda: None
) -> tuple[Values, Values, NDArray[np.int64]]:
    """Average what others say near each sounding.

    Parameters
    ----------
    columns
        ``time``, ``latitude``, ``longitude`` of the soundings.  shape (sounding,)
    others
        These and ``xco2`` [ppm].  shape (other,)
    limits
        How near.
    check
        Raises when the run was stopped.

    Returns
    -------
    tuple of ndarray
        As `Matches` has them, shape (sounding,)
    """
    there = _Others(others, limits)
    size = columns["time"].size
    mean, scatter = np.full(size, np.nan), np.full(size, np.nan)
    count = np.zeros(size, np.int64)
    times = columns["time"].astype("datetime64[ns]")
    for row in range(size):
        if row % _BETWEEN == 0:
            check()
        values = there.near(times[row], columns["latitude"][row], columns["longitude"][row])
        count[row] = values.size
        if values.size:
            mean[row] = values.mean()
        if values.size > 1:
            scatter[row] = values.std(ddof=1)
    return mean, scatter, count


class _Others:
    """Soundings in belts of latitude as wide as what is near, each in the order of time."""

    def __init__(self, others: Columns, limits: Near) -> None:
        self._limits, self._width = limits, _WIDER * limits.latitude
        self._within = np.timedelta64(round(limits.minutes * 60e9), "ns")
        known = ~np.isnat(others["time"])
        for name in _NAMES:
            known &= np.isfinite(others[name])
        belts = self._belt(others["latitude"][known].astype(np.float64))
        order = np.flatnonzero(known)[np.lexsort((others["time"][known], belts))]
        self._belts = np.sort(belts)
        self._times = others["time"][order].astype("datetime64[ns]")
        self._latitude, self._longitude, self._xco2 = (
            others[name][order].astype(np.float64) for name in _NAMES
        )

    def near(self, time: np.datetime64, latitude: float, longitude: float) -> Values:
        """Return what is near a place and time: of its belt and of both beside it.  [ppm]."""
        belt = float(self._belt(np.float64(latitude)))
        found = [self._of(each, time, latitude, longitude) for each in (belt - 1, belt, belt + 1)]
        return np.concatenate(found)

    def _belt(self, latitude: Any) -> Any:
        return np.floor(latitude / self._width)

    def _of(self, belt: float, time: np.datetime64, latitude: float, longitude: float) -> Values:
        start, end = np.searchsorted(self._belts, (belt, belt + 1.0))
        ends = (time - self._within, "left"), (time + self._within, "right")
        first, last = (
            start + np.searchsorted(self._times[start:end], each, side=side)  # type: ignore[call-overload]
            for each, side in ends
        )
        part = slice(int(first), int(last))
        away = np.abs(self._longitude[part] - longitude) % 360.0
        close = np.minimum(away, 360.0 - away) <= self._limits.longitude
        close &= np.abs(self._latitude[part] - latitude) <= self._limits.latitude
        found: Values = self._xco2[part][close]
        return found


def summary(matches: Matches | None, columns: Columns) -> Compared | None:
    """Sum up the comparison, of the soundings that pass all tests."""
    if matches is None:
        return None
    good = (columns["quality_flag"] == 0) & np.isfinite(columns["xco2"])
    beside = np.isfinite(columns["xco2"]) & np.isfinite(matches.column)
    off = (columns["xco2"].astype(np.float64) - matches.column)[good & beside]
    return Compared(
        collection=matches.name,
        count=int(beside.sum()),
        good=int(off.size),
        mean_difference=float(off.mean()) if off.size else None,
        standard_deviation=float(off.std(ddof=1)) if off.size > 1 else None,
    )


def _narrowed(reference: InputRef, columns: Columns, limits: Near) -> InputRef:
    """Refer to what may be near any sounding alone."""
    times = columns["time"].astype("datetime64[ns]")
    within = np.timedelta64(round(limits.minutes * 60e9), "ns")
    ends = (times.min() - within, times.max() + within)
    first, last = (str(np.datetime_as_string(each, unit="us")) for each in ends)
    south = float(columns["latitude"].min()) - limits.latitude
    north = float(columns["latitude"].max()) + limits.latitude
    box = Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    return replace(reference, intervals=((first, last),), box=box)
