"""OGC API Features."""

from casa_ogc.web import items, parameters
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import GEOJSON_TYPES, ONE, WHEN

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "items",
        f"{ONE}/items",
        "Soundings, or time steps of a grid",
        items.items,
        (
            parameters.BBOX,
            parameters.BBOX_CRS,
            *WHEN,
            parameters.PROPERTIES,
            parameters.EXCLUDE,
            parameters.LIMIT,
            parameters.OFFSET,
            parameters.F,
        ),
        tag="Features",
        produces=GEOJSON_TYPES,
    ),
    Endpoint(
        "item",
        f"{ONE}/items/<path:item_id>",
        "One item",
        items.item,
        (parameters.F,),
        tag="Features",
        produces=GEOJSON_TYPES,
    ),
)
