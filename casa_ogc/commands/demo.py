"""Build the synthetic demonstration products in the archive.

Doing it again changes nothing. All of them are marked as synthetic wherever they are named.
"""

import click


@click.command(help=__doc__)
def command() -> None:
    """Run the command."""
    from tqdm import tqdm

    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.demo.build import GENERATORS, build_demo

    root = load_settings().archive
    bar = tqdm(total=len(GENERATORS), desc="demo archive", unit="product")
    with bar:

        def done(product: str) -> None:
            bar.set_postfix_str(product)
            bar.update()

        build_demo(root, done)
    click.echo(f"{', '.join(GENERATORS)} are in {root}")
