"""The server as a process: it says when it is ready, answers, and stops."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from casa_ogc.archive.heads import list_products
from casa_ogc.jobs import broker
from casa_ogc.jobs.supervision import be_broker
from casa_ogc.web.app import create_app
from casa_ogc.web.server import COLLECTIONS, Server, warm_up

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(demo_archive, tmp_path_factory):
    """Start a server of one worker; yields its address and what it printed when it was ready."""
    port = free_port()
    command = [sys.executable, "-m", "casa_ogc.cli", "serve", "--workers", "1"]
    folders = {
        "CASA_ARCHIVE": str(demo_archive),
        "CASA_JOBS": str(tmp_path_factory.mktemp("jobs")),
    }
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **folders}
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = ""
    until = time.monotonic() + 90
    while "OGC API - Features" not in printed and time.monotonic() < until:
        line = process.stdout.readline()
        if not line:
            break
        printed += line
    yield f"http://127.0.0.1:{port}", printed
    process.terminate()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def test_a_ready_server_says_what_to_open_and_what_to_try(server):
    url, printed = server
    assert f"ready: open {url}" in printed
    assert f"curl '{url}/collections/synthetic-xco2-daily/position" in printed


def test_a_ready_server_answers_what_it_printed(server):
    _, printed = server
    (line,) = (line for line in printed.splitlines() if line.strip().startswith("curl"))
    with urllib.request.urlopen(line.split("'")[1]) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert len(answer.read().splitlines()) == 32


def test_links_lead_to_the_address_that_is_served(server):
    url, _ = server
    with urllib.request.urlopen(f"{url}/?f=json") as answer:
        assert url in answer.read().decode()


def test_a_port_that_is_taken_is_refused_at_once(casa):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = casa("serve", "--port", other.getsockname()[1])
    assert done.exit_code == 1
    assert "choose another port with --port" in done.output


@pytest.fixture
def thawed():
    """Nothing is kept from the garbage collector before and after."""
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_a_worker_that_ends_is_not_searched_for_garbage(thawed):
    server = Server("127.0.0.1:0", "", "demo", 1, 1)
    server.cfg.worker_exit(None, None)
    assert gc.get_freeze_count() > 10_000


def test_a_broker_that_ends_is_not_searched_for_garbage(thawed, monkeypatch, tmp_path):
    monkeypatch.setenv("CASA_JOBS", str(tmp_path))
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    found = []
    monkeypatch.setattr(broker, "run_broker", lambda *_: found.append(gc.get_freeze_count()))
    try:
        be_broker(lifeline=False)
    finally:
        for number, before in kept.items():
            signal.signal(number, before)
    assert found == [0]
    assert gc.get_freeze_count() > 10_000


def test_warming_up_opens_the_first_collections_without_a_failure(demo_archive, monkeypatch):
    monkeypatch.setenv("CASA_ARCHIVE", str(demo_archive))
    statuses = warm_up(create_app())
    first = list_products(demo_archive)[:COLLECTIONS]
    assert {"/", "/collections", *(f"/collections/{name}" for name in first)} <= set(statuses)
    assert all(status < 500 for status in statuses.values()), statuses


def test_a_ready_server_runs_the_job_that_it_printed(server, tmp_path):
    _, printed = server
    program = printed[printed.index("from casa_ogc.client") :].partition('"\n')[0]
    command = [sys.executable, "-c", program.replace("\\\n", "")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "'stringInput': 'hello'" in done.stdout
