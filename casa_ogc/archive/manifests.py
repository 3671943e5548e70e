"""Manifests: what a snapshot consists of, object by object, and from which files it was made."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from casa_ogc.archive.heads import Head, head_from, read_stored_head
from casa_processes.common.errors import IntegrityError, UnknownNameError

MANIFESTS = "manifests"
_BLOCK = 1 << 20


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
    previous, previous_sha256
        The snapshot before, and the checksum of its manifest; empty for the first one.
    files
        Source files in the order in which they were taken in.
    objects
        Path relative to the product's folder, to checksum and size: every stored object.
    """

    head: Head
    previous: str
    previous_sha256: str
    files: tuple[SourceFile, ...]
    objects: Mapping[str, Stored]


def digest(path: Path) -> Stored:
    """Return checksum and size of a file, reading it in blocks."""
    total, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        buffer = bytearray(_BLOCK)
        view = memoryview(buffer)
        while count := file.readinto(buffer):
            total.update(view[:count])
            size += count
    return Stored(total.hexdigest(), size)


def manifest_path(folder: Path, snapshot: str) -> Path:
    """Return where the manifest of `snapshot` is, in the product's `folder`."""
    return folder / MANIFESTS / f"{snapshot}.json"


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as the content of its file."""
    content = {
        "head": asdict(manifest.head),
        "previous": manifest.previous,
        "previous_sha256": manifest.previous_sha256,
        "files": [asdict(file) for file in manifest.files],
        "objects": {path: [o.sha256, o.size] for path, o in sorted(manifest.objects.items())},
    }
    return json.dumps(content, indent=0, ensure_ascii=False).encode() + b"\n"


def parse_manifest(text: bytes) -> Manifest:
    """Return what `manifest_bytes` wrote."""
    content = json.loads(text)
    return Manifest(
        head=head_from(content["head"]),
        previous=content["previous"],
        previous_sha256=content["previous_sha256"],
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
    for known, manifest in history(root, product):
        if known == snapshot:
            return manifest
    raise UnknownNameError("snapshot", snapshot, [name for name, _ in history(root, product)])


def last_manifest(root: Path, product: str) -> Manifest | None:
    """Return the manifest of the last commit, or None where there is no data."""
    return next((manifest for _, manifest in history(root, product)), None)


def history(root: Path, product: str) -> Iterator[tuple[str, Manifest]]:
    """Yield snapshots with their manifests, newest first, as far back as they are kept.

    Raises
    ------
    IntegrityError
        When a manifest is not the one that was committed.
    """
    stored = read_stored_head(root, product)
    snapshot, checksum = (stored.head.snapshot, stored.manifest) if stored else ("", "")
    newest = True
    while snapshot:
        path = manifest_path(root / product, snapshot)
        if not newest and not path.exists():
            return
        manifest = _checked(path, product, checksum)
        yield snapshot, manifest
        snapshot, checksum, newest = manifest.previous, manifest.previous_sha256, False


def _checked(path: Path, product: str, checksum: str) -> Manifest:
    item = f"{MANIFESTS}/{path.name}"
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(product, item, "missing") from None
    if hashlib.sha256(text).hexdigest() != checksum:
        raise IntegrityError(product, item, "bytes differ from those that were committed")
    return parse_manifest(text)
