"""The documents that tell of a job and of its results, for clients and for subscribers."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from casa_ogc.jobs.queries import Place
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.results import Manifest, StoredFile

INLINE = 64 * 1024
"""Bytes of a file that stands in a document unless it is asked for by reference."""
MOST_INLINE = 8 * 1024 * 1024
"""Bytes of a file that stands in a document when it is asked for by value."""
EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_JSON, _HTML, _TEXT = "application/json", "text/html", "text/plain"

type Opened = Callable[[str], Path]
"""Returns the checked file of an output."""


def status_document(job: Job, url: str, *, place: Place | None = None) -> dict[str, Any]:
    """Return the status of a job (OGC API Processes 1.0, statusInfo).

    Parameters
    ----------
    job
        Which job.
    url
        Address of the server.
    place
        Its place in the queue, when it waits.
    """
    content: dict[str, Any] = {
        "processID": job.execution.process_id,
        "type": "process",
        "jobID": job.id,
        "status": job.status,
        "message": message(job),
        "progress": job.progress,
    }
    optional = {
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "updated": job.updated,
        "expires": job.expires,
        "title": job.execution.title or None,
        "labels": list(job.execution.labels) or None,
        "attempt": job.attempt or None,
        "position": place and place.position,
        "positionIsAtLeast": True if place and not place.exact else None,
        "expectedStart": place and place.expected,
        "dismissal": job.dismissal,
        "exception": exception_of(job),
    }
    content |= {name: value for name, value in optional.items() if value is not None}
    return content | {"links": status_links(job, url)}


def message(job: Job) -> str:
    """Return one line for people."""
    if job.failure is not None:
        return f"{job.failure.error}: {job.failure.message}"
    if job.dismissal is not None and job.status == "running":
        return "stopping"
    return job.message or job.status


def exception_of(job: Job) -> dict[str, Any] | None:
    """Return why a job failed, as an exception document, or None."""
    failure = job.failure
    if failure is None:
        return None
    status = 400 if failure.problems else 500
    content: dict[str, Any] = {
        "type": f"{EXCEPTIONS}{failure.error}",
        "title": failure.error,
        "status": status,
        "detail": failure.message,
    }
    if failure.problems:
        content["errors"] = [
            {"pointer": f"/inputs{at}", "detail": why} for at, why in failure.problems
        ]
    return content


def job_url(job: Job, url: str) -> str:
    """Return the address of a job."""
    return f"{url}/jobs/{quote(job.id, safe='')}"


def output_url(job: Job, url: str, name: str) -> str:
    """Return the address of one output."""
    return f"{job_url(job, url)}/results/{quote(name, safe='')}"


def status_links(job: Job, url: str) -> list[dict[str, str]]:
    """Return what belongs to a job."""
    own = job_url(job, url)
    links = [
        _link(own, "self", _JSON, "This document"),
        _link(f"{own}?f=html", "alternate", _HTML, "This document as a page"),
        _link(own, "monitor", _JSON, "Status of the job"),
        _link(f"{own}/log", "describedby", _TEXT, "Log of the job"),
        _link(f"{url}/processes/{job.execution.process_id}", "up", _JSON, "The process"),
    ]
    if job.status == "successful":
        links.append(_link(f"{own}/results", f"{_REL}results", _JSON, "Results"))
        links.append(_link(f"{own}/prov", "provenance", _JSON, "Where the results come from"))
    if job.status == "failed":
        links.append(_link(f"{own}/results", f"{_REL}exceptions", _JSON, "Why the job failed"))
    if job.collection:
        address = f"{url}/collections/{quote(job.collection, safe='')}"
        links.append(_link(address, "collection", _JSON, "The results as a collection"))
    return links


def _link(href: str, rel: str, media: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media, "title": title}


def chosen(job: Job, manifest: Manifest) -> dict[str, Any]:
    """Return the outputs that were asked for, or all, as far as they have a value.

    They stand in the order in which the process has them.
    """
    wanted = job.execution.outputs or manifest.outputs
    return {name: output for name, output in manifest.outputs.items() if name in wanted}


def transmission(job: Job, name: str) -> str | None:
    """Return whether an output was asked for by value or by reference, or None."""
    asked: Mapping[str, Any] = job.execution.outputs.get(name, {})
    mode: str | None = asked.get("transmissionMode")
    return mode


def results_document(
    job: Job, manifest: Manifest, url: str, opened: Opened, *, minimal: bool = False
) -> dict[str, Any]:
    """Return the results of a job as one document (results.yaml).

    Parameters
    ----------
    manifest
        What the job gave.
    opened
        Gives the file of an output.
    minimal
        Whether everything is a reference that was not asked for by value.
    """
    return {
        name: _member(job, name, output, url, opened, minimal=minimal)
        for name, output in chosen(job, manifest).items()
    }


def _member(job: Job, name: str, output: Any, url: str, opened: Opened, *, minimal: bool) -> Any:
    mode = transmission(job, name)
    if mode == "reference" or (minimal and mode is None):
        return reference(job, name, output, url)
    if not isinstance(output, StoredFile):
        bare = not isinstance(output, dict) or output.keys() <= {"bbox", "crs"}
        return output if bare else {"value": output, "mediaType": _JSON}
    if output.size > (INLINE if mode is None else MOST_INLINE):
        return reference(job, name, output, url)
    text = base64.b64encode(opened(name).read_bytes()).decode()
    return {"value": text, "mediaType": output.media_type, "encoding": "base64"}


def reference(job: Job, name: str, output: Any, url: str) -> dict[str, str]:
    """Return a link to an output."""
    return {"href": output_url(job, url, name), "type": media_type(job, name, output)}


def media_type(job: Job, name: str, output: Any) -> str:
    """Return the media type of an output by itself: its file's, or the one asked for."""
    if isinstance(output, StoredFile):
        return output.media_type
    form = job.execution.outputs.get(name, {}).get("format", {})
    plain = str(form.get("mediaType", "")).startswith(_TEXT) and isinstance(output, str)
    return _TEXT if plain else _JSON
