"""Who asks: the principal of a bearer token, and what it may see and do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.errors import ExpiredError, ForbiddenError, TokenError, UnknownJobError
from casa_ogc.jobs.record import Job
from casa_ogc.web import cookies
from casa_ogc.web.stores import principal_of

if TYPE_CHECKING:
    from casa_ogc.jobs.store import JobStore
    from casa_ogc.jobs.tokens import Principal

_LONGEST = 8192


@dataclass(frozen=True)
class Asker:
    """Who sent a request.

    Attributes
    ----------
    principal
        Of the token; None for somebody without one.
    account
        Who is charged: the principal, else the address of the client.
    """

    principal: Principal | None
    account: str

    @property
    def owner(self) -> str:
        """Owner of the jobs that are submitted; empty for anonymous ones."""
        return self.principal.name if self.principal else ""

    @property
    def is_admin(self) -> bool:
        """Whether everything may be seen and done."""
        return self.has("admin")

    def has(self, scope: str) -> bool:
        """Tell whether the token has a scope; administrators have all."""
        return self.principal is not None and bool({scope, "admin"} & set(self.principal.scopes))

    def need(self, scope: str, what: str) -> None:
        """Refuse a token that lacks a scope; who has no token may do what needs none.

        Raises
        ------
        ForbiddenError
            When the token lacks the scope.
        """
        if self.principal is not None and not self.has(scope):
            raise ForbiddenError(what, scope)


def asker(settings: Settings) -> Asker:
    """Return who sent the present request: by the header Authorization, else by a cookie.

    Raises
    ------
    TokenError
        When there is one of them that proves nothing.
    StrangerError
        When a page of another site uses the cookie.
    """
    header = request.headers.get("Authorization")
    token = cookies.shown(settings) if header is None else _bearer(header)
    if token is None:
        return Asker(None, f"address:{request.remote_addr or ''}")
    principal = principal_shown(token, settings)
    return Asker(principal, principal.name)


def principal_shown(token: str, settings: Settings) -> Principal:
    """Return whose token it is.

    Raises
    ------
    TokenError
        When it is nobody's; the token itself is not told.
    """
    principal = principal_of(token, settings)
    if principal is None:
        raise TokenError("it is unknown, revoked or expired")
    return principal


def _bearer(header: str) -> str:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip() or len(text) > _LONGEST:
        raise TokenError("the header Authorization must hold: Bearer, a space, and a token")
    return text.strip()


def seen_job(store: JobStore, job_id: str, who: Asker) -> Job:
    """Return a job that somebody may see: an anonymous one by its id, others by their owner.

    Raises
    ------
    UnknownJobError
        When there is none, or it is another's: both are told alike.
    ExpiredError
        When its results are gone.
    """
    try:
        job = store.get(job_id)
    except ExpiredError:
        _check(store.get(job_id, expired=True), who)
        raise
    _check(job, who)
    return job


def _check(job: Job, who: Asker) -> None:
    """Refuse a job that is another's, or a token that may read none."""
    if job.owner and job.owner != who.owner and not who.is_admin:
        raise UnknownJobError("job", job.id, ())
    who.need("read", "reading jobs")
