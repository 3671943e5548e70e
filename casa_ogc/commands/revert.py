"""Make a product what it was before, such as before a file that should not have gone in.

Without --to the snapshot before the current one is taken; --list tells which there are. Nothing is
removed: what was current can be made so again with --to, and is asked as a version by its name,
until `casa collect-garbage` gives it up. A running service answers from the earlier snapshot at
once, and files that left can be taken in again.
"""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from casa_ogc.archive.heads import Head
    from casa_ogc.archive.manifests import SourceFile


@click.command(help=__doc__)
@click.argument("product", metavar="PRODUCT")
@click.option("--to", "snapshot", metavar="SNAPSHOT", help="snapshot to make current again")
@click.option("--list", "only_list", is_flag=True, help="list the snapshots; change nothing")
def command(product: str, snapshot: str | None, only_list: bool) -> None:
    """Run the command."""
    from casa_ogc.archive.reversion import revert, snapshots
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.commands import held_products

    root = load_settings().archive
    held_products(root, (product,))
    if only_list:
        for number, head in enumerate(snapshots(root, product)):
            click.echo(f"{_line(head)}{'' if number else ', current'}")
        return
    done = revert(root, product, snapshot)
    if done.before == done.after:
        click.echo(f"{product}: {_line(done.after)} is current already")
        return
    click.echo(f"{product}: now {_line(done.after)}")
    _tell("no longer part of it", done.left)
    _tell("part of it again", done.regained)
    click.echo(f"back again: casa revert {product} --to {done.before.snapshot}")


def _line(head: "Head") -> str:
    from casa_ogc.commands.ingest import counted

    span = " to ".join(dict.fromkeys(text[:10] for text in head.time or ()))
    parts = (head.snapshot, f"of {head.committed[:19]}Z", counted(head.files, "file"), span)
    return ", ".join(filter(None, parts))


def _tell(what: str, files: "tuple[SourceFile, ...]") -> None:
    for file in files:
        click.echo(f"  {what}: {file.name}")
