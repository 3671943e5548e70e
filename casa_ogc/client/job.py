"""A job on a server: its state, waiting for it, stopping it, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from casa_ogc.client.collection import Collection
from casa_ogc.client.errors import (
    AnswerError,
    ConnectionFailedError,
    ExpiredError,
    JobDismissedError,
    JobFailedError,
    NotReadyError,
    ServerFaultError,
    StillOpenError,
    UnreadableError,
)
from casa_ogc.client.pace import pauses, retry_after
from casa_ogc.client.results import Results, read
from casa_ogc.client.transport import json_content, json_object

if TYPE_CHECKING:
    import requests
    import xarray as xr

    from casa_ogc.client.transport import Transport

SILENCE = 600.0
"""Seconds for which a server that does not answer is waited for."""
_OVER = frozenset({"successful", "failed", "dismissed"})
_ACCEPT = "application/json, multipart/related;q=0.9, */*;q=0.5"


@dataclass(frozen=True)
class Status:
    """What the server says of a job.

    Attributes
    ----------
    id, process
        The job, and the process that it runs.
    state
        ``accepted``, ``running``, ``successful``, ``failed`` or ``dismissed``.
    progress
        Per cent that is done, 0 when the server does not say.
    message
        What is being done, or what went wrong.
    created, started, finished, updated
        Instants as the server writes them, empty where they are unknown.
    content
        All that the server said: labels, place in the queue, links and what else it has.
    """

    id: str
    process: str
    state: str
    progress: float
    message: str
    created: str
    started: str
    finished: str
    updated: str
    content: Mapping[str, Any]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in _OVER

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Read a status document (statusInfo of OGC API Processes)."""
        return cls(
            id=str(content.get("jobID", content.get("id", ""))),
            process=str(content.get("processID", "")),
            state=str(content.get("status", "accepted")),
            progress=float(content.get("progress") or 0),
            message=str(content.get("message") or ""),
            created=str(content.get("created") or ""),
            started=str(content.get("started") or ""),
            finished=str(content.get("finished") or ""),
            updated=str(content.get("updated") or ""),
            content=content,
        )


class Job:
    """A job that was submitted, now or some day.

    Attributes
    ----------
    id
        Its id; with it ``Client.job`` finds the job again. Empty when a server answered at once and
        keeps no job.
    """

    def __init__(
        self,
        job_id: str,
        transport: Transport,
        asked: tuple[str, ...] = (),
        held: Results | Collection | None = None,
    ) -> None:
        self.id, self._transport, self._asked = job_id, transport, asked
        self._held = held
        self._later: float | None = None

    def __repr__(self) -> str:
        return f"Job({self.id!r})"

    def status(self) -> Status:
        """Ask the server how the job is."""
        if not self.id:
            return Status.read({"status": "successful", "progress": 100})
        answer = self._transport.get(f"jobs/{self.id}", "application/json")
        self._later = retry_after(answer.headers.get("Retry-After"))
        return Status.read(json_object(answer))

    def wait(self, *, progress: bool = True, timeout: float | None = None) -> Self:
        """Wait until the job is over; returns itself.

        The server is asked after a fifth of a second, then ever more seldom, every five seconds at
        most, and as it wishes when it says so. A server that does not answer, because it is
        restarted, is waited for ten minutes.

        Parameters
        ----------
        progress
            Whether to show a bar.
        timeout
            Longest time to wait; None means for ever.  [s]

        Raises
        ------
        JobFailedError, JobDismissedError
            When the job did not succeed.
        StillOpenError
            When it is not over in time; it goes on.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        status, heard = Status.read({"status": "out of sight"}), time.monotonic()
        with _bar(self.id, shown=progress and self._held is None) as bar:
            for pause in pauses(0.2, 1.5, 5.0):
                try:
                    status, heard = self.status(), time.monotonic()
                    bar.n = status.progress
                    bar.set_postfix_str(status.message or status.state)
                    if status.over:
                        break
                except (ConnectionFailedError, ServerFaultError):
                    if time.monotonic() - heard > SILENCE:
                        raise
                    bar.set_postfix_str("the server does not answer")
                left = until - time.monotonic()
                if left <= 0:
                    raise StillOpenError(self.id, status.state, timeout or 0.0)
                time.sleep(min(max(pause, self._later or 0.0), left))
        self._good(status)
        return self

    def dismiss(self) -> Status:
        """Ask the server to stop the job, or to forget one that is over."""
        return Status.read(json_object(self._transport.delete(f"jobs/{self.id}")))

    def results(self) -> Results:
        """Return the outputs of a job that is over; files among them are fetched when read.

        Raises
        ------
        NotReadyError
            When the job is not over.
        JobFailedError, JobDismissedError
            When it did not succeed.
        ExpiredError
            When the server keeps the results no more.
        UnreadableError
            When the result is a collection; ``dataset`` reads it.
        """
        found = self._fetched()
        if isinstance(found, Collection):
            raise UnreadableError(f"result of {self.id}", "outputs", f"collection {found.id}")
        return found

    def collection(self) -> Collection:
        """Return the collection that the result was published as.

        Raises
        ------
        UnreadableError
            When it was not.
        """
        found = self._published() or self._fetched()
        if isinstance(found, Results):
            expected = "a collection (submit with response='collection')"
            raise UnreadableError(f"result of {self.id}", expected, f"outputs {', '.join(found)}")
        return found

    def dataset(self, name: str | None = None) -> xr.Dataset:
        """Return the result as an xarray data set: a published collection, or an output in netCDF.

        Parameters
        ----------
        name
            Which output; none means the first one in netCDF.
        """
        found = (self._published() if name is None else None) or self._fetched()
        return found.dataset() if isinstance(found, Collection) else found.dataset(name)

    def log(self) -> str:
        """Return what the job wrote into its log, on servers that keep one at ``/jobs/ID/log``."""
        return self._transport.get(f"jobs/{self.id}/log", "text/plain").text

    def _published(self) -> Collection | None:
        """Return the collection that the status links to, if it does."""
        if self._held is not None or not self.id:
            return None
        links = self.status().content.get("links", [])
        hops = [one["href"] for one in links if one.get("rel") == "collection"]
        if not hops:
            return None
        content = self._transport.document(hops[0])
        return Collection(content["id"], content.get("title", ""), content, self._transport)

    def _fetched(self) -> Results | Collection:
        if self._held is None:
            try:
                answer = self._transport.get(f"jobs/{self.id}/results", _ACCEPT)
            except (NotReadyError, ExpiredError):
                raise
            except AnswerError:
                self._good(self.status())
                raise
            self._held = came_of(answer, self._transport, self._asked)
        return self._held

    def _good(self, status: Status) -> None:
        """Raise unless the job succeeded, or is not over."""
        if status.state == "dismissed":
            raise JobDismissedError(self.id)
        if status.state == "failed":
            raise JobFailedError(self.id, self._reason(status))

    def _reason(self, status: Status) -> str:
        """Return why a job failed: what its status says, and what its results say beyond that."""
        try:
            self._transport.get(f"jobs/{self.id}/results", "application/json")
        except AnswerError as error:
            said = error.detail.removeprefix("job failed")
            known = said in status.message
            return status.message if known else f"{status.message}; {said}".strip("; ")
        return status.message


def came_of(
    answer: requests.Response, transport: Transport, asked: tuple[str, ...]
) -> Results | Collection:
    """Return what an answer with results holds: outputs, or the description of a collection."""
    content = json_content(answer)
    if _is_collection(content):
        return Collection(content["id"], content.get("title", ""), content, transport)
    return read(answer, transport, asked)


def _is_collection(content: Any) -> bool:
    known = isinstance(content, dict) and {"id", "links", "extent"} <= set(content)
    return known and isinstance(content["links"], list)


def _bar(job_id: str, *, shown: bool) -> Any:
    from tqdm.auto import tqdm

    form = "{desc} {percentage:3.0f}% |{bar}| {elapsed}{postfix}"
    return tqdm(total=100, desc=job_id[:8], disable=not shown, bar_format=form)
