"""A whole facility as users start it: server, broker, workers, on the demonstration archive."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.house.checkout import ROOT

PATIENCE = 120.0
READY = "ready: open"


@dataclass(frozen=True)
class Facility:
    """Where it answers, and the environment in which ``casa`` finds its database."""

    url: str
    environment: Mapping[str, str]

    def casa(self, *arguments: str) -> str:
        """Run ``casa`` and return what it prints."""
        command = [sys.executable, "-m", "casa_ogc.cli", *arguments]
        done = subprocess.run(
            command, env=dict(self.environment), capture_output=True, text=True, check=True
        )
        return done.stdout.strip()


@contextmanager
def started(root: Path, archive: Path) -> Iterator[Facility]:
    """Start ``casa serve`` on a copy of an archive, as it is shipped, with no process hidden."""
    shutil.copytree(archive, root / "archive")
    shutil.copytree(ROOT / "config", root / "config")
    with (root / "config" / "casa.yml").open("a") as site:
        site.write("jobs: {hidden: []}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: one for name, one in os.environ.items() if not name.startswith("CASA_")}
    environment = {
        **kept,
        "CASA_ARCHIVE": str(root / "archive"),
        "CASA_CONFIG": str(root / "config"),
        "CASA_JOBS": str(root / "jobs"),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "casa_ogc.cli", "serve", "--workers", "1", "--port", str(port)]
    with (root / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        await_ready(server, root / "log")
        yield Facility(f"http://127.0.0.1:{port}", environment)
    finally:
        server.terminate()
        server.wait(timeout=60)


def await_ready(server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the server says that it is ready."""
    until = time.monotonic() + PATIENCE
    while READY not in log.read_text():
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the server does not become ready:\n{log.read_text()}")
        time.sleep(0.1)
