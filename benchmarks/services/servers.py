"""Servers: two worker processes each on the loopback interface, nothing cached.

xpublish-edr takes part when ``XPUBLISH_PYTHON`` names the Python of an environment that holds it
with uvicorn, Zarr and xarray.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.services import sites
from benchmarks.services.ceiling import STORES
from benchmarks.services.client import free_port, wait
from benchmarks.services.stores import Stores

PROJECT = Path(__file__).parents[2]
NAMES = ("ours", "ceiling", "stock", "xpublish")
XPUBLISH = "XPUBLISH_PYTHON"
_PATIENCE = 120.0
_XPUBLISH_PARTS = ("xpublish-edr", "xpublish", "fastapi", "uvicorn", "xarray", "zarr")


@dataclass(frozen=True)
class Recipe:
    """How a server is started: its application, its environment, and the Python that runs it.

    `asgi` tells that uvicorn serves it; gunicorn serves all others.
    """

    application: str
    environment: Mapping[str, str]
    python: str = sys.executable
    asgi: bool = False


def recipes(found: Stores, folder: Path) -> dict[str, Recipe]:
    """Write the configurations into `folder` and return the recipe of each server."""
    sites.write_ours(folder / "ours")
    sites.write_stock(folder / "stock", found)
    plain = {STORES: str(found.folder)}
    made = {
        "ours": Recipe(
            "casa_ogc.web.app:create_app()",
            {"CASA_CONFIG": str(folder / "ours"), "CASA_ARCHIVE": str(found.archive)},
        ),
        "ceiling": Recipe("benchmarks.services.ceiling:create_app()", plain),
        "stock": Recipe("pygeoapi.flask_app:APP", stock_environment(folder / "stock")),
    }
    if python := os.environ.get(XPUBLISH):
        made["xpublish"] = Recipe("benchmarks.services.edr_peer:app", plain, python, asgi=True)
    return made


def xpublish_versions() -> str:
    """Return the versions of xpublish-edr and what it stands on; "" where it takes no part."""
    python = os.environ.get(XPUBLISH)
    if not python:
        return ""
    program = f"from importlib.metadata import version as v; print(*map(v, {_XPUBLISH_PARTS}))"
    answer = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
    named = zip(_XPUBLISH_PARTS, answer.stdout.split(), strict=True)
    return ", ".join(" ".join(one) for one in named)


def stock_environment(folder: Path) -> dict[str, str]:
    """Return the environment that pygeoapi reads at its import."""
    return {
        "PYGEOAPI_CONFIG": str(folder / "config.yml"),
        "PYGEOAPI_OPENAPI": str(folder / "openapi.json"),
        "PYTHONWARNINGS": "ignore",
    }


def python_path() -> str:
    """Return the search path with which servers import this checkout."""
    return os.pathsep.join((str(PROJECT), str(PROJECT / "processes")))


@contextmanager
def serving(recipe: Recipe, workers: int = 2) -> Iterator[int]:
    """Run a server; yields its port when it answers its root."""
    port = free_port()
    environment = {**os.environ, **recipe.environment, "PYTHONPATH": python_path()}
    process = subprocess.Popen(_command(recipe, port, workers), cwd=PROJECT, env=environment)
    try:
        wait(port, "/", _PATIENCE, lambda: process.poll() is None)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def serving_all(recipes_by_name: Mapping[str, Recipe]) -> Iterator[dict[str, int]]:
    """Run several servers at once; yields the port of each."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(serving(one)) for name, one in recipes_by_name.items()}


def _command(recipe: Recipe, port: int, workers: int) -> list[str]:
    shared = [recipe.application, "--workers", str(workers), "--log-level", "error"]
    if recipe.asgi:
        address = ["--host", "127.0.0.1", "--port", str(port)]
        return [recipe.python, "-m", "uvicorn", *shared, *address]
    kind = ["--threads", "1", "--worker-class", "sync", "--timeout", "300", "--no-control-socket"]
    return [recipe.python, "-m", "gunicorn", *shared, *kind, "--bind", f"127.0.0.1:{port}"]
