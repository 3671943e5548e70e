"""Jobs by the first digits of their ids, as people copy them from a log or a progress bar."""

from sqlalchemy import select

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.errors import AmbiguousJobError, UnknownJobError
from casa_ogc.jobs.rows import is_job_id
from casa_ogc.jobs.tables import JOBS
from casa_processes.common.errors import InvalidValueError

LEAST = 8
"""Digits that the client and the log of a job show."""
_SHOWN = 5
_LENGTH = 32


def full_id(database: Database, digits: str) -> str:
    """Return the id of the only job that begins with some digits; expired ones count.

    This is for operators, who may list all jobs: whoever else asks has to know the whole id.

    Parameters
    ----------
    digits
        The whole id, or at least `LEAST` of its first digits.

    Raises
    ------
    InvalidValueError
        When the digits are fewer.
    UnknownJobError
        When no job begins so.
    AmbiguousJobError
        When several do; names the newest of them.
    """
    if is_job_id(digits):
        return digits
    if not is_job_id(digits.ljust(_LENGTH, "0")):
        raise UnknownJobError("job", digits, ())
    if len(digits) < LEAST:
        raise InvalidValueError("JOB", digits, f"an id or its first {LEAST} digits or more")
    alike = JOBS.c.id.between(digits, digits.ljust(_LENGTH, "f"))
    chosen = select(JOBS.c.id).where(alike).order_by(JOBS.c.number.desc()).limit(_SHOWN + 1)
    with database.read() as connection:
        found = connection.scalars(chosen).all()
    if not found:
        raise UnknownJobError("job", digits, ())
    if len(found) > 1:
        more = ("...",) if len(found) > _SHOWN else ()
        raise AmbiguousJobError(digits, (*found[:_SHOWN], *more))
    return str(found[0])
