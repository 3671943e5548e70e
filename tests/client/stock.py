"""Stock pygeoapi with its own example processes, its TinyDB manager and one coverage."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
import yaml

from benchmarks.services.sites import stock_frame

COVERAGE = "ramp"
PATIENCE = 120.0


def ramp() -> xr.Dataset:
    """Return a small grid whose values tell their place: 100 times the row plus the column."""
    latitude, longitude = np.arange(-10.0, 11.0, 5.0), np.arange(0.0, 40.0, 10.0)
    values = 100.0 * np.arange(5)[:, None] + np.arange(4)[None, :]
    time_axis = np.array(["2022-01-01"], "datetime64[ns]")
    return xr.Dataset(
        {"height": (("time", "latitude", "longitude"), values[None], {"units": "m"})},
        {"time": time_axis, "latitude": latitude, "longitude": longitude},
    )


def configuration(folder: Path, port: int) -> dict[str, object]:
    """Return a configuration of stock pygeoapi."""
    frame = stock_frame()
    frame["server"] |= {
        "url": f"http://127.0.0.1:{port}",
        "bind": {"host": "127.0.0.1", "port": port},
        "limits": {"default_items": 3, "max_items": 50},
        "manager": {
            "name": "TinyDB",
            "connection": str(folder / "jobs.db"),
            "output_dir": str(folder),
        },
    }
    provider = {
        "type": "coverage",
        "name": "xarray",
        "data": str(folder / f"{COVERAGE}.nc"),
        "x_field": "longitude",
        "y_field": "latitude",
        "time_field": "time",
        "format": {"name": "netcdf", "mimetype": "application/x-netcdf"},
    }
    collection = {
        "type": "collection",
        "title": "Ramp",
        "description": "Known values",
        "keywords": ["test"],
        "links": [],
        "extents": {"spatial": {"bbox": [0, -10, 30, 10]}},
        "providers": [provider],
    }
    processes = {
        "hello-world": {"type": "process", "processor": {"name": "HelloWorld"}},
        "echo": {"type": "process", "processor": {"name": "Echo"}},
    }
    return {**frame, "resources": {COVERAGE: collection, **processes}}


@contextmanager
def stock_server(folder: Path) -> Iterator[str]:
    """Run stock pygeoapi in a process of its own; yields its address when it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ramp().to_netcdf(folder / f"{COVERAGE}.nc", engine="h5netcdf")
    (folder / "config.yml").write_text(yaml.safe_dump(configuration(folder, port)))
    environment = {
        **os.environ,
        "PYGEOAPI_CONFIG": str(folder / "config.yml"),
        "PYGEOAPI_OPENAPI": str(folder / "openapi.yml"),
        "PYTHONWARNINGS": "ignore",
    }
    program = [sys.executable, "-c", "from pygeoapi import cli; cli()", "openapi", "generate"]
    made = [*program, str(folder / "config.yml"), "--output-file", str(folder / "openapi.yml")]
    subprocess.run(made, env=environment, check=True, capture_output=True)
    server = [sys.executable, "-m", "gunicorn", "pygeoapi.flask_app:APP", "--threads", "8"]
    listening = ["--bind", f"127.0.0.1:{port}", "--log-level", "critical", "--no-control-socket"]
    with subprocess.Popen([*server, *listening], env=environment) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer")
