"""Remove what only old snapshots need.

Products are named, or all of them are meant by --all. The current snapshot stays, and so do the
newest ones, the younger ones, and those that are named.
"""

import click


@click.command(help=__doc__)
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
@click.option("--snapshots", default=10, show_default=True, help="newest ones that stay")
@click.option("--days", default=30.0, show_default=True, help="younger ones stay")
@click.option("--keep", multiple=True, metavar="SNAPSHOT", help="one that stays; repeatable")
@click.option("--all", "every", is_flag=True, help="of all products")
@click.option("--dry-run", "only_told", is_flag=True, help="tell what would go; remove nothing")
def command(
    products: tuple[str, ...],
    snapshots: int,
    days: float,
    keep: tuple[str, ...],
    *,
    every: bool,
    only_told: bool,
) -> None:
    """Run the command."""
    from casa_ogc.archive.expiry import Retention, collect_garbage, given_up
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.commands import held_products

    if bool(products) == every:
        raise click.UsageError("name products, or give --all for all of them")
    root = load_settings().archive
    retention = Retention(snapshots, days, keep)
    for name in held_products(root, products):
        if only_told:
            gone = given_up(root, name, retention)
            click.echo(f"{name}: would give up {', '.join(gone) or 'no snapshot'}")
            continue
        freed = collect_garbage(root, name, retention)
        click.echo(f"{name}: {max(freed, 0) / 1e6:,.1f} MB freed")
