"""Starts of processes: how long until a service answers, and how long its first answer takes."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.services.client import free_port, get, wait
from benchmarks.services.servers import PROJECT, python_path

OURS = """
from casa_ogc.web.app import create_app
assert create_app().test_client().get("/").status_code == 200
print("ready", flush=True)
"""
STOCK = """
import pygeoapi.flask_app
print("ready", flush=True)
"""
_PATIENCE = 120.0


def seconds_until_ready(program: str, environment: Mapping[str, str]) -> float:
    """Return the time from the start of a Python process to the line that it prints [s].

    Raises
    ------
    RuntimeError
        When it ends without that line.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=_environment(environment),
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - started
    if line.strip() != b"ready":
        raise RuntimeError(f"a process ended before it was ready, with {process.returncode}")
    return seconds


def first_and_warm(environment: Mapping[str, str], path: str, repeats: int) -> tuple[float, float]:
    """Start ``casa serve`` with one worker; time its first answer to `path`, and later ones.

    The clock starts when the server has answered its landing page: workers warm up before that.

    Returns
    -------
    tuple
        Latency of the first request for data, and the median of the following `repeats` [s].
    """
    port = free_port()
    command = [sys.executable, "-m", "casa_ogc.cli", "serve", "--port", str(port)]
    command += ["--workers", "1", "--threads", "1"]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=_environment(environment), stdout=subprocess.DEVNULL
    )
    try:
        wait(port, "/", _PATIENCE, lambda: process.poll() is None)
        first = get(port, path).seconds
        return first, median(get(port, path).seconds for _ in range(repeats))
    finally:
        process.terminate()
        process.wait(timeout=30)


def ours_environment(folder: Path, archive: Path) -> dict[str, str]:
    """Return the environment that our server reads."""
    return {"CASA_CONFIG": str(folder), "CASA_ARCHIVE": str(archive)}


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **more, "PYTHONPATH": python_path()}
