"""OGC API Tiles."""

from casa_ogc.web import parameters, tiles, tilesets
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.maps import SHOWN
from casa_ogc.web.routes.paths import ONE

_SET = "<tileMatrixSetId>"
_TILE = f"{_SET}/<tileMatrix>/<tileRow>/<tileCol>"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "tile-matrix-sets",
        "/tileMatrixSets",
        "Tile matrix sets",
        tilesets.tile_matrix_sets,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "tile-matrix-set",
        f"/tileMatrixSets/{_SET}",
        "Definition of a tile matrix set",
        tilesets.one_tile_matrix_set,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "tile-matrix-sets-capitalised",
        "/TileMatrixSets",
        "Tile matrix sets, as pygeoapi spells them",
        tilesets.tile_matrix_sets,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "tile-matrix-set-capitalised",
        f"/TileMatrixSets/{_SET}",
        "Definition of a tile matrix set, as pygeoapi spells it",
        tilesets.one_tile_matrix_set,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "map-tilesets",
        f"{ONE}/map/tiles",
        "Sets of map tiles",
        tilesets.map_tilesets,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "map-tileset",
        f"{ONE}/map/tiles/{_SET}",
        "One set of map tiles",
        tilesets.map_tileset,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "map-tile",
        f"{ONE}/map/tiles/{_TILE}",
        "Map tile",
        tiles.map_tile,
        (
            *SHOWN,
            parameters.WIDTH,
            parameters.HEIGHT,
            parameters.SCALE,
            parameters.F,
        ),
        tag="Tiles",
        produces=("image/png", "image/webp"),
    ),
    Endpoint(
        "vector-tilesets",
        f"{ONE}/tiles",
        "Sets of vector tiles of soundings",
        tilesets.vector_tilesets,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "vector-tileset",
        f"{ONE}/tiles/{_SET}",
        "One set of vector tiles of soundings",
        tilesets.vector_tileset,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "vector-tileset-metadata",
        f"{ONE}/tiles/{_SET}/metadata",
        "One set of vector tiles of soundings, as pygeoapi spells it",
        tilesets.vector_tileset,
        (parameters.F,),
        tag="Tiles",
    ),
    Endpoint(
        "vector-tile",
        f"{ONE}/tiles/{_TILE}",
        "Vector tile of soundings",
        tiles.vector_tile,
        (
            parameters.DRAWN,
            parameters.MAP_TIME,
            parameters.METHOD,
            *parameters.FILTERS,
            parameters.F,
        ),
        tag="Tiles",
        produces=(tiles.MVT,),
    ),
)
