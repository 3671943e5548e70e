"""The commands of the command line, one module each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casa_ogc.catalog.settings import Jobs
    from casa_ogc.jobs.store import JobStore


def held_products(root: Path, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the products that a command is for: those `asked`, or all that hold data.

    Raises
    ------
    UnknownNameError
        When one of `asked` holds no data in the archive `root`.
    """
    from casa_ogc.archive.heads import list_products
    from casa_processes.common.errors import UnknownNameError

    held = list_products(root)
    for name in asked:
        if name not in held:
            raise UnknownNameError("product that holds data", name, held)
    return asked or held


@contextmanager
def job_store() -> "Iterator[tuple[JobStore, Jobs]]":
    """Open the database of jobs of the site; yields it and the settings of jobs."""
    from casa_ogc.catalog.settings import load_settings
    from casa_ogc.jobs.store import JobStore, database_url

    jobs = load_settings().jobs
    store = JobStore(database_url(jobs), jobs.attempts)
    try:
        yield store, jobs
    finally:
        store.close()


def table(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of cells in columns.

    >>> print(table([("a", "b"), ("long", "c")]))
    a     b
    long  c
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines
    )
    return "\n".join("  ".join(cells).rstrip() for cells in padded)
