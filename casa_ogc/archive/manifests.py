"""Manifests: what a snapshot consists of, object by object, and from which files it was made."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from casa_ogc.archive.heads import Head, head_from, read_head, read_stored_head
from casa_processes.common.errors import IntegrityError, UnknownNameError

MANIFESTS = "manifests"


@dataclass(frozen=True)
class SourceFile:
    """One file that was taken in.

    Attributes
    ----------
    name
        File name without folders.
    sha256, size
        Checksum and bytes of the file.
    reader, reader_version
        Which reader read it.
    time
        RFC 3339 instant at which it was taken in.
    rows
        Soundings, or time steps of a grid.
    """

    name: str
    sha256: str
    size: int
    reader: str
    reader_version: str
    time: str
    rows: int


@dataclass(frozen=True)
class Stored:
    """Checksum and bytes of one stored object."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """One snapshot.

    Attributes
    ----------
    head
        The head as it was at this commit.
    files
        Source files in the order in which they were taken in.
    objects
        Path relative to the product's folder, to checksum and size: every stored object.
    """

    head: Head
    files: tuple[SourceFile, ...]
    objects: Mapping[str, Stored]


def digest(path: Path) -> Stored:
    """Return checksum and size of a file, reading it in blocks."""
    with path.open("rb", buffering=0) as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
        return Stored(checksum, file.tell())


def manifest_path(folder: Path, snapshot: str, checksum: str) -> Path:
    """Return where the manifest of `snapshot` is, in the product's `folder`.

    The checksum is part of the name, so that a manifest is never replaced.
    """
    return folder / MANIFESTS / f"{snapshot}.{checksum[:12]}.json"


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as the content of its file."""
    content = {
        "head": asdict(manifest.head),
        "files": [asdict(file) for file in manifest.files],
        "objects": {path: [o.sha256, o.size] for path, o in sorted(manifest.objects.items())},
    }
    return json.dumps(content, indent=0, ensure_ascii=False).encode() + b"\n"


def parse_manifest(text: bytes) -> Manifest:
    """Return what `manifest_bytes` wrote."""
    content = json.loads(text)
    return Manifest(
        head=head_from(content["head"]),
        files=tuple(SourceFile(**file) for file in content["files"]),
        objects={path: Stored(sha, size) for path, (sha, size) in content["objects"].items()},
    )


def read_manifest(root: Path, product: str, snapshot: str) -> Manifest:
    """Return the manifest of a snapshot.

    Raises
    ------
    UnknownNameError
        When there is no such snapshot, naming those that there are.
    IntegrityError
        When the manifest is not the one that was committed.
    """
    stored = read_stored_head(root, product)
    known = stored.manifests if stored else {}
    if snapshot not in known:
        raise UnknownNameError("snapshot", snapshot, known)
    return checked_manifest(root, product, snapshot, known[snapshot])


def last_manifest(root: Path, product: str) -> Manifest | None:
    """Return the manifest of the last commit, or None where there is no data."""
    head = read_head(root, product)
    return read_manifest(root, product, head.snapshot) if head else None


def checked_manifest(root: Path, product: str, snapshot: str, checksum: str) -> Manifest:
    """Return a manifest whose sha256 is known.

    Raises
    ------
    IntegrityError
        When it is missing or other bytes than those that were committed.
    """
    path = manifest_path(root / product, snapshot, checksum)
    item = f"{MANIFESTS}/{path.name}"
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(product, item, "missing") from None
    if hashlib.sha256(text).hexdigest() != checksum:
        raise IntegrityError(product, item, "bytes differ from those that were committed")
    return parse_manifest(text)
