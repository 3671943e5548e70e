"""Which soundings of a granule are retrieved, and in which order."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError
from casa_processes.xco2_retrieval import Inputs
from casa_processes.xco2_retrieval.sources import Places

type Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Chosen:
    """The soundings to retrieve.

    Attributes
    ----------
    matched
        How many met the selection.
    order
        Rows of the granule, those of a footprint together, in the order of time.
    """

    matched: int
    order: Rows


def chosen(places: Places, inputs: Inputs) -> Chosen:
    """Choose the earliest soundings that meet the selection.

    Raises
    ------
    InvalidInputsError
        When the time cannot be read, or nothing meets the selection.
    """
    meets = np.isfinite(places.latitude) & np.isfinite(places.longitude) & ~np.isnat(places.time)
    if inputs.bbox is not None:
        meets &= _within(places, inputs.bbox)
    if inputs.datetime is not None:
        first, last = interval(inputs.datetime)
        meets &= (places.time >= first) & (places.time <= last)
    if inputs.footprints is not None:
        meets &= np.isin(places.footprint, inputs.footprints)
    rows = np.flatnonzero(meets)
    if not rows.size:
        reason = f"none of the {meets.size} soundings meets bbox, datetime and footprints"
        raise InvalidInputsError([("", reason)])
    early = rows[np.argsort(places.time[rows], kind="stable")][: inputs.max_soundings]
    order = early[np.argsort(places.footprint[early], kind="stable")]
    return Chosen(int(rows.size), order)


def interval(text: str) -> tuple[np.datetime64, np.datetime64]:
    """Return the closed interval of time that a text names.

    An instant, a date (all of it), or two of them with a slash, one of which may be ``..`` or
    empty; RFC 3339, instants without a zone are not read.

    Raises
    ------
    InvalidInputsError
        When it is none of these, or ends before it begins.
    """
    start, slash, end = text.partition("/")
    try:
        if not slash:
            both = _span(text)
        else:
            both = (_span(start, open_end=-1)[0], _span(end, open_end=1)[1])
    except (ValueError, OverflowError):
        reason = "expected an instant, a date or an interval, RFC 3339"
        raise InvalidInputsError([("/datetime", reason)]) from None
    if both[0] > both[1]:
        raise InvalidInputsError([("/datetime", "the interval ends before it begins")])
    return both


_FOREVER = {-1: np.datetime64("1678-01-01", "ns"), 1: np.datetime64("2262-01-01", "ns")}


def _span(text: str, open_end: int = 0) -> tuple[np.datetime64, np.datetime64]:
    """Return first and last instant of a date, an instant, or an open end."""
    if open_end and text in ("", ".."):
        return (_FOREVER[open_end],) * 2
    if len(text) == len("2023-07-01"):
        day = np.datetime64(datetime.strptime(text, "%Y-%m-%d").date(), "ns")  # noqa: DTZ007
        return day, day + np.timedelta64(1, "D") - np.timedelta64(1, "ns")
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    found = np.datetime64(instant.astimezone(UTC).replace(tzinfo=None), "ns")
    return found, found


def _within(places: Places, box: list[float]) -> NDArray[np.bool_]:
    west, south, east, north = box
    after, before = places.longitude >= west, places.longitude <= east
    across = after & before if west <= east else after | before
    found: NDArray[np.bool_] = across & (places.latitude >= south) & (places.latitude <= north)
    return found
