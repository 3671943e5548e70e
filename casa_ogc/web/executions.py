"""OGC API Processes: execution. A row is written; nothing is computed here."""

from __future__ import annotations

from http import HTTPStatus
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from casa_ogc.jobs.accept import Submission, accept, examined
from casa_ogc.jobs.documents import job_url, status_document
from casa_ogc.jobs.errors import TokenError
from casa_ogc.jobs.record import OPEN, Job
from casa_ogc.jobs.requests import offered_process
from casa_ogc.web import cookies
from casa_ogc.web.bodies import JSON, posted_object
from casa_ogc.web.errors import problem_of
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.executions_form import FORM, refilled, refuse_strangers, submitted
from casa_ogc.web.executions_prefer import Preferences, parse_prefer
from casa_ogc.web.negotiation import prefers_html
from casa_ogc.web.principals import Asker, asker
from casa_ogc.web.processes import described
from casa_ogc.web.processes_page import process_page
from casa_ogc.web.results import answered
from casa_ogc.web.stores import job_store
from casa_processes.common.errors import CasaError, InvalidValueError

if TYPE_CHECKING:
    from casa_ogc.jobs.store import JobStore
    from casa_processes.common.process import Process

LONGEST_WAIT = 60.0
"""Longest time that a request waits for a job.  [s]"""
WAITING = 2
"""Requests that wait at a time in each process of the server; others get the job at once."""
_LENIENCE = 3.0
"""How much longer than the longest expected time a job is waited for."""
_LONGEST_KEY = 255
_PRIVATE = {"Cache-Control": "private, no-store"}
_places = BoundedSemaphore(WAITING)


def execute(exchange: Exchange) -> Response:
    """Accept a job, and answer it, or its results where the client waits for them.

    Raises
    ------
    CasaError
        When the request cannot be run; nothing is queued then.
    """
    catalog, process_id = exchange.catalog, exchange.path["process_id"]
    if request.mimetype != JSON:  # what pages of other sites can send without asking first
        refuse_strangers(catalog.settings.url)
    if request.mimetype == FORM:
        return _by_form(exchange, offered_process(process_id, catalog.settings))
    who = _runner(exchange)
    submission = _submission(exchange, posted_object(exchange.body))
    if flag(exchange, "estimate"):
        return estimated(exchange, submission)
    store = job_store(catalog.settings)
    job, _ = accept(store, catalog, submission, who.owner, who.account, idempotency_key())
    return _answered(exchange, store, job, submission)


def _by_form(exchange: Exchange, process: Process) -> Response:
    """Lead to the page of the job; what is refused is answered by the form as it was sent."""
    catalog = exchange.catalog
    try:
        who = _runner(exchange)
        submission = _submission(exchange, submitted(exchange))
        if flag(exchange, "estimate"):
            return estimated(exchange, submission)
        store = job_store(catalog.settings)
        job, _ = accept(store, catalog, submission, who.owner, who.account, idempotency_key())
    except CasaError as error:
        if not prefers_html():
            raise
        return _refused(exchange, process, error)
    return _seen_other(f"{job_url(job, exchange.url)}?f=html")


def _refused(exchange: Exchange, process: Process, error: CasaError) -> Response:
    response = problem_of(error)
    filled = refilled(exchange.body, error)
    form = process_page(exchange, process, described(exchange, process), filled)
    response.set_data(form.get_data())
    response.headers.update(form.headers)
    if isinstance(error, TokenError):
        cookies.take(response, exchange.catalog.settings)
    return response


def _runner(exchange: Exchange) -> Asker:
    who = asker(exchange.catalog.settings)
    who.need("execute", "running processes")
    return who


def _submission(exchange: Exchange, content: dict[str, Any]) -> Submission:
    _take_response(exchange, content)
    return examined(exchange.catalog, exchange.path["process_id"], content)


def _answered(exchange: Exchange, store: JobStore, job: Job, submission: Submission) -> Response:
    wishes = parse_prefer(",".join(request.headers.getlist("Prefer")))
    limit = patience(wishes, submission, exchange.catalog.settings.jobs.sync_seconds)
    if limit > 0.0 and job.status in OPEN and _places.acquire(blocking=False):
        try:
            job = store.wait(job.id, is_over, limit)
        finally:
            _places.release()
    if limit > 0.0 and is_over(job):
        response = _seen_collection(exchange, job) or answered(exchange, job, wishes)
        response.headers.extend(wishes.applied(waited=True))
        response.headers.add("Link", f"<{job_url(job, exchange.url)}>; rel=monitor")
        return response
    return created(exchange, job, wishes)


def is_over(job: Job) -> bool:
    """Tell whether a job will not change any more."""
    return job.status not in OPEN


def patience(wishes: Preferences, submission: Submission, most: float) -> float:
    """Return how many seconds a request waits for its job; 0 means not at all.

    Parameters
    ----------
    most
        Expected time up to which a job is waited for without a word of the client.  [s]
    """
    if wishes.wait is not None:
        return min(wishes.wait, LONGEST_WAIT)
    if wishes.respond == "async" or submission.cost.cpu_seconds > most:
        return 0.0
    return min(_LENIENCE * most, LONGEST_WAIT)


def created(exchange: Exchange, job: Job, wishes: Preferences) -> Response:
    """Answer a job that goes on: 201 with its address and status."""
    where = job_url(job, exchange.url)
    headers = _PRIVATE | {"Location": where} | wishes.applied(waited=False)
    body = b"" if wishes.minimal else orjson.dumps(status_document(job, exchange.url))
    response = Response(body, HTTPStatus.CREATED, headers, content_type="application/json")
    response.headers.add("Link", f"<{where}>; rel=monitor")
    return response


def estimated(exchange: Exchange, submission: Submission) -> Response:
    """Answer what a run is expected to take; nothing is queued."""
    cost, jobs = submission.cost, exchange.catalog.settings.jobs
    content = {
        "processID": submission.execution.process_id,
        "cpu_seconds": cost.cpu_seconds,
        "memory": cost.memory,
        "result_bytes": cost.result,
        "mode": "sync" if cost.cpu_seconds <= jobs.sync_seconds else "async",
        "quota": jobs.quota.model_dump(),
    }
    return Response(orjson.dumps(content), headers=_PRIVATE, content_type="application/json")


def flag(exchange: Exchange, name: str) -> bool:
    """Read a query parameter that is true or false.

    Raises
    ------
    InvalidValueError
        When it is neither.
    """
    text = (exchange.text(name) or "false").lower()
    if text not in ("true", "false"):
        raise InvalidValueError(name, text, "true or false")
    return text == "true"


def idempotency_key() -> str:
    """Return what the client calls this request, or nothing.

    Raises
    ------
    InvalidValueError
        When it is no short printable text.
    """
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise InvalidValueError("Idempotency-Key", key, f"{_LONGEST_KEY} printable characters")
    return key


def _take_response(exchange: Exchange, content: dict[str, Any]) -> None:
    """Take ``response`` from the query string, where the second edition has it."""
    asked = exchange.text("response")
    if asked is None:
        return
    if content.setdefault("response", asked) != asked:
        raise InvalidValueError("response", asked, f"{content['response']!r} as in the body")


def _seen_collection(exchange: Exchange, job: Job) -> Response | None:
    """Lead to the collection that a job was asked to make."""
    if job.execution.response != "collection" or not job.collection:
        return None
    return _seen_other(f"{exchange.url}/collections/{job.collection}")


def _seen_other(address: str) -> Response:
    response = Response(status=HTTPStatus.SEE_OTHER, headers=_PRIVATE)
    response.headers["Location"] = address
    return response
