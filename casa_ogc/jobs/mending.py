"""Setting right what was lost, and ending what does not stop by itself."""

import logging
import time
from collections.abc import Hashable, Iterable

from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs import results
from casa_ogc.jobs.engine_states import TaskState
from casa_ogc.jobs.engines import Engine
from casa_ogc.jobs.job_log import JobLog
from casa_ogc.jobs.lost_workers import MemoryLimitError, advice
from casa_ogc.jobs.queries import OpenJob
from casa_ogc.jobs.reconcile import Decision, decide, known, strays
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.store import JobStore

_ONCE_MORE = 10.0
_log = logging.getLogger(__name__)


class Since:
    """Remembers for how long things have been seen, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._first: dict[Hashable, float] = {}

    def seconds(self, seen: Iterable[Hashable]) -> dict[Hashable, float]:
        """Return for how long each of what is seen now was seen without a break, in seconds."""
        now = time.monotonic()
        self._first = {each: self._first.get(each, now) for each in seen}
        return {each: now - first for each, first in self._first.items()}


class Mending:
    """Compares rows with the engine, again and again.

    Parameters
    ----------
    store
        The rows.
    engine
        The engine of this broker.
    jobs
        Settings, with absolute folders.
    """

    def __init__(self, store: JobStore, engine: Engine, jobs: Jobs) -> None:
        self._store, self._engine, self._jobs = store, engine, jobs
        self._strays = Since()
        self._ended: dict[str, float] = {}

    def mend(self) -> bool:
        """Compare once; returns whether there was anything to compare.

        Raises
        ------
        UnavailableError
            When the scheduler or the database does not answer.
        """
        states = self._engine.states()
        kills, errors = self._engine.memory_kills(), self._engine.errors()
        jobs = self._store.open_jobs(taken=True)
        found = known(self._engine.name, states, kills, self._ended, errors)
        for job in jobs:
            decision = decide(job, found)
            if decision is not None:
                self._apply(job, decision)
        self._end_deaf(states, jobs)
        return bool(states or jobs) or self._store.any_open()

    def give_back(self) -> None:
        """Put all jobs of the engine back into the queue, because it is about to end."""
        for job in self._store.open_jobs(taken=True):
            if job.engine == self._engine.name and job.dispatched:
                self._apply(job, Decision("back", "the service was stopped"))

    def _apply(self, job: OpenJob, decision: Decision) -> None:
        apply(self._store, self._jobs, job, decision, self._engine.memory_limit)
        if decision.hung:
            self._end(decision.hung)

    def _end_deaf(self, states: list[TaskState], jobs: list[OpenJob]) -> None:
        """End workers that go on with what was dismissed, or with what nobody waits for."""
        grace = self._jobs.grace_seconds
        stray = strays(states, jobs)
        asked = self._strays.seconds(stray)
        for worker in {stray[key].worker for key in stray if asked[key] > grace}:
            self._end(worker)

    def _end(self, worker: str) -> None:
        now = time.monotonic()
        if now - self._ended.get(worker, -_ONCE_MORE) >= _ONCE_MORE:
            _log.warning("worker %s is ended: it does not stop by itself", worker)
            self._ended[worker] = now
            self._engine.end_worker(worker)


def take_over(store: JobStore, jobs: Jobs) -> None:
    """Put back what is silent since a broker died, before an engine is there to run it again."""
    nothing = known("", ())
    for job in store.open_jobs(taken=True):
        decision = decide(job, nothing) if job.status == "running" else None
        if decision is not None:
            apply(store, jobs, job, decision)


def apply(store: JobStore, jobs: Jobs, job: OpenJob, decision: Decision, limit: int = 0) -> None:
    """Write a decision into the row and the log of its job.

    Parameters
    ----------
    limit
        Most memory of a worker, 0 when it is not known.  [byte]
    """
    if decision.action == "memory":
        asked = store.get(job.id, expired=True).execution.process_id
        error = MemoryLimitError(decision.used, limit, advice(asked))
        failure = Failure(type(error).__name__, str(error))
        done = store.fail(job.id, job.attempt, failure)
    else:
        counts = decision.action == "again"
        done = store.requeue(job.id, job.attempt, decision.reason, count=counts)
    if done:
        _log.warning("attempt %d of job %s: %s", job.attempt, job.id, decision.reason)
        JobLog(results.log_path(jobs.folder, job.id), job.attempt).say(decision.reason)
