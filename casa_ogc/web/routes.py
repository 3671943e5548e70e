"""The endpoints: one table that routes requests and makes the OpenAPI document."""

from casa_ogc.web import collections, coverage, edr, items, landing, maps, parameters, processes
from casa_ogc.web.exchange import Endpoint

_P = parameters
_ONE = "/collections/<path:collection_id>"
_WHEN = (_P.DATETIME, _P.METHOD)
_EDR = (*_WHEN, _P.Z, _P.NAMES, _P.CRS, _P.F)
_COVERAGE = ("application/prs.coverage+json", "application/x-netcdf", "text/csv", "image/png")
_GEOJSON = ("application/geo+json",)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("landing", "/", "Landing page", landing.landing, (_P.F,)),
    Endpoint("openapi", "/openapi", "This document", landing.openapi, (_P.F,)),
    Endpoint("conformance", "/conformance", "Conformance classes", landing.conformance, (_P.F,)),
    Endpoint(
        "collections",
        "/collections",
        "Collections that hold data",
        collections.all_collections,
        (
            _P.BBOX,
            *_WHEN,
            _P.TEXT_SEARCH,
            _P.MISSION,
            _P.VARIABLE,
            _P.LIMIT,
            _P.OFFSET,
            _P.LANG,
            _P.F,
        ),
        tag="Collections",
    ),
    Endpoint(
        "collection",
        _ONE,
        "Description of a collection",
        collections.one_collection,
        (_P.LANG, _P.F),
        tag="Collections",
    ),
    Endpoint(
        "schema", f"{_ONE}/schema", "Variables of a collection", coverage.schema, (_P.F,),
        tag="Collections", produces=("application/schema+json",),
    ),
    Endpoint(
        "coverage",
        f"{_ONE}/coverage",
        "Coverage of a collection, cut by axes",
        coverage.coverage,
        (
            _P.BBOX,
            _P.BBOX_CRS,
            *_WHEN,
            _P.SUBSET,
            _P.SUBSET_CRS,
            _P.PROPERTIES,
            _P.EXCLUDE,
            _P.F,
        ),
        tag="Coverages",
        produces=_COVERAGE,
    ),
    Endpoint(
        "map",
        f"{_ONE}/map",
        "Quick-look map",
        maps.quick_look,
        (_P.BBOX, *_WHEN, _P.Z, _P.VARIABLE, _P.WIDTH, _P.HEIGHT, _P.F),
        tag="Maps",
        produces=("image/png",),
    ),
    Endpoint(
        "position", f"{_ONE}/position", "Values at points", edr.position, (_P.COORDS, *_EDR),
        tag="EDR", produces=_COVERAGE,
    ),
    Endpoint(
        "radius",
        f"{_ONE}/radius",
        "Values within a distance of a point",
        edr.radius,
        (_P.COORDS, _P.WITHIN, _P.WITHIN_UNITS, *_EDR),
        tag="EDR",
        produces=_COVERAGE,
    ),
    Endpoint(
        "area", f"{_ONE}/area", "Values inside a polygon", edr.area, (_P.COORDS, *_EDR),
        tag="EDR", produces=_COVERAGE,
    ),
    Endpoint(
        "cube", f"{_ONE}/cube", "Values inside a box", edr.cube, (_P.CUBE_BBOX, *_EDR),
        tag="EDR", produces=_COVERAGE,
    ),
    Endpoint(
        "items",
        f"{_ONE}/items",
        "Soundings, or time steps of a grid",
        items.items,
        (_P.BBOX, _P.BBOX_CRS, *_WHEN, _P.PROPERTIES, _P.EXCLUDE, _P.LIMIT, _P.OFFSET, _P.F),
        tag="Features",
        produces=_GEOJSON,
    ),
    Endpoint(
        "item", f"{_ONE}/items/<path:item_id>", "One item", items.item, (_P.F,),
        tag="Features", produces=_GEOJSON,
    ),
    Endpoint(
        "execution",
        "/processes/<process_id>/execution",
        "Run a process at once",
        processes.execute,
        methods=("POST",),
        tag="Processes",
        body={"type": "object", "properties": {"inputs": {"type": "object"}}},
    ),
)

# Rules of pygeoapi whose capability is not offered; they answer 404 with a plain word.
ABSENT: tuple[str, ...] = (
    "/asyncapi",
    f"{_ONE}/queryables",
    f"{_ONE}/tiles",
    f"{_ONE}/tiles/<tileMatrixSetId>",
    f"{_ONE}/tiles/<tileMatrixSetId>/metadata",
    f"{_ONE}/tiles/<tileMatrixSetId>/<tileMatrix>/<tileRow>/<tileCol>",
    f"{_ONE}/styles/<style_id>/map",
    f"{_ONE}/trajectory",
    f"{_ONE}/corridor",
    f"{_ONE}/locations",
    f"{_ONE}/locations/<location_id>",
    f"{_ONE}/instances",
    f"{_ONE}/instances/<instance_id>",
    f"{_ONE}/instances/<instance_id>/position",
    f"{_ONE}/instances/<instance_id>/area",
    f"{_ONE}/instances/<instance_id>/cube",
    f"{_ONE}/instances/<instance_id>/radius",
    f"{_ONE}/instances/<instance_id>/trajectory",
    f"{_ONE}/instances/<instance_id>/corridor",
    f"{_ONE}/instances/<instance_id>/locations",
    f"{_ONE}/instances/<instance_id>/locations/<location_id>",
    "/jobs",
    "/jobs/<job_id>",
    "/jobs/<job_id>/results",
    "/stac-api",
    "/stac-api/search",
    "/stac",
    "/stac/<path:path>",
)
