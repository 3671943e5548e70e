"""What the served data are: names of the collections, and values by place."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from tests.service.cubes import LATITUDES, LONGITUDES, canonical
from tests.synthetic import encoded_soundings

GRID, LEVELS, SOUNDINGS = "encoded-grid", "encoded-levels", "encoded-soundings"
LAST = -1
"""Index of the step that is answered when none is asked of a map."""
VALUES = canonical().astype("float32")
"""Values of both grids by time, level, latitude from the south and longitude from -180."""
ROWS: xr.Dataset = encoded_soundings(count=250)
"""Soundings in the order of their numbers; more than two default pages."""


def northern_rows(step: int, level: int = 0) -> np.ndarray:
    """Return a step of a grid as rasters have it: rows from the north, columns from -180."""
    return np.asarray(VALUES[step, level, ::-1, :])


def indices(longitude: float, latitude: float) -> tuple[int, int]:
    """Return row from the south and column of the cell that holds a place."""
    row = int(np.argmin(np.abs(LATITUDES - latitude)))
    return row, int(np.argmin(np.abs(LONGITUDES - longitude)))


def ascending(coverage: Mapping[str, Any]) -> np.ndarray:
    """Return `xco2` of a CoverageJSON grid with rows from the south, shape (t, z, y, x)."""
    found = coverage["ranges"]["xco2"]
    axes = coverage["domain"]["axes"]
    values = np.array(found["values"], dtype=float).reshape(found["shape"])
    names = list(found["axisNames"])
    for name in ("z", "t"):
        if name not in names:
            values, names = values[np.newaxis], [name, *names]
    values = values.transpose([names.index(name) for name in "tzyx"])
    rising = "values" in axes["y"] and axes["y"]["values"][0] <= axes["y"]["values"][-1]
    rising |= axes["y"].get("start", 1) < axes["y"].get("stop", 0)
    return values if rising else values[:, :, ::-1]
