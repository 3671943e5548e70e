"""Whom of the subscribers has still to be told, kept where it outlives whoever tells them."""

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.record import OPEN, Status
from casa_ogc.jobs.tables import JOBS, SUBSCRIBED

_UNTOLD = Phrase(
    select(JOBS.c.id)
    .join(SUBSCRIBED, SUBSCRIBED.c.number == JOBS.c.number)
    .where(SUBSCRIBED.c.told != JOBS.c.status)
    .order_by(JOBS.c.number)
)
_EXPECT = Phrase(insert(SUBSCRIBED).values(number=bindparam("number"), told=bindparam("told")))


def expect(connection: Connection, number: int) -> None:
    """Note that somebody wants to be told of a job that was accepted just now."""
    _EXPECT.run(connection, number=number, told="accepted")


def untold(database: Database) -> list[str]:
    """Return the ids of the jobs whose status nobody was told of, oldest first."""
    return [row[0] for row in database.rows(_UNTOLD)]


def told(database: Database, job_id: str, status: Status) -> None:
    """Note that a status was told, or given up to tell; after the last one there is no other."""
    number = select(JOBS.c.number).where(JOBS.c.id == job_id).scalar_subquery()
    chosen = SUBSCRIBED.c.number == number
    with database.write(wake=False) as connection:
        if status in OPEN:
            connection.execute(update(SUBSCRIBED).where(chosen).values(told=status))
        else:
            connection.execute(delete(SUBSCRIBED).where(chosen))
