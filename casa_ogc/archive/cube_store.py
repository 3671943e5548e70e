"""The Icechunk repository behind a cube."""

from datetime import UTC, datetime
from pathlib import Path

import icechunk
import zarr

# Icechunk warns at every opening that commits to a local disk must not be concurrent. They never
# are: `commits.writing` holds one lock per product. Only that one module is silenced.
icechunk.set_logs_filter("warn,icechunk_arrow_object_store=error,icechunk_storage::readback=error")

BRANCH = "main"


def repository(folder: Path, create: bool = False) -> icechunk.Repository:
    """Open (or create) the repository in a product's folder."""
    storage = icechunk.local_filesystem_storage(str(folder / "cube"))
    if create:
        return icechunk.Repository.create(storage)
    return icechunk.Repository.open(storage)


def writable(folder: Path) -> icechunk.Session:
    """Return a session on the last commit, creating the repository when there is none."""
    create = not (folder / "cube").exists()
    return repository(folder, create).writable_session(BRANCH)


def readable(folder: Path, snapshot: str) -> zarr.Group:
    """Return the root group of a snapshot, read-only.

    Raises
    ------
    UnknownNameError
        When the repository has no such snapshot.
    """
    session = repository(folder).readonly_session(snapshot_id=snapshot)
    return zarr.open_group(session.store, mode="r")


def move_branch(folder: Path, snapshot: str) -> None:
    """Let the next commit follow `snapshot`; the snapshots after it stay readable."""
    repository(folder).reset_branch(BRANCH, snapshot)


def keep_snapshots(folder: Path, kept: tuple[str, ...]) -> None:
    """Give up all snapshots but these (the last commit among them), with what only they need."""
    store = repository(folder)
    tags = set(store.list_tags())
    for tag in tags - set(kept):
        store.delete_tag(tag)
    for snapshot in set(kept) - tags:
        store.create_tag(snapshot, snapshot_id=snapshot)
    tip = next(iter(store.ancestry(branch=BRANCH)))
    store.expire_snapshots(tip.written_at)
    store.garbage_collect(datetime.now(UTC))
