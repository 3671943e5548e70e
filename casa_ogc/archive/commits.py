"""Commits: one writer per product, all or nothing, even when the writer is killed.

A writer holds the product's lock and leaves a journal while it works. What it writes is seen by
nobody until the head is replaced, which is one atomic step. A journal that the next writer finds
tells that its predecessor died: whatever no committed manifest names is then removed.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from casa_ogc.archive.heads import HEAD, Head, head_bytes, read_head
from casa_ogc.archive.manifests import (
    MANIFESTS,
    Manifest,
    digest,
    history,
    manifest_bytes,
    manifest_path,
)

JOURNAL = "pending.json"
LOCKS = ".locks"
REPOSITORY = "cube/repo"


@contextmanager
def writing(root: Path, product: str, timeout: float = -1) -> Iterator[Path]:
    """Hold the product's write lock, clear what a dead writer left, and keep a journal.

    Yields the product's folder. When the block raises, everything that it wrote is removed.

    Raises
    ------
    filelock.Timeout
        When another writer holds the lock for longer than `timeout` seconds (-1: wait for ever).
    """
    locks = root / LOCKS
    locks.mkdir(parents=True, exist_ok=True)
    folder = root / product
    with FileLock(locks / f"{product}.lock", timeout=timeout):
        recover(root, product)
        folder.mkdir(exist_ok=True)
        write_durably(folder / JOURNAL, json.dumps({"process": os.getpid()}).encode())
        try:
            yield folder
        except BaseException:
            recover(root, product)
            raise
        (folder / JOURNAL).unlink()


def commit(root: Path, manifest: Manifest) -> Head:
    """Make a snapshot current; its objects are on disk already. Returns its head."""
    head = manifest.head
    folder = root / head.product
    text = manifest_bytes(manifest)
    (folder / MANIFESTS).mkdir(exist_ok=True)
    write_durably(manifest_path(folder, head.snapshot), text)
    write_durably(folder / HEAD, head_bytes(head, hashlib.sha256(text).hexdigest()))
    sync_folder(root)
    return head


def recover(root: Path, product: str) -> None:
    """Remove what an unfinished write left; the caller holds the lock.

    Without a journal nothing is touched: a foreign file is then for `verify` to tell.
    """
    folder = root / product
    journal = folder / JOURNAL
    if not journal.exists():
        return
    if read_head(root, product) is None:
        shutil.rmtree(folder)
        return
    known = {HEAD, JOURNAL}
    for snapshot, manifest in history(root, product):
        known.update(manifest.objects)
        known.add(f"{MANIFESTS}/{snapshot}.json")
    restore_repository(root, product)
    for name in stored_names(folder):
        if name not in known:
            (folder / name).unlink()
    _remove_empty_folders(folder)
    journal.unlink()
    sync_folder(folder)


def restore_repository(root: Path, product: str) -> None:
    """Put back the one object of a cube that is replaced rather than added to."""
    head = read_head(root, product)
    folder = root / product
    target = folder / REPOSITORY
    if head is None or head.kind != "grid":
        return
    kept = repository_copy(folder, head.snapshot)
    if kept.exists() and (not target.exists() or digest(kept) != digest(target)):
        write_durably(target, kept.read_bytes())


def repository_copy(folder: Path, snapshot: str) -> Path:
    """Return where the state of a cube's repository object at a commit is kept."""
    return folder / MANIFESTS / f"{snapshot}.repo"


def stored_names(folder: Path) -> Iterator[str]:
    """Yield the path of each file below `folder`, relative to it, with ``/`` as separator."""
    for place, _, files in os.walk(folder):
        prefix = Path(place).relative_to(folder).as_posix()
        for name in files:
            yield name if prefix == "." else f"{prefix}/{name}"


def write_durably(path: Path, text: bytes) -> None:
    """Replace a file in one atomic step that survives a loss of power."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def now() -> str:
    """Return the present instant, RFC 3339 in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _remove_empty_folders(folder: Path) -> None:
    for place, _, _ in os.walk(folder, topdown=False):
        if place != str(folder) and not any(Path(place).iterdir()):
            Path(place).rmdir()
