"""What to do when rows and engine disagree: decisions, from what both of them say."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from casa_ogc.jobs.engine_states import TaskState
from casa_ogc.jobs.lost_workers import MemoryKill
from casa_ogc.jobs.queries import OpenJob

SETTLE = 2.0
"""Seconds until a task that was handed over must be known to the scheduler."""
SILENT = 60.0
"""Seconds without a sign of life after which a worker that still seems to work is given up."""
ABANDONED = 4.0
"""Seconds without a sign of life after which a job of another engine is taken over."""

type Action = Literal["again", "back", "memory"]
"""Begin again (a loss), put back (none), or fail for lack of memory."""


@dataclass(frozen=True)
class Decision:
    """What becomes of a job, and why.

    Attributes
    ----------
    action
        What to do.
    reason
        For people.
    used
        Memory that was used, where that is the reason.  [byte]
    hung
        Address of a worker to end; empty when there is none.
    """

    action: Action
    reason: str
    used: int = 0
    hung: str = ""


@dataclass(frozen=True)
class Known:
    """What an engine says.

    Attributes
    ----------
    engine
        Its name.
    tasks
        Tasks of attempts that are not over, by job and attempt.
    kills
        Workers that were ended for using too much memory.
    ended
        Workers that the broker ended to stop something.
    errors
        Why the engine could not run an attempt at all, by job and attempt.
    """

    engine: str
    tasks: Mapping[tuple[str, int], TaskState]
    kills: Collection[MemoryKill] = ()
    ended: Collection[str] = ()
    errors: Mapping[tuple[str, int], str] | None = None


def known(
    engine: str,
    states: Iterable[TaskState],
    kills: Collection[MemoryKill] = (),
    ended: Collection[str] = (),
    errors: Mapping[tuple[str, int], str] | None = None,
) -> Known:
    """Pick the attempts that are not over from all tasks of an engine."""
    attempts = {
        state.job: state
        for state in states
        if state.key.startswith("job-") and state.state != "over"
    }
    return Known(engine, attempts, kills, ended, errors)


def decide(job: OpenJob, found: Known) -> Decision | None:
    """Return what has to be done with an open job; None when all is well.

    Parameters
    ----------
    job
        Its row, read after `found`: a row is written before its task ends.
    found
        What the engine of the broker says.
    """
    if job.dispatched is None:
        return None
    if job.engine != found.engine:
        return _elsewhere(job)
    task = found.tasks.get((job.id, job.attempt))
    if task is not None and (job.status == "accepted" or task.worker == job.worker):
        if job.status == "running" and job.silence > SILENT:
            reason = f"its worker gave no sign of life for {job.silence:.0f} s"
            return Decision("again", reason, hung=task.worker)
        return None
    # A scheduler of others hands a task out again by itself; the row knows who ran it.
    if job.status == "accepted" and job.silence < SETTLE:
        return None
    return _lost(job, found)


def _elsewhere(job: OpenJob) -> Decision | None:
    """Judge a job of an engine that this broker knows nothing of."""
    if job.silence <= ABANDONED:
        return None
    if job.status == "accepted":
        return Decision("back", "the engine that had it is gone")
    return Decision("again", f"its worker gave no sign of life for {job.silence:.0f} s")


def _lost(job: OpenJob, found: Known) -> Decision:
    """Judge a job whose task has ended without a word."""
    for kill in found.kills:
        if job.worker and kill.worker == job.worker:
            return Decision("memory", "its worker used too much memory", used=kill.used)
    if job.dismissal:
        return Decision("again", "its worker was ended, for it did not stop by itself")
    if job.worker in found.ended:
        return Decision("back", "its worker was ended to stop another job")
    error = (found.errors or {}).get((job.id, job.attempt), "")
    if error:
        return Decision("again", f"its worker could not run it: {error}")
    if not job.worker:
        return Decision("back", "its worker was lost before it began")
    return Decision("again", f"its worker {job.worker} was lost")


def strays(
    states: Iterable[TaskState], open_jobs: Iterable[OpenJob]
) -> dict[tuple[str, str], TaskState]:
    """Return running tasks of attempts that no row waits for any more, by key and worker.

    They are left by jobs that were dismissed or begun again elsewhere.
    """
    current = {(job.id, job.attempt) for job in open_jobs if job.dispatched and not job.dismissal}
    return {
        (state.key, state.worker): state
        for state in states
        if state.state == "running" and state.job not in current
    }
