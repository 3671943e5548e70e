"""Clients that send slowly, or too much, keep nobody else from being served."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.service.gunicorn_sites import patient

GRID = "patient-grid"
SLOW = 24
"""Slow clients: many more than the two threads of the server."""
POST = "POST /collections/{name}/position HTTP/1.1\r\nHost: x\r\n"
HEAD = POST + "Content-Length: {length}\r\n"
JSON = "Content-Type: application/json\r\n"
CHUNKED = POST + "Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server process of two threads."""
    with patient(tmp_path_factory.mktemp("patient"), GRID) as port:
        yield port


def _seconds(port: int, **headers: str) -> float:
    start = time.monotonic()
    url = f"http://127.0.0.1:{port}/collections/{GRID}/position?coords=POINT(0 0)"
    assert requests.get(url, headers=headers, timeout=20).status_code == 200
    return time.monotonic() - start


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        (HEAD.format(name=GRID, length=40) + "\r\n{").encode(),
        (HEAD.format(name=GRID, length=4_000_000) + "\r\n{").encode(),
        (HEAD.format(name=GRID, length=40) + "Expect: 100-continue\r\n\r\n").encode(),
        (CHUNKED.format(name=GRID) + "\r\n1\r\n{").encode(),
        b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000,
        b"GET /conformance HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
    ],
    ids=[
        "nothing",
        "a byte",
        "half a head",
        "half a body",
        "a large body",
        "a body on demand",
        "chunks",
        "a large head",
        "half a second request",
    ],
)
def test_clients_that_stop_in_the_middle_block_nobody(server: int, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server)))
            client.sendall(sent)
        time.sleep(0.3)
        assert max(_seconds(server) for _ in range(5)) < 3


def test_clients_that_send_a_byte_at_a_time_block_nobody_and_are_served(server: int) -> None:
    request = f"GET /collections/{GRID} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server)))
            for _ in range(SLOW)
        ]
        slowest = 0.0
        for number in range(len(request)):
            for client in clients:
                client.sendall(request[number : number + 1])
            if number % 20 == 0:
                slowest = max(slowest, _seconds(server))
        assert slowest < 3
        for client in clients:
            client.settimeout(20)
            assert client.recv(12) == b"HTTP/1.1 200"


def test_a_client_that_hangs_up_in_the_middle_costs_nothing(server: int) -> None:
    for _ in range(SLOW):
        with socket.create_connection(("127.0.0.1", server)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHo")
            client.shutdown(socket.SHUT_WR)
            client.settimeout(5)
            assert client.recv(1) == b""
    assert _seconds(server) < 3


def test_several_requests_over_one_connection_are_answered_in_turn(server: int) -> None:
    with requests.Session() as session:
        for name, status in ((GRID, 200), ("nothing", 404), (GRID, 200)):
            url = f"http://127.0.0.1:{server}/collections/{name}"
            assert session.get(url, timeout=20).status_code == status
        for size in (10, 40_000, 200_000):
            url = f"http://127.0.0.1:{server}/collections/{GRID}/position"
            body = {"coords": "POINT(0 0)" + " " * size}
            assert session.post(url, json=body, timeout=20).status_code in (200, 400)
    pipelined = f"GET /collections/{GRID} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 2
    with socket.create_connection(("127.0.0.1", server)) as client:
        client.sendall(pipelined)
        client.settimeout(5)
        found = b""
        while found.count(b"HTTP/1.1 200") < 2:
            found += client.recv(65536)


def test_clients_that_stay_after_their_answer_block_nobody(server: int) -> None:
    request = b"GET /conformance HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(SLOW):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server)))
            client.sendall(request)
            client.settimeout(20)
            assert client.recv(12) == b"HTTP/1.1 200"
        assert max(_seconds(server) for _ in range(5)) < 3


@pytest.mark.slow
def test_who_does_not_send_a_large_body_is_refused_and_so_is_who_waits_behind(server: int) -> None:
    with ExitStack() as stack:
        clients = []
        for _ in range(2):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server)))
            client.sendall((HEAD.format(name=GRID, length=33_000) + f"{JSON}\r\n{{").encode())
            clients.append(client)
        for client in clients:
            client.settimeout(60)
            assert client.recv(12) == b"HTTP/1.1 400"


def test_large_bodies_that_come_are_answered_one_after_the_other(server: int) -> None:
    body = b'{"coords": "POINT(0 0)"' + b" " * 100_000 + b"}"
    head = HEAD.format(name=GRID, length=len(body)) + f"{JSON}\r\n"
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server))) for _ in range(6)
        ]
        for client in clients:
            client.sendall(head.encode() + body[:50_000])
        for client in clients:
            client.sendall(body[50_000:])
        for client in clients:
            client.settimeout(20)
            assert client.recv(12) == b"HTTP/1.1 200"
