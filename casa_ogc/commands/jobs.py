"""Look at jobs and dismiss them, as the operator of the site.

All jobs are seen, whoever they belong to. The commands read and write the database of jobs; the
service need not run. A JOB is named by its id, or by its first 8 digits or more.
"""

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

import click

from casa_ogc.commands import job_store, table
from casa_ogc.jobs.record import OPEN, Status

if TYPE_CHECKING:
    from pathlib import Path

    from casa_ogc.jobs.record import Job
    from casa_ogc.jobs.store import JobStore

_HEAD = ("job", "process", "owner", "status", "attempt", "%", "created", "seconds", "message")
_STATUSES = get_args(Status.__value__)
_LONGEST = 60
_JSON = click.option("--json", "as_json", is_flag=True, help="as JSON, for programs")
_JOB = click.argument("job_id", metavar="JOB")


@click.group(help=__doc__)
def command() -> None:
    """Hold the commands below."""


@command.command("list")
@click.option("--status", multiple=True, type=click.Choice(_STATUSES), help="repeatable")
@click.option("--process", multiple=True, metavar="ID", help="of this process; repeatable")
@click.option("--owner", metavar="NAME", help="of this principal")
@click.option("--label", multiple=True, metavar="WORD", help="with this label; repeatable")
@click.option("--limit", default=50, show_default=True, help="most jobs", type=click.IntRange(1))
@_JSON
def list_jobs(limit: int, *, as_json: bool, **asked: Any) -> None:
    """List jobs, the newest first."""
    from casa_ogc.jobs.queries import JobQuery

    query = JobQuery(
        owner=asked["owner"],
        statuses=asked["status"],
        process_ids=asked["process"],
        labels=asked["label"],
        limit=limit,
    )
    with job_store() as (store, _):
        page = store.find(query)
    if as_json:
        click.echo(json.dumps([asdict(job) for job in page.jobs], indent=1))
        return
    lines = [_HEAD, *map(_line, page.jobs)]
    click.echo(table(lines))
    if page.next:
        click.echo(f"there are more; --limit {2 * limit} shows twice as many", err=True)


@command.command()
@_JOB
@_JSON
def show(job_id: str, *, as_json: bool) -> None:
    """Show all that is known of a job."""
    with job_store() as (store, _):
        job = _named(store, job_id)
        place = store.place(job)
        queue = {"position": place and place.position, "expected": place and place.expected}
    facts: dict[str, Any] = asdict(job) | queue
    if as_json:
        click.echo(json.dumps(facts, indent=1))
        return
    for name, value in facts.items():
        if value not in (None, "", (), {}):
            click.echo(f"{name + ':':14}{_printable(value)}")


@command.command()
@_JOB
@click.option("-f", "--follow", is_flag=True, help="go on until the job is over")
def log(job_id: str, *, follow: bool) -> None:
    """Print the log of a job."""
    from casa_ogc.jobs.results import log_path

    with job_store() as (store, jobs):
        found = _named(store, job_id).id
        path, place = log_path(jobs.folder, found), 0
        while True:
            over = store.get(found, expired=True).status not in OPEN
            place = _echoed(path, place, whole=over or not follow)
            if over or not follow:
                return
            time.sleep(0.5)


@command.command()
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
def dismiss(job_ids: tuple[str, ...]) -> None:
    """Stop jobs, or remove the results of those that are over."""
    with job_store() as (store, _):
        for job_id in job_ids:
            job = store.dismiss(_named(store, job_id).id)
            state = "is asked to stop" if job.status in OPEN else f"is {job.status}"
            click.echo(f"{job.id} {state}")


def _named(store: "JobStore", digits: str) -> "Job":
    """Return the job of an id or of its first digits, also an expired one."""
    from casa_ogc.jobs.prefixes import full_id

    return store.get(full_id(store.database, digits), expired=True)


def _line(job: "Job") -> tuple[str, ...]:
    return (
        job.id,
        job.execution.process_id,
        job.owner or "-",
        job.status,
        str(job.attempt),
        str(job.progress),
        job.created[:19].replace("T", " "),
        _seconds(job),
        _printable(job.failure.message if job.failure else job.message)[:_LONGEST],
    )


def _seconds(job: "Job") -> str:
    """Return the time from start to end of a job that is over."""
    from casa_ogc.jobs.instants import elapsed

    if job.started is None or job.finished is None:
        return ""
    return f"{elapsed(job.started, job.finished):.1f}"


def _printable(value: object) -> str:
    """Return one line without the control characters that steer a terminal."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else " " for each in text)


def _echoed(path: "Path", place: int, *, whole: bool) -> int:
    """Print the lines of a file from a place on, an unfinished one if `whole`; return its end."""
    if not path.is_file():
        return place
    with path.open("rb") as file:
        file.seek(place)
        content = file.read()
    if not whole:
        content = content[: content.rfind(b"\n") + 1]
    lines = content.decode(errors="replace").splitlines()
    for line in lines:
        click.echo(_printable(line))
    return place + len(content)
