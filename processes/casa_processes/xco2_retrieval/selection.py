"""Which soundings of a granule are retrieved, and in which order."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.intervals import interval
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
        When nothing meets the selection.
    """
    meets = np.isfinite(places.latitude) & np.isfinite(places.longitude) & ~np.isnat(places.time)
    if inputs.bbox is not None:
        meets &= _within(places, inputs.bbox)
    if inputs.datetime is not None:
        first, last = (np.datetime64(each, "ns") for each in interval(inputs.datetime))
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


def places_of(places: Places, order: Rows) -> dict[str, NDArray[Any]]:
    """Return when and where the chosen soundings were taken, as columns."""
    return {"time": places.time[order], "latitude": places.latitude[order]}


def _within(places: Places, box: list[float]) -> NDArray[np.bool_]:
    west, south, east, north = box
    after, before = places.longitude >= west, places.longitude <= east
    across = after & before if west <= east else after | before
    found: NDArray[np.bool_] = across & (places.latitude >= south) & (places.latitude <= north)
    return found
