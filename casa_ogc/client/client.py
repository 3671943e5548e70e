"""A server of OGC API Processes, as a Python object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import requests

from casa_ogc.client.collection import Collection
from casa_ogc.client.encode import encoded
from casa_ogc.client.job import Job, Status, came_of
from casa_ogc.client.results import Results
from casa_ogc.client.transport import Transport, json_content


@dataclass(frozen=True)
class Process:
    """What a server tells of a process.

    Attributes
    ----------
    id, version, title, description
        What it is.
    inputs, outputs
        Descriptions with their JSON schemas by name; empty in a list of processes.
    content
        All that the server said.
    """

    id: str
    version: str
    title: str
    description: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    content: Mapping[str, Any]

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Read a process description or summary."""
        return cls(
            id=str(content.get("id", "")),
            version=str(content.get("version", "")),
            title=str(content.get("title", "")),
            description=str(content.get("description", "")),
            inputs=content.get("inputs") or {},
            outputs=content.get("outputs") or {},
            content=content,
        )


class Client:
    """A server, by the address of its landing page.

    Parameters
    ----------
    url
        Address of the landing page, such as ``http://127.0.0.1:5000``.
    token
        Bearer token; it is shown to this server only.
    timeout
        Longest silence of the server until a request counts as lost.  [s]
    attempts
        How often a request is made at most when the server cannot be reached.

    Examples
    --------
    >>> client = Client("http://127.0.0.1:5000")
    >>> client
    Client('http://127.0.0.1:5000')
    >>> client.close()
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 120.0, attempts: int = 5
    ) -> None:
        self._transport = Transport(url, token, timeout, attempts)

    def __repr__(self) -> str:
        return f"Client({self._transport.base!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def processes(self) -> list[Process]:
        """Return the processes that the server offers, without their inputs and outputs."""
        return [Process.read(one) for one in self._pages("processes", "processes", {})]

    def process(self, process_id: str) -> Process:
        """Return the description of a process.

        Raises
        ------
        NotFoundError
            When there is none of that id.
        """
        return Process.read(self._transport.document(f"processes/{process_id}"))

    def submit(
        self,
        process_id: str,
        inputs: Mapping[str, Any],
        *,
        outputs: Sequence[str] | Mapping[str, Any] | None = None,
        response: str | None = None,
        title: str = "",
        labels: Sequence[str] = (),
        subscriber: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Job:
        """Hand in a job; returns at once. A connection that is lost never makes two jobs of it.

        Parameters
        ----------
        process_id
            Which process.
        inputs
            Inputs by name: JSON values, arrays, instants, ``Path`` of a file.
        outputs
            Names of the outputs that are wanted, or their ``transmissionMode`` and ``format`` by
            name; none means all.
        response
            ``document``, ``raw`` or ``collection``; none means what the server prefers.
        title, labels
            Name of the job or of its collection, and words to find it by; servers may not know
            them.
        subscriber
            Addresses that the server tells: ``successUri``, ``failedUri``, ``inProgressUri``.
        key
            Idempotency key. The same key and request are the same job, even tomorrow and from
            another program; none means a fresh one.

        Raises
        ------
        InvalidRequestError
            When inputs are wrong; its ``problems`` tell each place.
        TooManyError
            When a quota is used up.
        UncertainError
            When the connection was lost and the server does not know the key.
        """
        body = request_body(inputs, outputs, response, title, labels, subscriber)
        return self._post(process_id, body, key, "respond-async", tuple(outputs or ()))

    def execute(self, process_id: str, inputs: Mapping[str, Any], **more: Any) -> Results:
        """Run a process and wait for its outputs; for small computations.

        Takes what ``submit`` takes. A server that makes a job of it is waited for.
        """
        job_key = more.pop("key", "")
        outputs = more.pop("outputs", None)
        body = request_body(inputs, outputs, **more)
        job = self._post(process_id, body, job_key, "", tuple(outputs or ()))
        return job.wait(progress=False).results()

    def job(self, job_id: str) -> Job:
        """Return a job that was submitted before; nothing is asked yet."""
        return Job(job_id, self._transport)

    def jobs(self, **filters: str | Sequence[str]) -> Iterator[Status]:
        """Yield the jobs that the server lists for this user, page by page.

        Parameters
        ----------
        filters
            Parameters of the job list: ``status``, ``processID``, ``datetime``, ``minDuration``,
            ``maxDuration``, ``limit``; several values are joined by commas.
        """
        asked = {
            name: each if isinstance(each, str) else ",".join(map(str, each))
            for name, each in filters.items()
        }
        for one in self._pages("jobs", "jobs", asked):
            yield Status.read(one)

    def collection(self, collection_id: str) -> Collection:
        """Return a collection.

        Raises
        ------
        NotFoundError
            When there is none of that id.
        """
        content = self._transport.document(f"collections/{collection_id}")
        return Collection(collection_id, content.get("title", ""), content, self._transport)

    def collections(self) -> list[Collection]:
        """Return the collections that the server offers."""
        return [
            Collection(one["id"], one.get("title", ""), one, self._transport)
            for one in self._pages("collections", "collections", {})
        ]

    def _post(
        self,
        process_id: str,
        body: Mapping[str, Any],
        key: str,
        prefer: str,
        asked: tuple[str, ...],
    ) -> Job:
        answer = self._transport.post(
            f"processes/{process_id}/execution", encoded(body), key or str(uuid4()), prefer
        )
        said = json_content(answer)
        content = said if isinstance(said, dict) else {}
        place = answer.headers.get("Location") or answer.links.get("monitor", {}).get("url", "")
        path = place.partition("?")[0].rstrip("/")
        named = path.rsplit("/", 1)[-1] if "/jobs/" in path else ""
        if "jobID" in content and "status" in content:
            return Job(str(content["jobID"]), self._transport, asked)
        if answer.status_code == requests.codes.created and named:
            return Job(named, self._transport, asked)
        return Job(named, self._transport, asked, came_of(answer, self._transport, asked))

    def _pages(self, path: str, member: str, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield the items of a list, following its links to the next page."""
        content = self._transport.document(path, asked)
        seen: set[str] = set()
        while items := content.get(member):
            yield from items
            hops = [one["href"] for one in content.get("links", []) if one.get("rel") == "next"]
            if not hops or hops[0] in seen:
                return
            seen.add(hops[0])
            content = self._transport.document(hops[0])


def request_body(
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | Mapping[str, Any] | None = None,
    response: str | None = None,
    title: str = "",
    labels: Sequence[str] = (),
    subscriber: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return an execution request; members that were not given are left out.

    >>> request_body({"name": "a"}, outputs=["echo"], labels=["mine"])
    {'inputs': {'name': 'a'}, 'outputs': {'echo': {}}, 'labels': ['mine']}
    """
    wanted = outputs if isinstance(outputs, Mapping) else {name: {} for name in outputs or ()}
    body = {
        "inputs": dict(inputs),
        "outputs": dict(wanted),
        "response": response,
        "title": title,
        "labels": list(labels),
        "subscriber": dict(subscriber or {}),
    }
    return {name: each for name, each in body.items() if each or name == "inputs"}
