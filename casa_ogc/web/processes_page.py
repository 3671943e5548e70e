"""The page of a process: what it is, and a form to run it."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, render_template

from casa_ogc.catalog.entries import Catalog
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.principals import asker, seen_job
from casa_ogc.web.processes_form import PREFIX, Choices, Filled, fields, parsed, written
from casa_ogc.web.sign_in import known
from casa_ogc.web.stores import job_store
from casa_processes.common.process import CollectionOf, Process

MOST_CHOICES = 500
"""Collections that a form offers; one that is not among them can be named in a request."""
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": "Accept, Accept-Encoding, Authorization, Cookie",
}


def process_page(
    exchange: Exchange, found: Process, content: dict[str, Any], filled: Filled | None = None
) -> Response:
    """Answer a process as a page, whose form can be run as it stands.

    Parameters
    ----------
    content
        Its description, with links.
    filled
        The form as it was sent, if it was refused.
    """
    request = {"inputs": dict(found.example), "response": "document"}
    site = exchange.catalog.settings
    more = {
        "title_zh": found.title.zh,
        "description_zh": found.abstract.zh,
        "fields": fields(
            content["inputs"], found.example, collections_of(found, exchange.catalog), filled
        ),
        "filled": filled or Filled(),
        "who": known(site),
        "keep_days": f"{site.jobs.keep_days:g}",
        "collection": site.jobs.publish and any(mark.collection for mark in found.files().values()),
        "request": orjson.dumps(request).decode().replace("'", "'\\''"),
    }
    text = render_template("process.html", content=content | more, site=site, url=exchange.url)
    return Response(text, headers=_HEADERS, content_type="text/html; charset=utf-8")


def run_before(exchange: Exchange, found: Process) -> Filled | None:
    """Return the form of the job that the request names; None when it names none of the process.

    Raises
    ------
    UnknownJobError, ExpiredError
        When there is no such job, it is another's, or its time is over.
    """
    name, settings = exchange.text("job"), exchange.catalog.settings
    if name is None:
        return None
    execution = seen_job(job_store(settings), name, asker(settings)).execution
    if execution.process_id != found.id:
        return None
    inputs = found.description()["inputs"]
    texts = {
        f"{PREFIX}{key}": _text(inputs[key]["schema"], value)
        for key, value in execution.inputs.items()
        if key in inputs
    }
    return Filled({**texts, "title": execution.title, "response": execution.response})


def _text(schema: Mapping[str, Any], value: Any) -> str:
    """Return a value as people would write it into its field."""
    if isinstance(value, str) and parsed(schema, value) == value:
        return value
    return written({}, value)


def collections_of(found: Process, catalog: Catalog) -> dict[str, Choices]:
    """Return by input that names a collection those of its kind, with their titles."""
    marks = {
        name: mark
        for name, information in found.inputs.model_fields.items()
        for mark in information.metadata
        if isinstance(mark, CollectionOf)
    }
    if not marks:
        return {}
    entries = list(catalog.entries().values())
    return {
        name: tuple(
            (entry.product.id, entry.product.title.en)
            for entry in entries
            if mark.kind in (None, entry.head.kind)
        )[:MOST_CHOICES]
        for name, mark in marks.items()
    }
