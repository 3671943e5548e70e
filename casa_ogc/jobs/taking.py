"""The queue: who is next.

Accounts take turns. A job's turn is how many jobs of its account run or are before it in the
queue; the lowest turn is next, among equal ones that of the account that was served longest ago.
Taking many at a time gives the order of taking one after the other.
"""

from typing import Any

from sqlalchemy import Connection, Select, and_, func, select, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.instants import elapsed, shifted
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.rows import COLUMNS, job_of
from casa_ogc.jobs.tables import ACCOUNTS, IS_OPEN, JOBS

WAITING = and_(IS_OPEN, JOBS.c.dispatched.is_(None))
"""Jobs in the queue."""

BUSY = and_(IS_OPEN, JOBS.c.dispatched.is_not(None))
"""Jobs that the engine has."""


def take(database: Database, engine: str, count: int) -> list[Job]:
    """Give the next jobs to an engine; see `JobStore.take`."""
    if count < 1:
        return []
    with database.read() as connection:  # mostly there is nothing to take: no lock for that
        if connection.execute(select(JOBS.c.number).where(WAITING).limit(1)).first() is None:
            return []
    with database.write() as connection:
        database.lock(connection, "take")
        numbers = [row.number for row in connection.execute(_order().limit(count))]
        given = (_given(database, connection, number, engine) for number in numbers)
        return [job for job in given if job is not None]


def queue(database: Database) -> list[tuple[str, float]]:
    """Return the ids of the waiting jobs and their expected seconds, in the order of their turn."""
    with database.read() as connection:
        return [(row.id, row.cpu_seconds) for row in connection.execute(_order())]


def expected_start(database: Database, job_id: str) -> str | None:
    """Tell when a waiting job can be expected to start; None when it does not wait.

    As many jobs as run now are taken to run side by side until then, each as long as expected.
    """
    waiting = queue(database)
    ids = [each for each, _ in waiting]
    if job_id not in ids:
        return None
    now = database.now()
    with database.read() as connection:
        busy = connection.execute(select(JOBS.c.cpu_seconds, JOBS.c.started).where(BUSY)).all()
    left = [max(0.0, each.cpu_seconds - _spent(each.started, now)) for each in busy]
    ahead = sum(seconds for _, seconds in waiting[: ids.index(job_id)])
    return shifted(now, (sum(left) + ahead) / max(1, len(busy)))


def _order() -> Select[Any]:
    """Select the waiting jobs in the order of their turn."""
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
        select(JOBS.c.number, JOBS.c.id, JOBS.c.account, JOBS.c.cpu_seconds, place, turn, first)
        .select_from(JOBS.outerjoin(busy, busy.c.account == JOBS.c.account))
        .where(WAITING)
        .subquery()
    )
    return (
        select(waiting.c.number, waiting.c.id, waiting.c.cpu_seconds)
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
