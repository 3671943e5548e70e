"""The last step of writing a cube: hash what is new, describe it, make it current."""

from pathlib import Path
from typing import TYPE_CHECKING

from casa_ogc.archive.commits import commit
from casa_ogc.archive.cube_objects import cube_objects
from casa_ogc.archive.gridding import horizontal_bounds
from casa_ogc.archive.heads import Head, Vertical
from casa_ogc.archive.instants import time_extent
from casa_ogc.archive.manifests import Manifest, Stored

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
    return commit(root, Manifest(head, files, objects))


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
