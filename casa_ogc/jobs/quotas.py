"""What an account may use at a time, and what it uses."""

import math
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from casa_ogc.catalog.settings import Quota
from casa_ogc.jobs.errors import QuotaError
from casa_ogc.jobs.instants import elapsed
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.queries import Usage
from casa_ogc.jobs.tables import ACCOUNTS, IS_OPEN, JOBS
from casa_processes.common.errors import TooLargeError
from casa_processes.common.process import Cost

LEAST_WAIT, MOST_WAIT = 1, 3600
"""Bounds of the seconds after which it is worth asking again."""

_KEPT = select(ACCOUNTS.c.result_bytes).where(ACCOUNTS.c.account == bindparam("account"))
_USED = Phrase(
    select(func.count(), func.sum(JOBS.c.cpu_seconds), _KEPT.scalar_subquery()).where(
        JOBS.c.account == bindparam("account"), IS_OPEN
    )
)


def usage(connection: Connection, account: str) -> Usage:
    """Return what an account uses now, at a cost that does not grow with what it used before."""
    return told(ask(connection, account))


def ask(connection: Connection, account: str) -> Any:
    """Ask what an account uses; `told` reads the answer, now or later."""
    return _USED.run(connection, account=account)


def told(answer: Any) -> Usage:
    """Return what the answer of `ask` says."""
    count, seconds, kept = answer.fetchone()
    return Usage(count, float(seconds or 0.0), kept or 0, known=kept is not None)


def check(
    connection: Connection, account: str, used: Usage, cost: Cost, quota: Quota, now: str
) -> None:
    """Refuse a job that an account may not add to what it uses.

    Raises
    ------
    TooLargeError
        When the job alone exceeds the quota, so that it can never run.
    QuotaError
        When it has to wait until other jobs of the account are over or expire.
    """
    if cost.cpu_seconds > quota.cpu_seconds:
        raise TooLargeError("CPU seconds", math.ceil(cost.cpu_seconds), int(quota.cpu_seconds))
    if cost.result > quota.result_bytes:
        raise TooLargeError("bytes of results", cost.result, quota.result_bytes)
    if used.open_jobs + 1 > quota.open_jobs:
        again = _until_one_is_over(connection, account)
        raise QuotaError("jobs at a time", used.open_jobs + 1, quota.open_jobs, again)
    seconds = used.cpu_seconds + cost.cpu_seconds
    if seconds > quota.cpu_seconds:
        again = _until_one_is_over(connection, account)
        raise QuotaError("CPU seconds of open jobs", seconds, quota.cpu_seconds, again)
    size = used.result_bytes + cost.result
    if size > quota.result_bytes:
        again = _until_one_expires(connection, account, now)
        raise QuotaError("bytes of kept results", size, quota.result_bytes, again)


def _until_one_is_over(connection: Connection, account: str) -> int:
    """Return the expected time of the shortest open job, in seconds, within bounds."""
    shortest = select(func.min(JOBS.c.cpu_seconds))
    found = connection.scalar(shortest.where(JOBS.c.account == account, IS_OPEN))
    return _bounded(found)


def _until_one_expires(connection: Connection, account: str, now: str) -> int:
    """Return the time until the next results of an account expire, in seconds, within bounds."""
    first = select(func.min(JOBS.c.expires)).where(
        JOBS.c.account == account,
        JOBS.c.status == "successful",
        JOBS.c.expires.is_not(None),
        JOBS.c.expired.is_(None),
    )
    found = connection.scalar(first)
    return _bounded(None if found is None else elapsed(now, found))


def _bounded(seconds: float | None) -> int:
    wanted = MOST_WAIT if seconds is None else math.ceil(seconds)
    return max(LEAST_WAIT, min(MOST_WAIT, wanted))
