"""Cloud-optimised GeoTIFF: tiles and overviews in the order in which clients read them."""

from rasterio.io import MemoryFile
from rasterio.shutil import copy

from casa_ogc.encoders.geotiff import BLOCK, written
from casa_ogc.encoders.raster import Raster, raster
from casa_ogc.query.answer import Answer

_UNIT = 16
"""Sides of tiles are multiples of this many pixels."""


def encode(answer: Answer) -> bytes:
    """Encode one grid of equal cells as the bytes of a cloud-optimised GeoTIFF.

    Overviews hold means of the pixels below, or of codes the most frequent one.

    Raises
    ------
    InvalidValueError
        When the answer is no such grid.
    """
    image = raster(answer)
    resampling = "MODE" if image.discrete else "AVERAGE"
    with written(image) as source, MemoryFile(ext=".tif") as memory:
        with source.open() as file:
            copy(
                file,
                memory.name,
                driver="COG",
                BLOCKSIZE=str(_block(image)),
                COMPRESS="DEFLATE",
                LEVEL="1",
                PREDICTOR="FLOATING_POINT",
                OVERVIEW_RESAMPLING=resampling,
                BIGTIFF="IF_SAFER",
            )
        return bytes(memory.getbuffer())


def _block(image: Raster) -> int:
    """Return the side of the tiles: all bands of one are held at once, so it is none too large."""
    side = min(image.width, image.height)
    return min(BLOCK, (side + _UNIT - 1) // _UNIT * _UNIT)
