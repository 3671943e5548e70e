"""Landing page, conformance and the OpenAPI document."""

from typing import Any

import orjson
from flask import Response

from casa_ogc.catalog.settings import Settings
from casa_ogc.web.describe import link
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.openapi import openapi_document
from casa_ogc.web.respond import document, wants_html

OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_SPEC = "http://www.opengis.net/spec"
_SECURE = "https://www.opengis.net/spec"
"""How the standards of coverages and maps spell the same identifiers."""
_REL = "http://www.opengis.net/def/rel/ogc/1.0"
PUBLISHING = f"{_SPEC}/ogcapi-processes-3/0.0/conf/collection-output"
"""Held where results may be published."""

CONFORMANCE = (
    f"{_SPEC}/ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/landing-page",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/json",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/html",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/oas30",
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    f"{_SPEC}/ogcapi-coverages-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-coverages-1/1.0/conf/subsetting",
    f"{_SPEC}/ogcapi-coverages-1/1.0/conf/fieldselection",
    *(
        f"{_SPEC}/ogcapi-coverages-1/1.0/conf/{name}"
        for name in ("scaling", "crs", "tiles", "coveragejson", "netcdf", "geotiff", "png", "zarr")
    ),
    f"{_SPEC}/ogcapi-edr-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-edr-1/1.1/conf/core",
    f"{_SPEC}/ogcapi-edr-1/1.2/conf/core",
    f"{_SPEC}/ogcapi-edr-1/1.0/conf/collections",
    f"{_SPEC}/ogcapi-edr-1/1.1/conf/collections",
    f"{_SPEC}/ogcapi-edr-1/1.2/conf/collections",
    f"{_SPEC}/ogcapi-edr-1/1.2/conf/covjson",
    f"{_SPEC}/ogcapi-edr-1/1.2/conf/geojson",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/html",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/oas30",
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/features-filter",
    f"{_SPEC}/cql2/1.0/conf/cql2-text",
    f"{_SPEC}/cql2/1.0/conf/cql2-json",
    f"{_SPEC}/cql2/1.0/conf/basic-cql2",
    f"{_SPEC}/cql2/1.0/conf/advanced-comparison-operators",
    f"{_SPEC}/cql2/1.0/conf/case-insensitive-comparison",
    f"{_SPEC}/cql2/1.0/conf/basic-spatial-functions",
    f"{_SPEC}/cql2/1.0/conf/arithmetic",
    *(
        f"{_SPEC}/ogcapi-maps-1/1.0/conf/{name}"
        for name in (
            "core",
            "collection-map",
            "styled-map",
            "spatial-subsetting",
            "datetime",
            "scaling",
            "crs",
            "png",
            "tilesets",
        )
    ),
    *(
        f"{_SPEC}/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "png", "mvt", "oas30")
    ),
    f"{_SPEC}/tms/2.0/conf/json-tilematrixset",
    f"{_SPEC}/tms/2.0/conf/json-tilesetmetadata",
    *(
        f"{_SPEC}/ogcapi-processes-1/1.0/conf/{name}"
        for name in (
            "core",
            "ogc-process-description",
            "json",
            "html",
            "oas30",
            "job-list",
            "callback",
            "dismiss",
        )
    ),
    PUBLISHING,
)


DECLARED = (
    *CONFORMANCE,
    *(
        uri.replace(_SPEC, _SECURE)
        for uri in CONFORMANCE
        if "/ogcapi-maps-1/" in uri or "/ogcapi-coverages-1/" in uri
    ),
)
"""The conformance classes, in each spelling that is looked for."""


def landing(exchange: Exchange) -> Response:
    """Answer what the site is and where everything starts."""
    content = about(exchange.catalog.settings) | {"links": _links(exchange.url)}
    if wants_html(exchange):
        content["entries"] = list(exchange.catalog.entries().values())
    return document(exchange, content, "landing.html")


def about(site: Settings) -> dict[str, Any]:
    """Return what a landing page says of the site."""
    return {
        "title": site.title.en,
        "title_zh": site.title.zh,
        "description": site.description.en,
        "description_zh": site.description.zh,
        "keywords": list(site.keywords),
        "provider": site.provider.model_dump(exclude_none=True),
        "license": site.licence,
    }


def _links(url: str) -> list[dict[str, str]]:
    json = "application/json"
    return [
        link(f"{url}/", "self", json, "This document"),
        link(f"{url}/?f=html", "alternate", "text/html", "This document as a page"),
        link(f"{url}/openapi", "service-desc", OPENAPI_TYPE, "API definition"),
        link(f"{url}/openapi?f=html", "service-doc", "text/html", "API documentation"),
        link(f"{url}/conformance", "conformance", json, "Conformance"),
        link(f"{url}/collections", "data", json, "Collections"),
        link(f"{url}/tileMatrixSets", f"{_REL}/tiling-schemes", json, "Tile matrix sets"),
        link(
            f"{url}/wms?SERVICE=WMS&REQUEST=GetCapabilities",
            "related",
            "text/xml",
            "Web Map Service",
        ),
        link(f"{url}/processes", f"{_REL}/processes", json, "Processes"),
        link(f"{url}/jobs", f"{_REL}/job-list", json, "Jobs"),
    ]


def conformance(exchange: Exchange) -> Response:
    """Answer the conformance classes that the site holds."""
    publish = exchange.catalog.settings.jobs.publish
    held = [each for each in DECLARED if publish or each != PUBLISHING]
    return document(exchange, {"conformsTo": held}, "conformance.html")


def openapi(exchange: Exchange) -> Response:
    """Answer the OpenAPI document, or a page made of it."""
    content = openapi_document(exchange.catalog.settings)
    if wants_html(exchange):
        return document(exchange, content, "openapi.html")
    return Response(orjson.dumps(content), content_type=OPENAPI_TYPE)
