"""OGC API Features."""

from casa_ogc.web import items, parameters, queryables
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import ONE, WHEN

_TYPES = ("application/geo+json", "text/html")

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
            parameters.CURSOR,
            parameters.SORTBY,
            parameters.FILTER,
            parameters.FILTER_LANG,
            parameters.FILTER_CRS,
            parameters.CRS,
            parameters.QUERYABLES,
            parameters.F,
        ),
        tag="Features",
        produces=(*_TYPES, "text/csv"),
        further=queryables.further,
    ),
    Endpoint(
        "item",
        f"{ONE}/items/<path:item_id>",
        "One item",
        items.item,
        (parameters.CRS, parameters.F),
        tag="Features",
        produces=_TYPES,
    ),
    Endpoint(
        "queryables",
        f"{ONE}/queryables",
        "Properties by which items can be filtered",
        queryables.queryables,
        (parameters.F,),
        tag="Features",
        produces=("application/schema+json", "text/html"),
    ),
)
