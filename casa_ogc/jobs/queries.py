"""What is asked of the list of jobs, and what is answered."""

from dataclasses import dataclass

from casa_ogc.jobs.record import Job, Status


@dataclass(frozen=True)
class JobQuery:
    """Which jobs to list, newest first. Conditions that are empty select everything.

    Attributes
    ----------
    owner
        Whose jobs; None means everybody's, which is for administrators.
    types
        Kinds of jobs; all of ours are ``process``.
    process_ids, statuses
        Any of these.
    created
        Closed interval of creation, each end an ISO 8601 instant or None.
    min_seconds, max_seconds
        Closed interval of the time from start to end, or until now for a running job.  [s]
        A job that was never started has no duration and is in no interval.
    labels
        All of these.
    limit
        Most jobs of a page.
    cursor
        ``Page.next`` of the page before.
    offset
        How many jobs to leave out; a cursor is faster.
    """

    owner: str | None = None
    types: tuple[str, ...] = ()
    process_ids: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    created: tuple[str | None, str | None] = (None, None)
    min_seconds: float | None = None
    max_seconds: float | None = None
    labels: tuple[str, ...] = ()
    limit: int = 100
    cursor: str = ""
    offset: int = 0


@dataclass(frozen=True)
class Page:
    """A part of a list: its jobs, and the cursor of what follows (empty at the end)."""

    jobs: tuple[Job, ...]
    next: str = ""


@dataclass(frozen=True)
class Beat:
    """Answer to a sign of life.

    Attributes
    ----------
    alive
        Whether this attempt still owns the job; if not, it must end without writing.
    dismissed
        Whether it was asked to stop.
    """

    alive: bool
    dismissed: bool


@dataclass(frozen=True)
class OpenJob:
    """A job that is not over, as the broker compares it with the engine.

    Attributes
    ----------
    dispatched
        When the attempt was taken from the queue; None while it waits there.
    silence
        Seconds since the last sign of life, or since it was taken, by the clock of the
        database; 0 while it waits in the queue.
    """

    id: str
    attempt: int
    status: Status
    dispatched: str | None
    heartbeat: str | None
    engine: str
    worker: str
    dismissal: str | None
    silence: float


@dataclass(frozen=True)
class Usage:
    """What an account uses now.

    Attributes
    ----------
    open_jobs
        Jobs that are accepted or running.
    cpu_seconds
        Their expected time.  [s]
    result_bytes
        Results that are kept.  [byte]
    known
        Whether the account has submitted a job before.
    """

    open_jobs: int
    cpu_seconds: float
    result_bytes: int
    known: bool = True


@dataclass(frozen=True)
class Place:
    """The place of a job in the queue.

    Attributes
    ----------
    position
        From 1.
    expected
        When it can be expected to start: as many jobs as run now are taken to run side by side
        until then, each as long as expected. None when too many are before it to look at.
    exact
        False when it is further back than `position`, or may be.
    """

    position: int
    expected: str | None = None
    exact: bool = True
