"""Commits: one writer per product, all or nothing, even when the writer is killed.

A writer holds the product's lock and leaves a journal while it works. What it writes is seen by
nobody until the head is replaced, which is one atomic step. A journal that the next writer finds
tells that its predecessor died: whatever no committed manifest names is then removed.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from casa_ogc.archive.cube_objects import REPOSITORY, cube_objects, repository_copy
from casa_ogc.archive.durable import stored_names, sync_folder, write_durably
from casa_ogc.archive.heads import HEAD, Head, StoredHead, head_bytes, read_stored_head
from casa_ogc.archive.manifests import (
    MANIFESTS,
    Manifest,
    checked_manifest,
    digest,
    manifest_bytes,
    manifest_path,
    read_manifest,
)

JOURNAL = "pending"
LOCKS = ".locks"
EXPIRING = b"expire"


@contextmanager
def writing(root: Path, product: str, timeout: float = -1) -> Iterator[Path]:
    """Hold the product's write lock, clear what a dead writer left, and keep a journal.

    Yields the product's folder. What the block wrote is removed unless it committed.

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
        before = read_stored_head(root, product)
        (folder / JOURNAL).touch()
        sync_folder(folder)
        try:
            yield folder
        finally:
            if read_stored_head(root, product) == before:
                recover(root, product)
            else:
                (folder / JOURNAL).unlink()


def commit(root: Path, manifest: Manifest, kept: Mapping[str, str] | None = None) -> Head:
    """Make a snapshot current; its objects are on disk already. Returns its head.

    Parameters
    ----------
    kept
        Snapshots that stay readable with the sha256 of their manifests, newest first; None keeps
        all that there are.
    """
    head = manifest.head
    folder = root / head.product
    if kept is None:
        stored = read_stored_head(root, head.product)
        kept = stored.manifests if stored else {}
    text = manifest_bytes(manifest)
    checksum = hashlib.sha256(text).hexdigest()
    others = {name: sha for name, sha in kept.items() if name != head.snapshot}
    (folder / MANIFESTS).mkdir(exist_ok=True)
    write_durably(manifest_path(folder, head.snapshot, checksum), text)
    whole = StoredHead(head, {head.snapshot: checksum, **others})
    write_durably(folder / HEAD, head_bytes(whole))
    sync_folder(root)
    for copy in (folder / MANIFESTS).glob("*.repo"):
        if copy != repository_copy(folder, head.snapshot):
            copy.unlink()
    return head


def recover(root: Path, product: str) -> None:
    """Remove what an unfinished write left; the caller holds the lock.

    Without a journal nothing is touched: a foreign file is then for `verify` to tell.
    """
    folder = root / product
    journal = folder / JOURNAL
    if not journal.exists():
        return
    stored = read_stored_head(root, product)
    if stored is None:
        shutil.rmtree(folder)
        return
    if journal.read_bytes() == EXPIRING:
        renew(root, product)
    elif stored.head.kind == "grid":
        restore_repository(folder, stored.head.snapshot)
    sweep(root, read_stored_head(root, product) or stored)
    journal.unlink()
    sync_folder(folder)


def renew(root: Path, product: str) -> None:
    """Bring the list of a cube's objects up to date after snapshots were given up."""
    stored = read_stored_head(root, product)
    if stored is None or stored.head.kind != "grid":
        return
    last = read_manifest(root, product, stored.head.snapshot)
    objects = cube_objects(root / product, stored.head.snapshot, last, expired=True)
    commit(root, Manifest(last.head, last.files, objects))


def sweep(root: Path, stored: StoredHead) -> int:
    """Remove every file that no kept snapshot names; returns the bytes that were freed."""
    folder = root / stored.head.product
    known = known_names(root, stored)
    freed = 0
    for name in list(stored_names(folder)):
        if name not in known:
            freed += (folder / name).stat().st_size
            (folder / name).unlink()
    for place, _, _ in os.walk(folder, topdown=False):
        if place != str(folder) and not any(Path(place).iterdir()):
            Path(place).rmdir()
    return freed


def known_names(root: Path, stored: StoredHead) -> set[str]:
    """Return the path of each file that belongs to a kept snapshot, relative to the product.

    The manifest of a cube's head names all objects of the older snapshots as well.
    """
    product = stored.head.product
    known = {HEAD, JOURNAL}
    for snapshot, checksum in stored.manifests.items():
        path = manifest_path(root / product, snapshot, checksum)
        known.add(f"{MANIFESTS}/{path.name}")
        if snapshot == stored.head.snapshot or stored.head.kind == "soundings":
            known.update(checked_manifest(root, product, snapshot, checksum).objects)
    return known


def restore_repository(folder: Path, snapshot: str) -> None:
    """Put back the one object of a cube that is replaced rather than added to."""
    target, kept = folder / REPOSITORY, repository_copy(folder, snapshot)
    if kept.exists() and (not target.exists() or digest(kept) != digest(target)):
        write_durably(target, kept.read_bytes())


def now() -> str:
    """Return the present instant, RFC 3339 in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
