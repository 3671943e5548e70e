"""Whether a run will give something to publish, known before it is queued."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from casa_ogc.jobs.licences import combined
from casa_processes.common.errors import InvalidInputsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pydantic import BaseModel

    from casa_processes.common.process import Process


_DIGITS = 12


def collection_id(job_id: str) -> str:
    """Return the id of the collection that a job publishes.

    It is a part of a checksum: nobody learns a digit of the job's own id from it, by which jobs
    without an owner are reached.
    """
    return f"job-{sha256(f'collection of {job_id}'.encode()).hexdigest()[:_DIGITS]}"


def collection_ids(job_id: str) -> tuple[str, str]:
    """Return the id of the collection of a job, and that of its own digits, which older ones have.

    Collections keep the ids that they were published under.
    """
    return collection_id(job_id), f"job-{job_id[:_DIGITS]}"


def publishable(
    asked: Process,
    inputs: BaseModel,
    outputs: Collection[str] = (),
    licences: Iterable[str] = (),
) -> str:
    """Return the output that becomes the collection, before anything is run.

    Parameters
    ----------
    asked
        The process.
    inputs
        Its validated inputs.
    outputs
        Names of the outputs that are asked for; empty means all.
    licences
        Licences of the collections that the inputs name.

    Raises
    ------
    NoDerivativesError
        When a licence forbids to publish what is made of the data.
    InvalidInputsError
        When the run will not write such an output: naming the input that would make it, if any.
    """
    combined(licences)
    found = {name: mark for name, mark in asked.files().items() if mark.collection}
    chosen = {name: mark for name, mark in found.items() if not outputs or name in outputs}
    if not chosen:
        known = ", ".join(found) or "none"
        reason = f"no output that is asked for can be a collection; of {asked.id} these can: "
        raise InvalidInputsError([("", reason + known)])
    written = [n for n, mark in chosen.items() if not mark.when or getattr(inputs, mark.when)]
    if not written:
        raise InvalidInputsError(
            (f"/{mark.when}", f"needed for the output {name} to be made a collection of")
            for name, mark in chosen.items()
        )
    return written[0]
