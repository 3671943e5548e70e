"""GeoTIFF: float32, tiled, compressed (deflate with predictor 3), NaN where values are missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from casa_ogc.encoders.raster import Raster, raster
from casa_ogc.query.answer import Answer

BLOCK = 256


def encode(answer: Answer) -> bytes:
    """Encode one grid of equal cells as the bytes of a GeoTIFF, one band for each time and level.

    Raises
    ------
    InvalidValueError
        When the answer is no such grid.
    """
    with written(raster(answer), compress="deflate", predictor=3, zlevel=1) as memory:
        return bytes(memory.getbuffer())


@contextmanager
def written(image: Raster, **creation: Any) -> Iterator[MemoryFile]:
    """Give a GeoTIFF in memory, closed for reading, with all bands and what describes them."""
    options: dict[str, Any] = {
        "driver": "GTiff",
        "width": image.width,
        "height": image.height,
        "count": image.count,
        "dtype": "float32",
        "nodata": float("nan"),
        "crs": f"EPSG:{image.epsg}",
        "transform": Affine(image.cell_x, 0, image.west, 0, -image.cell_y, image.north),
        "interleave": "band",
        "BIGTIFF": "IF_SAFER",
        **creation,
    }
    if max(image.width, image.height) >= BLOCK:
        options |= {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK}
    with rasterio.Env(GDAL_CACHEMAX=32), MemoryFile() as memory:
        with memory.open(**options) as file:
            file.update_tags(**image.tags)
            for number, band in enumerate(image.bands(), start=1):
                file.write(band.values, number)
                file.set_band_description(number, band.description)
                file.set_band_unit(number, band.units)
                file.update_tags(number, **band.tags)
        yield memory
