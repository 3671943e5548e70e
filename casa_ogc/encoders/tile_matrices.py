"""Tile matrix sets: the pyramids of squares into which the world is cut (OGC 17-083r4, annex D)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from casa_ogc.encoders.projections import HALF_TURN, projection
from casa_ogc.encoders.window import Window
from casa_processes.common.errors import InvalidValueError, UnknownNameError

TILE = 256
"""Pixels of a side."""
_PIXEL_METRES = 0.00028


@dataclass(frozen=True)
class TileMatrixSet:
    """Matrices of square tiles, each twice as fine as the one before.

    Attributes
    ----------
    name, title
        Identifier and words.
    crs
        Name of the projection.
    left, top
        Corner of the first tile, in units of the projection.
    side
        Side of a tile of the first matrix, in the same units.
    columns, rows
        Tiles of the first matrix.
    levels
        Number of matrices.
    """

    name: str
    title: str
    crs: str
    left: float
    top: float
    side: float
    columns: int
    rows: int
    levels: int

    @property
    def uri(self) -> str:
        """Registered identifier."""
        return f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{self.name}"

    def window(self, level: int, row: int, column: int, margin: int = 0) -> Window:
        """Return the window of a tile with a margin of pixels."""
        side = self.side / 2**level
        left, top = self.left + column * side, self.top - row * side
        aside, size = side * margin / TILE, TILE + 2 * margin
        edges = left - aside, top - side - aside, left + side + aside, top + aside
        return Window(projection(self.crs), *edges, size, size)

    def tile_at(self, level: int, longitude: float, latitude: float) -> tuple[int, int]:
        """Return row and column of the tile that holds a place; the closest one outside."""
        x, y = projection(self.crs).forward(np.array([longitude]), np.array([latitude]))
        side = self.side / 2**level
        row, column = (self.top - float(y[0])) // side, (float(x[0]) - self.left) // side
        rows, columns = self.rows << level, self.columns << level
        return int(min(max(row, 0), rows - 1)), int(min(max(column, 0), columns - 1))

    def scale_denominator(self, level: int) -> float:
        """Return the scale of a matrix at the equator, for pixels of 0.28 mm."""
        unit = projection(self.crs).metres_per_unit
        return float(self.side / 2**level / TILE * unit / _PIXEL_METRES)


TILE_MATRIX_SETS = {
    one.name: one
    for one in (
        TileMatrixSet(
            "WebMercatorQuad",
            "Google Maps Compatible for the World",
            "EPSG:3857",
            -HALF_TURN,
            HALF_TURN,
            2 * HALF_TURN,
            1,
            1,
            25,
        ),
        TileMatrixSet(
            "WorldCRS84Quad", "CRS84 for the World", "CRS84", -180.0, 90.0, 180.0, 2, 1, 18
        ),
    )
}
"""The sets that are offered, by name."""


def tile_matrix_set(name: str) -> TileMatrixSet:
    """Return the set of a name.

    Raises
    ------
    UnknownNameError
        When there is none.
    """
    try:
        return TILE_MATRIX_SETS[name]
    except KeyError:
        raise UnknownNameError("tile matrix set", name, TILE_MATRIX_SETS) from None


def place_of_tile(matrices: TileMatrixSet, z: str, y: str, x: str) -> tuple[int, int, int]:
    """Return level, row and column of a tile.

    Raises
    ------
    InvalidValueError
        When one is no whole number.
    UnknownNameError
        When the set has no such tile.
    """
    for text in (z, y, x):
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise InvalidValueError("tile", f"{z}/{y}/{x}", "whole numbers level/row/column")
    level, row, column = int(z), int(y), int(x)
    if level >= matrices.levels:
        raise UnknownNameError("tile", f"{z}/{y}/{x}", [f"levels 0 to {matrices.levels - 1}"])
    rows, columns = matrices.rows << level, matrices.columns << level
    if row >= rows or column >= columns:
        held = f"rows 0 to {rows - 1}, columns 0 to {columns - 1} of level {level}"
        raise UnknownNameError("tile", f"{z}/{y}/{x}", [held])
    return level, row, column


def definition(matrices: TileMatrixSet) -> dict[str, Any]:
    """Describe a set as its JSON encoding wants it (Two Dimensional Tile Matrix Set, 2.0).

    The names of version 1.0 stand beside those of 2.0, for clients that know no other: GDAL before
    version 3.7 looks for `type`, `identifier`, `supportedCRS` and `topLeftCorner`.
    """
    system = projection(matrices.crs)
    return {
        "type": "TileMatrixSetType",
        "identifier": matrices.name,
        "supportedCRS": system.uri,
        "id": matrices.name,
        "title": matrices.title,
        "uri": matrices.uri,
        "crs": system.uri,
        "orderedAxes": ["X", "Y"] if matrices.crs == "EPSG:3857" else ["Lon", "Lat"],
        "wellKnownScaleSet": _scale_set(matrices.name),
        "tileMatrices": [_matrix(matrices, level) for level in range(matrices.levels)],
    }


def _scale_set(name: str) -> str:
    known = {"WebMercatorQuad": "GoogleMapsCompatible", "WorldCRS84Quad": "GoogleCRS84Quad"}
    return f"http://www.opengis.net/def/wkss/OGC/1.0/{known[name]}"


def _matrix(matrices: TileMatrixSet, level: int) -> dict[str, Any]:
    corner = [matrices.left, matrices.top]
    return {
        "identifier": str(level),
        "topLeftCorner": corner,
        "id": str(level),
        "scaleDenominator": matrices.scale_denominator(level),
        "cellSize": matrices.side / 2**level / TILE,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": corner,
        "tileWidth": TILE,
        "tileHeight": TILE,
        "matrixWidth": matrices.columns << level,
        "matrixHeight": matrices.rows << level,
    }
