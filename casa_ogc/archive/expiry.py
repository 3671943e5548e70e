"""Expiry: which snapshots stay readable, and the removal of what only the others need.

The current snapshot is always kept, and so are those that are named; of the others the newest ones
and those younger than some days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casa_ogc.archive.commits import EXPIRING, JOURNAL, commit, renew, sweep, writing
from casa_ogc.archive.cube_store import keep_snapshots
from casa_ogc.archive.durable import write_durably
from casa_ogc.archive.heads import read_stored_head
from casa_ogc.archive.manifests import read_manifest


@dataclass(frozen=True)
class Retention:
    """What stays beside the current snapshot.

    Attributes
    ----------
    snapshots
        So many of the newest ones.
    days
        All younger than this.
    named
        These, for ever: the versions that people cite.
    """

    snapshots: int = 10
    days: float = 30.0
    named: tuple[str, ...] = ()


def collect_garbage(root: Path, product: str, retention: Retention | None = None) -> int:
    """Give up the snapshots that `retention` does not keep; returns the bytes that were freed.

    The current data and its snapshot stay as they are.

    Raises
    ------
    IntegrityError
        When a manifest is damaged: nothing is removed then.
    """
    stored = read_stored_head(root, product)
    if stored is None:
        return 0
    with writing(root, product) as folder:
        stored = read_stored_head(root, product) or stored
        kept = _kept(root, product, stored.manifests, retention or Retention())
        write_durably(folder / JOURNAL, EXPIRING)
        before = _bytes(folder)
        commit(root, read_manifest(root, product, stored.head.snapshot), kept)
        if stored.head.kind == "grid":
            keep_snapshots(folder, tuple(kept))
            renew(root, product)
        renewed = read_stored_head(root, product)
        if renewed is not None:
            sweep(root, renewed)
        return before - _bytes(folder)


def given_up(root: Path, product: str, retention: Retention | None = None) -> tuple[str, ...]:
    """Return the snapshots that `collect_garbage` would give up now; nothing is changed.

    Raises
    ------
    IntegrityError
        When a manifest is damaged.
    """
    stored = read_stored_head(root, product)
    if stored is None:
        return ()
    kept = _kept(root, product, stored.manifests, retention or Retention())
    return tuple(name for name in stored.manifests if name not in kept)


def _kept(
    root: Path, product: str, manifests: Mapping[str, str], retention: Retention
) -> dict[str, str]:
    limit = (datetime.now(UTC) - timedelta(days=retention.days)).isoformat()
    kept: dict[str, str] = {}
    for number, (snapshot, checksum) in enumerate(manifests.items()):
        recent = number == 0 or number < retention.snapshots or snapshot in retention.named
        if recent or read_manifest(root, product, snapshot).head.committed > limit:
            kept[snapshot] = checksum
    return kept


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
