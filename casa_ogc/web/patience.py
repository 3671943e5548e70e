"""Worker of the server whose threads wait for no slow client.

Gunicorn gives a connection to a thread as soon as one byte is there, and the thread waits for the
rest: as many clients that send a byte a second as there are threads keep everybody else out. Here
a connection stays with the worker's event loop, which costs nothing, until the head of its request
and a small body lie in the socket's buffer; a client that takes too long over it is shut out.
"""

import re
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any, override

from gunicorn.workers.gthread import ThreadWorker

PATIENCE = 15.0
"""Seconds that a client may take to send the head of a request and a small body."""
BODY_PATIENCE = 120.0
"""Seconds that a client may take to send a body of any size."""
SMALL_BODY = 32 * 1024
"""Bytes of a body that is awaited before a thread reads it."""
_LARGEST_HEAD = 64 * 1024
_END = b"\r\n\r\n"
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """Threads of gunicorn, which get requests that have arrived."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since: dict[Any, float] = {}
        self._missing: dict[Any, int] = {}
        self._reading: dict[Any, float] = {}

    @override
    def enqueue_req(self, conn: Any) -> None:
        """Give a connection to a thread when its request is there; else wait for more of it."""
        missing = _missing(conn)
        now = time.monotonic()
        if missing and now - self._since.setdefault(conn, now) > PATIENCE:
            _deafen(conn)
            missing = 0
        # The buffer woke us with no more than it had before: the client has hung up.
        if not missing or missing == self._missing.get(conn):
            self._forget(conn)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            conn.data_ready = True
            super().enqueue_req(conn)
            return
        self._missing[conn] = missing
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, missing)
        conn.sock.setblocking(False)
        conn.timeout = now + PATIENCE
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, readable)

    @override
    def handle(self, conn: Any) -> Any:
        """Handle a request in a thread, which waits for a large body only so long."""
        self._reading[conn] = time.monotonic() + BODY_PATIENCE
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    @override
    def murder_pending(self) -> None:
        """Shut out who has not sent a request in time; called at least once a second."""
        now = time.monotonic()
        for conn in self.pending_conns:
            if conn.timeout < now or not self.alive:
                conn.timeout = now
                self._forget(conn)
        super().murder_pending()
        for conn, until in tuple(self._reading.items()):
            if now > until and self._reading.pop(conn, 0.0):
                _deafen(conn)

    def _forget(self, conn: Any) -> None:
        self._since.pop(conn, None)
        self._missing.pop(conn, None)


def _missing(conn: Any) -> int:
    """Return how many bytes must lie in the buffer before it is worth looking again; 0 for none."""
    if conn.initialized and conn.parser.unreader.buf.getvalue():
        return 0
    try:
        seen = conn.sock.recv(_LARGEST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (BlockingIOError, InterruptedError):
        return 1
    except OSError:
        return 0
    if not seen or len(seen) == _LARGEST_HEAD:
        return 0
    head, end, _ = seen.partition(_END)
    if not end:
        return len(seen) + 1
    found = _LENGTH.search(head + b"\r\n")
    if found is None or int(found[1]) > SMALL_BODY or _EXPECTS.search(head):
        return 0
    whole = len(head) + len(end) + int(found[1])
    return whole if len(seen) < whole else 0


def _deafen(conn: Any) -> None:
    """Let a thread that waits for a client see the end of what it sends."""
    try:
        conn.sock.shutdown(socket.SHUT_RD)
    except OSError:
        return
