"""Soundings as Mapbox vector tiles (version 2.1)."""

from typing import Any

import mapbox_vector_tile
import numpy as np
from numpy.typing import NDArray
from shapely import Point

from casa_ogc.encoders.window import Window

EXTENT = 4096
BUFFER = 4.0
"""Pixels around a tile whose soundings are in it too, so that dots are not cut at its edges."""
MOST = 4000
"""Most soundings that are written one by one."""
_BINS = 64

type Columns = dict[str, NDArray[Any]]


def vector_tile_bytes(layer: str, window: Window, columns: Columns) -> bytes:
    """Encode soundings as points.

    Up to 4000 are points of their own. More are joined to the means of a raster of 64 x 64, with
    their number as ``count``.

    Parameters
    ----------
    columns
        ``longitude``, ``latitude`` and numeric variables, shape (n,); NaN is left out.
    """
    across, down = window.pixels(columns["longitude"], columns["latitude"])
    rows, across = _repeated(across, window)
    x, y = across * EXTENT / window.width, down[rows] * EXTENT / window.height
    margin = BUFFER * EXTENT / window.width
    near = (y >= -margin) & (y < EXTENT + margin)
    rows, x, y = rows[near], x[near], y[near]
    values = {n: v[rows] for n, v in columns.items() if n not in ("longitude", "latitude")}
    if x.size > MOST:
        x, y, values = _joined(x, y, values)
    features = [
        {"geometry": Point(a, b), "properties": _properties(values, i)}
        for i, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True))
    ]
    options = {"y_coord_down": True, "extents": EXTENT}
    encoded: bytes = mapbox_vector_tile.encode(
        [{"name": layer, "features": features}], default_options=options
    )
    return encoded


def _repeated(
    across: NDArray[np.float64], window: Window
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return row and column of pixels of all soundings that a tile and its buffer hold.

    Where the world repeats, a sounding may lie within the tile and in its buffer as well.
    """
    turn = window.turn
    places = [across % turn + shift for shift in (0, -turn, turn)] if turn else [across]
    near = [(place >= -BUFFER) & (place < window.width + BUFFER) for place in places]
    found = [place[some] for place, some in zip(places, near, strict=True)]
    return np.concatenate([np.flatnonzero(some) for some in near]), np.concatenate(found)


def _properties(values: Columns, row: int) -> dict[str, Any]:
    found = {name: column[row].item() for name, column in values.items()}
    return {name: value for name, value in found.items() if value == value}


def _joined(
    x: NDArray[np.float64], y: NDArray[np.float64], values: Columns
) -> tuple[NDArray[np.float64], NDArray[np.float64], Columns]:
    """Return the means of the soundings of each square of a raster."""
    side = EXTENT / _BINS
    squares = (np.floor(y / side) + 1) * (_BINS + 2) + np.floor(x / side) + 1
    _, place = np.unique(squares.astype(np.int64), return_inverse=True)
    count = np.bincount(place)
    means: Columns = {"count": count}
    for name, column in values.items():
        known = np.isfinite(column.astype(np.float64))
        total = np.bincount(place[known], column[known], minlength=count.size)
        share = np.bincount(place[known], minlength=count.size)
        means[name] = np.where(share > 0, total / np.maximum(share, 1), np.nan)
    return np.bincount(place, x) / count, np.bincount(place, y) / count, means
