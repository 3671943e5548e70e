"""The renderer: one variable at one time and level in a window, as RGBA, a band at a time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore
from casa_ogc.encoders.colour import Scale, automatic_scale
from casa_ogc.encoders.drawing import Drawing, Pixels, clear, whole
from casa_ogc.encoders.resampling import coloured, paint_rows
from casa_ogc.encoders.spans import cells_under, column_spans, row_spans
from casa_ogc.encoders.spots import RADIUS, placed, spots
from casa_ogc.encoders.window import Window
from casa_ogc.query.dots import dots, drawable
from casa_ogc.query.filters import Filter
from casa_ogc.query.overview import Depth, cells, depth, fitting, horizontal, numeric
from casa_ogc.query.request import TimeSelection, VerticalSelection
from casa_ogc.query.samples import sample
from casa_processes.common.errors import InvalidValueError, TooLargeError

MOST_WARPED = 1 << 22
"""Most pixels of a window that PROJ must project one by one."""

_REMEMBERED = 2048


@dataclass(frozen=True, eq=False)
class Subject:
    """What a map shows.

    Attributes
    ----------
    variable
        Name of a stored variable of numbers.
    scale
        Its colours.
    time
        Cubes: the last step that it means, None the last of all. Soundings: all that it means.
    level
        Cubes only: the first that it means, None the first of all.
    limit
        Most cells or soundings to read.
    filters
        Soundings only: conditions that must be true of what is shown.
    """

    store: Cube | SoundingStore
    variable: str
    scale: Scale
    time: TimeSelection | None
    level: VerticalSelection | None
    limit: int
    filters: tuple[Filter, ...] = ()


def render(subject: Subject, window: Window) -> Pixels | None:
    """Draw a map in one piece, RGBA of shape (height, width, 4); see `drawing`."""
    found = drawing(subject, window)
    return None if found is None else whole(found)


def drawing(subject: Subject, window: Window) -> Drawing | None:
    """Return a map that is drawn when it is asked for; what is missing or outside is transparent.

    All that it shows is read here, except for the cells of a projected map, which are read with
    the bands that show them.

    Returns
    -------
    None where the product has no such time.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For one that is no number, or a level that is not stored.
    TooLargeError
        For more than the limit, before anything is read; of projected maps, by a band.
    """
    if isinstance(subject.store, Cube):
        return _cube(subject.store, subject, window)
    if subject.level is not None:
        raise InvalidValueError("z", subject.level, "none: soundings have no vertical axis")
    box = window.bounds(RADIUS + 1)
    found = dots(subject.store, subject.variable, box, subject.time, subject.limit, subject.filters)
    seen = placed(window, *found)

    def draw(first: int, band: Pixels) -> None:
        band[:] = coloured(spots(window, seen, first, len(band)), subject.scale)

    return Drawing(window.width, window.height, draw)


@lru_cache(maxsize=_REMEMBERED)
def scale_of(store: Cube | SoundingStore, variable: str, colour_map: str) -> Scale:
    """Choose the colours of a variable from a sample of all its values.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored, or an unknown colour map.
    InvalidValueError
        For a variable that is no number.
    """
    if isinstance(store, Cube):
        numeric(store, variable)
    else:
        drawable(store, variable)
    return automatic_scale(sample(store, variable).astype(np.float64), colour_map)


def _cube(cube: Cube, subject: Subject, window: Window) -> Drawing | None:
    numeric(cube, subject.variable)
    at = depth(cube, subject.time, subject.level)
    if at is None:
        return None
    name = fitting(cube, *window.resolution())
    if window.separable:
        return _straight(cube, name, subject, at, window)
    return _warped(cube, name, subject, at, window)


def _straight(cube: Cube, name: str, subject: Subject, at: Depth, window: Window) -> Drawing:
    layout = cube.layouts[name]
    y, x = horizontal(layout)
    meridians, parallels = window.edges()
    rows, columns = row_spans(y, parallels), column_spans(x, meridians)
    if rows.cells.size == 0 or columns.cells.size == 0:
        return clear(window.width, window.height)
    seen = rows.cells, columns.cells
    values, down, across = cells(layout, subject.variable, at, seen, subject.limit)
    spans = rows._replace(cells=down), columns._replace(cells=across)

    def draw(first: int, band: Pixels) -> None:
        paint_rows(values, spans, subject.scale, first, band)

    return Drawing(window.width, window.height, draw)


def _warped(cube: Cube, name: str, subject: Subject, at: Depth, window: Window) -> Drawing:
    """Draw the cell at the centre of each pixel; the overview has cells of about that size."""
    if window.width * window.height > MOST_WARPED:
        raise TooLargeError("pixels", window.width * window.height, MOST_WARPED)
    layout = cube.layouts[name]
    y, x = horizontal(layout)

    def draw(first: int, band: Pixels) -> None:
        longitudes, latitudes = window.places(first, first + len(band))
        rows, columns = cells_under(y, x, latitudes, longitudes)
        inside = rows >= 0
        shown = np.full(rows.shape, np.nan, dtype=np.float32)
        if inside.any():
            seen = rows[inside], columns[inside]
            values, down, across = cells(layout, subject.variable, at, seen, subject.limit)
            shown[inside] = values[down, across]
        band[:] = coloured(shown, subject.scale)

    return Drawing(window.width, window.height, draw)
