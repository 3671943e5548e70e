"""OGC API Coverages."""

from casa_ogc.web import coverage, parameters
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes.paths import DATA_TYPES, ONE, WHEN

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "coverage",
        f"{ONE}/coverage",
        "Coverage of a collection, cut by axes",
        coverage.coverage,
        (
            parameters.BBOX,
            parameters.BBOX_CRS,
            *WHEN,
            parameters.SUBSET,
            parameters.SUBSET_CRS,
            parameters.PROPERTIES,
            parameters.EXCLUDE,
            parameters.F,
        ),
        tag="Coverages",
        produces=DATA_TYPES,
    ),
)
