"""A wire between a client and a server that can be cut, and a server that says what it is told."""

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    """A request as it went through."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An answer to give."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, dict(self.headers), body)
        answer = self.server.reply(request)
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        named = {name.lower() for name in answer.headers}
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "content-type" not in named:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_DELETE = _any  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    reply: Callable[[Request], Answer | None]


@contextmanager
def answering(reply: Callable[[Request], Answer | None]) -> Iterator[str]:
    """Serve what `reply` says; None cuts the connection. Yields the address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.reply = reply
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Wire:
    """What lies between: requests reach the server, the answers of the next `cuts` POSTs do not.

    `blind` answers nothing at all to the next requests of any kind, before they reach the server.
    """

    upstream: str
    cuts: int = 0
    blind: int = 0
    url: str = ""
    seen: list[Request] = field(default_factory=list)

    def reply(self, request: Request) -> Answer | None:
        """Hand a request on."""
        if self.blind:
            self.blind -= 1
            return None
        self.seen.append(request)
        answer = self._forwarded(request)
        if request.method == "POST" and self.cuts:
            self.cuts -= 1
            return None
        return answer

    def posts(self) -> list[Request]:
        """Return the POSTs that reached the server."""
        return [one for one in self.seen if one.method == "POST"]

    def _forwarded(self, request: Request) -> Answer:
        place = urlsplit(self.upstream)
        line = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        dropped = {"host", "connection", "accept-encoding"}
        kept = {name: one for name, one in request.headers.items() if name.lower() not in dropped}
        line.request(request.method, request.path, request.body, kept)
        answer = line.getresponse()
        body = answer.read()
        skipped = {"transfer-encoding", "content-length", "connection", "date", "server"}
        headers = {name: one for name, one in answer.getheaders() if name.lower() not in skipped}
        line.close()
        return Answer(answer.status, body, headers)


@contextmanager
def wired(upstream: str) -> Iterator[Wire]:
    """Lay a wire to a server."""
    wire = Wire(upstream)
    with answering(wire.reply) as url:
        wire.url = url
        yield wire
