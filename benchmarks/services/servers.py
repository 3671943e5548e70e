"""Servers: gunicorn with two synchronous workers on the loopback interface, nothing cached."""

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
NAMES = ("ours", "ceiling", "stock")
_PATIENCE = 120.0


@dataclass(frozen=True)
class Recipe:
    """How a server is started: the application for gunicorn, and its environment."""

    application: str
    environment: Mapping[str, str]


def recipes(found: Stores, folder: Path) -> dict[str, Recipe]:
    """Write the configurations into `folder` and return the recipe of each server."""
    sites.write_ours(folder / "ours")
    sites.write_stock(folder / "stock", found)
    return {
        "ours": Recipe(
            "casa_ogc.web.app:create_app()",
            {"CASA_CONFIG": str(folder / "ours"), "CASA_ARCHIVE": str(found.archive)},
        ),
        "ceiling": Recipe("benchmarks.services.ceiling:create_app()", {STORES: str(found.folder)}),
        "stock": Recipe("pygeoapi.flask_app:APP", stock_environment(folder / "stock")),
    }


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
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", "1", "--worker-class", "sync"]
    command += ["--timeout", "300", "--log-level", "error", "--no-control-socket"]
    command.append(recipe.application)
    environment = {**os.environ, **recipe.environment, "PYTHONPATH": python_path()}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
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
