"""OGC API Processes: execution, answered at once."""

from typing import Any

import orjson
from flask import Response, request

from casa_ogc.jobs.run import run_now
from casa_ogc.web.errors import MediaTypeError
from casa_ogc.web.exchange import Exchange
from casa_processes.common.errors import InvalidValueError, UnknownNameError

_MEMBERS = ("inputs", "outputs", "response", "subscriber")


def execute(exchange: Exchange) -> Response:
    """Run a process on the posted inputs and answer its outputs as one JSON document."""
    content = posted_object(exchange.body)
    unknown = sorted(set(content) - set(_MEMBERS))
    if unknown:
        raise UnknownNameError("member of an execution request", unknown[0], _MEMBERS)
    if content.get("response", "document") != "document":
        raise InvalidValueError("response", content["response"], "document")
    inputs = content.get("inputs", {})
    if not isinstance(inputs, dict):
        raise InvalidValueError("inputs", inputs, "a JSON object")
    outputs = run_now(exchange.path["process_id"], inputs, exchange.catalog)
    wanted = _wanted(content.get("outputs"), outputs)
    return Response(orjson.dumps(wanted), content_type="application/json")


def posted_object(body: bytes) -> dict[str, Any]:
    """Read a posted JSON object.

    Raises
    ------
    MediaTypeError
        When the request says that it posts something else than JSON.
    InvalidValueError
        When the body is no JSON text, or no object.
    """
    if request.mimetype not in ("", "application/json"):
        raise MediaTypeError(request.mimetype, "application/json")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidValueError(
            "body", body[:80].decode(errors="replace"), f"JSON ({error})"
        ) from None
    if not isinstance(content, dict):
        raise InvalidValueError("body", content, "a JSON object with the member inputs")
    return content


def _wanted(asked: object, outputs: dict[str, Any]) -> dict[str, Any]:
    if asked is None:
        return outputs
    if not isinstance(asked, dict):
        raise InvalidValueError("outputs", asked, "a JSON object of output names")
    for name in asked:
        if name not in outputs:
            raise UnknownNameError("output", name, outputs)
    return {name: outputs[name] for name in asked} if asked else outputs
