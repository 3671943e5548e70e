"""Tell what the archive holds, product by product and in total."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from casa_ogc.commands import table

if TYPE_CHECKING:
    from casa_ogc.archive.holdings import Holding

_HEAD = ("product", "files", "rows or cells", "MB", "from", "to", "missions")


@click.command(help=__doc__)
@click.option("--json", "as_json", is_flag=True, help="as JSON, for programs")
def command(as_json: bool) -> None:
    """Run the command."""
    from casa_ogc.archive.holdings import holdings
    from casa_ogc.catalog.settings import load_settings

    rows = holdings(load_settings().archive)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=1))
        return
    click.echo(table([_HEAD, *map(_line, rows)]))


def _line(row: "Holding") -> tuple[str, ...]:
    return (
        row.product,
        f"{row.granules:,}",
        f"{row.soundings + row.cells:,}",
        f"{row.bytes / 1e6:,.1f}",
        (row.start or "")[:10],
        (row.end or "")[:10],
        ", ".join(row.missions),
    )
