"""Grids as rasters: a north-up transform and one band for each field, time and level."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc import __version__
from casa_ogc.archive.axes import Axis, Role
from casa_ogc.encoders.domains import spread
from casa_ogc.encoders.frame import edges
from casa_ogc.encoders.times import rfc3339
from casa_ogc.query.answer import Answer, Grid, GridAnswer, GridField, Origin
from casa_ogc.query.systems import parse_system
from casa_processes.common.errors import InvalidValueError

MOST_BANDS = 65_535
_UNEVEN = 1e-4
_DEPTH: tuple[Role, ...] = ("t", "z")


@dataclass(frozen=True, eq=False)
class Band:
    """One layer of a raster.

    Attributes
    ----------
    values
        Shape (row, column), float32, the first row in the north; missing ones NaN.
    description
        Variable, time and level in words.
    units
        UDUNITS text.
    tags
        What else is known, by name.
    """

    values: NDArray[np.float32]
    description: str
    units: str
    tags: dict[str, str]


@dataclass(frozen=True, eq=False)
class Raster:
    """A grid of equal cells.

    Attributes
    ----------
    west, north
        Outer corner, in units of the reference system.
    cell_x, cell_y
        Size of the cells, positive.
    width, height
        Cells.
    epsg
        Reference system; coordinates go as x, y whatever its own order.
    count
        Bands.
    discrete
        Whether some band holds codes, of which there is no mean.
    tags
        Where the data come from.
    """

    grid: Grid
    west: float
    north: float
    cell_x: float
    cell_y: float
    width: int
    height: int
    epsg: int
    count: int
    discrete: bool
    tags: dict[str, str]

    def bands(self) -> Iterator[Band]:
        """Yield the bands: by variable, then time, then level."""
        for field in self.grid.fields.values():
            yield from _bands(self.grid, field)


def raster(answer: Answer) -> Raster:
    """Return an answer as a raster.

    Raises
    ------
    InvalidValueError
        For soundings, for several grids, for cells of different sizes, and for more bands than a
        TIFF may have.
    """
    if not isinstance(answer, GridAnswer) or len(answer.grids) != 1:
        raise InvalidValueError("f", "GeoTIFF", "another format: only one single grid is an image")
    grid = answer.grids[0]
    x, y = edges(grid.axes["x"]), edges(grid.axes["y"])
    cell_x, cell_y = _cell(x, "longitude"), _cell(y, "latitude")
    count = sum(_layers(grid, field) for field in grid.fields.values())
    if not 0 < count <= MOST_BANDS:
        raise InvalidValueError("f", f"a GeoTIFF of {count} bands", f"at most {MOST_BANDS} bands")
    return Raster(
        grid=grid,
        west=float(x.min()),
        north=float(y.max()),
        cell_x=cell_x,
        cell_y=cell_y,
        width=x.shape[0],
        height=y.shape[0],
        epsg=parse_system(answer.crs).code or 4326,
        count=count,
        discrete=any(field.variable.flags for field in grid.fields.values()),
        tags=_provenance(answer.origin),
    )


def _cell(bounds: NDArray[np.float64], name: str) -> float:
    """Return the common size of the cells of an axis."""
    size = float(bounds.max() - bounds.min()) / int(bounds.shape[0])
    even = np.abs(np.sort(bounds[:, 0]) - (bounds.min() + size * np.arange(bounds.shape[0])))
    if size <= 0 or even.max() > _UNEVEN * size:
        hint = f"equal cells along the {name}: ask for a scale-size, or for another format"
        raise InvalidValueError("f", "GeoTIFF", hint)
    return size


def _layers(grid: Grid, field: GridField) -> int:
    sizes = [grid.axes[role].size for role in _DEPTH if role in field.roles]
    return int(np.prod(sizes, dtype=np.int64))


def _bands(grid: Grid, field: GridField) -> Iterator[Band]:
    roles: tuple[Role, ...] = tuple(role for role in _DEPTH if role in field.roles)
    values = spread(grid, field, (*roles, "y", "x"))
    latitudes = grid.axes["y"].values
    rows = slice(None, None, -1) if latitudes[0] < latitudes[-1] else slice(None)
    labels = {role: _labels(grid.axes[role]) for role in roles}
    shared = _described(field)
    for place in np.ndindex(values.shape[:-2]):
        here = {role: labels[role][index] for role, index in zip(roles, place, strict=True)}
        tags = shared | {key: text for label in here.values() for key, text in label.items()}
        words = [field.variable.name, *(label["label"] for label in here.values())]
        tags.pop("label", None)
        layer = np.asarray(values[place][rows], dtype=np.float32)
        yield Band(layer, " ".join(words), field.variable.units, tags)


def _labels(axis: Axis) -> list[dict[str, str]]:
    """Return words and tags for each time or level."""
    if axis.role == "t":
        texts = rfc3339(axis.values).tolist()
        found = [{"label": text, "time": text} for text in texts]
        if axis.bounds is not None:
            for label, (start, end) in zip(found, rfc3339(axis.bounds).tolist(), strict=True):
                label["time_bounds"] = f"{start}/{end}"
        return found
    levels = [f"{value:.10g}" for value in axis.values.tolist()]
    return [{"label": f"{level} {axis.units}".strip(), axis.name: level} for level in levels]


def _described(field: GridField) -> dict[str, str]:
    variable = field.variable
    tags = {
        "variable": variable.name,
        "long_name": variable.en,
        "long_name_zh": variable.zh,
        "standard_name": variable.standard_name,
        "cell_methods": field.cell_methods,
        "flags": ", ".join(f"{code}: {meaning}" for code, meaning in variable.flags),
    }
    return {name: text for name, text in tags.items() if text}


def _provenance(origin: Origin) -> dict[str, str]:
    tags: dict[str, Any] = {
        "TIFFTAG_IMAGEDESCRIPTION": origin.title,
        "TIFFTAG_SOFTWARE": f"CASA OGC {__version__}",
        "TIFFTAG_COPYRIGHT": origin.licence,
        "product": origin.product,
        "snapshot": origin.snapshot,
        "citation": origin.citation,
        "AREA_OR_POINT": "Area",
    }
    return {name: text for name, text in tags.items() if text}
