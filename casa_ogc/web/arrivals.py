"""How much of a request lies in the buffer of its socket, told without taking it out."""

import re
import socket
from dataclasses import dataclass
from typing import Any

SMALL_BODY = 32 * 1024
"""Bytes of a body that is awaited before a thread reads it."""
_LARGEST_HEAD = 64 * 1024
_END = b"\r\n\r\n"
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Arrival:
    """What is there of a request.

    Attributes
    ----------
    missing
        Bytes that must lie in the buffer before it is worth looking again; 0 where a thread may
        take the request.
    bulky
        Whether a thread that takes it may have to wait for the client.
    length
        Bytes of a bulky body as the client states them; 0 where it does not.
    """

    missing: int = 0
    bulky: bool = False
    length: int = 0


def arrival(conn: Any) -> Arrival:
    """Look at the buffer of a connection of gunicorn."""
    if conn.initialized and conn.parser.unreader.buf.getvalue():
        return Arrival(bulky=True)
    try:
        seen = conn.sock.recv(_LARGEST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (BlockingIOError, InterruptedError):
        return Arrival(missing=1)
    except OSError:
        return Arrival()
    return _judged(seen)


def _judged(seen: bytes) -> Arrival:
    """Tell what is missing of a request of which `seen` is the beginning.

    >>> _judged(b"GET / HTTP/1.1")
    Arrival(missing=15, bulky=False, length=0)
    """
    head, end, _ = seen.partition(_END)
    if not end and len(seen) == _LARGEST_HEAD:
        return Arrival(bulky=True)
    if not seen or not end:
        return Arrival(missing=len(seen) + 1 if seen else 0)
    if _CHUNKED.search(head) or _EXPECTS.search(head):
        return Arrival(bulky=True)
    found = _LENGTH.search(head + b"\r\n")
    if found is None:
        return Arrival()
    whole = len(head) + len(end) + int(found[1])
    if int(found[1]) > SMALL_BODY:
        return Arrival(bulky=True, length=int(found[1]))
    return Arrival(missing=whole if len(seen) < whole else 0)
