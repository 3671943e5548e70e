"""What a published result says beyond every collection: how it was made, and until when it is."""

from typing import Any

from flask import Response

from casa_ogc.catalog.entries import Entry
from casa_ogc.catalog.published import PublishedProduct, read_provenance
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import UnknownNameError

HAS_PROVENANCE = "http://www.w3.org/ns/prov#has_provenance"
_JSON = "application/json"


def publication(entry: Entry, url: str) -> dict[str, Any]:
    """Return the further members of a published collection; none of another."""
    product = entry.product
    if not isinstance(product, PublishedProduct):
        return {}
    content: dict[str, Any] = {
        "created": product.created,
        "process": {"id": product.process, "version": product.process_version},
        "origins": [
            one.model_dump() | {"href": f"{url}/collections/{one.collection}"}
            for one in product.origins
        ],
    }
    return content | ({"expires": product.expires} if product.expires else {})


def publication_links(entry: Entry, url: str) -> list[dict[str, str]]:
    """Return the further links of a published collection; none of another."""
    product = entry.product
    if not isinstance(product, PublishedProduct):
        return []
    own = f"{url}/collections/{product.id}"
    made = [
        (f"{own}/prov", HAS_PROVENANCE, "Provenance (W3C PROV-JSON)"),
        (f"{url}/processes/{product.process}", "related", "The process that made it"),
        *(
            (f"{url}/collections/{one.collection}", "derivedfrom", one.title)
            for one in product.origins
        ),
    ]
    return [{"href": to, "rel": rel, "type": _JSON, "title": title} for to, rel, title in made]


def provenance(exchange: Exchange) -> Response:
    """Answer where a published collection comes from, as PROV-JSON.

    Raises
    ------
    UnknownNameError
        When there is no such collection, or it was not made by a job.
    """
    product = exchange.entry.product
    body = None
    if isinstance(product, PublishedProduct):
        body = read_provenance(exchange.catalog.root, product)
    if body is None:
        raise UnknownNameError("page", f"/collections/{product.id}/prov", ())
    return Response(body, content_type=_JSON)
