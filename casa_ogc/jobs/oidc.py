"""Tokens of other issuers: JSON Web Tokens (RFC 7519) signed by a key that the issuer publishes.

Only asymmetric signatures are accepted; issuer, audience, subject and expiry must be there.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from casa_ogc.jobs.errors import TokenError

if TYPE_CHECKING:
    from jwt import PyJWK

    from casa_ogc.catalog.settings import Issuer

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
SCOPES = ("read", "execute", "admin")
"""See one's jobs; submit and dismiss them; see and do everything."""

LEEWAY = 30.0
"""Seconds by which clocks may differ."""

_FRESH = 300.0  # seconds for which keys are not asked for again
_PAUSE = 30.0  # seconds between two requests for keys, whatever tokens come
_TIMEOUT = 5.0
_MOST_BYTES = 1_000_000


class Keys:
    """The keys of one issuer, read when they are needed and kept for a while.

    Parameters
    ----------
    place
        An address (https, or http on this machine) or a file, of a JSON Web Key Set.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._found: dict[str, PyJWK] = {}
        self._read_at = -_FRESH

    def key(self, name: str) -> PyJWK:
        """Return a key by its id; an unknown one is looked for again, but not too often.

        Raises
        ------
        TokenError
            When there is no such key, or no keys can be read.
        """
        with self._lock:
            age = time.monotonic() - self._read_at
            if age >= _FRESH or (name not in self._found and age >= _PAUSE):
                self._read_at = time.monotonic()
                self._found = self._read() or self._found
            if name not in self._found:
                raise TokenError("the issuer has no such key")
            return self._found[name]

    def _read(self) -> dict[str, PyJWK]:
        """Read the keys; none when that fails and older ones are still known."""
        from jwt import PyJWKSet
        from jwt.exceptions import PyJWTError

        try:
            found = PyJWKSet.from_dict(json.loads(_content(self._place)))
        except (OSError, ValueError, HTTPException, PyJWTError, AttributeError, TypeError) as error:
            if self._found:
                return {}
            raise TokenError(f"the keys of its issuer cannot be read ({error})") from error
        return {key.key_id: key for key in found.keys if key.key_id}


def verified(text: str, issuers: Sequence[Issuer]) -> tuple[str, tuple[str, ...]] | None:
    """Return name and scopes of the principal of a token; None when it is of no known issuer.

    The name is ``ISSUER#SUBJECT``.

    Raises
    ------
    TokenError
        When a known issuer is named, but the token is not its own, or not valid now.
    """
    if not issuers or text.count(".") != 2:
        return None
    import jwt

    try:
        claimed = jwt.decode(text, options={"verify_signature": False}).get("iss")
        issuer = next((each for each in issuers if each.issuer == claimed), None)
        if issuer is None:
            return None
        header = jwt.get_unverified_header(text)
        key = _keys(issuer.keys).key(str(header.get("kid", "")))
        claims = jwt.decode(
            text,
            key,
            algorithms=list(ALGORITHMS),
            audience=issuer.audience,
            issuer=issuer.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except (jwt.exceptions.PyJWTError, ValueError) as error:
        raise TokenError(str(error)) from error
    return f"{issuer.issuer}#{claims['sub']}", _scopes(claims, issuer)


def _scopes(claims: dict[str, Any], issuer: Issuer) -> tuple[str, ...]:
    named = claims.get(issuer.claim, ())
    words = named.split() if isinstance(named, str) else named
    given = {str(word) for word in words} if isinstance(words, list | tuple) else set()
    claimed = {each for each in SCOPES if f"{issuer.prefix}{each}" in given}
    return tuple(each for each in SCOPES if each in claimed | set(issuer.scopes))


@cache
def _keys(place: str) -> Keys:
    return Keys(place)


class _NoRedirects(HTTPRedirectHandler):
    """Takes an answer that points elsewhere for a failure."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nothing."""


def _content(place: str) -> bytes:
    """Return the bytes of an address or file."""
    parts = urlsplit(place)
    if parts.scheme not in ("http", "https"):
        return Path(place).read_bytes()
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise TokenError("the keys of its issuer must come by https")
    with build_opener(_NoRedirects).open(place, timeout=_TIMEOUT) as answer:
        found: bytes = answer.read(_MOST_BYTES)
        return found
