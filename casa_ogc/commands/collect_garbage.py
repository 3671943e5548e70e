"""Remove what only old snapshots need.

The current snapshot stays, and so do the newest ones, the younger ones, and those that are named.
"""

import click


@click.command(help=__doc__)
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
@click.option("--snapshots", default=10, show_default=True, help="newest ones that stay")
@click.option("--days", default=30.0, show_default=True, help="younger ones stay")
@click.option("--keep", multiple=True, metavar="SNAPSHOT", help="one that stays; repeatable")
def command(products: tuple[str, ...], snapshots: int, days: float, keep: tuple[str, ...]) -> None:
    """Run the command."""
    from casa_ogc.archive.expiry import Retention, collect_garbage
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.commands import held_products

    root = load_settings().archive
    for name in held_products(root, products):
        freed = collect_garbage(root, name, Retention(snapshots, days, keep))
        click.echo(f"{name}: {max(freed, 0) / 1e6:,.1f} MB freed")
