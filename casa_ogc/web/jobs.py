"""OGC API Processes: the list of jobs, one of them, its log and its dismissal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from casa_ogc.jobs import provenance
from casa_ogc.jobs.documents import status_document
from casa_ogc.jobs.errors import NotReadyError
from casa_ogc.jobs.queries import Page
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.results import log_path
from casa_ogc.web.describe import link
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.jobs_query import job_query
from casa_ogc.web.principals import Asker, asker, seen_job
from casa_ogc.web.respond import document, wants_html
from casa_ogc.web.sign_in import known
from casa_ogc.web.stores import job_store

if TYPE_CHECKING:
    from casa_ogc.jobs.store import JobStore

PRIVATE = {"Cache-Control": "private, no-store"}
_MOST_LOG = 1024 * 1024


def all_jobs(exchange: Exchange) -> Response:
    """Answer the jobs of whoever asks, newest first; who has no token has no list."""
    who, store = _asked(exchange)
    who.need("read", "listing jobs")
    query = job_query(exchange, None if who.is_admin else who.owner)
    page = store.find(query) if who.principal else Page(())
    base = f"{exchange.url}/jobs"
    links = [
        link(f"{base}{_question(exchange)}", "self", "application/json", "This document"),
        link(f"{base}?f=html", "alternate", "text/html", "This document as a page"),
    ]
    if page.next:
        further = _question(exchange, cursor=page.next)
        links.append(link(f"{base}{further}", "next", "application/json", "Next page"))
    jobs = [status_document(job, exchange.url) for job in page.jobs]
    content: dict[str, Any] = {"jobs": jobs, "links": links, "numberReturned": len(jobs)}
    if wants_html(exchange):
        content["known"] = known(exchange.catalog.settings)
    return _kept_private(document(exchange, content, "jobs.html"))


def one_job(exchange: Exchange) -> Response:
    """Answer the status of a job, as a page with its progress."""
    who, store = _asked(exchange)
    job = seen_job(store, exchange.path["job_id"], who)
    content = _status(exchange, store, job)
    if wants_html(exchange):
        content["owner"] = job.owner
    return _kept_private(document(exchange, content, "job.html"))


def job(exchange: Exchange) -> Response:
    """Answer the status of a job, or dismiss it."""
    return dismiss(exchange) if request.method == "DELETE" else one_job(exchange)


def dismiss(exchange: Exchange) -> Response:
    """Stop a job, or give up its results; it stays in the list as dismissed.

    Raises
    ------
    UnknownJobError
        When there is none, or it is another's.
    """
    who, store = _asked(exchange)
    found = seen_job(store, exchange.path["job_id"], who)
    who.need("execute", "dismissing jobs")
    stopped = store.dismiss(found.id)
    content = _status(exchange, store, stopped)
    return Response(orjson.dumps(content), headers=PRIVATE, content_type="application/json")


def log(exchange: Exchange) -> Response:
    """Answer the end of what a job wrote down, as plain text."""
    who, store = _asked(exchange)
    found = seen_job(store, exchange.path["job_id"], who)
    path = log_path(exchange.catalog.settings.jobs.folder, found.id)
    body = b""
    if path.is_file():
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _MOST_LOG, 0))
            body = file.read(_MOST_LOG)
    response = Response(body, headers=PRIVATE, content_type="text/plain; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def prov(exchange: Exchange) -> Response:
    """Answer where the results of a job come from, as PROV-JSON.

    Raises
    ------
    NotReadyError
        When the job was not successful.
    """
    who, store = _asked(exchange)
    found = seen_job(store, exchange.path["job_id"], who)
    if found.status != "successful":
        raise NotReadyError(found.id, found.status)
    body = provenance.kept(found, exchange.catalog)
    return Response(body, headers=PRIVATE, content_type=provenance.MEDIA_TYPE)


def _asked(exchange: Exchange) -> tuple[Asker, JobStore]:
    settings = exchange.catalog.settings
    return asker(settings), job_store(settings)


def _status(exchange: Exchange, store: JobStore, found: Job) -> dict[str, Any]:
    if found.status != "accepted":
        return status_document(found, exchange.url)
    return status_document(found, exchange.url, place=store.place(found))


def _question(exchange: Exchange, **more: str) -> str:
    asked = {
        name: values for name, values in exchange.arguments.items() if name not in ("f", "cursor")
    }
    pairs = {**asked, **{name: [value] for name, value in more.items()}}
    return f"?{urlencode(pairs, doseq=True)}" if pairs else ""


def _kept_private(response: Response) -> Response:
    response.headers.extend(PRIVATE)
    response.headers["Vary"] = "Accept, Accept-Encoding, Authorization, Cookie"
    return response
