"""Reversion: a product made what it was at an earlier snapshot.

The head moves back in one atomic step; no data is copied and none is removed. What was current
stays readable as a snapshot of its own until it is given up (`expiry`), so that a reversion can be
reverted. The next file that is taken in continues from where the head then is.
"""

from dataclasses import dataclass
from pathlib import Path

from casa_ogc.archive.commits import commit, sweep, writing
from casa_ogc.archive.cube_objects import cube_objects
from casa_ogc.archive.cube_store import move_branch
from casa_ogc.archive.heads import Head, read_stored_head
from casa_ogc.archive.manifests import Manifest, SourceFile, read_manifest
from casa_processes.common.errors import CasaError, UnknownNameError


class NothingEarlierError(CasaError):
    """A product whose current snapshot is the earliest that is kept."""

    def __init__(self, product: str, snapshot: str, later: tuple[str, ...]) -> None:
        self.product, self.snapshot, self.later = product, snapshot, later
        super().__init__(product, snapshot, later)

    def __str__(self) -> str:
        said = f"{self.product} cannot go back: {self.snapshot} is "
        if not self.later:
            return f"{said}its only snapshot"
        return f"{said}its earliest snapshot; later ones, for --to: {', '.join(self.later)}"


@dataclass(frozen=True)
class Reversion:
    """What a reversion did.

    Attributes
    ----------
    before, after
        Heads before and after it.
    left, regained
        Source files that are no longer part of the product, and those that are so again.
    """

    before: Head
    after: Head
    left: tuple[SourceFile, ...]
    regained: tuple[SourceFile, ...]


def snapshots(root: Path, product: str) -> tuple[Head, ...]:
    """Return the heads of all snapshots that can be read, the current one first, then by age.

    Raises
    ------
    UnknownNameError
        When there is no such product.
    IntegrityError
        When a manifest is damaged.
    """
    stored = read_stored_head(root, product)
    if stored is None:
        raise UnknownNameError("product that holds data", product, ())
    heads = [read_manifest(root, product, name).head for name in stored.manifests]
    rest = (head for head in heads if head.snapshot != stored.head.snapshot)
    return stored.head, *sorted(rest, key=lambda head: head.committed, reverse=True)


def revert(root: Path, product: str, snapshot: str | None = None) -> Reversion:
    """Make a snapshot current again.

    Parameters
    ----------
    snapshot
        Which one; None takes the one that was committed before the current one.

    Raises
    ------
    UnknownNameError
        When there is no such product or snapshot.
    NothingEarlierError
        When `snapshot` is None and no earlier one is kept.
    IntegrityError
        When a manifest is damaged: nothing is changed then.
    """
    snapshots(root, product)
    with writing(root, product) as folder:
        current, *others = snapshots(root, product)
        target = snapshot or _earlier(product, current, others)
        last = read_manifest(root, product, current.snapshot)
        wanted = read_manifest(root, product, target)
        if target != current.snapshot:
            _make_current(root, folder, last, wanted)
    return Reversion(
        current, wanted.head, _without(last.files, wanted.files), _without(wanted.files, last.files)
    )


def _earlier(product: str, current: Head, others: list[Head]) -> str:
    """Return the youngest snapshot that is older than the current one."""
    for head in others:
        if head.committed < current.committed:
            return head.snapshot
    raise NothingEarlierError(product, current.snapshot, tuple(one.snapshot for one in others))


def _make_current(root: Path, folder: Path, last: Manifest, wanted: Manifest) -> None:
    """Commit a snapshot anew; its manifest then names what the others of a cube need as well."""
    head, objects = wanted.head, wanted.objects
    if head.kind == "grid":
        move_branch(folder, head.snapshot)
        objects = cube_objects(folder, head.snapshot, last)
    commit(root, Manifest(head, wanted.files, objects))
    stored = read_stored_head(root, head.product)
    if stored is not None:
        sweep(root, stored)


def _without(
    files: tuple[SourceFile, ...], others: tuple[SourceFile, ...]
) -> tuple[SourceFile, ...]:
    known = {file.sha256 for file in others}
    return tuple(file for file in files if file.sha256 not in known)
