"""The store of jobs and the check of tokens, loaded when somebody asks for the first time.

The database library takes a sixth of the time in which the application is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casa_ogc.catalog.settings import Settings
    from casa_ogc.jobs.store import JobStore
    from casa_ogc.jobs.tokens import Principal


def job_store(settings: Settings) -> JobStore:
    """Return the store of jobs of a site; it stays open.

    Raises
    ------
    UnavailableError
        When the database does not answer.
    """
    from casa_ogc.jobs.store import open_store

    return open_store(settings.jobs)


def principal_of(token: str, settings: Settings) -> Principal | None:
    """Return whose token it is; None where it is unknown, revoked or expired.

    Raises
    ------
    UnavailableError
        When the database does not answer.
    """
    from casa_ogc.jobs.tokens import check

    return check(token, settings)
