"""From a request to a row of the queue."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, text

from casa_ogc.catalog.settings import Quota
from casa_ogc.jobs import quotas
from casa_ogc.jobs.database import Database
from casa_ogc.jobs.errors import ReusedKeyError
from casa_ogc.jobs.instants import shifted
from casa_ogc.jobs.record import Execution, Job
from casa_ogc.jobs.rows import COLUMNS, content_hash, execution_text, job_of, storable
from casa_ogc.jobs.tables import JOBS, LABELS
from casa_processes.common.process import Cost

_DAY = 86_400.0
_OPEN_ACCOUNT = text("INSERT INTO casa_accounts (account) VALUES (:a) ON CONFLICT DO NOTHING")


@dataclass(frozen=True)
class Submission:
    """What is known of a job when it is accepted; see `JobStore.submit`."""

    execution: Execution
    owner: str
    account: str
    cost: Cost
    key: str
    same_seconds: float
    quota: Quota
    keep_days: float


def submit(database: Database, asked: Submission) -> tuple[Job, bool]:
    """Add a row, or find the one of an equal request; returns whether it is new."""
    written = execution_text(asked.execution)
    digest = content_hash(written, asked.owner)
    now = database.now()
    with database.write() as connection:
        database.lock(connection, f"account {asked.account}")
        same = _same(connection, asked, digest, now)
        if same is not None:
            return job_of(same), False
        quotas.check(connection, asked.account, asked.cost, asked.quota, now)
        return _added(connection, asked, written, digest, now), True


def _same(connection: Connection, asked: Submission, digest: str, now: str) -> Row[Any] | None:
    """Return the row of an equal request: by its key, or by its content if it may still succeed."""
    if not asked.same_seconds > 0:
        return None
    recent = and_(
        JOBS.c.account == asked.account, JOBS.c.created >= shifted(now, -asked.same_seconds)
    )
    chosen = select(*COLUMNS).where(recent).order_by(JOBS.c.number.desc()).limit(1)
    if asked.key:
        found = connection.execute(chosen.where(JOBS.c.request_key == storable(asked.key))).first()
        if found is not None and found.content_hash != digest:
            raise ReusedKeyError(asked.key)
        return found
    usable = or_(
        JOBS.c.status == "successful",
        and_(JOBS.c.status.in_(("accepted", "running")), JOBS.c.dismissal.is_(None)),
    )
    same = and_(JOBS.c.content_hash == digest, usable, JOBS.c.expired.is_(None))
    return connection.execute(chosen.where(same)).first()


def _added(connection: Connection, asked: Submission, written: str, digest: str, now: str) -> Job:
    connection.execute(_OPEN_ACCOUNT, {"a": asked.account})
    values = {
        "id": token_hex(16),
        "owner": asked.owner,
        "account": asked.account,
        "process_id": asked.execution.process_id,
        "execution": written,
        "content_hash": digest,
        "request_key": storable(asked.key),
        "status": "accepted",
        "created": now,
        "updated": now,
        "cpu_seconds": asked.cost.cpu_seconds,
        "memory": asked.cost.memory,
        "result_bytes": asked.cost.result,
        "keep_seconds": asked.keep_days * _DAY,
    }
    row = connection.execute(insert(JOBS).values(values).returning(JOBS.c.number, *COLUMNS)).one()
    labels = {storable(label) for label in asked.execution.labels}
    if labels:
        rows = [{"label": label, "number": row[0]} for label in sorted(labels)]
        connection.execute(insert(LABELS), rows)
    return job_of(row[1:])
