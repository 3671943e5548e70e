"""Integrity: every stored byte is compared with what was committed.

Zarr's own checksums cover chunks only, and a flipped bit in a manifest can give zeros silently;
here the sha256 of every file of a product is known: data, Icechunk's own objects, Parquet parts,
our manifests (by their checksum in the head) and the head (by its own).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import Timeout

from casa_ogc.archive.commits import JOURNAL, known_names, writing
from casa_ogc.archive.cube_objects import REPOSITORY, repository_copy
from casa_ogc.archive.durable import stored_names
from casa_ogc.archive.heads import HEAD, StoredHead, parse_head
from casa_ogc.archive.manifests import Stored, checked_manifest, digest
from casa_processes.common.errors import IntegrityError

type Problem = Literal["missing", "size", "changed", "foreign"]
_TRIES = 5


@dataclass(frozen=True)
class Damage:
    """One file that is not as it was committed.

    Attributes
    ----------
    product, item
        Product, and path within its folder.
    problem
        ``missing``, ``size`` (truncated or grown), ``changed`` or ``foreign`` (never committed).
    found
        What is there, for people.
    """

    product: str
    item: str
    problem: Problem
    found: str


def verify(root: Path, product: str) -> tuple[Damage, ...]:
    """Compare every file of a product with what was committed; reads all of it.

    A write that is under way is left out; what a dead writer left is removed first. When a commit
    happens meanwhile, the comparison starts again.
    """
    folder = root / product
    if not folder.is_dir():
        return ()
    _tidy(root, product)
    found: tuple[Damage, ...] = ()
    for _ in range(_TRIES):
        before = _head_bytes(folder)
        found = _compared(root, product, before)
        if _head_bytes(folder) == before:
            break
    return found


def _tidy(root: Path, product: str) -> None:
    if not (root / product / JOURNAL).exists():
        return
    try:
        with writing(root, product, timeout=0):
            pass
    except (Timeout, IntegrityError, PermissionError):
        return


def _head_bytes(folder: Path) -> bytes | None:
    path = folder / HEAD
    return path.read_bytes() if path.exists() else None


def _compared(root: Path, product: str, text: bytes | None) -> tuple[Damage, ...]:
    folder = root / product
    if text is None:
        names = [] if (folder / JOURNAL).exists() else sorted(stored_names(folder))
        return tuple(Damage(product, name, "foreign", "no head names it") for name in names)
    try:
        stored = parse_head(text, product)
    except IntegrityError as error:
        return (Damage(product, HEAD, "changed", error.found),)
    expected, damages = _expected(root, stored)
    for name, object_ in expected.items():
        damage = _checked(folder, product, name, object_)
        if damage is not None and not _being_replaced(folder, stored, name):
            damages.append(damage)
    if not damages:
        damages += _foreign(root, folder, stored)
    return tuple(damages)


def _expected(root: Path, stored: StoredHead) -> tuple[Mapping[str, Stored], list[Damage]]:
    """Return what should be there, and the manifests that are not."""
    product = stored.head.product
    expected: dict[str, Stored] = {}
    damages: list[Damage] = []
    for snapshot, checksum in stored.manifests.items():
        try:
            manifest = checked_manifest(root, product, snapshot, checksum)
        except IntegrityError as error:
            problem: Problem = "missing" if error.found == "missing" else "changed"
            damages.append(Damage(product, error.item, problem, error.found))
            continue
        if snapshot == stored.head.snapshot or stored.head.kind == "soundings":
            expected = {**manifest.objects, **expected}
    return expected, damages


def _checked(folder: Path, product: str, name: str, expected: Stored) -> Damage | None:
    path = folder / name
    try:
        size = path.stat().st_size
        if size != expected.size:
            return Damage(product, name, "size", f"{size:,} bytes instead of {expected.size:,}")
        found = digest(path)
    except FileNotFoundError:
        return Damage(product, name, "missing", "no such file")
    if found != expected:
        return Damage(product, name, "changed", f"sha256 {found.sha256}")
    return None


def _being_replaced(folder: Path, stored: StoredHead, name: str) -> bool:
    """Tell whether a writer at work explains the difference: the committed state is kept aside."""
    copy = repository_copy(folder, stored.head.snapshot)
    return name == REPOSITORY and (folder / JOURNAL).exists() and copy.exists()


def _foreign(root: Path, folder: Path, stored: StoredHead) -> list[Damage]:
    known = known_names(root, stored)
    names = [name for name in stored_names(folder) if name not in known]
    if (folder / JOURNAL).exists():
        return []
    return [
        Damage(folder.name, name, "foreign", "no snapshot names it")
        for name in sorted(names)
        if (folder / name).exists()
    ]
