"""OGC API Environmental Data Retrieval: instances, the versions of a product."""

from typing import Any

from flask import Response

from casa_ogc.catalog.entries import Entry
from casa_ogc.web.describe import collection, link
from casa_ogc.web.edr_metadata import data_queries, full_extent
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import document
from casa_ogc.web.summaries import summary

_LISTED = 100


def all_instances(exchange: Exchange) -> Response:
    """Answer the versions of a product that can be read, newest first."""
    name = exchange.path["collection_id"]
    base = f"{exchange.edr_url}/collections/{name}"
    versions = exchange.catalog.versions(name)[:_LISTED]
    content = {
        "links": [
            link(f"{base}/instances", "self", "application/json", "This document"),
            link(base, "collection", "application/json", exchange.entry.product.title.en),
        ],
        "instances": [
            summary(_instance(exchange, exchange.catalog.version(name, version)))
            for version in versions
        ],
    }
    return document(exchange, content, "instances.html")


def one_instance(exchange: Exchange) -> Response:
    """Answer the description of one version."""
    content = _instance(exchange, exchange.entry)
    content["extent"] = full_extent(exchange.entry, exchange.catalog)
    return document(exchange, content, "instance.html")


def _instance(exchange: Exchange, entry: Entry) -> dict[str, Any]:
    """Describe a product as it was at a snapshot."""
    base = f"{exchange.edr_url}/collections/{entry.product.id}"
    own = f"{base}/instances/{entry.head.snapshot}"
    content = collection(entry, exchange.url)
    return content | {
        "id": entry.head.snapshot,
        "title": f"{entry.product.title.en}, version of {entry.head.committed}",
        "data_queries": data_queries(entry, own, instance=True),
        "links": [
            link(own, "self", "application/json", "This document"),
            link(base, "collection", "application/json", entry.product.title.en),
        ],
    }
