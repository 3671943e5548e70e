"""Start the service.

Every worker opens the archive and answers its first requests to itself before it accepts any from
outside. Into an empty archive goes the synthetic demonstration, by `casa demo`: the server begins
with its first product, and serves each of the others as soon as it is there. Jobs run beside the
server, in processes of their own: `casa worker`, which begins when the server is ready.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_LOCAL = "http://127.0.0.1"
_ANY = "0.0.0.0"  # noqa: S104
_PREFERRED = "synthetic-xco2-daily"
_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""What keeps each process of the demonstration to one thread."""
_PAUSE = 0.2
"""Seconds between two looks whether the demonstration has begun to hold something."""


@click.command(help=__doc__)
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=5000, show_default=True, help="port to listen on")
@click.option("--workers", default=2, show_default=True, help="processes", type=click.IntRange(1))
@click.option("--threads", default=4, show_default=True, help="per process", type=click.IntRange(1))
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="its folder")
@click.option("--cluster", help="of jobs: local, slurm or tcp://HOST:PORT; overrules the settings")
def command(
    host: str, port: int, workers: int, threads: int, archive: Path | None, cluster: str | None
) -> None:
    """Run the command."""
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.demo.standing import holdings
    from casa_ogc.jobs.supervision import companion
    from casa_ogc.web.server import Server

    _refuse_taken(host, port)
    if archive:
        os.environ["CASA_ARCHIVE"] = str(archive.absolute())
    if cluster:
        os.environ["CASA_CLUSTER"] = cluster
    settings = load_settings()
    url = settings.url
    if url.startswith(_LOCAL):
        url = f"{_LOCAL if host == _ANY else f'http://{host}'}:{port}"
        os.environ["CASA_URL"] = url
    with _demonstration(settings.archive):
        click.echo("Workers open the archive ...")
        product = _example(holdings(settings.archive))
        with companion() as ready:
            Server(f"{host}:{port}", url, product, workers, threads, ready).run()


@contextmanager
def _demonstration(root: Path) -> Iterator[None]:
    """Build the demonstration beside the server, if it is wanted, from its first product on.

    It is built by a process of its own: threads of the store must not exist before the server
    forks. That holds one end of a pipe, and ends when the server and all its children are gone.

    Raises
    ------
    click.ClickException
        When it ends before there is anything to serve.
    """
    from casa_ogc.demo.standing import holdings, wanted

    if not wanted(root):
        yield
        return
    reading, writing = os.pipe()
    words = [sys.executable, "-m", "casa_ogc.cli", "demo", "--lifeline"]
    builder = subprocess.Popen(words, stdin=reading, env=os.environ | _ALONE)  # noqa: S603
    os.close(reading)
    ours = os.getpid()
    try:
        while not holdings(root):
            if builder.poll() is not None:
                raise click.ClickException("the demonstration could not be built")
            time.sleep(_PAUSE)
        yield
    finally:
        if os.getpid() == ours:  # a forked worker of the server leaves through here too
            os.close(writing)
            builder.terminate()  # what it has committed stays, and the next start goes on from it
            builder.wait()


def _example(products: tuple[str, ...]) -> str:
    return _PREFERRED if _PREFERRED in products else products[0]


def _refuse_taken(host: str, port: int) -> None:
    """Fail at once, and not after the server's retries, when another program listens."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"cannot listen on {host}:{port} ({error.strerror})"
            raise click.ClickException(f"{reason}; choose another port with --port") from None
