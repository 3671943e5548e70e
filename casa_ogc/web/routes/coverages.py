"""OGC API Coverages."""

from casa_ogc.web import (
    coverage,
    coverage_parameters,
    coverage_tiles,
    domainset,
    parameters,
    tilesets,
)
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import DATA_TYPES, ONE, WHEN

_SET = "<tileMatrixSetId>"
_FIELDS = (parameters.PROPERTIES, parameters.EXCLUDE)
_IMAGES = tuple(media for media in DATA_TYPES if "geo+json" not in media and media != "text/csv")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "coverage",
        f"{ONE}/coverage",
        "Coverage of a collection, cut by axes, scaled and projected",
        coverage.coverage,
        (
            coverage_parameters.BBOX,
            coverage_parameters.BBOX_CRS,
            *WHEN,
            parameters.SUBSET,
            coverage_parameters.SUBSET_CRS,
            *_FIELDS,
            *parameters.FILTERS,
            *coverage_parameters.SCALING,
            coverage_parameters.CRS,
            coverage_parameters.ESTIMATE,
            parameters.F,
        ),
        tag="Coverages",
        produces=DATA_TYPES,
    ),
    Endpoint(
        "coverage-domainset",
        f"{ONE}/coverage/domainset",
        "Axes of a coverage",
        domainset.domainset,
        (parameters.F,),
        tag="Coverages",
    ),
    Endpoint(
        "coverage-rangetype",
        f"{ONE}/coverage/rangetype",
        "Variables of a coverage",
        domainset.rangetype,
        (parameters.F,),
        tag="Coverages",
    ),
    Endpoint(
        "coverage-tilesets",
        f"{ONE}/coverage/tiles",
        "Sets of coverage tiles",
        tilesets.coverage_tilesets,
        (parameters.F,),
        tag="Coverages",
    ),
    Endpoint(
        "coverage-tileset",
        f"{ONE}/coverage/tiles/{_SET}",
        "One set of coverage tiles",
        tilesets.coverage_tileset,
        (parameters.F,),
        tag="Coverages",
    ),
    Endpoint(
        "coverage-tile",
        f"{ONE}/coverage/tiles/{_SET}/<tileMatrix>/<tileRow>/<tileCol>",
        "Coverage tile: area-weighted means of 256 x 256 cells",
        coverage_tiles.coverage_tile,
        (
            coverage_parameters.TILE_TIME,
            parameters.METHOD,
            parameters.SUBSET,
            *_FIELDS,
            coverage_parameters.ESTIMATE,
            parameters.F,
        ),
        tag="Coverages",
        produces=_IMAGES,
    ),
)
