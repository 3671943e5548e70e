"""The server as people start it, with two processes and a broker, over an archive of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from casa_ogc.catalog.entries import Catalog
from tests.jobs.publishing import site, stocked
from tests.service.sites import free_port

TIMEOUT = 90
OVER = ("successful", "failed", "dismissed")


@dataclass(frozen=True)
class Published:
    """A running server, and the catalogue of its site as another process sees it."""

    url: str
    catalog: Catalog

    def get(self, path: str, **query: Any) -> requests.Response:
        """Ask on a connection of its own, so that any process may answer."""
        address = path if path.startswith("http") else f"{self.url}{path}"
        return requests.get(address, params=query, headers={"Connection": "close"}, timeout=TIMEOUT)

    def json(self, path: str, **query: Any) -> Any:
        """Ask for a JSON document that must be there."""
        response = self.get(path, **query)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, process: str, content: dict[str, Any], **query: Any) -> requests.Response:
        """Post an execution request, answered at once."""
        return requests.post(
            f"{self.url}/processes/{process}/execution",
            json=content,
            params=query,
            headers={"Prefer": "respond-async"},
            timeout=TIMEOUT,
        )

    def published(self, process: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Run a process whose result shall be a collection; returns the status of the job."""
        content = {"inputs": inputs, "response": "collection", **more}
        response = self.post(process, content)
        assert response.status_code == 201, response.text
        status = self.finished(response.headers["Location"])
        assert status["status"] == "successful", status
        return status

    def finished(self, job: str) -> dict[str, Any]:
        """Wait until a job is over and return its status."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            status: dict[str, Any] = self.json(job)
            if status["status"] in OVER:
                return status
            time.sleep(0.1)
        raise TimeoutError(job)


def linked(content: dict[str, Any], rel: str) -> str:
    """Return the only link of a relation."""
    (found,) = [one["href"] for one in content["links"] if one["rel"] == rel]
    return str(found)


@contextmanager
def published_site(folder: Path) -> Iterator[Published]:
    """Serve soundings and a grid in two processes, with a broker of one worker."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    catalog = site(folder, stocked(folder / "stocked"), url, workers=1, hidden=[])
    paths = [str(Path(path).absolute()) for path in sys.path if path]
    more = {"CASA_CONFIG": str(folder / "config"), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "casa_ogc.cli", "serve", "--workers", "2", "--threads", "4"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port)], env=os.environ | more, stdout=log, stderr=log
        )
        try:
            _await(url)
            yield Published(url, catalog)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _await(url: str) -> None:
    until = time.monotonic() + 4 * TIMEOUT
    while True:
        try:
            requests.get(f"{url}/conformance", timeout=TIMEOUT)
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.2)
        else:
            return
