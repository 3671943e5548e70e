"""Test sites whose jobs run: a server, and beside it the broker with a local cluster."""

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

from casa_ogc.catalog.settings import Settings, load_settings
from casa_ogc.jobs.tokens import tokens
from tests.service.sites import free_port, serving, site_file

TIMEOUT = 60


@dataclass(frozen=True)
class JobSite:
    """A server whose jobs run, and what an operator has of it."""

    url: str
    settings: Settings

    def token(self, name: str, *scopes: str) -> dict[str, str]:
        """Issue a token and return the header that shows it."""
        text = tokens(self.settings).issue(name, scopes or ("read", "execute"))
        return {"Authorization": f"Bearer {text}"}

    def run(
        self, content: Any, process: str = "echo", query: str = "", **headers: str
    ) -> requests.Response:
        """Post an execution request."""
        address = f"{self.url}/processes/{process}/execution{query}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(
            address, json=content, headers=named, timeout=TIMEOUT, allow_redirects=False
        )

    def start(self, inputs: dict[str, Any], more: Any = None, **headers: str) -> str:
        """Start a job of the echo process and return its address."""
        content = {"inputs": inputs, **(more or {})}
        response = self.run(content, Prefer="respond-async", **headers)
        assert response.status_code == 201, response.text
        return response.headers["Location"]

    def finished(self, job: str, **headers: str) -> dict[str, Any]:
        """Wait until a job is over and return its status."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            status = requests.get(job, headers=headers, timeout=TIMEOUT).json()
            if status["status"] not in ("accepted", "running"):
                return dict(status)
            time.sleep(0.05)
        raise TimeoutError(job)


@contextmanager
def job_site(folder: Path, **jobs: Any) -> Iterator[JobSite]:
    """Serve a site without data, with a broker; settings of jobs may be given."""
    config, port = folder / "config", free_port()
    settings = {"folder": str(folder / "jobs"), "workers": 1, **jobs}
    site_file(config, folder / "archive", url=f"http://127.0.0.1:{port}", jobs=settings)
    with serving(config, port) as url, working(config):
        yield JobSite(url, load_settings(config))


@contextmanager
def working(config: Path) -> Iterator[None]:
    """Run a broker of a configuration folder."""
    command = [sys.executable, "-m", "casa_ogc.cli", "worker", "--once"]
    log = (config / "worker.log").open("wb")
    environment = os.environ | {"CASA_CONFIG": str(config)}
    broker = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        yield
    finally:
        broker.terminate()
        try:
            broker.wait(20)
        except subprocess.TimeoutExpired:
            broker.kill()
            broker.wait()
        log.close()
