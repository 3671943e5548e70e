"""Leases: of several processes that could do a thing, one does it."""

from sqlalchemy import delete, or_, text, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.instants import shifted
from casa_ogc.jobs.tables import LEASES

_NEW = text(
    "INSERT INTO casa_leases (name, holder, until) VALUES (:name, :holder, :until) "
    "ON CONFLICT DO NOTHING"
)


def lease(database: Database, name: str, holder: str, seconds: float) -> bool:
    """Take or prolong a lease; see `JobStore.lease`."""
    with database.write(wake=False) as connection:
        now = database.now()
        until = shifted(now, seconds)
        free = or_(LEASES.c.holder == holder, LEASES.c.until <= now)
        change = update(LEASES).where(LEASES.c.name == name, free)
        if connection.execute(change.values(holder=holder, until=until)).rowcount == 1:
            return True
        values = {"name": name, "holder": holder, "until": until}
        return connection.execute(_NEW, values).rowcount == 1


def release(database: Database, name: str, holder: str) -> None:
    """Give a lease back; see `JobStore.release`."""
    with database.write() as connection:
        held = (LEASES.c.name == name, LEASES.c.holder == holder)
        connection.execute(delete(LEASES).where(*held))
