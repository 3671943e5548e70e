"""Execution by a form: what people fill in on the page of a process."""

from typing import Any
from urllib.parse import parse_qsl

from flask import request

from casa_ogc.jobs.requests import offered_process
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.origins import is_foreign
from casa_ogc.web.processes_form import PREFIX, Filled, parsed
from casa_processes.common.errors import (
    CasaError,
    InvalidInputsError,
    InvalidValueError,
    UnknownNameError,
)

FORM = "application/x-www-form-urlencoded"
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
        elif name.startswith(PREFIX) and name.removeprefix(PREFIX) in inputs:
            key = name.removeprefix(PREFIX)
            content["inputs"][key] = parsed(inputs[key]["schema"], text)
        else:
            raise UnknownNameError("field", name, [*_OTHERS, *(PREFIX + key for key in inputs)])
    return content


def refilled(body: bytes, error: CasaError) -> Filled:
    """Return a form as it was sent, each reason of its refusal beside the field that it is about.

    Raises
    ------
    InvalidValueError
        For a body that is no form.
    """
    texts = dict(_pairs(body))
    problems: dict[str, tuple[str, ...]] = {}
    for name, reason in _reasons(error):
        at = name if name in texts else ""
        text = reason if at or not name else f"{name.removeprefix(PREFIX)}: {reason}"
        problems[at] = (*problems.get(at, ()), text)
    return Filled(texts, problems)


def _reasons(error: CasaError) -> list[tuple[str, str]]:
    """Return what is wrong, with the name of the field; of an item of a list its place as well."""
    if isinstance(error, InvalidValueError) and error.what in _OTHERS:
        return [(error.what, f"expected {error.expected}")]
    if not isinstance(error, InvalidInputsError):
        return [("", str(error))]
    found = []
    for pointer, reason in error.problems:
        name, _, inner = pointer.removeprefix("/").partition("/")
        field = f"{PREFIX}{name.replace('~1', '/').replace('~0', '~')}" if name else ""
        found.append((field, f"{inner}: {reason}" if inner else reason))
    return found


def refuse_strangers(url: str) -> None:
    """Refuse a form that stands on a page of another site.

    Raises
    ------
    InvalidValueError
        When the browser says that it does.
    """
    if is_foreign(url):
        origin = request.headers.get("Origin", "another site")
        raise InvalidValueError("Origin", origin, "a page of this server")


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode()
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        shown = body[:80].decode(errors="replace")
        raise InvalidValueError("body", shown, "a form in UTF-8") from None
