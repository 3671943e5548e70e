"""What a request means of stored data, as plain data for those who read it elsewhere."""

from collections.abc import Sequence

import numpy as np

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.query.cost import Options
from casa_ogc.query.hits import interval
from casa_ogc.query.instants import Span
from casa_ogc.query.picks import Cells
from casa_ogc.query.plan import cells_of, plan
from casa_ogc.query.request import Area, Box, Everywhere, Region, Request
from casa_ogc.query.soundings import question_of, sounding_cost
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.references import Along, Selection
from casa_processes.common.references import Box as Window

type Intervals = tuple[tuple[str | None, str | None], ...]


def selection(
    store: Cube | SoundingStore, request: Request, options: Options
) -> tuple[Selection, Intervals]:
    """Return the stored cells, or the windows and the times of soundings, that a request means.

    Nothing of the data is read. An area is met by cells and by soundings whose centres lie in it.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist, for a region that is no box and no area, and
        when nothing is there.
    """
    if not isinstance(request.region, Everywhere | Box | Area):
        raise InvalidValueError("coords", type(request.region).__name__, "a polygon")
    if isinstance(store, Cube):
        return _of_cube(store, request, options), ()
    return _of_soundings(store, request, options)


def _of_cube(cube: Cube, request: Request, options: Options) -> Selection:
    found = plan(cube, request, options)
    if found is None:
        raise InvalidValueError("the selection", _told(request), "one that meets the data")
    (window,) = found.windows
    along = cells_of(found.depth, window.y.cells, window.x.cells)
    return Selection(
        variables=tuple(one.name for one in found.variables),
        layout=found.cost.layout,
        cells=tuple(_along(role, cells) for role, cells in along.items() if role in cube.axes),
        area=_area(request.region),
        values=found.cost.cells,
        size=found.cost.bytes,
        read_size=found.cost.read_bytes,
    )


def _of_soundings(
    store: SoundingStore, request: Request, options: Options
) -> tuple[Selection, Intervals]:
    question = question_of(store, request, options)
    if not question.spans:
        raise InvalidValueError("the selection", _told(request), "a filter that can be true there")
    cost = sounding_cost(store, request, options)
    windows = tuple(Window(one.west, one.south, one.east, one.north) for one in question.boxes)
    found = Selection(
        variables=question.names,
        boxes=windows,
        area=_area(request.region),
        values=cost.cells,
        size=cost.bytes,
        read_size=cost.read_bytes,
    )
    return found, _intervals(question.spans)


def _along(role: str, cells: Cells) -> Along:
    return Along(role, cells.runs, cells.reverse)


def _area(region: Region) -> str:
    """Return a polygon as well-known text that loses no digit."""
    return region.geometry.wkt if isinstance(region, Area) else ""


def _intervals(spans: Sequence[Span]) -> Intervals:
    """Return spans as texts; the span of all times is none at all."""
    if list(spans) == [(None, None)]:
        return ()
    texts = []
    for span in spans:
        low, high = interval(span)
        texts.append((_text(low), _text(high)))
    return tuple(texts)


def _text(instant: np.datetime64 | None) -> str | None:
    return None if instant is None else str(np.datetime_as_string(instant))


def _told(request: Request) -> str:
    """Return what was asked, shortly."""
    parts = {"place": request.region, "time": request.time, "levels": request.vertical}
    return ", ".join(f"{name} {value}"[:120] for name, value in parts.items() if value is not None)
