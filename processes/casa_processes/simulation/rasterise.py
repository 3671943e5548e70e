"""Makes the raster of countries from Natural Earth.

``python -m casa_processes.simulation.rasterise countries-110m.json [countries.npz]``

The source is the TopoJSON of the npm package world-atlas 2.0.2 (ISC), which holds the countries of
Natural Earth 1:110 million (public domain).
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError
from casa_processes.simulation.geography import (
    COLUMNS,
    ROWS,
    WATER,
    Geography,
    latitudes,
    longitudes,
)

type Line = NDArray[np.float64]

_CIRCLE = 360.0


def rasterised(path: Path) -> Geography:
    """Return the country that the middle of each cell of one degree lies in.

    Parameters
    ----------
    path
        TopoJSON with an object ``countries``, quantised.

    Raises
    ------
    FileContentError
        When it is something else.
    """
    try:
        atlas = json.loads(path.read_bytes())
        countries = atlas["objects"]["countries"]["geometries"]
        arcs = _arcs(atlas)
    except (ValueError, KeyError, TypeError) as error:
        expected = "TopoJSON with an object countries"
        raise FileContentError(path.name, "content", expected, str(error)) from None
    y, x = np.broadcast_arrays(latitudes(), longitudes())
    country = np.full((ROWS, COLUMNS), WATER, dtype=np.int16)
    for number, each in enumerate(countries):
        for rings in _polygons(each, arcs):
            country[_within(rings, x, y) & (country == WATER)] = number
    return Geography(country, tuple(str(each["properties"]["name"]) for each in countries))


def _arcs(atlas: Mapping[str, Any]) -> list[Line]:
    """Undo the steps and the quantisation of the arcs.  [degree]."""
    scale = np.array(atlas["transform"]["scale"])
    origin = np.array(atlas["transform"]["translate"])
    return [
        np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + origin for arc in atlas["arcs"]
    ]


def _polygons(country: Mapping[str, Any], arcs: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the rings of each polygon of a country."""
    if country["type"] is None:
        return
    alone = country["type"] == "Polygon"
    for polygon in [country["arcs"]] if alone else country["arcs"]:
        yield [_ring(numbers, arcs) for numbers in polygon]


def _ring(numbers: Sequence[int], arcs: Sequence[Line]) -> Line:
    """Join arcs to a ring; a negative number is an arc to be gone backwards (TopoJSON 2.1.3)."""
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _within(rings: Sequence[Line], x: Line, y: Line) -> NDArray[np.bool_]:
    """Tell which places lie in a polygon, wherever its rings cross 180 degrees."""
    outline = shapely.Polygon(_unwound(rings[0]), [_unwound(ring) for ring in rings[1:]])
    turned = [shapely.contains_xy(outline, x + turn, y) for turn in (-_CIRCLE, 0.0, _CIRCLE)]
    return np.asarray(np.any(turned, axis=0))


def _unwound(ring: Line) -> Line:
    """Take the jumps at 180 degrees out of a ring; one that goes round a pole is led over it."""
    longitude = np.unwrap(ring[:, 0], period=_CIRCLE)
    found = np.column_stack([longitude, ring[:, 1]])
    if abs(longitude[-1] - longitude[0]) < _CIRCLE / 2.0:
        return found
    pole = np.copysign(90.0, ring[:, 1].mean())
    return np.concatenate([found, [[longitude[-1], pole], [longitude[0], pole]]])


def write(found: Geography, path: Path) -> None:
    """Write a raster as `casa_processes.simulation.geography` reads it."""
    np.savez_compressed(path, country=found.country, names=np.array(found.names))


if __name__ == "__main__":
    target = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).with_name("countries.npz"))
    write(rasterised(Path(sys.argv[1])), target)
