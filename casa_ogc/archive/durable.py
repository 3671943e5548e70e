"""Files that survive a loss of power: written beside, flushed, then put in place in one step."""

import os
from collections.abc import Iterator
from pathlib import Path


def stored_names(folder: Path) -> Iterator[str]:
    """Yield the path of each file below `folder`, relative to it, with ``/`` as separator."""
    for place, _, files in os.walk(folder):
        prefix = Path(place).relative_to(folder).as_posix()
        for name in files:
            yield name if prefix == "." else f"{prefix}/{name}"


def write_durably(path: Path, text: bytes) -> None:
    """Replace a file in one atomic step that survives a loss of power."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(text)
    sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Flush a file's bytes to disk."""
    _synced(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk."""
    _synced(folder, os.O_RDONLY | os.O_DIRECTORY)


def _synced(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
