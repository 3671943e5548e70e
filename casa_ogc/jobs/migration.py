"""The tables and their version."""

from typing import Any

from sqlalchemy import Connection, Engine, insert, inspect, select, text, update

from casa_ogc.jobs.errors import NewerSchemaError
from casa_ogc.jobs.tables import METADATA, SCHEMA, VERSION

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('casa schema', 0))")

READING: dict[str, Any] = {"casa_reading": True}
"""Options of a connection that only reads: each statement sees what is committed by then."""

_WAITS = "finished IS NULL AND dispatched IS NULL"
_BUSY = "finished IS NULL AND dispatched IS NOT NULL"

UPGRADES: dict[int, tuple[str, ...]] = {
    1: (
        "CREATE INDEX casa_jobs_waiting ON casa_jobs (account, number, cpu_seconds) "
        f"WHERE {_WAITS}",
        f"CREATE INDEX casa_jobs_busy ON casa_jobs (account, number) WHERE {_BUSY}",
        "CREATE TABLE casa_job_subscribers (number BIGINT NOT NULL PRIMARY KEY "
        "REFERENCES casa_jobs (number), told VARCHAR(16) NOT NULL)",
        # Whether somebody is to be told is in the text of each; who is not is soon left out.
        "INSERT INTO casa_job_subscribers (number, told) "
        "SELECT number, 'accepted' FROM casa_jobs WHERE finished IS NULL",
    )
}
"""Statements that bring tables from a version to the next one, by the version before."""


def prepare(engine: Engine, name: str) -> None:
    """Make the tables, or bring older ones up to date; all of it or nothing.

    Raises
    ------
    NewerSchemaError
        When they are of a version that this software does not know.
    """
    if _version_read(engine) == VERSION:
        return
    with engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(_ONE_AT_A_TIME)
        found = _version(connection)
        if found is None:
            METADATA.create_all(connection)
            connection.execute(insert(SCHEMA).values(version=VERSION))
            return
        if found > VERSION:
            raise NewerSchemaError(name, found, VERSION)
        for version in range(found, VERSION):
            for statement in UPGRADES[version]:
                connection.exec_driver_sql(statement)
        connection.execute(update(SCHEMA).values(version=VERSION))


def _version_read(engine: Engine) -> int | None:
    """Return the version without taking a lock."""
    with engine.connect().execution_options(**READING) as connection:
        return _version(connection)


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(SCHEMA.name):
        return None
    return connection.execute(select(SCHEMA.c.version)).scalar()
