"""OGC API Tiles: map tiles of collections, and vector tiles of soundings."""

from functools import cache

import numpy as np
from flask import Response

from casa_ogc.encoders.tile_matrices import TILE, TileMatrixSet, place_of_tile, tile_matrix_set
from casa_ogc.web.default_times import default_time
from casa_ogc.web.edr import names, times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.filtering import soundings_asked
from casa_ogc.web.maps import subject_of
from casa_ogc.web.pictures import current, picture_response, pictured, spelled_type
from casa_ogc.web.respond import etag
from casa_ogc.web.styles import drawable_variables, drawn_variable
from casa_ogc.web.windows import resized
from casa_processes.common.errors import InvalidValueError, UnknownNameError

MVT = "application/vnd.mapbox-vector-tile"


def map_tile(exchange: Exchange) -> Response:
    """Answer a map tile; one without data is clear, and a size or a scale is as one asks."""
    from casa_ogc.encoders.render import render

    entry = exchange.entry
    matrices, place = _place(exchange)
    media = spelled_type(exchange)
    tag = etag(exchange, entry, media)
    if (same := current(tag)) is not None:
        return same
    usual = matrices.window(*place)
    sizes = (exchange.text(name) for name in ("width", "height", "scale-denominator"))
    window = resized(usual, *sizes)
    pixels = render(subject_of(exchange, entry), window)
    if pixels is None or not pixels.any():
        if window is usual:
            return picture_response(empty_tile(media), media, tag)
        pixels = np.zeros((window.height, window.width, 4), dtype=np.uint8)
    return pictured(pixels, media, tag)


def vector_tile(exchange: Exchange) -> Response:
    """Answer a tile of soundings as points with their values."""
    entry = exchange.entry
    sounding_collection(exchange)
    matrices, place = _place(exchange)
    named = exchange.text("f")
    if named is not None and named.lower() not in ("mvt", "pbf"):
        raise InvalidValueError("f", named, "mvt")
    tag = etag(exchange, entry, "mvt")
    if (same := current(tag)) is not None:
        return same
    # The library of vector tiles is imported by the first of them.
    from casa_ogc.archive.soundings import SoundingStore
    from casa_ogc.encoders.vector_tiles import BUFFER, vector_tile_bytes
    from casa_ogc.query.dots import dot_columns

    offered = drawable_variables(entry)
    asked = names(exchange.text("variable"))
    wanted = tuple(drawn_variable(entry, name) for name in asked) or tuple(
        name for name in entry.product.default_variables or offered if name in offered
    )
    window = matrices.window(*place)
    store = exchange.catalog.open(entry)
    assert isinstance(store, SoundingStore)
    columns = dot_columns(
        store,
        wanted,
        window.bounds(BUFFER),
        times(exchange) or default_time(entry.head),
        exchange.catalog.settings.limits.max_rows,
        soundings_asked(exchange, entry),
    )
    content = vector_tile_bytes(entry.product.id, window, columns)
    return picture_response(content, MVT, tag)


@cache
def empty_tile(media: str) -> bytes:
    """Return a clear tile."""
    from casa_ogc.encoders.images import image_bytes

    return image_bytes(np.zeros((TILE, TILE, 4), dtype=np.uint8), media)


def sounding_collection(exchange: Exchange) -> None:
    """Refuse vector tiles of grids.

    Raises
    ------
    UnknownNameError
        When the collection is a grid.
    """
    if exchange.entry.head.kind != "soundings":
        base = f"/collections/{exchange.entry.product.id}"
        raise UnknownNameError("page", f"{base}/tiles", [f"{base}/map/tiles"])


def _place(exchange: Exchange) -> tuple[TileMatrixSet, tuple[int, int, int]]:
    path = exchange.path
    matrices = tile_matrix_set(path["tileMatrixSetId"])
    return matrices, place_of_tile(matrices, path["tileMatrix"], path["tileRow"], path["tileCol"])
