"""What may become of a job that was taken. Only the attempt that owns the row may write.

An attempt is told apart by its number: every change names it, and a change by any other attempt
finds no row and does nothing.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, select, update

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.instants import elapsed, shifted
from casa_ogc.jobs.queries import Beat
from casa_ogc.jobs.record import Failure
from casa_ogc.jobs.rows import failure_text, storable
from casa_ogc.jobs.tables import ACCOUNTS, JOBS

LOST = "LostWorkerError"
"""Class of the failure of a job that was given up."""


def start(database: Database, job_id: str, attempt: int, worker: str) -> bool:
    """Mark a taken job as running, once; see `JobStore.start`."""
    now = database.now()
    ready = and_(JOBS.c.status == "accepted", JOBS.c.dispatched.is_not(None))
    values = {"status": "running", "started": now, "heartbeat": now, "updated": now}
    return _changed(database, job_id, attempt, ready, {**values, "worker": storable(worker)})


def beat(
    database: Database, job_id: str, attempt: int, progress: int, message: str, memory: int
) -> Beat:
    """Note a sign of life and tell whether to stop; see `JobStore.beat`."""
    now = database.now()
    values = {"progress": max(0, min(100, progress)), "message": storable(message)}
    change = (
        update(JOBS)
        .where(_owned(job_id, attempt), JOBS.c.status == "running")
        .values(heartbeat=now, updated=now, **values)
        .values(peak=case((JOBS.c.peak > memory, JOBS.c.peak), else_=memory))
        .returning(JOBS.c.dismissal)
    )
    with database.write(wake=False) as connection:
        row = connection.execute(change).first()
    return Beat(row is not None, row is not None and row.dismissal is not None)


def dismissed(database: Database, job_id: str, attempt: int) -> bool:
    """Tell whether an attempt shall end; see `JobStore.dismissed`."""
    asked = select(JOBS.c.dismissal, JOBS.c.status).where(_owned(job_id, attempt))
    with database.read() as connection:
        row = connection.execute(asked).first()
    return row is None or row.status != "running" or row.dismissal is not None


def succeed(database: Database, job_id: str, attempt: int, measured: dict[str, Any]) -> bool:
    """Mark a running job as successful; see `JobStore.succeed`."""
    with database.write() as connection:
        row = _row(connection, job_id, attempt)
        if row is None or row.status != "running" or row.dismissal is not None:
            return False
        values = {"progress": 100, "message": "", **measured}
        _end(connection, row, "successful", database.now(), values)
        _keep(connection, row.account, measured["result_bytes"])
        return True


def fail(database: Database, job_id: str, attempt: int, failure: Failure) -> bool:
    """Mark a job as failed; see `JobStore.fail`."""
    with database.write() as connection:
        row = _row(connection, job_id, attempt)
        if row is None or not _taken(row):
            return False
        if row.dismissal is not None:
            _end(connection, row, "dismissed", database.now(), {"result_bytes": 0})
        else:
            _failed(connection, row, failure, database.now())
        return True


def requeue(
    database: Database, job_id: str, attempt: int, reason: str, *, most: int, count: bool
) -> bool:
    """Put a job whose worker was lost into the queue again; see `JobStore.requeue`."""
    with database.write() as connection:
        row = _row(connection, job_id, attempt)
        if row is None or not _taken(row):
            return False
        now = database.now()
        losses = row.losses + int(count)
        if row.dismissal is not None:
            _end(connection, row, "dismissed", now, {"result_bytes": 0})
        elif losses >= most:
            message = f"given up after {losses} attempts: {reason}"
            _failed(connection, row, Failure(LOST, storable(message)), now, losses=losses)
        else:
            values = {"status": "accepted", "dispatched": None, "started": None, "heartbeat": None}
            told = {"worker": "", "engine": "", "progress": 0, "message": storable(reason)}
            _set(connection, row, {**values, **told, "losses": losses, "updated": now})
        return True


def stopped(database: Database, job_id: str, attempt: int) -> bool:
    """Mark a running job that was asked to stop as dismissed; see `JobStore.stopped`."""
    with database.write() as connection:
        row = _row(connection, job_id, attempt)
        if row is None or row.status != "running" or row.dismissal is None:
            return False
        _end(connection, row, "dismissed", database.now(), {"result_bytes": 0})
        return True


def dismiss(database: Database, job_id: str) -> None:
    """Ask a job to stop, or dismiss it at once where nothing runs; see `JobStore.dismiss`."""
    with database.write() as connection:
        row = connection.execute(_locked(JOBS.c.id == job_id)).first()
        if row is None or row.status == "dismissed" or row.expired is not None:
            return
        now = database.now()
        asked = {"dismissal": row.dismissal or now, "updated": now}
        if row.status == "running":
            _set(connection, row, asked)
        elif row.status == "accepted":
            _end(connection, row, "dismissed", now, {**asked, "result_bytes": 0})
        else:
            _set(connection, row, {**asked, "status": "dismissed", "removal": 1})


def _changed(
    database: Database,
    job_id: str,
    attempt: int,
    condition: ColumnElement[bool],
    values: dict[str, Any],
) -> bool:
    change = update(JOBS).where(_owned(job_id, attempt), condition).values(values)
    with database.write() as connection:
        return connection.execute(change).rowcount == 1


def _owned(job_id: str, attempt: int) -> ColumnElement[bool]:
    return and_(JOBS.c.id == job_id, JOBS.c.attempt == attempt)


def _locked(condition: ColumnElement[bool]) -> Any:
    """Select what the life of a job depends on, and let nobody else change it meanwhile."""
    columns = (
        JOBS.c.number, JOBS.c.account, JOBS.c.status, JOBS.c.dispatched, JOBS.c.started,
        JOBS.c.dismissal, JOBS.c.losses, JOBS.c.peak, JOBS.c.keep_seconds, JOBS.c.expired,
    )  # fmt: skip
    return select(*columns).where(condition).with_for_update()


def _row(connection: Connection, job_id: str, attempt: int) -> Row[Any] | None:
    found: Row[Any] | None = connection.execute(_locked(_owned(job_id, attempt))).first()
    return found


def _taken(row: Row[Any]) -> bool:
    """Tell whether an attempt has the job, started or not."""
    return row.status == "running" or (row.status == "accepted" and row.dispatched is not None)


def _failed(
    connection: Connection, row: Row[Any], failure: Failure, now: str, **more: object
) -> None:
    values = {"failure": failure_text(failure), "message": storable(failure.message)}
    _end(connection, row, "failed", now, {**values, **more, "result_bytes": 0})


def _end(
    connection: Connection, row: Row[Any], status: str, now: str, values: dict[str, Any]
) -> None:
    """End a job; what it leaves is kept from now on."""
    seconds = None if row.started is None else elapsed(row.started, now)
    times = {"finished": now, "updated": now, "expires": shifted(now, row.keep_seconds)}
    measured = {"memory": row.peak} if row.peak else {}
    _set(connection, row, {"status": status, "seconds": seconds, **times, **measured, **values})


def _set(connection: Connection, row: Row[Any], values: dict[str, Any]) -> None:
    connection.execute(update(JOBS).where(JOBS.c.number == row.number).values(values))


def _keep(connection: Connection, account: str, size: int) -> None:
    """Charge an account with results that are kept."""
    change = update(ACCOUNTS).where(ACCOUNTS.c.account == account)
    connection.execute(change.values(result_bytes=ACCOUNTS.c.result_bytes + size))
