"""A root of its own for environmental data retrieval: every collection offers every query."""

from typing import Any

from flask import Response

from casa_ogc.catalog.entries import Entry
from casa_ogc.web.collections import language, matching
from casa_ogc.web.describe import collection, link
from casa_ogc.web.edr_metadata import data_queries, full_extent
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.landing import CONFORMANCE, OPENAPI_TYPE, about
from casa_ogc.web.respond import document
from casa_ogc.web.summaries import summary

_CLASSES = ("ogcapi-common", "ogcapi-edr")


def landing(exchange: Exchange) -> Response:
    """Answer where everything of environmental data retrieval starts."""
    site, url = exchange.catalog.settings, exchange.edr_url
    content = about(site) | {
        "contact": {"organization": site.provider.name},
        "links": [
            link(f"{url}/", "self", "application/json", "This document"),
            link(f"{url}/?f=html", "alternate", "text/html", "This document as a page"),
            link(f"{exchange.url}/openapi", "service-desc", OPENAPI_TYPE, "API definition"),
            link(f"{exchange.url}/openapi?f=html", "service-doc", "text/html", "API pages"),
            link(f"{url}/conformance", "conformance", "application/json", "Conformance"),
            link(f"{url}/collections", "data", "application/json", "Collections"),
        ],
    }
    return document(exchange, content, "edr.html")


def conformance(exchange: Exchange) -> Response:
    """Answer the conformance classes of Common and of environmental data retrieval."""
    held = [uri for uri in CONFORMANCE if any(name in uri for name in _CLASSES)]
    return document(exchange, {"conformsTo": held}, "conformance.html")


def all_collections(exchange: Exchange) -> Response:
    """Answer the collections that hold data, with their queries."""
    url, lang = exchange.edr_url, language(exchange)
    found = matching(exchange)
    content = {
        "links": [
            link(f"{url}/collections", "self", "application/json", "This document"),
            link(f"{url}/collections?f=html", "alternate", "text/html", "This document as a page"),
        ],
        "collections": [summary(_described(exchange, entry, lang)) for entry in found],
        "numberMatched": len(found),
        "numberReturned": len(found),
    }
    return document(exchange, content, "collections.html")


def one_collection(exchange: Exchange) -> Response:
    """Answer the description of a collection with all its times and levels."""
    content = _described(exchange, exchange.entry, language(exchange))
    content["extent"] = full_extent(exchange.entry, exchange.catalog)
    return document(exchange, content, "collection.html")


def _described(exchange: Exchange, entry: Entry, lang: str) -> dict[str, Any]:
    base = f"{exchange.edr_url}/collections/{entry.product.id}"
    content = collection(entry, exchange.url, lang)
    own = link(base, "self", "application/json", "This document")
    others = [one for one in content["links"] if one["rel"] not in ("self", "items")]
    return content | {
        "data_queries": data_queries(entry, base),
        "links": [own, link(f"{base}/items", "items", "application/geo+json", "Items"), *others],
    }
