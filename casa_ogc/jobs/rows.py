"""From rows to jobs and back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from casa_ogc.jobs.record import Execution, Failure, Job
from casa_ogc.jobs.tables import JOBS

_FIELDS = (
    "id", "owner", "content_hash", "status", "created", "updated", "attempt", "progress", "message",
    "started", "finished", "expires", "heartbeat", "worker", "dismissal", "result", "collection",
    "cpu_seconds", "memory", "result_bytes",
)  # fmt: skip
COLUMNS = tuple(JOBS.c[name] for name in (*_FIELDS, "execution", "failure", "expired"))
"""Columns of a row that `job_of` reads, in its order; the last one is when it expired."""

EXPIRED = len(COLUMNS) - 1


def job_of(row: Sequence[Any]) -> Job:
    """Return the job of a row that was selected as `COLUMNS`."""
    values = dict(zip(_FIELDS, row, strict=False))
    execution, failure = row[len(_FIELDS)], row[len(_FIELDS) + 1]
    return Job(
        execution=execution_of(execution),
        failure=None if failure is None else failure_of(failure),
        **values,
    )


def execution_text(execution: Execution) -> str:
    """Write an execution as JSON with sorted keys, so that equal ones have equal text."""
    content = {**vars(execution), "labels": list(execution.labels)}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)


def execution_of(text: str) -> Execution:
    """Read what `execution_text` wrote."""
    content = json.loads(text)
    content["labels"] = tuple(content["labels"])
    return Execution(**content)


def failure_text(failure: Failure) -> str:
    """Write a failure as JSON."""
    return json.dumps(asdict(failure), separators=(",", ":"))


def failure_of(text: str) -> Failure:
    """Read what `failure_text` wrote."""
    content = json.loads(text)
    content["problems"] = tuple((place, reason) for place, reason in content["problems"])
    return Failure(**content)


def content_hash(text: str, owner: str) -> str:
    """Return the SHA-256 of an execution, as its text, and of its owner, as hexadecimal digits."""
    return sha256(json.dumps([owner, text]).encode()).hexdigest()


def storable(text: str) -> str:
    """Return a text that every database takes: no NUL, no halves of surrogate pairs."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def is_job_id(text: str) -> bool:
    """Tell whether a text can be the id of a job: 32 lower-case hexadecimal digits."""
    return len(text) == 32 and not set(text) - set("0123456789abcdef")


def _plain(value: object) -> object:
    """Return mappings and sequences of other types as those that JSON has."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not of a JSON type")
