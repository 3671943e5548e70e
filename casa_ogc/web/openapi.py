"""The OpenAPI 3.0 document, made of the endpoint table, the processes and the site's settings."""

import re
from typing import Any

from casa_ogc import __version__
from casa_ogc.catalog.settings import Settings
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.openapi_jobs import JOB_REFUSALS, SECURITY
from casa_ogc.web.parameters import Parameter

_PATH_PARAMETER = re.compile(r"<(?:path:)?(\w+)>")
_SPELLING = {
    "collection_id": "collectionId",
    "item_id": "itemId",
    "process_id": "processID",
    "job_id": "jobID",
    "output_id": "outputID",
    "style_id": "styleId",
    "instance_id": "instanceId",
    "location_id": "locationId",
}
_PATH_MEANING = {
    "collection_id": "Identifier of a collection, as /collections lists them.",
    "item_id": "Identifier of an item of the collection.",
    "process_id": "Identifier of a process, as /processes lists them.",
    "job_id": "Identifier of a job, as its execution told it.",
    "output_id": "Name of an output of the process.",
    "style_id": "Style of the collection: default, or the name of a colour map.",
    "instance_id": "Version of the collection, as its instances list them.",
    "location_id": "Identifier of a location, as the locations list them.",
    "tileMatrixSetId": "Tile matrix set, as /tileMatrixSets lists them.",
    "tileMatrix": "Level of the tile matrix set, from 0.",
    "tileRow": "Row of the tile from the north, from 0.",
    "tileCol": "Column of the tile from the west, from 0.",
}
_DOCUMENTS = (
    "application/json",
    "application/schema+json",
    "application/vnd.oai.openapi+json;version=3.0",
)
"""Media types of documents, which are pages as well."""
_REFUSALS = {
    "400": "A parameter that is unknown, missing or malformed; says what exists",
    "404": "No such resource; says what exists",
    "405": "A method that the resource does not have",
    "406": "No offered media type is acceptable",
    "413": "The answer would be larger than the limit; says both",
    "503": "A store is out of reach; try again",
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "description": {"type": "string"},
    },
}


_BOX = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}


def openapi_document(settings: Settings) -> dict[str, Any]:
    """Make the document; it refers to nothing outside itself."""
    from casa_ogc.web.openapi_executions import executions
    from casa_ogc.web.routes import ENDPOINTS

    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        if endpoint.name != "execution":
            paths[path_of(endpoint.rule)] = _path_item(endpoint)
    _page_sizes(paths, settings)
    execution = next(one for one in ENDPOINTS if one.name == "execution")
    paths |= executions(execution, settings)
    return {
        "openapi": "3.0.3",
        "info": _info(settings),
        "servers": [{"url": settings.url}],
        "tags": [{"name": tag} for tag in sorted({endpoint.tag for endpoint in ENDPOINTS})],
        "paths": paths,
        "components": {
            "schemas": {"problem": _PROBLEM},
            "responses": {
                status: refusal(text) for status, text in (_REFUSALS | JOB_REFUSALS).items()
            },
            "securitySchemes": SECURITY,
        },
    }


def path_of(rule: str) -> str:
    """Turn a routing rule into an OpenAPI path template."""
    return _PATH_PARAMETER.sub(lambda found: f"{{{_spelled(found[1])}}}", rule)


def _spelled(name: str) -> str:
    return _SPELLING.get(name, name)


def _info(settings: Settings) -> dict[str, Any]:
    info: dict[str, Any] = {
        "title": settings.title.en,
        "description": settings.description.en,
        "version": __version__,
        "license": {"name": settings.licence},
        "contact": {"name": settings.provider.name},
    }
    if settings.licence_url:
        info["license"]["url"] = settings.licence_url
    if settings.terms_of_service:
        info["termsOfService"] = settings.terms_of_service
    return info


def _path_item(endpoint: Endpoint) -> dict[str, Any]:
    found = _PATH_PARAMETER.findall(endpoint.rule)
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [path_parameter(name) for name in found]
        + [query_parameter(one) for one in endpoint.parameters],
        "responses": responses_of(endpoint),
    }
    if "DELETE" in endpoint.methods:
        return {"get": operation, "delete": _deleted(operation, endpoint)}
    if not endpoint.posts:
        return {"get": operation}
    return {"get": operation, "post": _posted(operation, endpoint)}


def _deleted(operation: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """Describe the end of a resource, whose last state is the answer."""
    return operation | {
        "operationId": f"{endpoint.name}-delete",
        "summary": "Dismiss a job: stop it, or give up its results",
        "parameters": [one for one in operation["parameters"] if one["in"] == "path"],
    }


def _posted(operation: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """Describe the same operation with its query parameters in a body."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            one.name: {"oneOf": [dict(one.schema), {"type": "array", "items": {}}]}
            if one.name in ("bbox", "parameter-name")
            else dict(one.schema)
            for one in endpoint.parameters
        },
    }
    required = [one.name for one in endpoint.parameters if one.required]
    if required:
        schema["required"] = required
    media = ("application/json", "application/x-www-form-urlencoded")
    content = {name: {"schema": schema} for name in media}
    return operation | {
        "operationId": f"{endpoint.name}-post",
        "parameters": [one for one in operation["parameters"] if one["in"] == "path"],
        "requestBody": {"required": bool(required), "content": content},
        "responses": operation["responses"] | {"415": refusal("A body that is no JSON or form")},
    }


def path_parameter(name: str) -> dict[str, Any]:
    """Describe a variable part of a path."""
    return {
        "name": _spelled(name),
        "in": "path",
        "description": _PATH_MEANING[name],
        "required": True,
        "schema": {"type": "string"},
    }


def query_parameter(one: Parameter) -> dict[str, Any]:
    """Describe a query parameter."""
    schema: dict[str, Any] = dict(_BOX if one.name == "bbox" else one.schema)
    if one.repeated:
        schema = {"type": "array", "items": schema}
    content: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "description": one.description,
        "required": one.required,
        "schema": schema,
    }
    if schema.get("type") != "object":
        content |= {"style": "form", "explode": one.repeated}
    if one.example and not one.repeated:
        content["example"] = _numbers(one.example) if one.name == "bbox" else one.example
    return content


def _numbers(text: str) -> list[float]:
    """Return a box as the numbers that it holds."""
    return [float(part) for part in text.split(",")]


def _page_sizes(paths: dict[str, Any], settings: Settings) -> None:
    """Tell how many items a page has, and how many it can have."""
    for path, item in paths.items():
        for one in item.get("get", {}).get("parameters", ()):
            if path.endswith("/items") and one["name"] == "limit":
                sizes = {
                    "default": settings.limits.items_page,
                    "maximum": settings.limits.items_max,
                }
                one["schema"] = one["schema"] | sizes


def responses_of(endpoint: Endpoint) -> dict[str, Any]:
    """Describe what an endpoint may answer, by status."""
    media = {media: _schema(media, endpoint) for media in _media_types(endpoint)}
    responses: dict[str, Any] = {"200": {"description": endpoint.summary, "content": media}}
    if endpoint.tag in ("Coverages", "EDR", "Maps"):
        responses["204"] = {"description": "Nothing is there"}
    if endpoint.tag in ("Coverages", "EDR", "Maps", "Features"):
        responses["304"] = {"description": "The client's copy is current"}
    refusals = _REFUSALS | (JOB_REFUSALS if endpoint.tag in ("Processes", "Jobs") else {})
    return (
        responses
        | {status: {"$ref": f"#/components/responses/{status}"} for status in refusals}
        | ({"400": _report()} if endpoint.lenient else {})
    )


def _media_types(endpoint: Endpoint) -> tuple[str, ...]:
    """Return what an endpoint answers, with the pages of documents and the plans of requests."""
    names = {one.name for one in endpoint.parameters}
    found = endpoint.produces
    if "f" in names and found[0] in _DOCUMENTS:
        found = (*found, "text/html")
    return (*found, "application/json") if "estimate" in names else found


def _report() -> dict[str, Any]:
    """Describe the refusals of the Web Map Service, which are its own reports."""
    schema = {"type": "string"}
    media = ("text/xml", "application/vnd.ogc.se_xml")
    return {
        "description": _REFUSALS["400"],
        "content": {name: {"schema": schema} for name in media},
    }


def _schema(media: str, endpoint: Endpoint) -> dict[str, Any]:
    if "json" in media:
        return {"schema": {"type": endpoint.schema}}
    if media.startswith("text/"):
        return {"schema": {"type": "string"}}
    return {"schema": {"type": "string", "format": "binary"}}


def refusal(text: str) -> dict[str, Any]:
    """Describe a refusal: a problem document."""
    schema = {"$ref": "#/components/schemas/problem"}
    media = ("application/json", "application/problem+json")
    return {"description": text, "content": {name: {"schema": schema} for name in media}}
