"""A job as it is known everywhere: plain data, one row of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

type Status = Literal["accepted", "running", "successful", "failed", "dismissed"]

OPEN: tuple[Status, ...] = ("accepted", "running")
"""Statuses of jobs that are not over."""


@dataclass(frozen=True)
class Execution:
    """What was asked for: all that is needed to run it, anywhere, again.

    Attributes
    ----------
    process_id, process_version
        Which process.
    inputs
        Inputs as the client sent them, of JSON types.
    references
        Resolved collections by input, each an `InputRef` as a dictionary: the snapshot is fixed
        when a job is accepted.
    files
        Files by the input that names them, each a `NamedFile` as a dictionary.
    outputs
        Requested outputs by name, each with its ``transmissionMode`` and ``format``; empty means
        all.
    response
        ``raw``, ``document`` or ``collection``.
    title
        Name of the collection that is published, or of the job.
    labels
        Words of the user to find the job by.
    subscriber
        Addresses to tell: ``successUri``, ``failedUri``, ``inProgressUri``.
    """

    process_id: str
    process_version: str
    inputs: Mapping[str, Any]
    references: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    response: Literal["raw", "document", "collection"] = "document"
    title: str = ""
    labels: tuple[str, ...] = ()
    subscriber: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why a job failed: class of the error, its text, and JSON pointers where inputs are wrong."""

    error: str
    message: str
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Job:
    """One row. Instants are ISO 8601 text in UTC with milliseconds and ``Z``.

    Attributes
    ----------
    id
        128 random bits as text: who knows it may read an anonymous job.
    owner
        Principal of the token that submitted it; empty for an anonymous one.
    content_hash
        SHA-256 of the execution and the owner.
    attempt
        Number of the attempt that may write; 0 before the first.
    progress, message
        Per cent from 0 to 100, and what is being done.
    heartbeat
        When the attempt last gave a sign of life.
    worker
        Address of the worker that runs the attempt.
    dismissal
        Whether and when the job was asked to stop.
    result
        SHA-256 of the manifest of the results; empty before success.
    collection
        Id of the collection that was published; empty when none was.
    cpu_seconds, memory, result_bytes
        Expected at first, measured when the job is over.
    """

    id: str
    execution: Execution
    owner: str
    content_hash: str
    status: Status
    created: str
    updated: str
    attempt: int = 0
    progress: int = 0
    message: str = ""
    started: str | None = None
    finished: str | None = None
    expires: str | None = None
    heartbeat: str | None = None
    worker: str = ""
    dismissal: str | None = None
    failure: Failure | None = None
    result: str = ""
    collection: str = ""
    cpu_seconds: float = 0.0
    memory: int = 0
    result_bytes: int = 0
