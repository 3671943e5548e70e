"""OGC API Processes: the list of processes, and the description of one."""

from typing import Any
from urllib.parse import urlencode

from flask import Response

from casa_ogc.jobs.requests import offered_ids, offered_process
from casa_ogc.web.collections import language
from casa_ogc.web.describe import link
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.processes_page import process_page, run_before
from casa_ogc.web.respond import document, wants_html
from casa_processes.common.process import Language, Process

MOST = 1000
DEFAULT_LIMIT = 100
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_SUMMARY = (
    "id",
    "version",
    "title",
    "description",
    "keywords",
    "jobControlOptions",
    "outputTransmission",
)


def all_processes(exchange: Exchange) -> Response:
    """Answer the processes that the site offers, a page at a time."""
    ids = offered_ids(exchange.catalog.settings)
    limit = exchange.whole("limit", DEFAULT_LIMIT, 1, MOST)
    offset = exchange.whole("offset", 0, 0, 10**9)
    base = f"{exchange.url}/processes"
    links = [
        link(base, "self", "application/json", "This document"),
        link(f"{base}?f=html", "alternate", "text/html", "This document as a page"),
        link(f"{exchange.url}/jobs", f"{_REL}job-list", "application/json", "Jobs"),
    ]
    if offset + limit < len(ids):
        links.append(_hop(exchange, limit, offset + limit, "next", "Next page"))
    if offset > 0:
        links.append(_hop(exchange, limit, max(offset - limit, 0), "prev", "Previous page"))
    found = (offered_process(name, exchange.catalog.settings) for name in ids[offset:][:limit])
    shown = [summary(one, exchange) for one in found]
    content: dict[str, Any] = {"processes": shown, "links": links, "numberMatched": len(ids)}
    return document(exchange, content, "processes.html")


def one_process(exchange: Exchange) -> Response:
    """Answer the description of a process; as a page, with a form to run it, or a job of it again.

    Raises
    ------
    UnknownNameError
        When the site offers no such process.
    UnknownJobError, ExpiredError
        When there is no such job, it is another's, or its time is over.
    """
    found = offered_process(exchange.path["process_id"], exchange.catalog.settings)
    content = described(exchange, found)
    if wants_html(exchange):
        return process_page(exchange, found, content, run_before(exchange, found))
    return document(exchange, content, "process.html")


def described(exchange: Exchange, found: Process) -> dict[str, Any]:
    """Return the description of a process with its links."""
    return found.description(_language(exchange)) | {"links": links_of(found, exchange)}


def summary(found: Process, exchange: Exchange) -> dict[str, Any]:
    """Return what the list tells of a process."""
    described = found.description(_language(exchange))
    content = {name: described[name] for name in _SUMMARY}
    if wants_html(exchange):
        content |= {"title_zh": found.title.zh, "description_zh": found.abstract.zh}
    return content | {"links": links_of(found, exchange)}


def links_of(found: Process, exchange: Exchange) -> list[dict[str, str]]:
    """Return what belongs to a process."""
    own, jobs = f"{exchange.url}/processes/{found.id}", f"{exchange.url}/jobs"
    return [
        link(own, "self", "application/json", "Description"),
        link(f"{own}?f=html", "alternate", "text/html", "Description as a page"),
        link(f"{own}/execution", f"{_REL}execute", "application/json", "Execution"),
        link(f"{jobs}?processID={found.id}", f"{_REL}job-list", "application/json", "Jobs"),
    ]


def _language(exchange: Exchange) -> Language:
    return "zh" if language(exchange) == "zh" else "en"


def _hop(exchange: Exchange, limit: int, offset: int, rel: str, title: str) -> dict[str, str]:
    asked = {name: values[0] for name, values in exchange.arguments.items() if name != "f"}
    query = urlencode(asked | {"limit": limit, "offset": offset})
    return link(f"{exchange.url}/processes?{query}", rel, "application/json", title)
