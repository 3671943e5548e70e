"""Fetch line lists, build tables of cross-sections, and list them.

A retrieval builds the tables that it lacks; building them beforehand tells at once what is wrong
with a spectroscopy set, and spares the first retrieval the wait.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casa_ogc.commands import table

if TYPE_CHECKING:
    from casa_processes.spectroscopy.holdings import Holding

_BANDS = ("o2a", "wco2", "sco2")
_FOLDER = click.Path(file_okay=False, path_type=Path)
_TABLES = click.option(
    "--tables",
    default="spectroscopy",
    show_default=True,
    help="folder of the tables",
    type=_FOLDER,
)
_HEAD = ("table", "source", "wavenumbers [cm-1]", "states", "size", "stored")


@click.group(help=__doc__)
def command() -> None:
    """Hold the commands below."""


@command.command()
@click.argument("gas", metavar="GAS")
@click.argument("low", type=float, metavar="LOW")
@click.argument("high", type=float, metavar="HIGH")
@click.option("--isotopologue", "numbers", multiple=True, type=int, default=(1,), show_default=True)
@click.option("-o", "--output", default=".", show_default=True, help="folder", type=_FOLDER)
@click.option("--host", help="address of another service than HITRAN's own")
def fetch(
    gas: str, low: float, high: float, numbers: tuple[int, ...], output: Path, host: str | None
) -> None:
    """Fetch the lines of GAS from LOW to HIGH cm-1 from HITRAN, which needs the internet.

    The file is written with its origin beside it. GAS is a name such as CO2; isotopologues have
    HITRAN's numbers, and the option can be given several times.
    """
    from casa_processes.spectroscopy.fetching import fetch_lines

    path = fetch_lines(output, gas, low, high, numbers, host)
    click.echo(path)


@command.command()
@click.argument("source", metavar="SOURCE")
@click.option("--band", "bands", multiple=True, type=click.Choice(_BANDS), help="all by default")
@_TABLES
def build(source: str, bands: tuple[str, ...], tables: Path) -> None:
    """Build the tables of SOURCE: builtin, or the file of a spectroscopy set.

    Tables that are there already are checked and kept.
    """
    from tqdm import tqdm

    from casa_processes.spectroscopy.source import absorption, bands_of

    for band in bands or bands_of(source):
        with tqdm(total=1.0, desc=band, bar_format=_BAR, disable=None) as bar:
            found = absorption(source, band, tables, report=_shown(bar))
        for gas, each in zip(found.gases, found.tables, strict=True):
            click.echo(f"{band}: {gas}: {each.place}")
        for missing in found.about["missing"]:
            click.echo(f"{band}: missing: {missing}", err=True)


def _shown(bar: Any) -> Callable[[float], None]:
    """Return what shows a fraction on a progress bar."""

    def report(done: float) -> None:
        bar.n = done
        bar.refresh()

    return report


_BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed}"


@command.command("list")
@_TABLES
def list_tables(tables: Path) -> None:
    """List the tables that are there; damaged ones end the command with an error."""
    from casa_processes.spectroscopy.holdings import holdings

    found = holdings(tables)
    if found:
        click.echo(table([_HEAD, *(_line(each) for each in found)]))
    damaged = [each.name for each in found if each.damage]
    for each in found:
        if each.damage:
            click.echo(f"damaged: {each.name}: {each.damage}", err=True)
    if damaged:
        raise click.ClickException(f"{len(damaged)} of {len(found)} tables are damaged")
    if not found:
        click.echo(f"no tables in {tables}")


def _line(each: "Holding") -> tuple[str, ...]:
    size = f"{each.size / 1e6:,.0f} MB"
    return (each.name, each.source, each.wavenumbers, each.states, size, each.stored)
