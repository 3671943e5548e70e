"""Build the synthetic demonstration products in the archive.

Doing it again changes nothing; what was interrupted goes on. All of them are marked as synthetic
wherever they are named. The server serves each of them as soon as it is there.
"""

import os
import sys
from threading import Thread

import click

_QUIET = 30.0
"""Seconds between two states of the bar where it does not move in place."""

_BEHIND = 10
"""How much lower the priority is beside a server."""


@click.command(help=__doc__)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(0), help="processes")
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    help="of 2023; without it those that the archive has or was begun with, otherwise all. "
    "Fewer than the archive has are refused.",
)
@click.option("--lifeline", is_flag=True, hidden=True, help="end when standard input does")
def command(workers: int, days: int | None, lifeline: bool) -> None:
    """Run the command."""
    if lifeline:
        Thread(target=_watch, name="lifeline", daemon=True).start()
        os.nice(_BEHIND)  # who waits for the server goes first
    from tqdm import tqdm

    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.demo.build import SECONDS, build_demo

    root = load_settings().archive
    done = dict.fromkeys(SECONDS, 0.0)
    moves = sys.stderr.isatty()
    form = "{desc}: {percentage:3.0f}% |{bar}| {elapsed}{postfix}"
    with tqdm(
        total=sum(SECONDS.values()),
        desc="demo archive",
        bar_format=form,
        mininterval=0.2 if moves else _QUIET,
    ) as bar:

        def report(name: str, part: float) -> None:
            bar.set_postfix_str(name, refresh=False)
            bar.update(max(part - done[name], 0.0) * SECONDS[name])
            done[name] = part

        heads = build_demo(root, days, workers, report)
    click.echo(f"{', '.join(heads)} are in {root}")


def _watch() -> None:
    """End at once when whoever holds the other end of standard input is gone."""
    while os.read(0, 1):
        pass
    os._exit(1)
