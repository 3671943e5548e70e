"""The Icechunk repository behind a cube."""

import os
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


def process_key() -> int:
    """Return the process: an open session has threads, which do not survive a fork."""
    return os.getpid()
