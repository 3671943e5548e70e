"""From a request to a row of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, text

from casa_ogc.catalog.settings import Quota
from casa_ogc.jobs import quotas
from casa_ogc.jobs.database import Database
from casa_ogc.jobs.errors import ReusedKeyError
from casa_ogc.jobs.instants import shifted
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.record import Execution, Job
from casa_ogc.jobs.rows import COLUMNS, content_hash, execution_of, execution_text, job_of, storable
from casa_ogc.jobs.tables import EMPTY, IS_OPEN, JOBS, LABELS
from casa_ogc.jobs.untold import expect
from casa_processes.common.process import Cost

_DAY = 86_400.0
_OPEN_ACCOUNT = Phrase(
    text("INSERT INTO casa_accounts (account) VALUES (:account) ON CONFLICT DO NOTHING")
)
_COLUMNS = (
    "id", "owner", "account", "process_id", "execution", "content_hash", "request_key", "status",
    "created", "updated", "attempt", "losses", "progress", "message", "engine", "worker", "result",
    "collection", "cpu_seconds", "memory", "result_bytes", "peak", "keep_seconds",
)  # fmt: skip
_NEW = {"attempt": 0, "losses": 0, "progress": 0, "peak": 0, "status": "accepted"} | dict.fromkeys(
    ("message", "engine", "worker", "result", "collection"), ""
)
_INSERT = Phrase(
    insert(JOBS).values({name: bindparam(name) for name in _COLUMNS}).returning(JOBS.c.number)
)
_RECENT = (
    select(*COLUMNS)
    .where(JOBS.c.account == bindparam("account"), JOBS.c.created >= bindparam("since"))
    .order_by(JOBS.c.number.desc())
    .limit(1)
)
_SAME_KEY = Phrase(
    _RECENT.where(JOBS.c.request_key == bindparam("key"), JOBS.c.request_key != EMPTY)
)
_USABLE = or_(
    JOBS.c.status == "successful",
    and_(IS_OPEN, JOBS.c.dismissal.is_(None)),
)
_SAME_CONTENT = Phrase(
    _RECENT.where(JOBS.c.content_hash == bindparam("digest"), _USABLE, JOBS.c.expired.is_(None))
)


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
        with database.together(connection):
            database.lock(connection, f"account {asked.account}")
            equal = _ask_for_equal(connection, asked, digest, now)
            use = quotas.ask(connection, asked.account)
        same = None if equal is None else equal.fetchone()
        if same is not None:
            return _equal(same, asked, digest), False
        used = quotas.told(use)
        quotas.check(connection, asked.account, used, asked.cost, asked.quota, now)
        if not used.known:
            _OPEN_ACCOUNT.run(connection, account=asked.account)
        return _added(connection, asked, written, digest, now), True


def _ask_for_equal(connection: Connection, asked: Submission, digest: str, now: str) -> Any:
    """Ask for an equal request: by its key, or by its content if it may still succeed."""
    if not asked.same_seconds > 0:
        return None
    where = {"account": asked.account, "since": shifted(now, -asked.same_seconds)}
    if asked.key:
        return _SAME_KEY.run(connection, key=storable(asked.key), **where)
    return _SAME_CONTENT.run(connection, digest=digest, **where)


def _equal(row: Sequence[Any], asked: Submission, digest: str) -> Job:
    """Return the job of an equal request, if it is one."""
    job = job_of(row)
    if job.content_hash != digest:
        raise ReusedKeyError(asked.key)
    return job


def _added(connection: Connection, asked: Submission, written: str, digest: str, now: str) -> Job:
    job = Job(
        id=token_hex(16),
        execution=execution_of(written),
        owner=asked.owner,
        content_hash=digest,
        status="accepted",
        created=now,
        updated=now,
        cpu_seconds=asked.cost.cpu_seconds,
        memory=asked.cost.memory,
        result_bytes=asked.cost.result,
    )
    values = {
        **_NEW,
        "id": job.id,
        "owner": job.owner,
        "account": asked.account,
        "process_id": job.execution.process_id,
        "execution": written,
        "content_hash": digest,
        "request_key": storable(asked.key),
        "created": now,
        "updated": now,
        "cpu_seconds": job.cpu_seconds,
        "memory": job.memory,
        "result_bytes": job.result_bytes,
        "keep_seconds": asked.keep_days * _DAY,
    }
    (number,) = _INSERT.run(connection, **values).fetchone()
    if job.execution.subscriber:
        expect(connection, number)
    labels = {storable(label) for label in job.execution.labels}
    if labels:
        rows = [{"label": label, "number": number} for label in sorted(labels)]
        connection.execute(insert(LABELS), rows)
    return job
