"""Requests that the server cannot read, answered with problem documents like all others."""

import re
from http import HTTPStatus

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)

from casa_ogc.web.errors import problem

LONGEST_LINE = 8190
"""Bytes of a request line: boundaries and filters are long, and gunicorn admits no more."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+")
_PROBLEM = "application/problem+json"
_KNOWN: tuple[tuple[type[ParseException], HTTPStatus, str], ...] = (
    (
        LimitRequestLine,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        f"the request line is longer than {LONGEST_LINE} bytes; queries for data take the same "
        "parameters as a posted JSON object or form",
    ),
    (
        LimitRequestHeaders,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "the headers are too many or too long; expected at most 100 of 8190 bytes",
    ),
    (
        ExpectationFailed,
        HTTPStatus.EXPECTATION_FAILED,
        "the expectation is not known; expected 100-continue",
    ),
)


def refusal(error: ParseException) -> bytes:
    """Return the whole answer to a request that cannot be read; the connection closes after it."""
    status, detail = HTTPStatus.BAD_REQUEST, f"this is no HTTP/1.1 request: {_words(error)}"
    for kind, its_status, its_detail in _KNOWN:
        if isinstance(error, kind):
            status, detail = its_status, its_detail
    response = problem(status, status.phrase.title().replace(" ", ""), detail, _PROBLEM)
    response.headers["Connection"] = "close"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
    return f"{line}{head}\r\n".encode("ascii") + response.get_data()


def _words(error: ParseException) -> str:
    """Return the name of an error in words, without anything that the client sent.

    >>> _words(ExpectationFailed("x"))
    'expectation failed'
    """
    return " ".join(_WORDS.findall(type(error).__name__)).lower()
