"""The site itself: landing page, conformance, API definition."""

from casa_ogc.web import landing, parameters
from casa_ogc.web.exchange import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("landing", "/", "Landing page", landing.landing, (parameters.F,)),
    Endpoint(
        "openapi",
        "/openapi",
        "This document",
        landing.openapi,
        (parameters.F,),
        produces=(landing.OPENAPI_TYPE,),
    ),
    Endpoint(
        "conformance", "/conformance", "Conformance classes", landing.conformance, (parameters.F,)
    ),
)
