"""Execution by a form: what people fill in on the page of a process."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import request

from casa_ogc.jobs.requests import offered_process
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.processes_form import parsed
from casa_processes.common.errors import InvalidValueError, UnknownNameError

FORM = "application/x-www-form-urlencoded"
_PREFIX = "inputs."
_OTHERS = ("title", "response", "labels")
_MOST_FIELDS = 500


def submitted(exchange: Exchange) -> dict[str, Any]:
    """Return the execution request that a form means; fields left empty are left out.

    Raises
    ------
    UnknownNameError
        For a field that the form does not have.
    InvalidValueError
        For a body that is no form.
    """
    process = offered_process(exchange.path["process_id"], exchange.catalog.settings)
    inputs = process.description()["inputs"]
    content: dict[str, Any] = {"inputs": {}}
    for name, text in _pairs(exchange.body):
        if not text.strip():
            continue
        if name in _OTHERS:
            content[name] = text.split() if name == "labels" else text
        elif name.startswith(_PREFIX) and name.removeprefix(_PREFIX) in inputs:
            key = name.removeprefix(_PREFIX)
            content["inputs"][key] = parsed(inputs[key]["schema"], text)
        else:
            raise UnknownNameError("field", name, [*_OTHERS, *(_PREFIX + key for key in inputs)])
    return content


def refuse_strangers(url: str) -> None:
    """Refuse a form that stands on a page of another site.

    Raises
    ------
    InvalidValueError
        When the browser says that it does.
    """
    origin = request.headers.get("Origin")
    own = {_origin(url), _origin(request.host_url)}
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise InvalidValueError("Sec-Fetch-Site", "another site", "a form of this server")
    if origin is not None and origin not in own:
        raise InvalidValueError("Origin", origin, "a form of this server")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode()
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        shown = body[:80].decode(errors="replace")
        raise InvalidValueError("body", shown, "a form in UTF-8") from None
