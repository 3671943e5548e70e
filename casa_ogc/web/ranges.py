"""Byte ranges (RFC 9110, section 14), so that GDAL reads a coverage without fetching all of it."""

from collections import OrderedDict
from http import HTTPStatus
from threading import Lock

from flask import Response, request

from casa_ogc.web.errors import problem

type Parts = tuple[bytes, dict[str, str]]


class Recent:
    """The last answers that clients read in parts, by their ETag, up to some bytes in all."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._bodies: OrderedDict[str, Parts] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str) -> Parts | None:
        """Return body and headers of an answer that is still held."""
        with self._lock:
            if tag in self._bodies:
                self._bodies.move_to_end(tag)
            return self._bodies.get(tag)

    def put(self, tag: str, body: bytes, headers: dict[str, str]) -> None:
        """Hold an answer, unless it is larger than a quarter of what is held in all."""
        if len(body) > self._most // 4:
            return
        with self._lock:
            if tag not in self._bodies:
                self._bodies[tag] = body, headers
                self._held += len(body)
            while self._held > self._most:
                _, (oldest, _) = self._bodies.popitem(last=False)
                self._held -= len(oldest)


def ranged(body: bytes, media: str, tag: str, headers: dict[str, str]) -> Response:
    """Answer a body, or the one range of it that is asked for: 200, 206 or 416.

    Several ranges at once are answered by the whole, as is a range of another version (If-Range).
    """
    headers = headers | {"Accept-Ranges": "bytes"}
    asked = request.range if request.method == "GET" and _same_version(tag) else None
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return Response(body, headers=headers, content_type=media)
    span = asked.range_for_length(len(body))
    if span is None:
        detail = f"no byte of {request.headers['Range']}; there are {len(body)}"
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        response = problem(status, "RangeNotSatisfiable", detail)
        response.headers["Content-Range"] = f"bytes */{len(body)}"
        return response
    start, stop = span
    headers |= {"Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
    return Response(body[start:stop], HTTPStatus.PARTIAL_CONTENT, headers, content_type=media)


def _same_version(tag: str) -> bool:
    """Tell whether a condition on the version holds; dates are never the same."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == f'"{tag}"'
