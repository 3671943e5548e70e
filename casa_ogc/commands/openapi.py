"""Print the OpenAPI document, write it, or compare it with its snapshot."""

import difflib
import json
from itertools import islice
from pathlib import Path

import click

_SHOWN = 60
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.option("--output", type=_FILE, help="write into this file instead of printing")
@click.option("--compare", type=_FILE, help="fail when this file is not the document")
def command(output: Path | None, compare: Path | None) -> None:
    """Run the command."""
    document = _document()
    if compare:
        _compare(document, compare)
    elif output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(document, encoding="utf-8")
    else:
        click.echo(document, nl=False)


def _document() -> str:
    import yaml

    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.web.openapi import openapi_document

    plain = json.loads(json.dumps(openapi_document(load_settings())))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def _compare(document: str, snapshot: Path) -> None:
    stored = snapshot.read_text(encoding="utf-8") if snapshot.exists() else ""
    if stored == document:
        return
    lines = difflib.unified_diff(
        stored.splitlines(), document.splitlines(), str(snapshot), "generated", lineterm="", n=1
    )
    for line in islice(lines, _SHOWN):
        click.echo(line)
    raise click.ClickException(
        f"{snapshot} is not the generated document; if the change is meant, run: make openapi"
    )
