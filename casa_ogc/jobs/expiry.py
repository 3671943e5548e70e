"""Removing what is kept no longer."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, not_, or_, select, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.tables import ACCOUNTS, EMPTY, JOBS

BATCH = 500
"""Most jobs of one transaction, so that others wait only briefly."""

_COLUMNS = (JOBS.c.number, JOBS.c.account, JOBS.c.result_bytes)
_FULL = or_(JOBS.c.result != EMPTY, JOBS.c.collection != EMPTY, JOBS.c.result_bytes > 0)
_REMOVAL = (
    select(JOBS.c.number, JOBS.c.id)
    .where(JOBS.c.removal == 1, not_(_FULL))
    .order_by(JOBS.c.number)
    .limit(BATCH)
)


def expire(database: Database, now: str, remove: Callable[[str], None]) -> list[str]:
    """Mark jobs whose time has come, and remove what they and dismissed ones have left.

    A mark stays until the files are gone: whoever dies in between leaves them to the next one.

    Parameters
    ----------
    database
        Of the jobs.
    now
        The instant.
    remove
        Removes the files of a job; it may be called again for the same one.

    Returns
    -------
    list of str
        Ids of the jobs whose files were removed.
    """
    while _marked(database, now):
        pass
    removed: list[str] = []
    while True:
        with database.read() as connection:
            rows = connection.execute(_REMOVAL).all()
        if not rows:
            return removed
        for row in rows:
            remove(row.id)
        chosen = update(JOBS).where(JOBS.c.number.in_([row.number for row in rows]))
        with database.write() as connection:
            connection.execute(chosen.values(removal=None))
        removed += [row.id for row in rows]


def _marked(database: Database, now: str) -> bool:
    """Mark a batch of jobs, and take what they hold off the accounts; False when there is none."""
    with database.read() as connection:
        if not _due(connection, now, 1):
            return False
    with database.write() as connection:
        rows = sorted(_due(connection, now, BATCH), key=lambda row: row.number)
        _discharge(connection, rows)
        chosen = update(JOBS).where(JOBS.c.number.in_([row.number for row in rows]))
        over = chosen.where(JOBS.c.expires <= now)
        connection.execute(over.values(expired=now, updated=now))
        emptied = chosen.values(removal=1, result="", collection="", result_bytes=0)
        connection.execute(emptied)
    return True


def _due(connection: Connection, now: str, most: int) -> list[Row[Any]]:
    """Return at most so many jobs of each kind: to empty, and whose time is over."""
    chosen: Select[Any] = select(*_COLUMNS).where(JOBS.c.expired.is_(None)).limit(most)
    found: dict[int, Row[Any]] = {}
    for condition in (and_(JOBS.c.removal.is_not(None), _FULL), JOBS.c.expires <= now):
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
