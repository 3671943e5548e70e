"""What a quick look shows: one variable at one time and level, as cells or as dots."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.encoders.colour import Scale, automatic_scale, colour_table
from casa_ogc.encoders.columns import data_columns, described
from casa_ogc.encoders.frame import Frame, edges, frame_around
from casa_ogc.encoders.resampling import draw_cells
from casa_ogc.encoders.times import rfc3339
from casa_ogc.query.answer import Answer, Grid, GridAnswer, GridField, SoundingsAnswer
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

_LEAST_SPAN = 8.0
_MARGIN = 0.05
_DOT = 2


@dataclass(frozen=True, eq=False)
class Picture:
    """A map without its surroundings.

    Attributes
    ----------
    pixels
        RGBA, shape (height, width, 4).
    when
        Time, and level where there is one, as text; may be empty.
    """

    variable: Variable
    scale: Scale
    frame: Frame
    pixels: NDArray[np.uint8]
    when: str


type Styles = Mapping[str, Scale]


def draw(answer: Answer, width: int = 1000, styles: Styles = MappingProxyType({})) -> Picture:
    """Draw the first numeric variable of an answer, or the first that has a style.

    Parameters
    ----------
    width
        Pixels of the longer side.
    styles
        Colours of variables; those of others come from the values that are shown.

    Raises
    ------
    InvalidValueError
        When the answer has no numeric variable with one value for each place.
    """
    if isinstance(answer, SoundingsAnswer):
        return _draw_soundings(answer, width, styles)
    grid = answer.grids[0]
    if len(answer.grids) == 1 and grid.axes["x"].size * grid.axes["y"].size > 1:
        return _draw_grid(grid, width, styles)
    return _draw_places(answer, width, styles)


def first_map(grid: Grid, field: GridField) -> NDArray[Any]:
    """Return a field at its first time and level, shape (y, x)."""
    index = tuple(slice(None) if role in ("y", "x") else 0 for role in field.roles)
    shape = tuple(grid.axes[role].size if role in field.roles else 1 for role in ("y", "x"))
    full = (grid.axes["y"].size, grid.axes["x"].size)
    return np.broadcast_to(field.values[index].reshape(shape), full)


def window_around(
    longitudes: NDArray[np.float64], latitudes: NDArray[np.float64], width: int
) -> Frame:
    """Frame places with a margin; the longitudes start after the widest gap between them."""
    turned = np.unique(longitudes % 360)
    gaps = np.diff(turned, append=turned[0] + 360)
    after = int(np.argmax(gaps))
    west = float(turned[(after + 1) % turned.size])
    span = 360.0 - float(gaps[after])
    west, east = _widened(west if west < 180 else west - 360, span)
    south, north = _widened(float(latitudes.min()), float(np.ptp(latitudes)))
    if east - west > 360:
        west, east = -180.0, 180.0
    return frame_around(west, max(south, -90.0), east, min(north, 90.0), width)


def _draw_grid(grid: Grid, width: int, styles: Styles) -> Picture:
    """Draw the cells of a grid in the window of their edges."""
    name = _drawn({n: (f.variable, f.values) for n, f in grid.fields.items()}, styles)
    field = grid.fields[name]
    values = first_map(grid, field)
    x, y = edges(grid.axes["x"]), edges(grid.axes["y"])
    west = float(x.min())
    east = min(float(x.max()), west + 360.0)
    frame = frame_around(west, max(float(y.min()), -90.0), east, min(float(y.max()), 90.0), width)
    scale = styles.get(name) or automatic_scale(values, field.variable.colour_map)
    pixels = draw_cells(values, grid.axes["y"], grid.axes["x"], frame, scale)
    return Picture(field.variable, scale, frame, pixels, _when(grid))


def _draw_places(answer: GridAnswer, width: int, styles: Styles) -> Picture:
    """Draw single places as dots."""
    first = answer.grids[0]
    name = _drawn({n: (f.variable, f.values) for n, f in first.fields.items()}, styles)
    maps = [first_map(grid, grid.fields[name]).ravel() for grid in answer.grids]
    places = [np.meshgrid(g.axes["x"].values, g.axes["y"].values) for g in answer.grids]
    longitudes = np.concatenate([x.ravel() for x, _ in places])
    latitudes = np.concatenate([y.ravel() for _, y in places])
    variable = first.fields[name].variable
    values = np.concatenate(maps)
    scale = styles.get(name) or automatic_scale(values, variable.colour_map)
    look = _Look(variable, scale, _when(first))
    return _dotted(longitudes, latitudes, values, look, (width, 3 * _DOT))


def _draw_soundings(answer: SoundingsAnswer, width: int, styles: Styles) -> Picture:
    """Draw soundings as dots, later ones over earlier ones."""
    scalars = {n: v for n, v in data_columns(answer).items() if v.ndim == 1}
    name = _drawn({n: (described(answer, n), values) for n, values in scalars.items()}, styles)
    longitudes, latitudes = answer.columns["longitude"], answer.columns["latitude"]
    times = answer.columns["time"]
    days = rfc3339(times[[0, -1]], "P1D").tolist() if times.size else []
    when = " to ".join(dict.fromkeys(days))
    variable = described(answer, name)
    scale = styles.get(name) or automatic_scale(scalars[name], variable.colour_map)
    look = _Look(variable, scale, when)
    return _dotted(longitudes, latitudes, scalars[name], look, (width, _DOT))


@dataclass(frozen=True)
class _Look:
    """What a picture shows, in which colours, and when."""

    variable: Variable
    scale: Scale
    when: str


def _dotted(
    longitudes: NDArray[np.float64],
    latitudes: NDArray[np.float64],
    values: NDArray[Any],
    look: _Look,
    size: tuple[int, int],
) -> Picture:
    """Draw dots; `size` is the width of the picture and the radius of a dot."""
    (width, radius), scale = size, look.scale
    if not longitudes.size:
        frame = frame_around(-180.0, -90.0, 180.0, 90.0, width)
    else:
        frame = window_around(longitudes, latitudes, width)
    pixels = np.zeros((frame.height, frame.width, 4), dtype=np.uint8)
    known = np.isfinite(values)
    steps = (values[known].astype(np.float64) - scale.low) * 256 / (scale.high - scale.low)
    colours = colour_table(scale.colour_map)[np.clip(steps, 0, 255).astype(np.intp)]
    rows, columns = frame.rows(latitudes[known]), frame.columns(longitudes[known])
    reach = np.arange(-radius, radius + 1)
    disc = [(i, j) for i in reach for j in reach if i * i + j * j <= radius * radius + 1]
    for down, right in disc:
        i, j = rows + down, columns + right
        seen = (rows >= 0) & (columns >= 0)
        seen &= (i >= 0) & (i < frame.height) & (j >= 0) & (j < frame.width)
        pixels[i[seen], j[seen]] = colours[seen]
    return Picture(look.variable, scale, frame, pixels, look.when)


def _drawn(given: Mapping[str, tuple[Variable, NDArray[Any]]], styles: Styles) -> str:
    """Choose the first numeric variable with a style, else one that is no uncertainty."""
    numeric = {n: v for n, (v, values) in given.items() if values.dtype.kind in "fiub"}
    uncertain = {variable.uncertainty for variable in numeric.values()}
    styled = [name for name in numeric if name in styles]
    for name in (*styled, *(n for n in numeric if n not in uncertain), *numeric):
        return name
    raise InvalidValueError("variables of a picture", tuple(given), "at least one numeric variable")


def _when(grid: Grid) -> str:
    """Return the first time and level of a grid as text."""
    parts = []
    if "t" in grid.axes:
        parts.append(str(rfc3339(grid.axes["t"].values[:1])[0]))
    if "z" in grid.axes:
        axis = grid.axes["z"]
        parts.append(f"{axis.name} {axis.values[0]:g} {axis.units}".strip())
    return ", ".join(parts)


def _widened(start: float, span: float) -> tuple[float, float]:
    """Give an interval a margin and a least width."""
    margin = max(span * _MARGIN, (_LEAST_SPAN - span) / 2)
    return start - margin, start + span + margin
