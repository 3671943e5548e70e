"""What a collection says of itself, derived from its product file and the head of its data."""

from typing import Any

from casa_ogc.archive.heads import Head
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.formats import FORMATS
from casa_ogc.encoders.parameters import edr_parameter, unit
from casa_ogc.query.variables import chosen
from casa_ogc.web.edr_metadata import data_queries, extent
from casa_ogc.web.gridded import latest
from casa_ogc.web.published import publication, publication_links
from casa_ogc.web.reference_texts import CRS_DETAILS
from casa_ogc.web.respond import CRS84, EPSG4326, format_names
from casa_processes.common.vocabulary import Variable, variable

_REL = "http://www.opengis.net/def/rel/ogc/1.0"
_METRES_OF_A_DEGREE, _PIXEL_METRES = 111319.49079327358, 0.00028


def collection(entry: Entry, url: str, lang: str = "en") -> dict[str, Any]:
    """Describe a collection as Common, Coverages, EDR and Features want it."""
    product, head = entry.product, entry.head
    title = product.title.zh if lang == "zh" else product.title.en
    description = product.description.zh if lang == "zh" else product.description.en
    content: dict[str, Any] = {
        "id": product.id,
        "title": title,
        "title_zh": product.title.zh,
        "description": description,
        "description_zh": product.description.zh,
        "attribution": product.citation,
        "keywords": list(product.keywords),
        "license": product.licence,
        "mission": list(product.mission),
        "synthetic": product.synthetic,
        "providers": [provider.model_dump(exclude_none=True) for provider in product.providers],
        "itemType": "feature" if head.kind == "soundings" else "timestep",
        "dataType": "coverage" if head.kind == "grid" else "vector",
        "extent": extent(head),
        "crs": [CRS84, EPSG4326],
        "storageCrs": CRS84,
        "scaleDenominator": scale_denominator(head),
        "output_formats": list(format_names(head.kind)),
        "default_output_format": "CoverageJSON",
        "crs_details": list(CRS_DETAILS),
        "parameter_names": {name: parameter(variable(name)) for name in head.variables},
        "defaultFields": [
            one.name for one in chosen(head.variables, (), product.default_variables)
        ],
        "data_queries": data_queries(entry, f"{url}/collections/{product.id}"),
        "version": head.snapshot,
        "updated": head.committed,
        "attributes": dict(head.attributes),
    }
    if product.data_policy:
        content["data_policy"] = product.data_policy
    if product.doi:
        content["doi"] = product.doi
    return content | publication(entry, url) | {"links": links(entry, url)}


def parameter(one: Variable) -> dict[str, Any]:
    """Describe a variable as EDR's parameter_names want it, with its Chinese name."""
    described = edr_parameter(one)
    described["dataType"] = described.pop("data-type")
    if "unit" in described:
        described["unit"] = unit(one.units)
    return described | {"label_zh": one.zh}


def link(href: str, rel: str, media: str, title: str) -> dict[str, str]:
    """Build one link."""
    return {"href": href, "rel": rel, "type": media, "title": title}


def _map_links(entry: Entry, base: str) -> list[dict[str, str]]:
    json = "application/json"
    found = [
        link(f"{base}/map", f"{_REL}/map", "image/png", "Map"),
        link(f"{base}/map", f"{_REL.replace('http:', 'https:')}/map", "image/png", "Map"),
        link(f"{base}/map?f=webp", f"{_REL}/map", "image/webp", "Map as WebP"),
        link(f"{base}/map/tiles", f"{_REL}/tilesets-map", json, "Map tiles"),
        link(f"{base}/styles", f"{_REL}/styles", json, "Styles"),
        link(f"{base}/legend", f"{_REL}/legend", "image/png", "Legend"),
        link(f"{base}/quicklook", "preview", "image/png", "Quick look"),
    ]
    if entry.head.kind == "soundings":
        found.append(link(f"{base}/tiles", f"{_REL}/tilesets-vector", json, "Vector tiles"))
    return found


def _coverage_links(entry: Entry, base: str) -> list[dict[str, str]]:
    """List the coverage in each format; as GeoTIFF one step, which GDAL then shows."""
    json, found = "application/json", []
    for name in format_names(entry.head.kind):
        shown = latest(entry) if name == "GeoTIFF" else ""
        title = f"As {name}, last step" if shown else f"As {name}"
        media = FORMATS[name].media_type
        found.append(link(f"{base}?f={name}{shown}", f"{_REL}/coverage", media, title))
    if entry.head.kind == "grid":
        found += [
            link(f"{base}/domainset", f"{_REL}/coverage-domainset", json, "Axes"),
            link(f"{base}/rangetype", f"{_REL}/coverage-rangetype", json, "Variables"),
            link(f"{base}/tiles", f"{_REL}/tilesets-coverage", json, "Coverage tiles"),
        ]
    return found


def scale_denominator(head: Head) -> float:
    """Return the scale at which a cell is a pixel of 0.28 mm; that of 0.1 degrees for soundings."""
    box, sizes = head.bounds, [*head.dimensions.values()]
    degrees = 0.1
    if head.kind == "grid" and "latitude" in head.dimensions:
        degrees = (box.north - box.south) / head.dimensions["latitude"]
    elif head.kind == "grid" and sizes:
        degrees = max(box.north - box.south, 1e-3) / max(sizes[-1], 1)
    return degrees * _METRES_OF_A_DEGREE / _PIXEL_METRES


def links(entry: Entry, url: str) -> list[dict[str, str]]:
    """List the links of a collection."""
    base = f"{url}/collections/{entry.product.id}"
    found = [
        link(base, "self", "application/json", "This document"),
        link(f"{base}?f=html", "alternate", "text/html", "This document as a page"),
        link(f"{url}/", "root", "application/json", "Landing page"),
        link(f"{base}/schema", f"{_REL}/schema", "application/schema+json", "Schema"),
        link(f"{base}/items", "items", "application/geo+json", "Items"),
        link(f"{base}/items?f=html", "items", "text/html", "Items as a page"),
        link(f"{base}/queryables", f"{_REL}/queryables", "application/schema+json", "Queryables"),
        link(f"{base}/locations", "data", "application/geo+json", "Places that can be asked for"),
        *_map_links(entry, base),
    ]
    found += [*_coverage_links(entry, f"{base}/coverage"), *publication_links(entry, url)]
    product = entry.product
    if product.licence_url:
        found.append(link(product.licence_url, "license", "text/html", product.licence))
    if product.doi:
        found.append(link(f"https://doi.org/{product.doi}", "cite-as", "text/html", product.doi))
    return found
