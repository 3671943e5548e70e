"""The server: gunicorn around the application, with workers that warm up before they accept."""

import gc
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, override

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from casa_ogc.web.unread import LONGEST_LINE

PAGES = ("/", "/conformance", "/openapi", "/collections", "/processes")
COLLECTIONS = 8
"""How many collections a worker opens before it accepts requests."""
TIMEOUT = 120
"""Seconds after which a worker that shows no sign of life is replaced."""

BANNER = """
CASA OGC is ready: open {url} in a browser (Ctrl+C stops it). Four things to try:

  curl '{url}/collections/{product}/position?coords=POINT(116.4%2039.9)&datetime=2023-01&f=CSV'

  {python} -c "import io, urllib.request as u, xarray as xr; \\
    print(xr.open_dataset(io.BytesIO(u.urlopen('{url}/collections/{product}/coverage?bbox=73,18,135,54&datetime=2023-01&f=NetCDF').read()), engine='h5netcdf'))"

  {python} -c "from casa_ogc.client import Client; job = Client('{url}').submit('echo', {{'stringInput': 'hello', 'pause': 3}}); \\
    print(dict(job.wait().results()))"

  QGIS: Layer > Add Layer > Add WFS / OGC API - Features, URL {url}
"""  # noqa: E501


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """Gunicorn configured in code.

    Parameters
    ----------
    bind
        ``host:port``.
    url
        Address to print when the service is ready.
    product
        Collection that the printed examples ask.
    workers, threads
        Processes, and threads of each. Stores are opened after the fork, in each process.
    ready
        Is called once, in the first process that is ready.
    """

    def __init__(
        self,
        bind: str,
        url: str,
        product: str,
        workers: int,
        threads: int,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "worker_class": "casa_ogc.web.patience.PatientWorker",
            "timeout": TIMEOUT,
            "limit_request_line": LONGEST_LINE,
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_exit": lambda _arbiter, _worker: gc.freeze(),  # else seconds of collecting it
            "post_worker_init": lambda worker: _announce(worker.age, url, product, ready),
        }
        super().__init__()

    @override
    def load_config(self) -> None:
        """Hand the options to gunicorn; those that its version does not know are left out."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    @override
    def load(self) -> Flask:
        """Make a warm application; called in each worker, before it accepts."""
        from casa_ogc.web.app import create_app

        app = create_app()
        warm_up(app)
        return app


def warm_up(app: Flask) -> dict[str, int]:
    """Answer typical requests internally, so that modules are imported and stores are open.

    Returns
    -------
    dict
        Status of each answer by its path. A failure is none of the start: the request that meets
        it will tell.
    """
    client = app.test_client()
    statuses = {path: client.get(path).status_code for path in PAGES}
    listing = client.get("/collections", query_string={"f": "json"}).get_json(silent=True) or {}
    for collection in islice(listing.get("collections", []), COLLECTIONS):
        for request in _typical(collection):
            statuses[request] = client.get(request).status_code
    return statuses


def _typical(collection: Mapping[str, Any]) -> Iterator[str]:
    """Yield requests that open a collection and read a little for a series and for a map."""
    path = f"/collections/{collection['id']}"
    yield path
    yield f"{path}/position?coords=POINT(0 0)"
    yield f"{path}/map/tiles/WebMercatorQuad/0/0/0"
    intervals = collection.get("extent", {}).get("temporal", {}).get("interval") or [[None]]
    if intervals[0][-1]:
        yield f"{path}/cube?bbox=0,0,1,1&datetime={intervals[0][-1]}"


def interpreter() -> str:
    """Return how a shell starts the interpreter that runs, shortly where it is below the folder."""
    path, here = Path(sys.executable), Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _announce(age: int, url: str, product: str, ready: Callable[[], None]) -> None:
    """Say that the service is ready, once: when the first worker is."""
    if age == 1:
        click.echo(BANNER.format(url=url, product=product, python=interpreter()))
        ready()
