"""What the application never sees, such as too long request lines, is a problem document too."""

import json
import socket
from collections.abc import Iterator

import pytest
import requests

from casa_ogc.web.arrivals import SMALL_BODY, Arrival, arrival
from casa_ogc.web.unread import LONGEST_LINE
from tests.service.gunicorn_sites import patient

GRID = "unreadable-grid"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server process."""
    with patient(tmp_path_factory.mktemp("unreadable"), GRID, limits={"max_body": 2000}) as port:
        yield port


def sent(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes and read the whole answer; returns status, headers and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(request)
        found = b""
        while block := client.recv(65536):
            found += block
    head, _, body = found.partition(b"\r\n\r\n")
    line, *headers = head.decode("ascii").split("\r\n")
    return int(line.split()[1]), dict(one.split(": ", 1) for one in headers), body


def long_line(bytes_: int) -> bytes:
    """A request whose first line has so many bytes."""
    start, end = f"GET /collections/{GRID}?x=".encode(), b" HTTP/1.1"
    return start + b"x" * (bytes_ - len(start) - len(end)) + end


@pytest.mark.parametrize("size", [LONGEST_LINE + 1, 20_000, 60_000, 300_000])
def test_a_request_line_that_is_too_long_is_a_problem_that_tells_the_limit(
    server: int, size: int
) -> None:
    status, headers, body = sent(server, long_line(size) + b"\r\nHost: x\r\n\r\n")
    assert status == 414
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert int(headers["Content-Length"]) == len(body)
    problem = json.loads(body)
    assert problem["status"] == 414
    assert str(LONGEST_LINE) in problem["detail"]
    assert problem["type"].startswith("http://www.opengis.net/def/exceptions/")


def test_the_longest_request_line_reaches_the_application(server: int) -> None:
    request = long_line(LONGEST_LINE) + b"\r\nHost: x\r\nConnection: close\r\n\r\n"
    status, _, body = sent(server, request)
    assert status == 400
    assert "x" in json.loads(body)["detail"]


def test_a_client_reads_why_its_address_is_too_long(server: int) -> None:
    points = ",".join(["(116.4 39.9)"] * 2000)
    url = f"http://127.0.0.1:{server}/collections/{GRID}/position?coords=MULTIPOINT({points})"
    answer = requests.get(url, timeout=20)
    assert answer.status_code == 414
    assert "posted" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        (b"nonsense\r\n\r\n", 400, "request line"),
        (b"GET / HTTP/1.1\r\n<b>: x\r\n\r\n", 400, "header name"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "http version"),
        (b"GET / HTTP/1.1\r\nContent-Length: abc\r\n\r\n", 400, "header"),
        (b"GET / HTTP/1.1\r\nExpect: cake\r\n\r\n", 417, "100-continue"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "at most 100"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n", 400, "transfer coding"),
    ],
)
def test_what_is_no_request_is_a_problem_that_repeats_nothing_of_it(
    server: int, request_: bytes, status: int, said: str
) -> None:
    found, headers, body = sent(server, request_)
    assert found == status
    assert headers["Content-Type"] == "application/problem+json"
    assert said in json.loads(body)["detail"]
    assert b"<b>" not in body


def test_a_body_that_is_too_large_is_refused_with_the_limit(server: int) -> None:
    url = f"http://127.0.0.1:{server}/collections/{GRID}/position"
    answer = requests.post(url, json={"coords": "POINT(0 0)" + " " * 3000}, timeout=20)
    assert answer.status_code == 413
    assert "2,000 bytes" in answer.json()["detail"]
    assert answer.json()["limit"] == 2000


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (b"G", Arrival(missing=2)),
        (b"GET / HTTP/1.1\r\n\r\n", Arrival()),
        (b"P / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab", Arrival(missing=39)),
        (b"P / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd", Arrival()),
        (
            b"P / HTTP/1.1\r\ncontent-length: 32769\r\n\r\n",
            Arrival(bulky=True, length=SMALL_BODY + 1),
        ),
        (b"P / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", Arrival(bulky=True)),
        (b"P / HTTP/1.1\r\nX: " + b"x" * 70_000, Arrival(bulky=True)),
    ],
)
def test_the_buffer_tells_what_is_missing(seen: bytes, expected: Arrival) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 200_000)
        ours.sendall(seen)
        assert arrival(Connection(theirs)) == expected


class Connection:
    """A connection as gunicorn holds it before it is read."""

    initialized = False

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
