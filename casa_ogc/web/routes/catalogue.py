"""Collections and what they hold."""

from casa_ogc.web import collections, coverage, parameters, published
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import ONE, WHEN

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "collections",
        "/collections",
        "Collections that hold data",
        collections.all_collections,
        (
            parameters.BBOX,
            *WHEN,
            parameters.TEXT_SEARCH,
            parameters.MISSION,
            parameters.VARIABLE,
            parameters.LIMIT,
            parameters.OFFSET,
            parameters.LANG,
            parameters.F,
        ),
        tag="Collections",
    ),
    Endpoint(
        "collection",
        ONE,
        "Description of a collection",
        collections.one_collection,
        (parameters.LANG, parameters.F),
        tag="Collections",
    ),
    Endpoint(
        "schema",
        f"{ONE}/schema",
        "Variables of a collection",
        coverage.schema,
        (parameters.F,),
        tag="Collections",
        produces=("application/schema+json",),
    ),
    Endpoint(
        "provenance",
        f"{ONE}/prov",
        "Provenance of a collection that a job has published, as W3C PROV-JSON",
        published.provenance,
        tag="Collections",
    ),
)
