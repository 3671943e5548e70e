"""The objects of a cube on disk: which there are, and the one among them that changes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from casa_ogc.archive.durable import stored_names, sync_file, write_durably
from casa_ogc.archive.manifests import MANIFESTS, Manifest, Stored, digest

REPOSITORY = "cube/repo"
FLUSHES = 16


def cube_objects(
    folder: Path, snapshot: str, previous: Manifest | None, expired: bool = False
) -> dict[str, Stored]:
    """Return checksum and size of every object of a cube, and keep a copy of its changing one.

    Objects that the previous manifest knows are not read again; they stay on the list even when
    they are gone, for `verify` to tell, unless `expired` says that some were given up.
    """
    known = dict(previous.objects) if previous else {}
    present = {f"cube/{name}" for name in stored_names(folder / "cube")}
    if expired:
        known = {path: stored for path, stored in known.items() if path in present}
    objects = {path: stored for path, stored in known.items() if path.startswith("cube/")}
    new = [path for path in present if path not in known or path == REPOSITORY]
    with ThreadPoolExecutor(FLUSHES) as pool:
        objects.update(zip(new, pool.map(lambda path: _flushed(folder / path), new), strict=True))
    copy = repository_copy(folder, snapshot)
    copy.parent.mkdir(exist_ok=True)
    write_durably(copy, (folder / REPOSITORY).read_bytes())
    objects[copy.relative_to(folder).as_posix()] = objects[REPOSITORY]
    return objects


def _flushed(path: Path) -> Stored:
    """Flush and hash one object; the disk joins flushes that wait at the same time."""
    sync_file(path)
    return digest(path)


def repository_copy(folder: Path, snapshot: str) -> Path:
    """Return where the state of a cube's repository object at a commit is kept."""
    return folder / MANIFESTS / f"{snapshot}.repo"
