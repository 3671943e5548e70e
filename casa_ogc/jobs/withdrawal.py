"""Taking back what jobs have published."""

from pathlib import Path

from filelock import FileLock

from casa_ogc.archive.commits import LOCKS
from casa_ogc.archive.removal import remove_product
from casa_ogc.catalog import published
from casa_ogc.jobs.publishable import collection_ids


def withdraw(root: Path, job_id: str, attempt: int | None = None) -> bool:
    """Remove the collection of a job, if it has one; returns whether it was known.

    Parameters
    ----------
    root
        Folder of the archive.
    job_id
        Which job.
    attempt
        Leaves alone what a later attempt has published; None removes all.
    """
    found = [_withdrawn(root, name, attempt) for name in collection_ids(job_id)]
    return any(found)


def _withdrawn(root: Path, name: str, attempt: int | None) -> bool:
    if not (root / name).exists() and not published.path_of(root, name).exists():
        return False
    with holding(root, name):
        known = published.document(root, name)
        if attempt is not None and known is not None and known.attempt > attempt:
            return False
        return removed(root, name)


def clear_expired(root: Path) -> list[str]:
    """Remove every collection whose time has come; returns their ids."""
    instant = published.now()
    over = [one.id for one in published.published(root).values() if published.is_over(one, instant)]
    for name in over:
        with holding(root, name):
            removed(root, name)
    return over


def removed(root: Path, name: str) -> bool:
    """Make a collection unknown, then delete its data; the caller holds it."""
    known = published.withdraw(root, name)
    remove_product(root, name)
    return known


def holding(root: Path, name: str) -> FileLock:
    """Keep others from publishing or removing the same collection meanwhile."""
    (root / LOCKS).mkdir(parents=True, exist_ok=True)
    return FileLock(root / LOCKS / f"published-{name}.lock")
