"""Write the skeleton of a new reader, product or process, with its tests, into the checkout.

NAME has lower-case letters, digits and hyphens. What is written passes `make check` and its own
tests at once; change it from there.
"""

import click

from casa_ogc.scaffold.skeleton import KINDS


@click.command(help=__doc__)
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
def command(kind: str, name: str) -> None:
    """Run the command."""
    from casa_ogc.scaffold.skeleton import checkout, write

    for path in write(kind, name, checkout()):
        click.echo(f"wrote {path}")
    click.echo("next: change them, then run make test and make check")
