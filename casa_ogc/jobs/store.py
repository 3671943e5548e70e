"""The store of jobs: rows of a database that are the truth of what was asked and what became of it.

Every method is one short transaction, durable when it returns. A job lives so:

``accepted`` (in the queue) -- take --> accepted (dispatched) -- start --> ``running``
-- succeed | fail | stopped --> ``successful`` | ``failed`` | ``dismissed``;
requeue puts a taken or running one back into the queue.
"""

import os
from collections.abc import Callable
from functools import cache

from casa_ogc.catalog.settings import Jobs, Quota
from casa_ogc.jobs import attempts, expiry, instants, leases, quotas, submitting, taking
from casa_ogc.jobs.database import Clock, Database
from casa_ogc.jobs.finding import Finder
from casa_ogc.jobs.queries import Beat, JobQuery, OpenJob, Page, Place, Usage
from casa_ogc.jobs.record import Execution, Failure, Job
from casa_ogc.jobs.waking import wait
from casa_processes.common.process import Cost

_BROKER = "broker"
NO_QUOTA = Quota(open_jobs=10**9, cpu_seconds=1e15, result_bytes=10**18)


class JobStore:
    """The jobs of a site; one object a process, used by all its threads.

    Parameters
    ----------
    url
        Address of the database, as SQLAlchemy writes it.
    most_attempts
        After how many lost workers a job is given up.
    clock
        Tells the time in UTC; without one it is the clock of the database's machine.

    Raises
    ------
    InvalidValueError, SharedDiskError, NewerSchemaError, UnavailableError
        See `Database`.
    """

    def __init__(self, url: str, most_attempts: int = 3, clock: Clock | None = None) -> None:
        self.database = Database(url, clock)
        self._most_attempts = most_attempts
        self._finder = Finder(self.database)

    def submit(
        self,
        execution: Execution,
        *,
        owner: str,
        cost: Cost,
        key: str = "",
        account: str = "",
        same_seconds: float = 0.0,
        quota: Quota = NO_QUOTA,
        keep_days: float = 30.0,
    ) -> tuple[Job, bool]:
        """Accept a job, or find the one of an equal request.

        Parameters
        ----------
        execution
            What to run.
        owner
            Principal whose job it is; empty for an anonymous one.
        cost
            What it is expected to take.
        key
            Idempotency key of the client. The same key gives the same job, whatever became of
            it; without one, an equal execution gives the job that was or still may be successful.
        account
            Who is charged and within whom requests are compared: the owner where it is empty.
            Anonymous users need one each, by their address.
        same_seconds
            For how long an equal request is the same job.
        quota
            What the account may use.
        keep_days
            For how long the job and its results are kept when it is over.

        Returns
        -------
        tuple
            The job, and whether it is new.

        Raises
        ------
        QuotaError, TooLargeError
            When the quota does not allow it, now or ever.
        ReusedKeyError
            When the key belongs to another request.
        """
        charged = account or owner
        asked = submitting.Submission(
            execution, owner, charged, cost, key, same_seconds, quota, keep_days
        )
        return submitting.submit(self.database, asked)

    def get(self, job_id: str, *, expired: bool = False) -> Job:
        """Return a job; `expired` tells whether one whose time is over is returned too.

        Raises
        ------
        UnknownJobError
            When there is none; `job_id` may be any text.
        ExpiredError
            When its time is over.
        """
        return self._finder.get(job_id, expired=expired)

    def find(self, query: JobQuery) -> Page:
        """Return a page of jobs, newest first; those that are expired are left out.

        Raises
        ------
        InvalidValueError
            When the limit, offset, cursor or an instant cannot be used.
        """
        return self._finder.find(query)

    def open_jobs(self, *, taken: bool = False) -> list[OpenJob]:
        """Return the jobs that are not over, oldest first: all, or those that an engine has."""
        return self._finder.open_jobs(taken=taken)

    def any_open(self) -> bool:
        """Tell whether any job is not over."""
        return self._finder.any_open()

    def usage(self, owner: str) -> Usage:
        """Return what an account (an owner, or an anonymous address) uses now."""
        with self.database.read() as connection:
            return quotas.usage(connection, owner)

    def place(self, job: Job) -> Place | None:
        """Return the place of a job in the queue; None when it does not wait."""
        return taking.place(self.database, job.id) if job.status == "accepted" else None

    def take(self, engine: str, count: int) -> list[Job]:
        """Take jobs from the queue, each with a new attempt; nobody else gets the same.

        Parameters
        ----------
        engine
            Name of the engine, kept in the row.
        count
            Most jobs. Accounts take turns, those that run fewer jobs first.
        """
        return taking.take(self.database, engine, count)

    def start(self, job_id: str, attempt: int, worker: str) -> bool:
        """Mark a taken job as running; False when the attempt may not run: it does nothing then."""
        return attempts.start(self.database, job_id, attempt, worker)

    def beat(
        self, job_id: str, attempt: int, progress: int, message: str = "", memory: int = 0
    ) -> Beat:
        """Give a sign of life of a running attempt, once a second.

        Parameters
        ----------
        progress, message
            Per cent done, and what is being done.
        memory
            Most memory so far.  [byte]
        """
        return attempts.beat(self.database, job_id, attempt, progress, message, memory)

    def dismissed(self, job_id: str, attempt: int) -> bool:
        """Tell whether an attempt shall end: the job was dismissed or is no longer its own."""
        return attempts.dismissed(self.database, job_id, attempt)

    def succeed(
        self,
        job_id: str,
        attempt: int,
        result_sha: str,
        size: int,
        cpu_seconds: float,
        memory: int,
        collection: str = "",
    ) -> bool:
        """Mark a running job as successful, when its results are on disk.

        Parameters
        ----------
        result_sha
            SHA-256 of the manifest of the results.
        size
            Bytes of the results, charged to the account until they expire.
        cpu_seconds, memory
            What it took.
        collection
            Id of the collection that was published.

        Returns
        -------
        bool
            False when the job was dismissed or is no longer the attempt's: what it wrote is
            removed then, and `stopped` is called.
        """
        measured = {"result": result_sha, "result_bytes": size, "cpu_seconds": cpu_seconds}
        told = {**measured, "memory": memory, "collection": collection}
        return attempts.succeed(self.database, job_id, attempt, told)

    def fail(self, job_id: str, attempt: int, failure: Failure) -> bool:
        """Mark a taken or running job as failed (as dismissed if that was asked for)."""
        return attempts.fail(self.database, job_id, attempt, failure)

    def requeue(self, job_id: str, attempt: int, reason: str, *, count: bool = True) -> bool:
        """Put a job back into the queue whose worker was lost; too many times, and it has failed.

        Parameters
        ----------
        reason
            What happened, for people.
        count
            Whether it counts as a loss: not when the job was never begun.

        Returns
        -------
        bool
            False when another attempt has the job or it is over.
        """
        most = self._most_attempts
        return attempts.requeue(self.database, job_id, attempt, reason, most=most, count=count)

    def dismiss(self, job_id: str) -> Job:
        """Dismiss a job: at once, but a running one is asked to stop (`Job.dismissal`).

        One that is over becomes dismissed; its results are removed by the next `expire`.

        Raises
        ------
        UnknownJobError, ExpiredError
            As `get`.
        """
        self.get(job_id)
        attempts.dismiss(self.database, job_id)
        return self.get(job_id)

    def stopped(self, job_id: str, attempt: int) -> bool:
        """Mark a running job as dismissed, when it has stopped; False if nobody asked it to."""
        return attempts.stopped(self.database, job_id, attempt)

    def expire(self, now: str = "", remove: Callable[[str], None] = lambda _: None) -> list[str]:
        """Mark jobs whose time is over, remove the files of each; returns the ids of these."""
        instant = instants.text(instants.parse(now)) if now else self.database.now()
        return expiry.expire(self.database, instant, remove)

    def changed(self) -> int:
        """Return a number that differs from an earlier one when anything has changed."""
        return self.database.changed()

    def wait(self, job_id: str, until: Callable[[Job], bool], timeout: float) -> Job:
        """Wait until a job is as wanted or the time is up, and return it as it is then.

        Raises
        ------
        UnknownJobError, ExpiredError
            As `get`.
        """
        return wait(self.changed, lambda: self.get(job_id), until, timeout)

    def lease(self, holder: str, seconds: float) -> bool:
        """Take or prolong the lease of the broker; False while somebody else holds it."""
        return leases.lease(self.database, _BROKER, holder, seconds)

    def release(self, holder: str) -> None:
        """Give the lease of the broker back."""
        leases.release(self.database, _BROKER, holder)

    def close(self) -> None:
        """Close the connections to the database."""
        self.database.close()


def database_url(jobs: Jobs) -> str:
    """Return the address of the database of a site: SQLite in the folder of jobs by default."""
    return jobs.database or f"sqlite:///{(jobs.folder / 'jobs.sqlite').absolute()}"


def open_store(jobs: Jobs) -> JobStore:
    """Return the store of a site, one object a process, open for as long as it lives.

    A process that was forked opens its own.
    """
    return _store(database_url(jobs), jobs.attempts, os.getpid())


@cache
def _store(url: str, most_attempts: int, _process: int) -> JobStore:
    return JobStore(url, most_attempts)
