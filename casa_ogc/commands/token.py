"""Issue, list, rotate and revoke access tokens.

Whoever sends `Authorization: Bearer TOKEN` is the principal of that name, and owns jobs. Several
tokens of one name are one principal.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from casa_ogc.commands import job_store, table

if TYPE_CHECKING:
    from casa_ogc.jobs.tokens import Token, Tokens

_HEAD = ("id", "name", "scopes", "created", "expires", "state")
_SCOPES = ("read", "execute", "admin")
_DAYS = click.option(
    "--days", default=365.0, show_default=True, help="until it expires; 0 is never"
)
_NEW_DAYS = click.option(
    "--days", type=float, help="until it expires; 0 is never; without it as many as the old one had"
)


@click.group(help=__doc__)
def command() -> None:
    """Hold the commands below."""


@command.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(_SCOPES),
    default=("read", "execute"),
    show_default=True,
    help="repeatable",
)
@_DAYS
def create(name: str, scopes: tuple[str, ...], days: float) -> None:
    """Issue a token for a principal and print it; it is never shown again."""
    with _tokens() as (tokens, _):
        click.echo(tokens.issue(name, scopes, days or None))
    click.echo(f"{name} may {', '.join(scopes)}; the token is not shown again", err=True)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="as JSON, for programs")
def list_tokens(*, as_json: bool) -> None:
    """List all tokens there ever were, without their text."""
    with _tokens() as (tokens, now):
        found = tokens.all()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1))
    else:
        click.echo(table([_HEAD, *(_line(one, now) for one in found)]))


@command.command()
@click.argument("token_id", metavar="ID")
@click.option("--overlap", default=0.0, show_default=True, help="hours the old one is still good")
@_NEW_DAYS
def rotate(token_id: str, overlap: float, days: float | None) -> None:
    """Replace a token by a new one of the same principal and scopes, and print that."""
    with _tokens() as (tokens, _):
        overlap_seconds = overlap * 3600.0
        if days is None:
            click.echo(tokens.rotate(token_id, overlap_seconds=overlap_seconds))
        else:
            click.echo(tokens.rotate(token_id, days or None, overlap_seconds))


@command.command()
@click.argument("token_ids", metavar="ID...", nargs=-1, required=True)
def revoke(token_ids: tuple[str, ...]) -> None:
    """Accept tokens no more, from now on."""
    with _tokens() as (tokens, _):
        for token_id in token_ids:
            tokens.revoke(token_id)
            click.echo(f"{token_id} is revoked")


@contextmanager
def _tokens() -> "Iterator[tuple[Tokens, str]]":
    """Open the tokens of the site; yields them and the time of their database."""
    from casa_ogc.jobs.tokens import Tokens

    with job_store() as (store, _):
        yield Tokens(store.database), store.database.now()


def _line(one: "Token", now: str) -> tuple[str, ...]:
    ended = one.revoked is not None and one.revoked <= now
    over = one.expires is not None and one.expires <= now
    state = "revoked" if ended else "expired" if over else "valid"
    return (
        one.id,
        one.name,
        " ".join(one.scopes),
        one.created[:10],
        (one.expires or "never")[:10],
        state,
    )
