"""Which pixels of a picture do not have the colour of the value that is stored at their place."""

import math
from pathlib import Path

import numpy as np
import rasterio
import requests

from casa_ogc.encoders.colour import colour_table
from tests.clients.known import VALUES
from tests.service.cubes import LATITUDES, LONGITUDES

_STEP = 10.0
_NEAR = 1e-3
"""Share of a cell beside its edges in which either neighbour may be shown."""


def scale_of(site: str, name: str, variable: str = "xco2") -> tuple[str, float, float]:
    """Return colour map and limits that the server says it draws a variable with."""
    answer = requests.get(f"{site}/collections/{name}/styles/default", timeout=30).json()
    described = answer["variables"][variable]
    return described["colour_map"], *described["range"]


def read_raster(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return bands (band, y, x), and the coordinates of rows and columns at pixel centres."""
    with rasterio.open(path) as raster:
        pixels = raster.read()
        x = [raster.xy(0, column)[0] for column in range(raster.width)]
        y = [raster.xy(row, 0)[1] for row in range(raster.height)]
    return pixels, np.array(y), np.array(x)


def latitudes_of(northings: np.ndarray) -> np.ndarray:
    """Return latitudes of northings of EPSG:3857."""
    return np.degrees(2 * np.arctan(np.exp(northings / 6378137.0)) - math.pi / 2)


def longitudes_of(eastings: np.ndarray) -> np.ndarray:
    """Return longitudes of eastings of EPSG:3857."""
    return np.degrees(eastings / 6378137.0)


def share_wrong(
    pixels: np.ndarray,
    latitudes: np.ndarray,
    longitudes: np.ndarray,
    scale: tuple[str, float, float],
    step: int,
    level: int = 0,
) -> float:
    """Return the share of pixels that do not show the cell at their centre.

    Parameters
    ----------
    pixels
        RGB or RGBA bands, shape (band, y, x); where there is no alpha, missing cells are white.
    latitudes, longitudes
        Pixel centres.
    scale
        Colour map and limits.
    step, level
        Which map of the known values it must be.
    """
    rows, sure_y = _cells(latitudes, LATITUDES)
    columns, sure_x = _cells(longitudes, LONGITUDES)
    values = VALUES[step, level][np.ix_(rows, columns)].astype(float)
    name, low, high = scale
    steps = np.floor((values - low) * 256 / (high - low))
    right = np.zeros(values.shape, dtype=bool)
    for slack in (-1, 0, 1):
        near = np.clip(np.nan_to_num(steps) + slack, 0, 255).astype(int)
        colour = np.moveaxis(colour_table(name)[near][..., : len(pixels)], -1, 0)
        right |= (pixels == colour).all(axis=0)
    blank = (pixels[3] == 0) if len(pixels) == 4 else (pixels == 255).all(axis=0)
    right = np.where(np.isnan(values), blank, right)
    counted = np.ix_(sure_y, sure_x)
    assert right[counted].size > 0.5 * right.size
    return float(1 - right[counted].mean())


def _cells(places: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cell of each place, and where it is none of its edges."""
    inside = (places - (centres[0] - _STEP / 2)) / _STEP
    cells = np.clip(np.floor(inside).astype(int), 0, centres.size - 1)
    return cells, np.abs(inside - np.round(inside)) > _NEAR
