"""Removing what is kept no longer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.tables import ACCOUNTS, JOBS

BATCH = 500
"""Most jobs of one transaction, so that others wait only briefly."""

_COLUMNS = (JOBS.c.number, JOBS.c.id, JOBS.c.account, JOBS.c.result_bytes)


def expire(database: Database, now: str) -> list[str]:
    """Mark jobs whose time has come, and empty those that were dismissed after they were over.

    Returns
    -------
    list of str
        Ids of the jobs whose files shall be removed.
    """
    removed: list[str] = []
    while True:
        with database.read() as connection:
            if not _due(connection, now, 1):
                return removed
        with database.write() as connection:
            rows = sorted(_due(connection, now, BATCH), key=lambda row: row.number)
            _discharge(connection, rows)
            chosen = update(JOBS).where(JOBS.c.number.in_([row.number for row in rows]))
            over = chosen.where(JOBS.c.expires <= now)
            connection.execute(over.values(expired=now, updated=now))
            emptied = chosen.values(removal=None, result="", collection="", result_bytes=0)
            connection.execute(emptied)
        removed += [row.id for row in rows]


def _due(connection: Connection, now: str, most: int) -> list[Row[Any]]:
    """Return at most so many jobs of each kind: to empty, and whose time is over."""
    chosen: Select[Any] = select(*_COLUMNS).where(JOBS.c.expired.is_(None)).limit(most)
    found: dict[int, Row[Any]] = {}
    for condition in (JOBS.c.removal.is_not(None), JOBS.c.expires <= now):
        rows = connection.execute(chosen.where(condition).with_for_update())
        found |= {row.number: row for row in rows}
    return list(found.values())


def _discharge(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Take what is removed off the accounts; jobs without results have no bytes."""
    sizes: Counter[str] = Counter()
    for row in rows:
        sizes[row.account] += row.result_bytes
    for account, size in sorted(sizes.items()):
        change = update(ACCOUNTS).where(ACCOUNTS.c.account == account)
        connection.execute(change.values(result_bytes=ACCOUNTS.c.result_bytes - size))
