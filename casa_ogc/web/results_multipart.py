"""Several raw results in one message: multipart/related (RFC 2387)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import Response


@dataclass(frozen=True)
class Part:
    """One result: its bytes, or the address where they are.

    Attributes
    ----------
    name
        Of the output.
    media_type
        What the bytes are.
    body
        The bytes; empty when there is an address.
    location
        Where the bytes are, or empty.
    """

    name: str
    media_type: str
    body: bytes
    location: str = ""


def multipart(parts: Sequence[Part], headers: Mapping[str, str]) -> Response:
    """Answer several results, each as one part with the name of its output as identifier."""
    digest = sha256(b"\0".join(part.body for part in parts)).hexdigest()
    boundary = f"casa-{digest[:48]}"
    lines: list[bytes] = []
    for part in parts:
        head = [f"--{boundary}", f"Content-Type: {part.media_type}", f"Content-ID: <{part.name}>"]
        if part.location:
            head.append(f"Content-Location: {part.location}")
        lines += [*(line.encode() for line in head), b"", part.body]
    lines += [f"--{boundary}--".encode(), b""]
    first = parts[0].media_type if parts else "application/json"
    kind = f'multipart/related; type="{first.partition(";")[0]}"; boundary="{boundary}"'
    return Response(b"\r\n".join(lines), headers=dict(headers), content_type=kind)
