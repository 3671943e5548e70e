"""Executions in the OpenAPI document: one path a process, its inputs as they are validated."""

from typing import Any

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.requests import (
    LONGEST_LABEL,
    LONGEST_TITLE,
    MOST_LABELS,
    SUBSCRIBER,
    offered_ids,
)
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.openapi import query_parameter, refusal, responses_of
from casa_processes.common.process import Process
from casa_processes.common.registry import process

_URI = {"type": "string", "format": "uri"}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "respond-async, respond-sync, wait=seconds, return=minimal, or several of these "
    "separated by commas; without it a job that is expected to be short is waited for.",
    "schema": {"type": "string"},
    "example": "respond-async",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "What the client calls this request: the same key is the same job.",
    "schema": {"type": "string", "maxLength": 255},
}
_FORMAT = {"type": "object", "properties": {"mediaType": {"type": "string"}}}
_OUTPUT = {
    "type": "object",
    "properties": {
        "transmissionMode": {"type": "string", "enum": ["value", "reference"]},
        "format": _FORMAT,
    },
}
_TOLD = {"200": {"description": "The subscriber has taken notice"}}


def executions(endpoint: Endpoint, settings: Settings) -> dict[str, Any]:
    """Return the paths of the executions of all processes that a site offers.

    Parameters
    ----------
    endpoint
        The row of executions.
    """
    return {
        f"/processes/{name}/execution": _path(endpoint, name, settings)
        for name in offered_ids(settings)
    }


def _path(endpoint: Endpoint, name: str, settings: Settings) -> dict[str, Any]:
    found = process(name)
    body = request_schema(found, publish=settings.jobs.publish)
    example = {"inputs": dict(found.example)}
    operation = {
        "operationId": f"execute-{name}",
        "summary": found.title.en,
        "description": found.abstract.en,
        "tags": [endpoint.tag],
        "parameters": [*map(query_parameter, endpoint.parameters), _PREFER, _KEY],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": example}},
        },
        "security": [{}, {"token": []}],
        "responses": _answers(responses_of(endpoint))
        | {"415": refusal("A body that is neither JSON nor the form of the process's page")},
        "callbacks": {name: _callback(name) for name in SUBSCRIBER},
    }
    return {"post": operation}


def request_schema(found: Process, *, publish: bool = True) -> dict[str, Any]:
    """Return the schema of an execution request of a process, on a site that may publish or not."""
    kinds = ["raw", "document", *(["collection"] if publish else [])]
    described = found.description()
    inputs = described["inputs"]
    required = [key for key, one in inputs.items() if one.get("minOccurs", 1) > 0]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: as_openapi(one["schema"]) for key, one in inputs.items()},
    }
    if required:
        schema["required"] = required
    outputs = dict.fromkeys(found.outputs.model_fields, _OUTPUT)
    label = {"type": "string", "maxLength": LONGEST_LABEL}
    return {
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "inputs": schema,
            "outputs": {"type": "object", "properties": outputs},
            "response": {"type": "string", "enum": kinds},
            "subscriber": {"type": "object", "properties": dict.fromkeys(SUBSCRIBER, _URI)},
            "title": {"type": "string", "maxLength": LONGEST_TITLE},
            "labels": {"type": "array", "maxItems": MOST_LABELS, "items": label},
        },
    }


def as_openapi(schema: Any) -> Any:
    """Return a published schema as OpenAPI 3.0 takes it: it has no words for content in text."""
    if isinstance(schema, list):
        return [as_openapi(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: as_openapi(value)
        for key, value in schema.items()
        if key not in ("contentMediaType", "contentEncoding")
    }
    return kept | ({"format": "byte"} if "contentMediaType" in schema else {})


def _answers(refusals: dict[str, Any]) -> dict[str, Any]:
    anything = {"schema": {"type": "string", "format": "binary"}}
    document: dict[str, Any] = {"application/json": {"schema": {}}}
    where = {"schema": {"type": "string"}, "description": "Address of the job"}
    return refusals | {
        "200": {
            "description": "The results, where the client waited for them; or an estimate",
            "content": document | {"multipart/related": anything, "*/*": anything},
        },
        "201": {
            "description": "The job, which goes on",
            "content": {"application/json": {"schema": {"type": "object"}}},
            "headers": {"Location": where},
        },
        "204": {"description": "The results are where the header Link says"},
        "303": {"description": "The results are a collection; or the page of the job"},
    }


def _callback(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    post = {"requestBody": {"content": content}, "responses": _TOLD}
    return {f"{{$request.body#/subscriber/{name}}}": {"post": post}}
