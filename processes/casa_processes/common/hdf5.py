"""Opening HDF5 files of users: what they hold must lie in themselves.

An HDF5 file may name others: by external links, by raw data stored elsewhere, and by virtual
datasets made of parts of other files. A file that somebody sends could so read whatever the worker
may read. All of that is refused before an array is looked at. Links within the file are harmless.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import h5py

from casa_processes.common.errors import FileContentError, told

MOST_OBJECTS = 100_000
"""Most links of a file: it is searched before it is used."""

DAMAGES = (OSError, RuntimeError, LookupError, ValueError, TypeError, MemoryError)
"""What h5py raises where structures of a file are broken."""

_EXPECTED = "arrays that lie in the file itself"
_HARD, _SOFT = h5py.h5l.TYPE_HARD, h5py.h5l.TYPE_SOFT

type Version = tuple[int, int, int, int]


@contextmanager
def own_file(path: Path) -> Iterator[h5py.File]:
    """Open a file that holds all of its data itself, for reading.

    Parameters
    ----------
    path
        The file; files of netCDF-4 are HDF5 files.

    Raises
    ------
    FileContentError
        When it is no HDF5 file, a part of it cannot be read within the context, or any link or
        array of it leads to another file.
    """
    try:
        with h5py.File(path, "r") as file:
            found = path.stat()
            version = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
            _searched(path, version)
            yield file
    except DAMAGES as error:
        reason = f"a file that is damaged or not there ({told(error, path)})"
        raise FileContentError(path.name, "/", "a readable HDF5 file", reason) from None


@lru_cache(maxsize=64)
def _searched(path: Path, _version: Version) -> None:
    """Search a file; one that has not changed since is not searched again.

    Raises
    ------
    FileContentError
        Naming the first link or array that leads elsewhere.
    """
    with h5py.File(path, "r") as file:
        waiting = [("", h5py.h5g.open(file.id, b"/"))]
        seen: set[int] = set()
        links = 0
        while waiting:
            where, group = waiting.pop()
            links += group.get_num_objs()
            if links > MOST_OBJECTS:
                raise FileContentError(path.name, "/", f"at most {MOST_OBJECTS} links", "more")
            for name in group:
                place = f"{where}/{name.decode('utf-8', 'replace')}"
                found = _own(path, place, group, name)
                if not isinstance(found, h5py.h5g.GroupID):
                    continue
                address = h5py.h5o.get_info(found).addr
                if address not in seen:
                    seen.add(address)
                    waiting.append((place, found))


def _own(path: Path, place: str, group: h5py.h5g.GroupID, name: bytes) -> object:
    """Open what a link within the file leads to; None for a soft link, whose end is searched too.

    Raises
    ------
    FileContentError
        When it leads elsewhere.
    """
    kind = group.links.get_info(name).type
    if kind == _SOFT:
        return None
    if kind != _HARD:
        raise FileContentError(path.name, place, _EXPECTED, "a link to another file")
    found = h5py.h5o.open(group, name)
    if isinstance(found, h5py.h5d.DatasetID):
        layout = found.get_create_plist()
        if layout.get_external_count() > 0:
            raise FileContentError(path.name, place, _EXPECTED, "an array kept in another file")
        if layout.get_layout() == h5py.h5d.VIRTUAL:
            raise FileContentError(path.name, place, _EXPECTED, "an array made of other files")
    return found
