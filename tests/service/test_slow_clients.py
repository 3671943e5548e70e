"""Clients that send slowly, or too much, keep nobody else from being served."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from casa_ogc.archive.cubes import write_cube
from tests.service.cubes import Habit, cube
from tests.service.sites import free_port, product_file, site_file

GRID = "patient-grid"
SLOW = 24
"""Slow clients: many more than the two threads of the server."""
HEAD = "POST /collections/{name}/position HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server process of two threads."""
    folder = tmp_path_factory.mktemp("patient")
    config, archive, port = folder / "config", folder / "archive", free_port()
    site_file(config, archive)
    product_file(config, GRID, "grid")
    write_cube(archive, GRID, cube(Habit(True, False, "tyx", False)), ())
    paths = [str(Path(path).absolute()) for path in sys.path if path]
    environment = os.environ | {"CASA_CONFIG": str(config), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "casa_ogc.cli", "serve", "--workers", "1", "--threads", "2"]
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


def _await(port: int) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/conformance", timeout=30)
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.2)
        else:
            return


def _seconds(port: int, **headers: str) -> float:
    start = time.monotonic()
    url = f"http://127.0.0.1:{port}/collections/{GRID}/position?coords=POINT(0 0)"
    assert requests.get(url, headers=headers, timeout=20).status_code == 200
    return time.monotonic() - start


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", (HEAD.format(name=GRID) + "\r\n{").encode()],
    ids=["nothing", "a byte", "half a head", "half a body"],
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
