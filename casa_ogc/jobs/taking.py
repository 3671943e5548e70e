"""The queue: who is next.

Accounts take turns. A job's turn is how many jobs of its account run or are before it in the
queue; the lowest turn is next, among equal ones that of the account that was served longest ago.
Taking many at a time gives the order of taking one after the other.
"""

from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.instants import elapsed, shifted
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.queries import Place
from casa_ogc.jobs.queueing import MOST_TURNS, ahead, next_numbers, turns
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.rows import COLUMNS, job_of
from casa_ogc.jobs.tables import ACCOUNTS, BUSY, JOBS, WAITING

_BUSY = Phrase(select(JOBS.c.cpu_seconds, JOBS.c.started).where(BUSY))


def take(database: Database, engine: str, count: int) -> list[Job]:
    """Give the next jobs to an engine; see `JobStore.take`."""
    if count < 1:
        return []
    with database.read() as connection:  # mostly there is nothing to take: no lock for that
        if connection.execute(select(JOBS.c.number).where(WAITING).limit(1)).first() is None:
            return []
    with database.write() as connection:
        database.lock(connection, "take")
        numbers = _next(connection, count)
        given = (_given(database, connection, number, engine) for number in numbers)
        return [job for job in given if job is not None]


def place(database: Database, job_id: str) -> Place | None:
    """Tell the place of a job in the queue; see `JobStore.place`."""
    found = ahead(database.rows, job_id)
    if found is None:
        return None
    if not found.exact:
        return Place(found.jobs + 1, exact=False)
    now, busy = database.now(), database.rows(_BUSY)
    left = [max(0.0, seconds - _spent(started, now)) for seconds, started in busy]
    expected = shifted(now, (sum(left) + found.seconds) / max(1, len(busy)))
    return Place(found.jobs + 1, expected)


def _next(connection: Connection, count: int) -> list[int]:
    """Return the numbers of the jobs that are next."""

    def ask(phrase: Phrase, **values: object) -> Any:
        return phrase.run(connection, **values).fetchall()

    known = turns(ask, MOST_TURNS + 1)
    if len(known) <= MOST_TURNS:
        return next_numbers(ask, count, known)
    return [row.number for row in connection.execute(_order().limit(count))]


def _order() -> Select[Any]:
    """Select all waiting jobs in the order of their turn: what `next_numbers` does for many."""
    busy = (
        select(JOBS.c.account, func.count().label("count"))
        .where(BUSY)
        .group_by(JOBS.c.account)
        .subquery()
    )
    numbered = func.row_number().over(partition_by=JOBS.c.account, order_by=JOBS.c.number)
    place = numbered.label("place")
    turn = (numbered + func.coalesce(busy.c.count, 0)).label("turn")
    first = func.min(JOBS.c.number).over(partition_by=JOBS.c.account).label("first")
    waiting = (
        select(JOBS.c.number, JOBS.c.account, place, turn, first)
        .select_from(JOBS.outerjoin(busy, busy.c.account == JOBS.c.account))
        .where(WAITING)
        .subquery()
    )
    return (
        select(waiting.c.number)
        .join(ACCOUNTS, ACCOUNTS.c.account == waiting.c.account)
        .order_by(waiting.c.turn, waiting.c.place, ACCOUNTS.c.served, waiting.c.first)
    )


def _given(database: Database, connection: Connection, number: int, engine: str) -> Job | None:
    """Mark one job as taken; None when it left the queue meanwhile."""
    now = database.now()
    change = (
        update(JOBS)
        .where(JOBS.c.number == number, WAITING)
        .values(
            attempt=JOBS.c.attempt + 1,
            dispatched=now,
            updated=now,
            engine=engine,
            worker="",
            heartbeat=None,
            progress=0,
            peak=0,
        )
        .returning(JOBS.c.account, *COLUMNS)
    )
    row = connection.execute(change).first()
    if row is None:
        return None
    last = select(func.coalesce(func.max(ACCOUNTS.c.served), 0) + 1).scalar_subquery()
    served = update(ACCOUNTS).where(ACCOUNTS.c.account == row.account).values(served=last)
    connection.execute(served)
    return job_of(row[1:])


def _spent(started: str | None, now: str) -> float:
    return 0.0 if started is None else max(0.0, elapsed(started, now))
