"""The last step of writing a cube: hash what is new, describe it, make it current."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from casa_ogc.archive.commits import (
    REPOSITORY,
    commit,
    repository_copy,
    stored_names,
    write_durably,
)
from casa_ogc.archive.gridding import horizontal_bounds
from casa_ogc.archive.heads import Head, Vertical, read_stored_head
from casa_ogc.archive.instants import time_extent
from casa_ogc.archive.manifests import Manifest, Stored, digest

if TYPE_CHECKING:
    from casa_ogc.archive.cube_writing import CubeWriter


def commit_cube(
    root: Path, writer: "CubeWriter", snapshot: str, names: tuple[str, ...], committed: str
) -> Head:
    """Record every stored object of the new snapshot and replace the head."""
    previous = writer.previous
    objects = cube_objects(writer.folder, snapshot, previous)
    files = (*(previous.files if previous else ()), *writer.files)
    head = _head(writer, snapshot, names, committed, objects, len(files))
    stored = read_stored_head(root, writer.product)
    before = (stored.head.snapshot, stored.manifest) if stored else ("", "")
    return commit(root, Manifest(head, *before, files, objects))


def cube_objects(folder: Path, snapshot: str, previous: Manifest | None) -> dict[str, Stored]:
    """Return checksum and size of every object of a cube; known ones are not read again."""
    known = previous.objects if previous else {}
    copy = repository_copy(folder, snapshot)
    copy.parent.mkdir(exist_ok=True)
    write_durably(copy, (folder / REPOSITORY).read_bytes())
    objects: dict[str, Stored] = {}
    for name in stored_names(folder / "cube"):
        path = f"cube/{name}"
        if path in known and path != REPOSITORY:
            objects[path] = known[path]
        else:
            objects[path] = _flushed(folder / path)
    objects[copy.relative_to(folder).as_posix()] = objects[REPOSITORY]
    return objects


def _flushed(path: Path) -> Stored:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return digest(path)


def _head(
    writer: "CubeWriter",
    snapshot: str,
    names: tuple[str, ...],
    committed: str,
    objects: dict[str, Stored],
    files: int,
) -> Head:
    time, vertical = writer.axes.get("t"), writer.axes.get("z")
    return Head(
        product=writer.product,
        kind="grid",
        snapshot=snapshot,
        committed=committed,
        bounds=horizontal_bounds(writer.axes),
        time=time_extent(time.values) if time is not None else None,
        time_resolution=writer.resolution,
        vertical=Vertical(
            vertical.name,
            vertical.units,
            vertical.positive,
            tuple(float(value) for value in vertical.values),
        )
        if vertical is not None
        else None,
        variables=names,
        dimensions={axis.name: axis.size for axis in writer.axes.values()},
        size=sum(stored.size for stored in objects.values()),
        files=files,
        missions=tuple(sorted(writer.missions)),
        attributes=writer.attributes,
    )
