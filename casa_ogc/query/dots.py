"""Reading soundings for maps: places and values of one variable, in no particular order."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.filters import Filter
from casa_ogc.query.instants import Span, periods, spans
from casa_ogc.query.narrowing import columns_of, narrowed
from casa_ogc.query.regions import split
from casa_ogc.query.request import TimeSelection
from casa_processes.common.errors import InvalidValueError, TooLargeError, UnknownNameError

if TYPE_CHECKING:
    from casa_ogc.archive.soundings import SoundingStore

_NEVER = (np.datetime64(1, "ns"), np.datetime64(0, "ns"))

type Dots = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[Any]]
"""Longitudes, latitudes and values, shape (n,)."""


def dots(
    store: "SoundingStore",
    name: str,
    box: Bounds,
    time: TimeSelection | None,
    limit: int,
    filters: Sequence[Filter] = (),
) -> Dots:
    """Return the soundings of a box and some intervals of time.

    Parameters
    ----------
    box
        Longitudes may run past 180; closed.
    time
        None is all time. Where the store knows only the period of a sounding (`time_resolution`),
        it is shown when that overlaps an interval.
    limit
        Most rows to read.
    filters
        Conditions that must be true of what is shown.

    Raises
    ------
    UnknownNameError
        When the variable is not stored.
    InvalidValueError
        When it has no single number for each sounding.
    TooLargeError
        For more rows than the limit, before anything is read.
    """
    longitudes, latitudes, values = dot_columns(store, (name,), box, time, limit, filters).values()
    return longitudes, latitudes, values


def dot_columns(
    store: "SoundingStore",
    names: tuple[str, ...],
    box: Bounds,
    time: TimeSelection | None,
    limit: int,
    filters: Sequence[Filter] = (),
) -> dict[str, NDArray[Any]]:
    """Return ``longitude``, ``latitude`` and other variables of the soundings of `dots`.

    Raises
    ------
    UnknownNameError, InvalidValueError, TooLargeError
        As `dots`.
    """
    if time is not None and time.nearest:
        raise InvalidValueError("method", "nearest", "exact: soundings have no time steps")
    for name in names:
        drawable(store, name)
    times = tuple(periods(spans(time), store.time_resolution))
    boxes, seen = narrowed(tuple(split(box)), times, filters) or ((), ())
    wanted = [_instants(span) for span in seen] or [_NEVER]
    rows = sum(store.count(boxes, one) for one in wanted)
    if rows > limit:
        raise TooLargeError("soundings", rows, limit)
    columns = tuple(dict.fromkeys(("longitude", "latitude", *names)))
    needed = tuple(dict.fromkeys((*columns, *columns_of(filters))))
    found = [store.select(needed, boxes, one) for one in wanted]
    whole = {name: np.concatenate([one[name] for one in found]) for name in needed}
    rows = whole["longitude"].size
    kept = np.logical_and.reduce([one.matches(whole, rows) for one in filters])
    return {name: whole[name][kept] if filters else whole[name] for name in columns}


def drawable(store: "SoundingStore", name: str) -> None:
    """Check that a variable has one number for each sounding.

    Raises
    ------
    UnknownNameError
        When it is not stored.
    InvalidValueError
        When it is text, a time, a profile or the corners of footprints.
    """
    # pyarrow is imported by the store that is asked, not by those who describe maps.
    import pyarrow.types as kinds

    if name not in store.variables:
        raise UnknownNameError("variable", name, store.variables)
    kind = store.column_type(name)
    if not (kinds.is_floating(kind) or kinds.is_integer(kind)):
        raise InvalidValueError("variable", name, "a variable of one number for each sounding")


def _instants(span: Span) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    low, high = (None if end is None else np.datetime64(end, "ns") for end in span)
    return low, high
