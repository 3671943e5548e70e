"""Access tokens: who asks, and what they may do.

A token is ``casa_`` and 256 random bits; the database keeps only its SHA-256, so that nobody who
reads it can use one. Several tokens of one name are one principal: rotation loses no job.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, bindparam, insert, or_, select, update

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.database import Database
from casa_ogc.jobs.instants import parse, shifted
from casa_ogc.jobs.oidc import SCOPES, verified
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.store import open_store
from casa_ogc.jobs.tables import TOKENS
from casa_processes.common.errors import InvalidValueError, UnknownNameError

_PREFIX = "casa_"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_DAY = 86_400.0
_BY_HASH = Phrase(
    select(TOKENS.c.id, TOKENS.c.name, TOKENS.c.scopes, TOKENS.c.expires, TOKENS.c.revoked).where(
        TOKENS.c.hash == bindparam("digest")
    )
)


@dataclass(frozen=True)
class Principal:
    """Who asks: a name that owns jobs, and scopes.

    Names of our tokens hold no ``#`` and those of other issuers do, so that none passes for
    another.
    """

    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """A token as an operator sees it; its text is told once, when it is issued."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created: str
    expires: str | None
    revoked: str | None


class Tokens:
    """The tokens of a site.

    Parameters
    ----------
    database
        That of the jobs.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, name: str, scopes: Iterable[str], days: float | None = 365.0) -> str:
        """Issue a token and return its text, which is told only now.

        Parameters
        ----------
        name
            Principal: letters, digits and ``._@-``, at most 64.
        scopes
            One or more of `SCOPES`.
        days
            Until it expires; None means never.

        Raises
        ------
        InvalidValueError
            When the name, a scope or the time cannot be used.
        """
        if not _NAME.fullmatch(name):
            raise InvalidValueError("name", name, "at most 64 letters, digits and . _ @ -")
        chosen = tuple(scope for scope in SCOPES if scope in (given := tuple(scopes)))
        if not chosen or len(chosen) != len(set(given)):
            raise InvalidValueError("scopes", given, f"one or more of {', '.join(SCOPES)}")
        with self._database.write(wake=False) as connection:
            return self._added(connection, name, " ".join(chosen), days)

    def check(self, text: str) -> Principal | None:
        """Return whose a token is; None for an unknown, revoked or expired one."""
        row = self._database.first(_BY_HASH, digest=_digest(text))
        if row is None:
            return None
        _, name, scopes, expires, revoked = row
        now = self._database.now()
        if any(end is not None and end <= now for end in (expires, revoked)):
            return None
        return Principal(name, tuple(scopes.split()))

    def all(self) -> tuple[Token, ...]:
        """Return all tokens there ever were, oldest first."""
        columns = (TOKENS.c.id, TOKENS.c.name, TOKENS.c.scopes, TOKENS.c.created)
        chosen: Select[Any] = select(*columns, TOKENS.c.expires, TOKENS.c.revoked)
        with self._database.read() as connection:
            rows = connection.execute(chosen.order_by(TOKENS.c.created, TOKENS.c.id)).all()
        return tuple(
            Token(
                row.id,
                row.name,
                tuple(row.scopes.split()),
                row.created,
                row.expires,
                row.revoked,
            )
            for row in rows
        )

    def revoke(self, token_id: str) -> None:
        """Accept a token no more, from now on.

        Raises
        ------
        UnknownNameError
            When there is no such token.
        InvalidValueError
            When it is revoked already.
        """
        with self._database.write(wake=False) as connection:
            self._ended(connection, token_id, 0.0)

    def rotate(
        self,
        token_id: str,
        days: float | Literal["same"] | None = "same",
        overlap_seconds: float = 0.0,
    ) -> str:
        """Issue a token like another one, and revoke that; returns the text of the new one.

        Parameters
        ----------
        token_id
            The token to replace.
        days
            Until the new one expires; None means never, ``same`` as many as the old one had.
        overlap_seconds
            For how long the old one is still accepted.

        Raises
        ------
        UnknownNameError
            When there is no such token.
        InvalidValueError
            When it is revoked already, and as `issue`.
        """
        with self._database.write(wake=False) as connection:
            old = self._ended(connection, token_id, overlap_seconds)
            span = _days(old) if days == "same" else days
            return self._added(connection, old.name, old.scopes, span)

    def _added(self, connection: Connection, name: str, scopes: str, days: float | None) -> str:
        if days is not None and not days > 0:
            raise InvalidValueError("days", days, "a positive number")
        text = _PREFIX + token_urlsafe(32)
        now = self._database.now()
        values = {
            "id": token_hex(4),
            "hash": _digest(text),
            "name": name,
            "scopes": scopes,
            "created": now,
            "expires": None if days is None else shifted(now, days * _DAY),
        }
        connection.execute(insert(TOKENS).values(values))
        return text

    def _ended(self, connection: Connection, token_id: str, seconds: float) -> Row[Any]:
        """Revoke a valid token and return its name, scopes, and when it was made and expires."""
        end = shifted(self._database.now(), seconds)
        valid = or_(TOKENS.c.revoked.is_(None), TOKENS.c.revoked > end)
        change = update(TOKENS).where(TOKENS.c.id == token_id, valid)
        row = connection.execute(
            change.values(revoked=end).returning(
                TOKENS.c.name, TOKENS.c.scopes, TOKENS.c.created, TOKENS.c.expires
            )
        ).first()
        if row is None:
            asked = select(TOKENS.c.revoked).where(TOKENS.c.id == token_id)
            when = connection.scalars(asked).first()
            if when is not None:
                raise InvalidValueError("token", token_id, f"one that is valid; revoked {when}")
            known = connection.scalars(select(TOKENS.c.id).where(valid)).all()
            raise UnknownNameError("token", token_id, known)
        return row


def tokens(settings: Settings) -> Tokens:
    """Return the tokens of a site."""
    return Tokens(open_store(settings.jobs).database)


def check(text: str, settings: Settings) -> Principal | None:
    """Return who sent a token, ours or one of an issuer of the settings; None for an unknown one.

    Raises
    ------
    TokenError
        When a token of another issuer is not valid, with the reason.
    """
    if text.startswith(_PREFIX):
        return tokens(settings).check(text)
    found = verified(text, settings.jobs.issuers)
    return None if found is None else Principal(*found)


def _days(row: Row[Any]) -> float | None:
    """Return how many days a token is valid in all; None for ever."""
    if row.expires is None:
        return None
    return (parse(row.expires) - parse(row.created)).total_seconds() / _DAY


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()
