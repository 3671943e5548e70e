"""Compare every stored byte with the checksums of its commit.

Without PRODUCT all products are checked. Every damage is named; any makes the exit code 1.
"""

import click


@click.command(help=__doc__)
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
def command(products: tuple[str, ...]) -> None:
    """Run the command."""
    from tqdm import tqdm

    from casa_ogc.archive.heads import list_products
    from casa_ogc.archive.integrity import verify
    from casa_ogc.catalog.settings import load_settings
    from casa_processes.common.errors import UnknownNameError

    root = load_settings().archive
    held = list_products(root)
    for name in products:
        if name not in held:
            raise UnknownNameError("product that holds data", name, held)
    damages = 0
    for name in tqdm(products or held, desc="verify", unit="product", disable=None):
        found = verify(root, name)
        damages += len(found)
        for damage in found:
            click.echo(f"{name}: {damage}")
    if damages:
        raise click.ClickException(f"{damages} damaged or missing; restore them from a copy")
    click.echo(f"{len(products or held)} products are intact")
