"""One attempt to run a job, on a worker of the cluster."""

import logging
import os
import platform
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from distributed import get_worker

import casa_ogc
from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs import provenance, results
from casa_ogc.jobs.cluster_context import ClusterContext
from casa_ogc.jobs.errors import UnavailableError
from casa_ogc.jobs.heart import Heart
from casa_ogc.jobs.input_files import NamedFile, opened
from casa_ogc.jobs.job_log import JobLog, listening
from casa_ogc.jobs.lost_workers import LostPartError, LostSchedulerError, advice
from casa_ogc.jobs.part_run import PartTask
from casa_ogc.jobs.record import Failure, Job
from casa_ogc.jobs.store import JobStore, open_store
from casa_processes.common.context import StoppedError
from casa_processes.common.errors import CasaError, InvalidInputsError
from casa_processes.common.process import Process
from casa_processes.common.references import InputRef
from casa_processes.common.registry import process

PATIENCE = 300.0
"""Seconds for which the end of a job is told again to a database that does not answer."""
_AGAIN = 1.0


@dataclass(frozen=True)
class AttemptTask:
    """What a worker is told.

    Attributes
    ----------
    settings
        Of the site, with absolute folders.
    configuration
        Folder of the configuration, for products and regions.
    job_id, attempt
        What to run.
    resources
        What a worker must have to do parts of it.
    """

    settings: Settings
    configuration: Path
    job_id: str
    attempt: int
    resources: Mapping[str, float]


@dataclass
class _Run:
    """What an attempt holds on to."""

    task: AttemptTask
    store: JobStore
    job: Job
    log: JobLog
    heart: Heart


def run_attempt(task: AttemptTask) -> str:
    """Run a job and write what came of it into its row; nothing is raised for what went wrong.

    Returns
    -------
    str
        The status that was written; empty when the attempt was not or no longer the one that may
        run the job.
    """
    store = open_store(task.settings.jobs)
    here = get_worker()
    worker = here.contact_address or here.address
    if not _told(lambda: store.start(task.job_id, task.attempt, worker)):
        return ""
    job = store.get(task.job_id, expired=True)
    log = JobLog(results.log_path(task.settings.jobs.folder, job.id), task.attempt)
    log.say(
        f"started on {worker} ({platform.node()}, process {os.getpid()}), "
        f"{job.execution.process_id} {job.execution.process_version}, "
        f"casa-ogc {casa_ogc.__version__}"
    )
    with Heart(store, job.id, task.attempt) as heart:
        status = _ended(_Run(task, store, job, log, heart))
    log.say(status or "given up: another attempt has the job")
    if not status:
        results.discard(task.settings.jobs.folder, job.id, task.attempt)
    return status


def _ended(run: _Run) -> str:
    """Run to the end, whatever it is, and tell the row."""
    store, job_id, attempt = run.store, run.job.id, run.task.attempt
    try:
        with listening(run.log.write):
            return _successful(run)
    except StoppedError:
        results.discard(run.task.settings.jobs.folder, job_id, attempt)
        done = _told(lambda: store.stopped(job_id, attempt))
        return "dismissed" if done else ""
    except (LostPartError, LostSchedulerError) as error:
        # No fault of the job: the next attempt goes on with the parts that are missing.
        counts, reason = isinstance(error, LostPartError), str(error)
        run.log.say(reason)
        _told(lambda: store.requeue(job_id, attempt, reason, count=counts))
        return ""
    except (Exception, SystemExit) as error:  # noqa: BLE001  # the boundary of jobs
        results.discard(run.task.settings.jobs.folder, job_id, attempt)
        run.log.write("".join(traceback.format_exception(error)))
        failure = failure_of(error)
        done = _told(lambda: store.fail(job_id, attempt, failure))
        return "failed" if done else ""


def _successful(run: _Run) -> str:
    job, jobs = run.job, run.task.settings.jobs
    clock, spent = time.monotonic(), time.thread_time()
    found = process(job.execution.process_id)
    folder = results.partial_folder(jobs.folder, job.id, run.task.attempt)
    context = _context(run, found, folder)
    outputs = found.load()(found.validate(job.execution.inputs), context)
    run.heart.check()
    kept = partial(provenance.files, job, run.task.settings)
    written = results.write(jobs.folder, job, found, outputs, kept)
    collection = _published(run, written.manifest)
    used = time.thread_time() - spent + context.spent.cpu_seconds
    memory = max(run.heart.memory, context.spent.memory)
    done = _told(
        lambda: run.store.succeed(
            job.id, run.task.attempt, written.sha256, written.size, used, memory, collection
        )
    )
    if not done:
        _withdraw(run)
        raise StoppedError
    run.log.say(f"took {time.monotonic() - clock:.3f} s, {used:.3f} s of processors")
    results.keep_only(jobs.folder, job.id, run.task.attempt)
    return "successful"


def _context(run: _Run, found: Process, folder: Path) -> ClusterContext:
    task, job = run.task, run.job
    parts = PartTask(task.settings.jobs, job.id, task.attempt, task.resources)
    version = f"{casa_ogc.__version__} {found.version}"
    stored = {name: InputRef.restored(each) for name, each in job.execution.references.items()}
    named = {name: NamedFile(**each) for name, each in job.execution.files.items()}
    return ClusterContext(
        parts,
        version,
        folder,
        stored,
        run.heart,
        run.log.write,
        advice(found.id),
        opened(named),
    )


def _published(run: _Run, manifest: results.Manifest) -> str:
    """Publish the result as a collection when that was asked for; returns its id."""
    if run.job.execution.response != "collection":
        return ""
    from casa_ogc.catalog.entries import Catalog
    from casa_ogc.catalog.products import load_products
    from casa_ogc.catalog.regions import load_regions
    from casa_ogc.jobs.publication import publish

    folder = run.task.configuration
    catalog = Catalog(run.task.settings, load_products(folder), load_regions(folder))
    return publish(run.job, manifest, catalog, run.heart.check)


def _withdraw(run: _Run) -> None:
    """Take back what was published when the job was over or another's meanwhile."""
    if run.job.execution.response == "collection":
        from casa_ogc.jobs.withdrawal import withdraw

        withdraw(run.task.settings.archive, run.job.id, run.task.attempt)


def failure_of(error: BaseException) -> Failure:
    """Say why a job failed; an error that nobody foresaw tells its place too."""
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    message = f"{error}{notes}"
    if isinstance(error, InvalidInputsError):
        return Failure(type(error).__name__, message, error.problems)
    if isinstance(error, MemoryError):
        message = f"there is not enough memory; ask for less at a time{notes}"
    elif not isinstance(error, CasaError):
        message = f"{message or 'no reason given'}{_place(error)}"
    return Failure(type(error).__name__, message)


def _place(error: BaseException) -> str:
    """Tell where in our own code an error came from; innermost place."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        _, found, inner = frame.filename.rpartition("casa_")
        if found and "site-packages" not in inner:
            return f" (in {frame.name}, casa_{inner}:{frame.lineno})"
    return ""


def _told(write: Callable[[], bool]) -> bool:
    """Write to the row, again and again while the database does not answer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return write()
        except UnavailableError as error:
            if time.monotonic() > end:
                raise
            logging.getLogger(__name__).warning("%s", error)
            time.sleep(_AGAIN)
