"""What a client prefers to read: JSON for programs, pages for browsers."""

from flask import request

DOCUMENT_TYPES = ("application/json", "text/html")


def prefers_html() -> bool:
    """Tell whether the client would rather read a page than JSON; `f` decides where it names one.

    Whoever accepts everything alike, or asks for a picture, gets JSON.
    """
    named = request.args.get("f", "").lower()
    if named in ("json", "html"):
        return named == "html"
    accepted = request.accept_mimetypes
    if not accepted:
        return False
    types = (*DOCUMENT_TYPES, "application/problem+json")
    return bool(accepted.best_match(types) == "text/html")
