"""Everything between a parsed request and the row of a job."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from casa_ogc.jobs import input_files
from casa_ogc.jobs.hrefs import References
from casa_ogc.jobs.publishable import publishable
from casa_ogc.jobs.record import Execution, Job
from casa_ogc.jobs.requests import (
    check_depth,
    inputs_of,
    known_members,
    labels_of,
    offered_process,
    outputs_of,
    response_of,
    subscriber_of,
    title_of,
)
from casa_ogc.jobs.resolve import resolve
from casa_processes.common.file_inputs import named_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casa_ogc.catalog.entries import Catalog
    from casa_ogc.jobs.store import JobStore
    from casa_processes.common.process import Cost


@dataclass(frozen=True)
class Submission:
    """A request that can be run, and what that is expected to take."""

    execution: Execution
    cost: Cost


def examined(catalog: Catalog, process_id: str, content: Mapping[str, Any]) -> Submission:
    """Check a request to the last member, and write down what has to be run.

    Parameters
    ----------
    catalog
        Products of this site, from which collections named in the inputs are taken.
    process_id
        Which process.
    content
        The posted object.

    Raises
    ------
    UnknownNameError
        When there is no such process, output or member.
    InvalidInputsError
        Naming every input that cannot be used by its JSON pointer.
    CasaError
        When anything else cannot be used.
    """
    settings = catalog.settings
    asked = offered_process(process_id, settings)
    check_depth(content)
    known_members(content)
    outputs = outputs_of(content, asked)
    wanted: dict[str, Any] = {
        "outputs": outputs,
        "response": response_of(content, asked, outputs, publish=settings.jobs.publish),
        "title": title_of(content),
        "labels": labels_of(content),
        "subscriber": subscriber_of(content, settings),
    }
    jobs = settings.jobs
    keep = partial(input_files.keep, jobs=jobs)
    references = References(settings.url, jobs.hosts, settings.limits.max_body, keep)
    inputs = references.taken(inputs_of(content), asked)
    check_depth(inputs)
    validated = asked.validate(inputs)
    found = resolve(asked.collections(validated), catalog)
    asked.examine(validated, found)
    files = input_files.admitted(named_files(validated), jobs)
    if wanted["response"] == "collection":
        publishable(asked, validated, outputs, [one.licence for one in found.values()])
    execution = Execution(
        process_id=asked.id,
        process_version=asked.version,
        inputs=inputs,
        references={name: asdict(reference) for name, reference in found.items()},
        files={name: asdict(file) for name, file in files.items()},
        **wanted,
    )
    return Submission(execution, asked.cost(validated, found))


def accept(
    store: JobStore,
    catalog: Catalog,
    submission: Submission,
    owner: str,
    account: str = "",
    key: str = "",
) -> tuple[Job, bool]:
    """Write the row of a job; it is durable when this returns.

    Parameters
    ----------
    submission
        What `examined` returned.
    owner
        Principal of the token; empty for nobody. Nobody's equal requests are different jobs, as
        each belongs to whoever holds its id.
    account
        Who is charged: the owner, or the address of the client.
    key
        What the client calls the request: the same key is the same job.

    Returns
    -------
    tuple
        The job, and whether it is new.

    Raises
    ------
    QuotaError
        When the owner has too much open already.
    """
    jobs = catalog.settings.jobs
    return store.submit(
        submission.execution,
        owner=owner,
        account=account,
        cost=submission.cost,
        key=key,
        same_seconds=jobs.same_seconds if owner or key else 0.0,
        quota=jobs.quota,
        keep_days=jobs.keep_days,
    )
