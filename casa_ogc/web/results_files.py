"""One result as an answer: bytes in ranges, never a page that runs scripts of somebody else."""

from collections import OrderedDict
from collections.abc import Iterator
from hashlib import sha256
from http import HTTPStatus
from mimetypes import guess_extension
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from flask import Response, request

from casa_ogc.jobs import results
from casa_ogc.jobs.documents import media_type
from casa_ogc.jobs.record import Job
from casa_ogc.jobs.results import StoredFile
from casa_ogc.web.errors import problem

_HARMLESS = frozenset(
    {
        "application/json",
        "application/geo+json",
        "application/prs.coverage+json",
        "image/png",
        "image/jpeg",
        "image/webp",
        "text/plain",
        "text/csv",
    }
)
"""Media types that a browser may show; everything else is saved."""
_EXTENSIONS = {
    "application/netcdf": ".nc",
    "application/x-netcdf": ".nc",
    "image/tiff": ".tif",
    "application/geo+json": ".geojson",
}
_BLOCK = 256 * 1024
_GUARD = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Accept-Ranges": "bytes",
    "Vary": "Authorization",
}
_MOST_KNOWN = 512
_known: OrderedDict[tuple[str, str, int, str], tuple[Path, tuple[int, int, int]]] = OrderedDict()
_lock = Lock()


def download(media: str) -> bool:
    """Tell whether bytes of a media type are to be saved, and not shown."""
    return _plain(media) not in _HARMLESS


def body_of(folder: Path, job: Job, name: str, output: Any) -> bytes:
    """Return an output as bytes: those of its file, its text, or its JSON."""
    if isinstance(output, StoredFile):
        path: Path = results.open_output(folder, job, name)
        return path.read_bytes()
    if media_type(job, name, output) == "text/plain":
        return str(output).encode()
    return orjson.dumps(output)


def sent(folder: Path, job: Job, name: str, output: Any) -> Response:
    """Answer an output, or the one range of its bytes that is asked for: 200, 206, 304 or 416.

    The entity tag is the checksum of the bytes.
    """
    media = media_type(job, name, output)
    if isinstance(output, StoredFile):
        tag, size = output.sha256, output.size
    else:
        body = body_of(folder, job, name, output)
        tag, size = sha256(body).hexdigest(), len(body)
    headers = _GUARD | {"ETag": f'"{tag}"', "Content-Disposition": _disposition(job, name, media)}
    if request.if_none_match.contains_weak(tag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    span = _span(tag, size)
    if span is None:
        return _unsatisfiable(size)
    start, stop = span
    status = HTTPStatus.OK
    if (start, stop) != (0, size):
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if not isinstance(output, StoredFile):
        return Response(body[start:stop], status, headers, content_type=media)
    path = _checked(folder, job, name)
    headers["Content-Length"] = str(stop - start)
    blocks = _blocks(path, start, stop) if request.method != "HEAD" else ()
    return Response(blocks, status, headers, content_type=media, direct_passthrough=True)


def _span(tag: str, size: int) -> tuple[int, int] | None:
    """Return first and last + 1 byte to send, or None when no byte is in the range."""
    condition = request.headers.get("If-Range")
    same = condition is None or condition.strip() == f'"{tag}"'
    asked = request.range if same and request.method == "GET" else None
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return 0, size
    return asked.range_for_length(size)


def _unsatisfiable(size: int) -> Response:
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    detail = f"no byte of {request.headers['Range']}; there are {size}"
    response = problem(status, "RangeNotSatisfiable", detail)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _disposition(job: Job, name: str, media: str) -> str:
    kind = "attachment" if download(media) else "inline"
    plain = _plain(media)
    ending = _EXTENSIONS.get(plain) or guess_extension(plain) or ".bin"
    return f'{kind}; filename="{job.execution.process_id}-{name}{ending}"'


def _plain(media: str) -> str:
    return media.partition(";")[0].strip().lower()


def _checked(folder: Path, job: Job, name: str) -> Path:
    """Return the file of an output; its bytes are compared with their checksum once a file."""
    key = (str(folder), job.id, job.attempt, name)
    known = _known.get(key)
    if known is not None and known[0].is_file() and _mark(known[0]) == known[1]:
        return known[0]
    path: Path = results.open_output(folder, job, name)
    with _lock:
        _known[key] = path, _mark(path)
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return path


def _mark(path: Path) -> tuple[int, int, int]:
    """Return what changes when somebody writes to a file."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _blocks(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < stop:
            block = file.read(min(_BLOCK, stop - start))
            if not block:
                return
            start += len(block)
            yield block
