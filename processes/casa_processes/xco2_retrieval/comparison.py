"""Soundings of a run beside those of a collection, as of TCCON, near them in place and time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.context import Context
from casa_processes.common.errors import UnknownNameError
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


def compared(inputs: Inputs, context: Context, columns: Columns) -> Matches | None:
    """Find what the collection of the inputs says near the soundings of a run, if they name one.

    Raises
    ------
    UnknownNameError
        When the collection stores no XCO2.
    """
    reference = checked(inputs, context)
    if reference is None:
        return None
    narrowed = _narrowed(reference, columns, inputs.near)
    found = read_soundings(narrowed, _NAMES, MOST_READ).columns
    return Matches(inputs.reference or "", *near(columns, found, inputs.near))


def near(
    columns: Columns, others: Columns, limits: Near
) -> tuple[Values, Values, NDArray[np.int64]]:
    """Average what others say near each sounding.

    Parameters
    ----------
    columns
        ``time``, ``latitude``, ``longitude`` of the soundings.  shape (sounding,)
    others
        These and ``xco2`` [ppm], in the order of time.  shape (other,)
    limits
        How near.

    Returns
    -------
    tuple of ndarray
        As `Matches` has them, shape (sounding,)
    """
    known = np.isfinite(others["xco2"])
    there = {name: others[name][known] for name in (*_NAMES, "time")}
    within = np.timedelta64(round(limits.minutes * 60e9), "ns")
    times = columns["time"].astype("datetime64[ns]")
    first = np.searchsorted(there["time"], times - within, side="left")
    last = np.searchsorted(there["time"], times + within, side="right")
    mean, scatter = np.full(times.size, np.nan), np.full(times.size, np.nan)
    count = np.zeros(times.size, np.int64)
    for row in np.flatnonzero(last > first):
        part = slice(int(first[row]), int(last[row]))
        away = np.abs(there["longitude"][part] - columns["longitude"][row]) % 360.0
        close = np.minimum(away, 360.0 - away) <= limits.longitude
        north = np.abs(there["latitude"][part] - columns["latitude"][row])
        values = there["xco2"][part][close & (north <= limits.latitude)].astype(np.float64)
        count[row] = values.size
        if values.size:
            mean[row] = values.mean()
        if values.size > 1:
            scatter[row] = values.std(ddof=1)
    return mean, scatter, count


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
