"""Posted queries: the names of the query string in a JSON object or in a form."""

from collections.abc import Mapping
from urllib.parse import parse_qs

import orjson
from flask import request

from casa_ogc.web.errors import MediaTypeError
from casa_processes.common.errors import InvalidValueError

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_MOST_BYTES = 2 << 20
_MOST_FIELDS = 100
_EXPECTED = "a JSON object of texts, numbers, or lists of these, or a form"


def posted(query: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the parameters of a posted query together with those of its query string.

    Lists (``parameter-name``, ``bbox``) are joined by commas, as in a query string.

    Raises
    ------
    InvalidValueError
        For a body that is no such object or form, one above 2 MiB, more than 100 names, a name
        that the query string has too.
    MediaTypeError
        For a body of another media type.
    """
    body = request.get_data()
    if len(body) > _MOST_BYTES:
        raise InvalidValueError("body", f"{len(body)} bytes", f"at most {_MOST_BYTES} bytes")
    if request.mimetype == _FORM:
        given = _form(body)
    elif request.mimetype == _JSON or request.mimetype.endswith("+json"):
        given = _object(body)
    else:
        raise MediaTypeError(request.mimetype, f"{_JSON} or {_FORM}")
    for name in given:
        if name in query:
            raise InvalidValueError(name, given[name], "one value, in the body or in the query")
    return {**query, **given}


def _form(body: bytes) -> dict[str, list[str]]:
    try:
        text = body.decode("utf-8")
        return parse_qs(text, True, strict_parsing=bool(text), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidValueError("body", body[:100], _EXPECTED) from None


def _object(body: bytes) -> dict[str, list[str]]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidValueError("body", body[:100], _EXPECTED) from None
    if not isinstance(content, dict) or len(content) > _MOST_FIELDS:
        raise InvalidValueError("body", body[:100], _EXPECTED)
    return {name: [_text(name, value)] for name, value in content.items()}


def _text(name: str, value: object) -> str:
    """Return a value as the query string would have it."""
    if isinstance(value, list) and value:
        return ",".join(_scalar(name, item) for item in value)
    return _scalar(name, value)


def _scalar(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return repr(value)
    raise InvalidValueError(name, value, "a text, a number, or a list of these")
