"""A server on an empty archive: it answers with the first product, and the others follow."""

import json
import os
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from casa_ogc.archive.heads import list_products
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.soundings import write_soundings
from casa_ogc.commands.serve import _demonstration
from casa_ogc.demo.products import RECIPES
from casa_ogc.demo.standing import wanted
from tests.archive.builders import soundings, source
from tests.cli.test_serve import free_port
from tests.facility import await_ready

PATIENCE = 120.0


def collections(url):
    """Return the ids that are listed."""
    with urllib.request.urlopen(f"{url}/collections?f=json") as answer:
        return {one["id"] for one in json.load(answer)["collections"]}


@pytest.mark.slow
def test_it_serves_what_is_ready_while_the_rest_is_built_and_ends_with_its_children(tmp_path):
    root, port = tmp_path / "archive", free_port()
    folders = {"CASA_ARCHIVE": str(root), "CASA_JOBS": str(tmp_path / "jobs")}
    command = [sys.executable, "-m", "casa_ogc.cli", "serve", "--workers", "1", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **folders},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        await_ready(server, tmp_path / "log")
        url = f"http://127.0.0.1:{port}"
        found = collections(url)
        assert found
        assert found < set(RECIPES)
        until = time.monotonic() + PATIENCE
        while not collections(url) - found and time.monotonic() < until:
            time.sleep(0.2)
        assert collections(url) > found
        family = psutil.Process(server.pid).children(recursive=True)
        assert any("demo" in one.cmdline() for one in family)
    finally:
        server.terminate()
    assert server.wait(PATIENCE) == 0
    assert psutil.wait_procs(family, PATIENCE)[1] == []
    assert wanted(root)
    assert "demo archive:" in (tmp_path / "log").read_text()
    assert all(verify(root, name) == () for name in list_products(root))


def test_an_archive_of_other_products_is_left_alone(tmp_path, monkeypatch):
    write_soundings(tmp_path, "mine", soundings(3), [source("mine.nc")])
    monkeypatch.setattr(subprocess, "Popen", pytest.fail)
    with _demonstration(tmp_path):
        pass
    assert list_products(tmp_path) == ("mine",)


def test_a_demonstration_that_cannot_be_built_is_no_server(casa, tmp_path):
    (tmp_path / "archive").write_text("a file")
    done = casa("serve", "--port", free_port())
    assert done.exit_code == 1
    assert "the demonstration could not be built" in done.output
