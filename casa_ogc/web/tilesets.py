"""Descriptions of tiles: tile matrix sets, and the tile sets of collections."""

from typing import Any

from flask import Response

from casa_ogc.archive.axes import Bounds
from casa_ogc.encoders.tile_matrices import (
    TILE_MATRIX_SETS,
    TileMatrixSet,
    definition,
    tile_matrix_set,
)
from casa_ogc.web.coverage_tiles import COVERAGE_TYPES, grid_collection
from casa_ogc.web.describe import link
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.pictures import TYPES
from casa_ogc.web.respond import CRS84, document
from casa_ogc.web.tiles import MVT, sounding_collection

_REL = "http://www.opengis.net/def/rel/ogc/1.0"
_TILE = "{tileMatrix}/{tileRow}/{tileCol}"
_MERCATOR_NORTH = 85.05112877980659


def tile_matrix_sets(exchange: Exchange) -> Response:
    """Answer the tile matrix sets of the site."""
    content = {
        "tileMatrixSets": [
            {
                "id": one.name,
                "title": one.title,
                "uri": one.uri,
                "links": [_scheme(exchange, one, "self")],
            }
            for one in TILE_MATRIX_SETS.values()
        ]
    }
    return document(exchange, content, "tiling.html")


def one_tile_matrix_set(exchange: Exchange) -> Response:
    """Answer the definition of a tile matrix set."""
    content = definition(tile_matrix_set(exchange.path["tileMatrixSetId"]))
    return document(exchange, content, "tiling.html")


def map_tilesets(exchange: Exchange) -> Response:
    """Answer the sets of map tiles of a collection."""
    return _listed(exchange, "map")


def map_tileset(exchange: Exchange) -> Response:
    """Answer one set of map tiles of a collection."""
    return _one(exchange, "map")


def vector_tilesets(exchange: Exchange) -> Response:
    """Answer the sets of vector tiles of a collection of soundings."""
    sounding_collection(exchange)
    return _listed(exchange, "vector")


def vector_tileset(exchange: Exchange) -> Response:
    """Answer one set of vector tiles of a collection of soundings."""
    sounding_collection(exchange)
    return _one(exchange, "vector")


def coverage_tilesets(exchange: Exchange) -> Response:
    """Answer the sets of coverage tiles of a grid."""
    grid_collection(exchange)
    return _listed(exchange, "coverage")


def coverage_tileset(exchange: Exchange) -> Response:
    """Answer one set of coverage tiles of a grid."""
    grid_collection(exchange)
    return _one(exchange, "coverage")


def _one(exchange: Exchange, kind: str) -> Response:
    matrices = tile_matrix_set(exchange.path["tileMatrixSetId"])
    return document(exchange, _tileset(exchange, matrices, kind, full=True), "tiling.html")


def _listed(exchange: Exchange, kind: str) -> Response:
    content = {
        "tilesets": [
            _tileset(exchange, one, kind, full=False) for one in TILE_MATRIX_SETS.values()
        ],
        "links": [link(_base(exchange, kind), "self", "application/json", "This document")],
    }
    return document(exchange, content, "tiling.html")


def _base(exchange: Exchange, kind: str) -> str:
    base = f"{exchange.url}/collections/{exchange.entry.product.id}"
    return f"{base}/tiles" if kind == "vector" else f"{base}/{kind}/tiles"


def _tileset(
    exchange: Exchange, matrices: TileMatrixSet, kind: str, *, full: bool
) -> dict[str, Any]:
    """Describe a tile set as OGC 17-083r4, clause 8 wants it."""
    entry, base = exchange.entry, f"{_base(exchange, kind)}/{matrices.name}"
    box = _held(matrices, entry.head.bounds)
    content: dict[str, Any] = {
        "title": f"{entry.product.title.en}: {matrices.title}",
        "dataType": kind,
        "crs": definition(matrices)["crs"],
        "tileMatrixSetURI": matrices.uri,
        "links": [
            link(base, "self", "application/json", "This tile set"),
            _scheme(exchange, matrices, f"{_REL}/tiling-scheme"),
            *_tile_links(base, kind),
        ],
    }
    if full:
        content["tileMatrixSetLimits"] = [
            _limits(matrices, level, box) for level in range(matrices.levels)
        ]
        content["boundingBox"] = {
            "lowerLeft": [box.west, box.south],
            "upperRight": [box.east, box.north],
            "crs": CRS84,
        }
    return content


def _tile_links(base: str, kind: str) -> list[dict[str, Any]]:
    types = {"vector": {"mvt": MVT}, "coverage": COVERAGE_TYPES}.get(kind, TYPES)
    return [
        link(f"{base}/{_TILE}?f={name}", "item", media, f"Tiles as {name}") | {"templated": True}
        for name, media in types.items()
    ]


def _scheme(exchange: Exchange, matrices: TileMatrixSet, rel: str) -> dict[str, str]:
    href = f"{exchange.url}/tileMatrixSets/{matrices.name}"
    return link(href, rel, "application/json", matrices.title)


def _held(matrices: TileMatrixSet, box: Bounds) -> Bounds:
    """Return the part of a box that the set covers; one across the antimeridian is a whole turn."""
    north = _MERCATOR_NORTH if matrices.crs == "EPSG:3857" else 90.0
    west, east = (box.west, box.east) if box.west <= box.east else (-180.0, 180.0)
    return Bounds(west, max(box.south, -north), east, min(box.north, north))


def _limits(matrices: TileMatrixSet, level: int, box: Bounds) -> dict[str, Any]:
    """Return the rows and columns of a matrix that meet a box."""
    first, last = (
        matrices.tile_at(level, box.west, box.north),
        matrices.tile_at(level, box.east, box.south),
    )
    return {
        "tileMatrix": str(level),
        "minTileRow": first[0],
        "maxTileRow": last[0],
        "minTileCol": first[1],
        "maxTileCol": last[1],
    }
