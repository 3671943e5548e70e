"""OGC API Processes: results of a job, all together or one by one."""

import json
import math
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from flask import Response, request

from casa_ogc.jobs import results
from casa_ogc.jobs.documents import (
    chosen,
    exception_of,
    job_url,
    media_type,
    output_url,
    reference,
    results_document,
    transmission,
)
from casa_ogc.jobs.errors import NotReadyError
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.results import Manifest, StoredFile
from casa_ogc.web.errors import problem
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.executions_prefer import Preferences, parse_prefer
from casa_ogc.web.principals import asker, seen_job
from casa_ogc.web.respond import document, wants_html
from casa_ogc.web.results_files import body_of, download, sent
from casa_ogc.web.results_multipart import Part, multipart
from casa_ogc.web.stores import job_store
from casa_processes.common.errors import UnknownNameError

PRIVATE = {"Cache-Control": "private, no-store"}
_SHOWN, _DIGITS = 4000, 7
_CLIENT_ERRORS = {
    "InvalidInputsError": HTTPStatus.BAD_REQUEST,
    "InvalidValueError": HTTPStatus.BAD_REQUEST,
    "UnknownNameError": HTTPStatus.BAD_REQUEST,
    "TooLargeError": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


def all_results(exchange: Exchange) -> Response:
    """Answer the results of a job in the form that its execution asked for.

    Raises
    ------
    UnknownJobError, NotReadyError, ExpiredError
        When there is no such job, it has no results yet, or no more.
    """
    job = _job(exchange)
    if wants_html(exchange) and job.status == "successful":
        return _page(exchange, job)
    return answered(exchange, job, parse_prefer(",".join(request.headers.getlist("Prefer"))))


def one_result(exchange: Exchange) -> Response:
    """Answer one output by itself, or a range of its bytes."""
    job = _job(exchange)
    if job.status != "successful":
        raise NotReadyError(job.id, job.status)
    folder, name = exchange.catalog.settings.jobs.folder, exchange.path["output_id"]
    outputs = results.read(folder, job).outputs
    if name not in outputs:
        raise UnknownNameError("result", name, outputs)
    return sent(folder, job, name, outputs[name])


def answered(exchange: Exchange, job: Job, wishes: Preferences) -> Response:
    """Answer a job that is over: its results, or why there are none."""
    if job.status == "failed":
        return failed(job, exchange.accept)
    if job.status != "successful":
        raise NotReadyError(job.id, job.status)
    folder = exchange.catalog.settings.jobs.folder
    manifest = results.read(folder, job)
    if job.execution.response == "raw":
        return _raw(exchange, job, manifest, wishes)
    minimal = wishes.minimal or job.execution.response == "collection"
    opened = partial(_opened, folder, job)
    content = results_document(job, manifest, exchange.url, opened, minimal=minimal)
    return Response(orjson.dumps(content), headers=PRIVATE, content_type="application/json")


def failed(job: Job, accept: str = "") -> Response:
    """Answer why a job failed, as an exception document."""
    told: Mapping[str, Any] = exception_of(job) or {}
    status = _CLIENT_ERRORS.get(told["title"], HTTPStatus.INTERNAL_SERVER_ERROR)
    places = tuple(told.get("errors", ()))
    numbers = {"jobID": job.id}
    detail = told["detail"] or told["title"]
    response = problem(status, told["title"], detail, accept, places, numbers, told["type"])
    response.headers.extend(PRIVATE)
    return response


def _job(exchange: Exchange) -> Job:
    settings = exchange.catalog.settings
    return seen_job(job_store(settings), exchange.path["job_id"], asker(settings))


def _opened(folder: Path, job: Job, name: str) -> Path:
    path: Path = results.open_output(folder, job, name)
    return path


def _raw(exchange: Exchange, job: Job, manifest: Manifest, wishes: Preferences) -> Response:
    """Answer outputs as they are: one alone, several as parts of one message."""
    outputs = chosen(job, manifest)
    referred = {
        name
        for name in outputs
        if (transmission(job, name) or ("reference" if wishes.minimal else "value")) == "reference"
    }
    folder = exchange.catalog.settings.jobs.folder
    if outputs and referred == outputs.keys():
        return _linked(exchange, job, outputs)
    if len(outputs) == 1:
        ((name, output),) = outputs.items()
        return sent(folder, job, name, output)
    parts = [
        Part(
            name,
            media_type(job, name, output),
            b"" if name in referred else body_of(folder, job, name, output),
            output_url(job, exchange.url, name) if name in referred else "",
        )
        for name, output in outputs.items()
    ]
    return multipart(parts, PRIVATE)


def _linked(exchange: Exchange, job: Job, outputs: Mapping[str, Any]) -> Response:
    """Answer nothing but where the outputs are."""
    response = Response(status=HTTPStatus.NO_CONTENT, headers=PRIVATE)
    for name, output in outputs.items():
        link = reference(job, name, output, exchange.url)
        response.headers.add("Link", f'<{link["href"]}>; rel="item"; type="{link["type"]}"')
    return response


def _page(exchange: Exchange, job: Job) -> Response:
    """Answer the results as a page: short values as they are, the rest to download."""
    manifest = results.read(exchange.catalog.settings.jobs.folder, job)
    rows = [_row(exchange, job, name, output) for name, output in manifest.outputs.items()]
    content = {
        "job": job,
        "rows": rows,
        "monitor": job_url(job, exchange.url),
        "collection": job.collection,
    }
    response = document(exchange, content, "results.html")
    response.headers.extend(PRIVATE)
    return response


def _row(exchange: Exchange, job: Job, name: str, output: Any) -> dict[str, Any]:
    row = {"name": name, **reference(job, name, output, exchange.url)}
    if isinstance(output, StoredFile):
        return row | {"size": output.size, "download": download(output.media_type)}
    size, text = len(orjson.dumps(output)), legible(output)
    return row | {"size": size, "value": text[:_SHOWN], "cut": len(text) > _SHOWN}


def legible(output: Any) -> str:
    """Write a value for people: numbers of seven digits, a line for each member of an object.

    >>> print(legible({"a": [419.123456789, 2], "b": "c"}))
    {"a": [419.1235, 2],
     "b": "c"}
    """
    if isinstance(output, dict):
        members = (f"{json.dumps(name)}: {legible(value)}" for name, value in output.items())
        return "{" + ",\n ".join(members) + "}"
    if isinstance(output, list):
        return "[" + ", ".join(map(legible, output)) + "]"
    if isinstance(output, float) and math.isfinite(output):
        return f"{output:.{_DIGITS}g}"
    return json.dumps(output, ensure_ascii=False)
