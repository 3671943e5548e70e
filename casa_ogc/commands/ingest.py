"""Take files into the archive.

The reader and the product follow from the file's name and content unless they are named. Files that
are known change nothing. A file is taken in wholly or not at all; a refused one is named with what
was expected and what was found, the others are taken in, and the exit code is 1.

With --check everything that is missing in the files is listed, and nothing is written; what is the
same in several files is said once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from casa_ogc.catalog.ingest import IngestReport

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.argument("files", nargs=-1, required=True, type=_FILES, metavar="FILE...")
@click.option("--product", metavar="ID", help="product that all files belong to")
@click.option("--reader", metavar="NAME", help="reader of all files")
@click.option("--check", "only_check", is_flag=True, help="list what is missing; write nothing")
def command(
    files: tuple[Path, ...], product: str | None, reader: str | None, only_check: bool
) -> None:
    """Run the command."""
    if only_check:
        _check(files, reader)
    else:
        _ingest(files, product, reader)


def _check(files: tuple[Path, ...], reader: str | None) -> None:
    from casa_ogc.catalog.findings import summary
    from casa_ogc.readers.checks import check

    findings = [finding for file in files for finding in check(file, reader)]
    for line in summary(findings):
        click.echo(line)
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise click.ClickException(
            f"{counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}"
        )
    warnings = counted(len(findings), "warning")
    click.echo(f"{counted(len(files), 'file')} can be taken in; {warnings}")


def _ingest(files: tuple[Path, ...], product: str | None, reader: str | None) -> None:
    from tqdm import tqdm

    from casa_ogc.catalog.entries import load_catalog
    from casa_ogc.catalog.ingest import ingest

    catalog = load_catalog()
    total = sum(file.stat().st_size for file in files)
    with tqdm(total=total, unit="B", unit_scale=True, desc="ingest", disable=None) as bar:

        def done(file: Path, size: int) -> None:
            bar.set_postfix_str(file.name)
            bar.update(size)

        report = ingest(files, catalog.root, catalog.products, product, done, reader)
    _tell(report)


def _tell(report: "IngestReport") -> None:
    from casa_ogc.catalog.findings import refusals

    for outcome in report.outcomes:
        for doubt in outcome.doubts:
            click.echo(f"warning: {outcome.file.name}: {doubt}", err=True)
    failures = [(one.file.name, one.error) for one in report.outcomes if one.status == "failed"]
    for line in refusals(failures):
        click.echo(f"refused: {line}", err=True)
    for product in sorted({one.product for one in report.outcomes if one.status == "stored"}):
        taken = [one for one in report.outcomes if (one.status, one.product) == ("stored", product)]
        rows = sum(one.rows for one in taken)
        click.echo(f"{product}: {counted(len(taken), 'file')}, {counted(rows, 'row')}")
    known, failed = len(report.files("known")), len(report.files("failed"))
    if known:
        click.echo(f"{counted(known, 'file')} known already")
    if failed:
        raise click.ClickException(f"{failed} of {counted(len(report.outcomes), 'file')} refused")


def counted(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "file"), counted(1200, "row")
    ('1 file', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
