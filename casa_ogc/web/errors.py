"""Exceptions as OGC problem documents."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from casa_ogc.jobs.errors import (
    ExpiredError,
    ForbiddenError,
    NewerSchemaError,
    NotReadyError,
    QuotaError,
    ReusedKeyError,
    SharedDiskError,
    TokenError,
    UnavailableError,
    UnpublishedError,
)
from casa_processes.common.errors import (
    CasaError,
    FileContentError,
    IntegrityError,
    InvalidInputsError,
    InvalidValueError,
    TooLargeError,
    UnknownNameError,
)

_TYPE = "http://www.opengis.net/def/exceptions/ogcapi-common-1/1.0/"
_PROCESSES_TYPE = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
_RESOURCES = {
    "collection",
    "process",
    "item",
    "page",
    "job",
    "result",
    "instance",
    "location",
    "tile",
    "tile matrix set",
}


_DATA = ("cells", "stored cells", "soundings", "rows", "values")
"""How the names of what is counted begin where it is data."""


class NotAcceptableError(CasaError):
    """None of the media types that the client accepts is offered."""

    def __init__(self, accept: str, offered: tuple[str, ...]) -> None:
        self.accept, self.offered = accept, offered
        super().__init__(accept, offered)

    def __str__(self) -> str:
        return f"Accept: {self.accept!r} matches none of {', '.join(self.offered)}"


class OfferedError(TooLargeError):
    """A request above the limit, with links to what does it as a job."""

    def __init__(
        self, what: str, asked: int, limit: int, links: tuple[dict[str, Any], ...]
    ) -> None:
        super().__init__(what, asked, limit)
        self.links = links
        self.args = (what, asked, limit, links)


class MethodError(CasaError):
    """A method that the resource does not have."""

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        self.method, self.allowed = method, allowed
        super().__init__(method, allowed)

    def __str__(self) -> str:
        return f"no {self.method} here; there are: {', '.join(self.allowed)}"


class MediaTypeError(CasaError):
    """A posted body of a media type that is not taken."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(found, expected)

    def __str__(self) -> str:
        return f"Content-Type {self.found!r} cannot be used; expected {self.expected}"


class BodyTooLargeError(CasaError):
    """A posted body of more bytes than the site takes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(limit)

    def __str__(self) -> str:
        return f"the posted body is too large; at most {self.limit:,} bytes are taken"


class StrangerError(CasaError):
    """A request that a page of another site makes in the name of whoever is signed in."""

    def __str__(self) -> str:
        return "this is done from a page of this server alone; the request came from elsewhere"


class SignInError(CasaError):
    """A site, or a connection to it, that takes no token in a browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)

    def __str__(self) -> str:
        return (
            f"nobody can sign in at {self.url}: tokens are taken in browsers over https, or on the "
            "machine of the server itself, where the site allows it (jobs.sign_in)"
        )


_STATUS: tuple[tuple[type[CasaError], HTTPStatus, str], ...] = (
    (NotAcceptableError, HTTPStatus.NOT_ACCEPTABLE, "NotAcceptable"),
    (MethodError, HTTPStatus.METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    (MediaTypeError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType"),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestTooLarge"),
    (BodyTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestTooLarge"),
    (InvalidValueError, HTTPStatus.BAD_REQUEST, "InvalidParameterValue"),
    (NotReadyError, HTTPStatus.NOT_FOUND, "ResultNotReady"),
    (ExpiredError, HTTPStatus.GONE, "Gone"),
    (QuotaError, HTTPStatus.TOO_MANY_REQUESTS, "TooManyRequests"),
    (ForbiddenError, HTTPStatus.FORBIDDEN, "Forbidden"),
    (UnpublishedError, HTTPStatus.FORBIDDEN, "Forbidden"),
    (StrangerError, HTTPStatus.FORBIDDEN, "Forbidden"),
    (SignInError, HTTPStatus.FORBIDDEN, "Forbidden"),
    (TokenError, HTTPStatus.UNAUTHORIZED, "Unauthorized"),
    (ReusedKeyError, HTTPStatus.UNPROCESSABLE_ENTITY, "IdempotencyKeyReused"),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE, "StoreUnavailable"),
    (NewerSchemaError, HTTPStatus.SERVICE_UNAVAILABLE, "StoreUnavailable"),
    (SharedDiskError, HTTPStatus.SERVICE_UNAVAILABLE, "StoreUnavailable"),
    (FileContentError, HTTPStatus.SERVICE_UNAVAILABLE, "StoreUnavailable"),
    (IntegrityError, HTTPStatus.SERVICE_UNAVAILABLE, "StoreUnavailable"),
)


def status_of(error: CasaError) -> tuple[HTTPStatus, str]:
    """Return the HTTP status and the exception code of an error."""
    if isinstance(error, UnknownNameError):
        if error.kind in _RESOURCES:
            return HTTPStatus.NOT_FOUND, "NotFound"
        return HTTPStatus.BAD_REQUEST, "InvalidParameterValue"
    for kind, status, code in _STATUS:
        if isinstance(error, kind):
            return status, code
    return HTTPStatus.BAD_REQUEST, "InvalidParameterValue"


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    accept: str = "",
    places: tuple[dict[str, str], ...] = (),
    numbers: Mapping[str, Any] | None = None,
    kind: str = "",
) -> Response:
    """Build a problem document with the members of RFC 9457 and of OGC API EDR.

    `places` tells each wrong place of a posted document by its JSON pointer; `numbers` are further
    members; `kind` is the address of the type where it is not that of the code.
    """
    media = "application/problem+json" if "problem+json" in accept else "application/json"
    content: dict[str, Any] = {
        "type": kind or f"{_TYPE}{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "description": detail,
        **(numbers or {}),
    }
    if places:
        content["errors"] = places
    response = Response(orjson.dumps(content), int(status), content_type=media)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "30"
    return response


def problem_of(error: CasaError, accept: str = "") -> Response:
    """Build the problem document of an error."""
    status, code = status_of(error)
    places, numbers, kind = _places(error), _numbers(error), _kind(error)
    response = problem(status, code, _detail(error), accept, places, numbers, kind)
    if isinstance(error, MethodError):
        response.headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, QuotaError):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, TokenError):
        response.headers["WWW-Authenticate"] = 'Bearer realm="casa-ogc", error="invalid_token"'
    return response


def _detail(error: CasaError) -> str:
    """Return what is wrong, and of what is too much what would be less."""
    if not isinstance(error, TooLargeError) or not error.what.startswith(_DATA):
        return str(error)
    less = "ask for a smaller box, fewer times or fewer variables"
    job = ", or post what the first link says: a job does all of it"
    return f"{error}; {less}{job if isinstance(error, OfferedError) else ''}"


def _kind(error: CasaError) -> str:
    """Return the address of the type that OGC API Processes gives to an error, or nothing."""
    if isinstance(error, UnknownNameError) and error.kind in ("process", "job"):
        return f"{_PROCESSES_TYPE}no-such-{error.kind}"
    if isinstance(error, NotReadyError):
        return f"{_PROCESSES_TYPE}result-not-ready"
    return ""


def _numbers(error: CasaError) -> dict[str, Any]:
    """Return what is too large and by how much, for programs."""
    if isinstance(error, BodyTooLargeError):
        return {"what": "body", "limit": error.limit}
    if not isinstance(error, TooLargeError):
        return {}
    numbers = {"what": error.what, "cells": error.asked, "limit": error.limit}
    return numbers | ({"links": error.links} if isinstance(error, OfferedError) else {})


def _places(error: CasaError) -> tuple[dict[str, str], ...]:
    if not isinstance(error, InvalidInputsError):
        return ()
    return tuple({"pointer": f"/inputs{at}", "detail": why} for at, why in error.problems)
