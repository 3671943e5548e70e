"""Whether a request comes from a page of this server, as browsers tell (Fetch Metadata)."""

from urllib.parse import urlsplit

from flask import request

_OWN = ("same-origin", "none")
"""A page of ours, or nobody's: an address that was typed or a bookmark."""


def own_origins(url: str) -> frozenset[str]:
    """Return the origins of pages of this server.

    Parameters
    ----------
    url
        Address under which clients reach the server; the present request may name another one.
    """
    return frozenset(map(origin_of, (url, request.host_url)))


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_foreign(url: str) -> bool:
    """Tell whether the browser says that the present request comes from elsewhere.

    A request without a word of it is not: programs send none.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in own_origins(url):
        return True
    return request.headers.get("Sec-Fetch-Site", "none") not in _OWN


def is_own(url: str) -> bool:
    """Tell whether the browser says that the present request comes from a page of this server.

    A request without a word of it does not: every browser names the origin of what it posts.
    """
    told = {"Origin", "Sec-Fetch-Site"} & set(request.headers.keys())
    return bool(told) and not is_foreign(url)
