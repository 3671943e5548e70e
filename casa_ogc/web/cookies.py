"""The cookie that a browser shows in place of the header Authorization.

It holds the token, so that a revoked one is refused at once. No script can read it, it goes to this
server alone, and it counts only for requests that come from pages of this server: cookies take no
notice of ports, and a site may share its domain with others.
"""

from urllib.parse import urlsplit

from flask import Response, request

from casa_ogc.catalog.settings import Settings
from casa_ogc.web.errors import StrangerError
from casa_ogc.web.origins import is_foreign, is_own

SECONDS = 12 * 3600
"""For how long a browser keeps the token."""
LONGEST = 3500
"""Bytes of a token that every browser keeps in a cookie."""
_LOCAL = ("127.0.0.1", "::1", "localhost")
_SAFE = ("GET", "HEAD", "OPTIONS")


def is_offered(settings: Settings) -> bool:
    """Tell whether people may sign in: where the site allows it and nobody can listen.

    That is over https, and on the machine of the server itself.
    """
    if not settings.jobs.sign_in:
        return False
    hosts = {urlsplit(address).hostname for address in (settings.url, request.host_url)}
    return _is_secure(settings) or hosts <= set(_LOCAL)


def shown(settings: Settings) -> str | None:
    """Return the token that the browser of the present request shows, if its page is ours.

    Raises
    ------
    StrangerError
        When a page of another site changes something in the name of whoever is signed in.
    """
    token = held(settings)
    if token is None:
        return None
    if request.method in _SAFE:
        return None if is_foreign(settings.url) else token
    if not is_own(settings.url):
        raise StrangerError
    return token


def held(settings: Settings) -> str | None:
    """Return what the cookie of the present request holds, wherever the request comes from."""
    return request.cookies.get(_name(settings)) if is_offered(settings) else None


def give(response: Response, token: str, settings: Settings) -> None:
    """Have the browser keep a token."""
    response.set_cookie(
        _name(settings),
        token,
        max_age=SECONDS,
        path=_path(settings),
        secure=_is_secure(settings),
        httponly=True,
        samesite="Strict",
    )


def take(response: Response, settings: Settings) -> None:
    """Have the browser forget its token."""
    response.delete_cookie(
        _name(settings),
        path=_path(settings),
        secure=_is_secure(settings),
        httponly=True,
        samesite="Strict",
    )


def _is_secure(settings: Settings) -> bool:
    return settings.url.startswith("https://")


def _path(settings: Settings) -> str:
    return urlsplit(settings.url).path or "/"


def _name(settings: Settings) -> str:
    """Return the name, whose beginning makes browsers refuse what another host or scheme sets."""
    if not _is_secure(settings):
        return "casa-token"
    return "__Host-casa-token" if _path(settings) == "/" else "__Secure-casa-token"
