"""The client: plain sockets, so that it takes as little of the machine as it can.

The servers answer one request per connection (gunicorn's synchronous workers close it), so that an
answer ends where the connection does.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_BUFFER = 1 << 20
_PAUSE = 0.01
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """One answer: status, body, and the seconds from connecting to the last byte."""

    status: int
    body: bytes
    seconds: float


class AnswerError(Exception):
    """A server gave something else than 200 while it was timed."""


def get(port: int, path: str, timeout: float = 120.0) -> Answer:
    """Ask once.

    Raises
    ------
    OSError
        When nobody listens or the time is over.
    """
    started = time.perf_counter()
    pieces = []
    with socket.create_connection((_HOST, port), timeout) as connection:
        connection.sendall(_request(path))
        while piece := connection.recv(_BUFFER):
            pieces.append(piece)
    seconds = time.perf_counter() - started
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    return Answer(_status(head), body, seconds)


def load(port: int, path: str, count: int, connections: int) -> float:
    """Ask `count` times over `connections` at once; returns requests per second.

    Raises
    ------
    AnswerError
        When an answer is not 200.
    """
    request = _request(path)
    left, done = count, 0
    started = time.perf_counter()
    with _connections() as selector:
        for _ in range(min(connections, count)):
            _open(selector, port, request)
            left -= 1
        while done < count:
            for key, _ in selector.select():
                if _ended(key):
                    selector.unregister(key.fileobj)
                    _check(key)
                    done += 1
                    if left:
                        _open(selector, port, request)
                        left -= 1
    return count / (time.perf_counter() - started)


@contextmanager
def _connections() -> Iterator[selectors.BaseSelector]:
    """Give a selector; what is still open in the end is closed."""
    with selectors.DefaultSelector() as selector:
        try:
            yield selector
        finally:
            for key in list(selector.get_map().values()):
                assert isinstance(key.fileobj, socket.socket)
                key.fileobj.close()


def wait(port: int, path: str, seconds: float, alive: Callable[[], bool]) -> Answer:
    """Ask again and again until the answer is 200.

    Raises
    ------
    TimeoutError
        When no answer was 200 in time, or the server is no longer alive.
    """
    stop = time.monotonic() + seconds
    while time.monotonic() < stop and alive():
        with suppress(OSError):
            answer = get(port, path, timeout=seconds)
            if answer.status == 200:
                return answer
        time.sleep(_PAUSE)
    raise TimeoutError(f"no answer to {path} within {seconds:g} s, or the server has ended")


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {_HOST}\r\nConnection: close\r\n\r\n".encode("ascii")


def _open(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    connection = socket.create_connection((_HOST, port))
    connection.sendall(request)
    selector.register(connection, selectors.EVENT_READ, bytearray())


def _ended(key: selectors.SelectorKey) -> bool:
    """Read what is there; keep the first bytes, which tell the status."""
    connection, head = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    piece = connection.recv(_BUFFER)
    if piece and len(head) < 16:
        head.extend(piece[:16])
    if not piece:
        connection.close()
    return not piece


def _check(key: selectors.SelectorKey) -> None:
    status = _status(bytes(key.data))
    if status != 200:
        raise AnswerError(f"status {status} under load")


def _status(head: bytes) -> int:
    words = head.split(None, 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
