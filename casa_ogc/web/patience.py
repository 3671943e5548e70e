"""Worker of the server whose threads wait for no slow client.

Gunicorn gives a connection to a thread as soon as one byte is there, and the thread waits for the
rest: as many clients that send a byte a second as there are threads keep everybody else out. Here
a connection stays with the worker's event loop, which costs nothing, until the head of its request
and a small body lie in the socket's buffer; a client that takes too long over it is shut out.
Larger bodies are read by half of the threads at most, each only as long as a slow line takes, and
who hangs up late is waited for by nobody.
"""

import socket
import time
from collections import deque
from functools import partial
from selectors import EVENT_READ
from typing import Any, override

from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

from casa_ogc.web.arrivals import Arrival, arrival
from casa_ogc.web.unread import refusal

PATIENCE = 15.0
"""Seconds that a client may take to send the head of a request and a small body."""
BODY_PATIENCE = 120.0
"""Seconds that a client may take to send a body of any size, and may wait until it is read."""
SLOWEST = 32 * 1024
"""Bytes a second that a client must send of a large body, after the first seconds of patience."""
UNSTATED = 1024 * 1024
"""Bytes that a body is taken to have where the client does not say how many it sends."""
PARTING = 2.0
"""Seconds in which a client may read its answer before a connection is closed for good."""
_BLOCK = 64 * 1024


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """Threads of gunicorn, which get requests that have arrived."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since: dict[Any, float] = {}
        self._missing: dict[Any, int] = {}
        self._lengths: dict[Any, int] = {}
        self._reading: dict[Any, float] = {}
        self._bulky: set[Any] = set()
        self._waiting: deque[tuple[Any, float]] = deque()
        self._parting: dict[Any, float] = {}

    @override
    def enqueue_req(self, conn: Any) -> None:
        """Give a connection to a thread when its request is there; else wait for more of it."""
        found = arrival(conn)
        now = time.monotonic()
        if found.missing and now - self._since.setdefault(conn, now) > PATIENCE:
            _deafen(conn)
            found = Arrival()
        # The buffer woke us with no more than it had before: the client has hung up.
        if found.missing and found.missing != self._missing.get(conn):
            self._await_more(conn, found.missing)
            return
        self._forget(conn)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        conn.data_ready = True
        if found.bulky:
            self._lengths[conn] = found.length
            self._waiting.append((conn, now + BODY_PATIENCE))
            self._admit()
        else:
            super().enqueue_req(conn)

    def _await_more(self, conn: Any, missing: int) -> None:
        """Leave a connection to the event loop until `missing` bytes are there."""
        self._missing[conn] = missing
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, missing)
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + PATIENCE
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, readable)

    def _admit(self) -> None:
        """Give large requests to threads, to half of all at most."""
        while self._waiting and len(self._bulky) < max(self.cfg.threads // 2, 1):
            conn, _ = self._waiting.popleft()
            self._bulky.add(conn)
            super().enqueue_req(conn)

    @override
    def handle(self, conn: Any) -> Any:
        """Handle a request in a thread, which waits for a large body only so long."""
        length = self._lengths.pop(conn, None)
        if length is not None:
            patience = min(PATIENCE + (length or UNSTATED) / SLOWEST, BODY_PATIENCE)
            self._reading[conn] = time.monotonic() + patience
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    @override
    def finish_request(self, conn: Any, fs: Any) -> None:
        """Keep a connection, or part from it without waiting for the client."""
        self._bulky.discard(conn)
        if fs.cancelled() or fs.exception() is not None or fs.result() is not False:
            super().finish_request(conn, fs)
        else:
            self._part(conn)
        self._admit()

    def _part(self, conn: Any) -> None:
        """Tell a client that nothing more comes; what it still sends is thrown away for a while.

        Closing at once would make the kernel discard what the client has not yet read.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        self._parting[conn] = time.monotonic() + PARTING

    def _drain(self, conn: Any, _socket: Any) -> None:
        try:
            gone = not conn.sock.recv(_BLOCK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            gone = True
        if gone:
            self._close(conn, registered=True)

    def _close(self, conn: Any, registered: bool = False) -> None:
        if registered:
            self.poller.unregister(conn.sock)
        self._parting.pop(conn, None)
        self.nr_conns -= 1
        conn.close()

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
        for conn, until in tuple(self._parting.items()):
            if now > until:
                self._close(conn, registered=True)
        while self._waiting and self._waiting[0][1] < now:
            conn, _ = self._waiting.popleft()
            self._lengths.pop(conn, None)
            self._close(conn)

    @override
    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that cannot be read with a problem document."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        self.log.debug("Unreadable request from %s: %s", addr, exc)
        try:
            client.sendall(refusal(exc))
        except OSError:
            self.log.debug("The client is gone.")

    def _forget(self, conn: Any) -> None:
        self._since.pop(conn, None)
        self._missing.pop(conn, None)


def _deafen(conn: Any) -> None:
    """Let a thread that waits for a client see the end of what it sends."""
    try:
        conn.sock.shutdown(socket.SHUT_RD)
    except OSError:
        return
