"""Reading jobs: one by its id, pages of a list, and those that are not over."""

from collections.abc import Iterator
from operator import itemgetter

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.errors import ExpiredError, UnknownJobError
from casa_ogc.jobs.instants import elapsed, parse, shifted, text
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.queries import JobQuery, OpenJob, Page
from casa_ogc.jobs.record import OPEN, Job
from casa_ogc.jobs.rows import COLUMNS, EXPIRED, is_job_id, job_of, storable
from casa_ogc.jobs.tables import BUSY, IS_OPEN, JOBS, LABELS
from casa_processes.common.errors import InvalidValueError

_ONE = Phrase(select(*COLUMNS).where(JOBS.c.id == bindparam("job_id")))
_OPEN = select(
    JOBS.c.number, JOBS.c.id, JOBS.c.attempt, JOBS.c.status, JOBS.c.dispatched, JOBS.c.heartbeat,
    JOBS.c.engine, JOBS.c.worker, JOBS.c.dismissal,
).where(IS_OPEN)  # fmt: skip
_ANY = Phrase(select(JOBS.c.number).where(IS_OPEN).limit(1))
_FIRST = itemgetter(0)
KIND = "process"


class Finder:
    """Reads the rows of a database.

    Parameters
    ----------
    database
        Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, job_id: str, *, expired: bool = False) -> Job:
        """Return a job; see `JobStore.get`."""
        if not is_job_id(job_id):
            raise UnknownJobError("job", job_id, ())
        row = self._database.first(_ONE, job_id=job_id)
        if row is None:
            raise UnknownJobError("job", job_id, ())
        if row[EXPIRED] is not None and not expired:
            raise ExpiredError(job_id, row[EXPIRED])
        return job_of(row)

    def find(self, query: JobQuery) -> Page:
        """Return a page of the list; see `JobStore.find`."""
        if query.types and KIND not in query.types:
            return Page(())
        with self._database.read() as connection:
            chosen = page_statement(query, self._database.now())
            if query.cursor:
                last = select(JOBS.c.number).where(JOBS.c.id == storable(query.cursor))
                number = connection.scalar(last)
                if number is None:
                    raise InvalidValueError("cursor", query.cursor, "one that a page told")
                chosen = chosen.where(JOBS.c.number < number)
            rows = connection.execute(chosen).all()
        jobs = tuple(job_of(row) for row in rows[: query.limit])
        return Page(jobs, jobs[-1].id if len(rows) > query.limit else "")

    def open_jobs(self, *, taken: bool = False) -> list[OpenJob]:
        """Return the jobs that are not over, oldest first; see `JobStore.open_jobs`."""
        with self._database.read() as connection:
            rows = sorted(connection.execute(_OPEN.where(BUSY) if taken else _OPEN), key=_FIRST)
        now = self._database.now()
        return [OpenJob(*row[1:], _silence(row.heartbeat, row.dispatched, now)) for row in rows]

    def any_open(self) -> bool:
        """Tell whether any job is not over."""
        return self._database.first(_ANY) is not None


def page_statement(query: JobQuery, now: str) -> Select[tuple[object, ...]]:
    """Return the statement of the first page of a query, with one row more than it shows.

    Raises
    ------
    InvalidValueError
        When the limit or offset is negative or an instant is none.
    """
    for what, number, least in (("limit", query.limit, 1), ("offset", query.offset, 0)):
        if number < least:
            raise InvalidValueError(what, number, f"a whole number from {least} on")
    conditions = and_(JOBS.c.expired.is_(None), *_conditions(query, now))
    chosen = select(*COLUMNS).where(conditions).order_by(JOBS.c.number.desc())
    return chosen.limit(query.limit + 1).offset(query.offset or None)


def _conditions(query: JobQuery, now: str) -> Iterator[ColumnElement[bool]]:
    if query.owner is not None:
        yield JOBS.c.owner == query.owner
    if query.process_ids:
        yield JOBS.c.process_id.in_([storable(each) for each in query.process_ids])
    if query.statuses:
        yield JOBS.c.status.in_(query.statuses)
        if query.owner is None and set(query.statuses) <= set(OPEN):
            yield IS_OPEN
    start, end = query.created
    if start is not None:
        yield JOBS.c.created >= text(parse(start))
    if end is not None:
        yield JOBS.c.created <= text(parse(end))
    for label in query.labels:
        same = and_(LABELS.c.number == JOBS.c.number, LABELS.c.label == storable(label))
        yield exists().where(same)
    yield from _durations(query.min_seconds, query.max_seconds, now)


def _durations(least: float | None, most: float | None, now: str) -> Iterator[ColumnElement[bool]]:
    running = JOBS.c.status == "running"
    if least is not None:
        long = and_(running, JOBS.c.started <= shifted(now, -least))
        yield or_(JOBS.c.seconds >= least, long)
    if most is not None:
        short = and_(running, JOBS.c.started >= shifted(now, -most))
        yield or_(JOBS.c.seconds <= most, short)


def _silence(heartbeat: str | None, dispatched: str | None, now: str) -> float:
    last = heartbeat or dispatched
    return 0.0 if last is None else max(0.0, elapsed(last, now))
