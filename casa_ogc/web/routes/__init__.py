"""The endpoints: tables that route requests and make the OpenAPI document."""

from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.routes import (
    catalogue,
    coverages,
    edr,
    features,
    maps,
    processing,
    server,
    tiles,
    wms,
)
from casa_ogc.web.routes.absent import ABSENT
from casa_ogc.web.routes.browser import BROWSER

__all__ = ["ABSENT", "BROWSER", "ENDPOINTS"]

ENDPOINTS: tuple[Endpoint, ...] = (
    *server.ENDPOINTS,
    *catalogue.ENDPOINTS,
    *coverages.ENDPOINTS,
    *maps.ENDPOINTS,
    *tiles.ENDPOINTS,
    *wms.ENDPOINTS,
    *edr.ENDPOINTS,
    *features.ENDPOINTS,
    *processing.ENDPOINTS,
)
