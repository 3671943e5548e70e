"""Run a process here and now, without a server, and write its results into a folder.

INPUTS is a JSON file with one member per input, or a whole execution request with `inputs`; a
hyphen reads standard input. Collections are named by their ids and taken from the archive.
"""

import json
import os
import sys
from pathlib import Path
from typing import IO, Any

import click


@click.command(help=__doc__)
@click.argument("process", metavar="PROCESS")
@click.argument("inputs", type=click.File("rb"), metavar="INPUTS")
@click.option(
    "-o",
    "--output",
    default="results",
    show_default=True,
    help="folder of the results",
    type=click.Path(file_okay=False, path_type=Path),
)
def command(process: str, inputs: IO[bytes], output: Path) -> None:
    """Run the command."""
    _pin()
    from tqdm import tqdm

    from casa_ogc.catalog.entries import load_catalog
    from casa_ogc.jobs.serial import run_into

    form = "{desc} {percentage:3.0f}% |{bar}| {elapsed}{postfix}"
    content = _read(inputs)
    with tqdm(total=1.0, desc=process, bar_format=form, disable=None) as bar:

        def report(fraction: float, message: str) -> None:
            bar.n = min(max(fraction, 0.0), 1.0)
            bar.set_postfix_str(message)

        written = run_into(output, process, content, load_catalog(), report)
        report(1.0, "done")
    for path in written:
        click.echo(path)


def _pin() -> None:
    """Give numerical libraries one thread, as workers have: sums of several differ in last bits.

    They read the environment when they are loaded; where they are already, nothing is changed.
    """
    from casa_ogc.jobs.preload import PINNED

    if "numpy" not in sys.modules:
        os.environ.update(dict.fromkeys(PINNED, "1"))


def _read(file: IO[bytes]) -> Any:
    """Read inputs, alone or as the member of an execution request."""
    from casa_processes.common.errors import InvalidValueError

    try:
        content = json.loads(file.read())
    except ValueError as error:
        raise InvalidValueError(file.name, str(error), "a JSON document") from None
    if isinstance(content, dict) and isinstance(content.get("inputs"), dict):
        return content["inputs"]
    return content
