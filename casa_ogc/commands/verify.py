"""Compare every stored byte with the checksums of its commit.

Without PRODUCT all products are checked. Every damage is named; any makes the exit code 1.
"""

import click


@click.command(help=__doc__)
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
def command(products: tuple[str, ...]) -> None:
    """Run the command."""
    from tqdm import tqdm

    from casa_ogc.archive.integrity import verify
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.commands import held_products

    root = load_settings().archive
    names = held_products(root, products)
    damages = 0
    for name in tqdm(names, desc="verify", unit="product", disable=None):
        for damage in verify(root, name):
            damages += 1
            click.echo(f"{name}/{damage.item}: {damage.problem}: {damage.found}")
    if damages:
        files = f"{damages} files are not as they were"
        if damages == 1:
            files = "1 file is not as it was"
        raise click.ClickException(f"{files} committed")
    click.echo("1 product is intact" if len(names) == 1 else f"{len(names)} products are intact")
