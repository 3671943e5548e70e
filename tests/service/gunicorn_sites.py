"""The server as people start it: a process of gunicorn with few threads."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from casa_ogc.archive.cubes import write_cube
from tests.service.cubes import Habit, cube
from tests.service.sites import free_port, product_file, site_file


@contextmanager
def patient(folder: Path, product: str, **site: object) -> Iterator[int]:
    """Serve a grid in a process of two threads; yields its port."""
    config, archive, port = folder / "config", folder / "archive", free_port()
    site_file(config, archive, **site)
    product_file(config, product, "grid")
    write_cube(archive, product, cube(Habit(True, False, "tyx", False)), ())
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
