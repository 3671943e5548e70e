"""Signing in with a token in a browser, and out again."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from flask import Response, request

from casa_ogc.jobs.errors import TokenError
from casa_ogc.jobs.requests import offered_ids
from casa_ogc.web import cookies
from casa_ogc.web.errors import MediaTypeError, SignInError, StrangerError
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.negotiation import prefers_html
from casa_ogc.web.origins import is_own
from casa_ogc.web.principals import asker, principal_shown
from casa_ogc.web.respond import document

if TYPE_CHECKING:
    from casa_ogc.catalog.settings import Settings

FORM = "application/x-www-form-urlencoded"
_PRIVATE = {"Cache-Control": "private, no-store"}
_LONGEST_FORM = 3 * cookies.LONGEST
"""Bytes of a form; each of a token may be written as three."""


def sign_in(exchange: Exchange) -> Response:
    """Answer who is signed in, with a form to do so, or take the token that was posted.

    Raises
    ------
    SignInError
        When the site takes no tokens in browsers, or not over this connection.
    StrangerError
        When the form stands on a page of another site.
    TokenError
        When the token proves nothing; its text is never repeated.
    """
    settings = exchange.catalog.settings
    if request.method != "POST":
        process = _offered(exchange.text("process"), settings)
        return _page(exchange, known(settings) | {"process": process})
    _refuse_strangers(settings)
    process = ""
    try:
        fields = _posted(exchange.body)
        process = _offered(fields.get("process", [""])[0], settings)
        token = _token(fields)
        principal_shown(token, settings)
    except TokenError as error:
        if not prefers_html():
            raise
        content = known(settings) | {"name": None, "process": process, "problem": str(error)}
        return _page(exchange, content, HTTPStatus.UNAUTHORIZED)
    response = _seen_other(exchange, f"/processes/{process}" if process else "/jobs")
    cookies.give(response, token, settings)
    return response


def sign_out(exchange: Exchange) -> Response:
    """Have the browser forget the token.

    Raises
    ------
    SignInError, StrangerError
        As `sign_in`.
    """
    settings = exchange.catalog.settings
    _refuse_strangers(settings)
    response = _seen_other(exchange, "/jobs")
    cookies.take(response, settings)
    return response


def known(settings: Settings) -> dict[str, Any]:
    """Return who is signed in, for pages.

    Returns
    -------
    dict
        ``offered``, whether one can sign in; ``name`` and ``scopes`` of who is signed in, None and
        empty for nobody.
    """
    try:
        principal = asker(settings).principal
    except TokenError:
        principal = None
    return {
        "offered": cookies.is_offered(settings),
        "name": principal.name if principal else None,
        "scopes": list(principal.scopes) if principal else [],
        "cookie": "Authorization" not in request.headers,
    }


def _refuse_strangers(settings: Settings) -> None:
    if not cookies.is_offered(settings):
        raise SignInError(settings.url)
    if not is_own(settings.url):
        raise StrangerError


def _offered(process: str | None, settings: Settings) -> str:
    """Return a process that the site offers, to go on with, or nothing."""
    return process if process and process in offered_ids(settings) else ""


def _posted(body: bytes) -> dict[str, list[str]]:
    """Read a form; nothing of the body is ever repeated."""
    if request.mimetype != FORM:
        raise MediaTypeError(request.mimetype, FORM)
    try:
        return parse_qs(body[:_LONGEST_FORM].decode("ascii"), max_num_fields=9)
    except ValueError:
        raise TokenError("the form holds no token") from None


def _token(fields: dict[str, list[str]]) -> str:
    token, *others = fields.get("token", [""])
    if others or not token.strip():
        raise TokenError("the form holds no token")
    if len(token.strip()) > cookies.LONGEST:
        raise TokenError("it is too long for a browser; send it in the header Authorization")
    return token.strip()


def _page(
    exchange: Exchange, content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    response = document(exchange, content, "sign_in.html")
    response.status_code = status
    response.headers.extend(_PRIVATE)
    response.headers["Vary"] = "Accept, Accept-Encoding, Authorization, Cookie"
    return response


def _seen_other(exchange: Exchange, path: str) -> Response:
    response = Response(status=HTTPStatus.SEE_OTHER, headers=_PRIVATE)
    response.headers["Location"] = f"{exchange.url}{path}?f=html"
    return response
