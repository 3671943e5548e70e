"""References to stored inputs: plain data that travels with a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

type Run = tuple[int, int]
"""Start and stop of consecutive stored cells."""


@dataclass(frozen=True)
class Box:
    """A window of longitude and latitude in degrees, closed; west > east crosses 180."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Along:
    """Stored cells of one axis, in the order in which they are answered.

    Attributes
    ----------
    role
        ``t``, ``z``, ``y`` or ``x``.
    runs
        Consecutive stored cells, the runs one after the other.
    reverse
        Whether each run is gone through from its last cell to its first.
    """

    role: str
    runs: tuple[Run, ...]
    reverse: bool = False

    @property
    def size(self) -> int:
        """Number of cells."""
        return sum(stop - start for start, stop in self.runs)

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made a dictionary of, also after a way through JSON."""
        runs = tuple((start, stop) for start, stop in stored["runs"])
        return cls(stored["role"], runs, stored["reverse"])


@dataclass(frozen=True)
class RowTest:
    """Which soundings are meant beside places and times: a condition on their columns.

    Attributes
    ----------
    columns
        Names of the columns that it needs.
    function
        ``module:name`` of what makes a test of the condition; see `row_tests`.
    condition
        What it says, as plain data.
    """

    columns: tuple[str, ...]
    function: str
    condition: Mapping[str, Any]

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made a dictionary of, also after a way through JSON."""
        return cls(tuple(stored["columns"]), stored["function"], stored["condition"])


@dataclass(frozen=True)
class Selection:
    """What a request for data means of a snapshot, found from its axes and statistics alone.

    Attributes
    ----------
    variables
        Names of what is answered, uncertainties included.
    layout
        Arrangement of a cube that is best read; empty for soundings.
    cells
        Stored cells along each axis of a cube.
    boxes
        Windows, west <= east, that hold the centres of all soundings that are meant; none: all.
    area
        Well-known text of a polygon that narrows `cells` or `boxes`; its rings may run past 180.
        Empty: nothing is narrowed.
    test
        Soundings only: condition that narrows `boxes`; None: nothing is narrowed.
    values, size, read_size
        Most values of the answer, and bytes of these and of what is decoded for them.
    """

    variables: tuple[str, ...]
    layout: str = ""
    cells: tuple[Along, ...] = ()
    boxes: tuple[Box, ...] = ()
    area: str = ""
    values: int = 0
    size: int = 0
    read_size: int = 0
    test: RowTest | None = None

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made a dictionary of, also after a way through JSON."""
        cells = tuple(Along.restored(each) for each in stored["cells"])
        boxes = tuple(Box(**each) for each in stored["boxes"])
        test = stored.get("test")
        made: dict[str, Any] = {
            "variables": tuple(stored["variables"]),
            "cells": cells,
            "boxes": boxes,
            "test": RowTest.restored(test) if test else None,
        }
        return cls(**{**stored, **made})


@dataclass(frozen=True)
class InputRef:
    """One snapshot of a product, and the part of it that is asked for.

    Attributes
    ----------
    href
        Folder of the product.
    snapshot
        Version of the data.
    licence
        Licence under which the product may be used.
    intervals
        Closed intervals of time, ISO 8601 text in UTC without zone, None for an open end; empty
        means all times.
    box
        Window of centres, or None for everywhere.
    selection
        For inputs that take data as a request does: what exactly it means. It holds what `box`
        says, and for cubes what `intervals` say.
    good_only
        Soundings only: whether those alone are meant whose ``quality_flag`` is 0.
    """

    href: str
    snapshot: str
    licence: str
    intervals: tuple[tuple[str | None, str | None], ...] = ()
    box: Box | None = None
    selection: Selection | None = None
    good_only: bool = False

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made a dictionary of, also after a way through JSON."""
        box, selection = stored.get("box"), stored.get("selection")
        pairs: Sequence[tuple[str | None, str | None]] = stored.get("intervals", ())
        return cls(
            stored["href"],
            stored["snapshot"],
            stored["licence"],
            tuple((start, end) for start, end in pairs),
            Box(**box) if box else None,
            Selection.restored(selection) if selection else None,
            bool(stored.get("good_only", False)),
        )
