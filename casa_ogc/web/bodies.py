"""Posted JSON."""

from typing import Any

import orjson
from flask import request

from casa_ogc.jobs.requests import check_depth
from casa_ogc.web.errors import MediaTypeError
from casa_processes.common.errors import InvalidValueError

JSON = "application/json"


def posted_object(body: bytes) -> dict[str, Any]:
    """Read a posted JSON object.

    Raises
    ------
    MediaTypeError
        When the request says that it posts something else than JSON.
    InvalidValueError
        When the body is no JSON text, no object, or nested too deeply.
    """
    if request.mimetype not in ("", JSON):
        raise MediaTypeError(request.mimetype, JSON)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        shown = body[:80].decode(errors="replace")
        raise InvalidValueError("body", shown, f"JSON ({error})") from None
    check_depth(content)
    if not isinstance(content, dict):
        shown = body[:80].decode(errors="replace")
        raise InvalidValueError("body", shown, "a JSON object with the member inputs")
    return content
