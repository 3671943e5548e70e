"""Writing cubes: all layouts of all files in one commit.

Time steps go into ``map`` and the overviews first; the years of ``series`` that they touch are then
made anew from ``map``, in blocks of bounded memory.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import icechunk
import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray

from casa_ogc.archive import cube_steps, series
from casa_ogc.archive.axes import Axis, Role
from casa_ogc.archive.cf import global_attributes
from casa_ogc.archive.commits import now
from casa_ogc.archive.cube_commit import commit_cube
from casa_ogc.archive.cube_groups import MAP, field_names, read_axes, write_axis
from casa_ogc.archive.cube_store import writable
from casa_ogc.archive.gridding import axes_of
from casa_ogc.archive.heads import Head
from casa_ogc.archive.manifests import Manifest, SourceFile
from casa_ogc.archive.streams import check_stream, merged_attributes
from casa_ogc.archive.time_merge import Merge, merged_time
from casa_ogc.archive.transactions import all_known
from casa_processes.common.errors import FileContentError


class CubeWriter:
    """One transaction on one cube; the caller holds the product's lock."""

    def __init__(self, product: str, folder: Path, previous: Manifest | None) -> None:
        self.product, self.folder, self.previous = product, folder, previous
        self.session: icechunk.Session = writable(folder)
        self.group: zarr.Group = zarr.open_group(self.session.store, mode="a")
        self.files: list[SourceFile] = []
        self.attributes = dict(previous.head.attributes) if previous else {}
        self.missions = set(previous.head.missions) if previous else set()
        self.resolution = previous.head.time_resolution if previous else ""
        self.axes: dict[Role, Axis] = self._map_axes() if previous else {}
        self.changed: set[int] = set()
        self.moved_from: int | None = None
        self.touched = False

    def put(self, dataset: xr.Dataset, files: Sequence[SourceFile]) -> None:
        """Add one data set; its checks precede its first write.

        Raises
        ------
        FileContentError, UnknownNameError
            When it does not fit; nothing of it is then written.
        """
        if all_known(files, self.previous):
            return
        axes = axes_of(dataset)
        check_stream(self.product, self.attributes, dataset)
        fields = cube_steps.fields_of(dataset, axes)
        if self.axes:
            self._check_same(dataset, axes, fields)
            merge = merged_time(self.axes.get("t"), axes.get("t"))
        else:
            self.resolution = str(dataset.attrs.get("time_resolution", ""))
            self.axes = dict(axes)
            merge = merged_time(None, axes.get("t"))
            if merge.axis is not None:
                self.axes["t"] = merge.axis
            cube_steps.create_groups(self.group, self.axes, fields, dataset)
        self._grow(merge)
        cube_steps.write_steps(self.group, dataset, fields, axes, merge.positions)
        self.changed.update(merge.positions.tolist())
        self.attributes = merged_attributes(self.attributes, global_attributes(dataset))
        self.missions.update(filter(None, [str(dataset.attrs.get("mission", ""))]))
        self.files.extend(files)
        self.touched = True

    def commit(self, root: Path) -> Head:
        """Bring ``series`` and the time axes up to date and make all current."""
        series.refresh(self.group, self.axes, self.changed, self.moved_from)
        time = self.axes.get("t")
        for group in cube_steps.all_groups(self.group):
            group.update_attributes(self.attributes)
            if time is not None:
                write_axis(group, time, cast(Mapping[str, Any], {}))
        names = field_names(cast(zarr.Group, self.group[MAP]))
        snapshot = self.session.commit(", ".join(file.name for file in self.files) or self.product)
        return commit_cube(root, self, snapshot, names, now())

    def _map_axes(self) -> dict[Role, Axis]:
        return read_axes(cast(zarr.Group, self.group[MAP]))

    def _grow(self, merge: Merge) -> None:
        if merge.axis is None:
            return
        if merge.moves.size:
            first = int(merge.moves[:, 1].min())
            self.moved_from = first if self.moved_from is None else min(first, self.moved_from)
            self.changed = set(merge.renumbered(self.changed))
        cube_steps.resize(self.group, merge)
        self.axes["t"] = merge.axis

    def _check_same(
        self, dataset: xr.Dataset, axes: dict[Role, Axis], fields: Mapping[str, Any]
    ) -> None:
        file = str(dataset.attrs.get("source", "data set"))
        stored = field_names(cast(zarr.Group, self.group[MAP]))
        if tuple(sorted(fields)) != stored:
            raise FileContentError(file, "variables", ", ".join(stored), ", ".join(sorted(fields)))
        if tuple(axes) != tuple(self.axes):
            raise FileContentError(file, "axes", ", ".join(self.axes), ", ".join(axes))
        for role, axis in axes.items():
            if role != "t":
                _check_axis(file, self.axes[role], axis)
        cube_steps.check_fields(self.group, file, fields)


def _check_axis(file: str, stored: Axis, given: Axis) -> None:
    if stored.name != given.name or stored.units != given.units:
        expected, found = f"{stored.name} [{stored.units}]", f"{given.name} [{given.units}]"
        raise FileContentError(file, "axis", expected, found)
    step = float(np.abs(np.diff(stored.values)).min()) if stored.size > 1 else 1.0
    if stored.size != given.size or np.abs(stored.values - given.values).max() > 1e-3 * step:
        raise FileContentError(
            file, f"axis {given.name}", _range(stored.values), _range(given.values)
        )


def _range(values: NDArray[Any]) -> str:
    return f"{values.size} values {values[0]:g}..{values[-1]:g}"
