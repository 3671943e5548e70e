"""Start the service.

Every worker opens the archive and answers its first requests to itself before it accepts any from
outside. An empty archive gets the synthetic demonstration products first. Jobs run beside the
server, in processes of their own: `casa worker`, which begins when the server is ready.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import click

_LOCAL = "http://127.0.0.1"
_ANY = "0.0.0.0"  # noqa: S104
_PREFERRED = "synthetic-xco2-daily"


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
    from casa_ogc.archive.heads import list_products
    from casa_ogc.catalog.settings import load_settings
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
    if not list_products(settings.archive):
        # A process of its own: threads of the store must not exist before the server forks.
        subprocess.run([sys.executable, "-m", "casa_ogc.cli", "demo"], check=True)
    click.echo("Workers open the archive ...")
    product = _example(list_products(settings.archive))
    with companion() as ready:
        Server(f"{host}:{port}", url, product, workers, threads, ready).run()


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
