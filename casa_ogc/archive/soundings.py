"""Soundings as they are read: rows within boxes and an interval of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import Head
from casa_ogc.archive.manifests import SourceFile, read_manifest
from casa_ogc.archive.parts import Part, open_part, read_columns
from casa_ogc.archive.sounding_table import missing, to_numpy
from casa_processes.common.errors import UnknownNameError

if TYPE_CHECKING:
    import xarray as xr

OPEN_STORES = 256
_INT64 = np.iinfo(np.int64)
type Interval = tuple[np.datetime64 | None, np.datetime64 | None]


@dataclass(frozen=True, eq=False)
class SoundingStore:
    """A snapshot of a sounding product, open for reading by any number of threads.

    Attributes
    ----------
    variables
        Names of the stored columns, sorted.
    rows
        Number of soundings.
    time_resolution
        ISO 8601 duration, ``P1D`` where only the date is known, or ``""``.
    parts
        The files, in no particular order.
    """

    product: str
    snapshot: str
    variables: tuple[str, ...]
    rows: int
    time_resolution: str
    parts: tuple[Part, ...]

    def select(
        self,
        columns: Sequence[str],
        boxes: Sequence[Bounds] = (),
        interval: Interval = (None, None),
    ) -> dict[str, NDArray[Any]]:
        """Return rows in the order of (time, sounding_id).

        Parameters
        ----------
        columns
            Names to return; profiles have shape (n, level), vertices (n, 4).
        boxes
            Closed boxes, west <= east, of which one must hold the centre; none: everywhere.
        interval
            Closed interval of time, an open end None.

        Raises
        ------
        UnknownNameError
            When a column is not stored.
        """
        for name in columns:
            if name not in self.variables:
                raise UnknownNameError("variable", name, self.variables)
        names = tuple(dict.fromkeys(("time", "sounding_id", *columns)))
        limits = _limits(interval)
        found: list[dict[str, NDArray[Any]]] = []
        for part in self.parts:
            for group in part.candidates(boxes, limits):
                rows = _matching(part, int(group), boxes, limits)
                if rows.size:
                    found.append(self._rows(part, int(group), names, rows))
        merged = {name: self._joined(name, found) for name in names}
        order = _order(merged["time"], merged["sounding_id"])
        return {name: merged[name][order] for name in columns}

    def count(self, boxes: Sequence[Bounds] = (), interval: Interval = (None, None)) -> int:
        """Return an upper bound of the rows of `select`, from statistics alone."""
        limits = _limits(interval)
        return sum(int(p.rows[p.candidates(boxes, limits)].sum()) for p in self.parts)

    def column_type(self, name: str) -> pa.DataType:
        """Return the Arrow type of a stored column."""
        return next(part.columns[name] for part in self.parts if name in part.columns)

    def _rows(
        self, part: Part, group: int, names: Sequence[str], rows: NDArray[np.int64]
    ) -> dict[str, NDArray[Any]]:
        held = [name for name in names if name in part.columns]
        values = {n: v[rows] for n, v in read_columns(part, group, held).items()}
        for name in names:
            if name not in values:
                values[name] = to_numpy(missing(self.column_type(name), rows.size))
        return values

    def _joined(self, name: str, found: list[dict[str, NDArray[Any]]]) -> NDArray[Any]:
        if not found:
            return to_numpy(missing(self.column_type(name), 0))
        return np.concatenate([values[name] for values in found])


def open_soundings(root: Path, product: str, snapshot: str) -> SoundingStore:
    """Return the soundings of a snapshot; what was opened once stays open.

    Raises
    ------
    UnknownNameError
        When there is no such snapshot.
    IntegrityError
        When the manifest is damaged.
    """
    return _open(root, product, snapshot)


def write_soundings(
    root: Path, product: str, dataset: "xr.Dataset", source_files: Sequence[SourceFile]
) -> Head:
    """Add soundings in one commit; returns the new head.

    A sounding whose identifier is stored already replaces the stored one. Files that are known by
    their checksum change nothing.

    Raises
    ------
    FileContentError
        When columns, levels or the stream do not fit the product.
    UnknownNameError
        When the vocabulary has no such variable.
    """
    # xarray and the writing side are not needed by a server that only reads.
    from casa_ogc.archive.sounding_writing import SoundingWriter
    from casa_ogc.archive.transactions import write_items

    items = ((dataset, tuple(source_files)),)
    return write_items(root, product, "soundings", SoundingWriter, items)


@lru_cache(maxsize=OPEN_STORES)
def _open(root: Path, product: str, snapshot: str) -> SoundingStore:
    manifest = read_manifest(root, product, snapshot)
    folder = root / product
    parts = tuple(open_part(folder / name) for name in sorted(manifest.objects))
    return SoundingStore(
        product=product,
        snapshot=snapshot,
        variables=manifest.head.variables,
        rows=sum(int(part.rows.sum()) for part in parts),
        time_resolution=manifest.head.time_resolution,
        parts=parts,
    )


def _limits(interval: Interval) -> tuple[int, int]:
    start, stop = (None if t is None else np.datetime64(t, "ns") for t in interval)
    return (
        _INT64.min if start is None else int(start.astype(np.int64)),
        _INT64.max if stop is None else int(stop.astype(np.int64)),
    )


def _matching(
    part: Part, group: int, boxes: Sequence[Bounds], limits: tuple[int, int]
) -> NDArray[np.int64]:
    held = read_columns(part, group, ("time", "latitude", "longitude"))
    time = held["time"].view(np.int64)
    hit = (time >= limits[0]) & (time <= limits[1])
    if boxes:
        x, y = held["longitude"], held["latitude"]
        near = np.zeros(hit.size, dtype=bool)
        for b in boxes:
            near |= (x >= b.west) & (x <= b.east) & (y >= b.south) & (y <= b.north)
        hit &= near
    return np.flatnonzero(hit)


def _order(time: NDArray[Any], identifier: NDArray[Any]) -> NDArray[np.int64]:
    order = np.argsort(time, kind="stable")
    ordered = time[order]
    if ordered.size and np.any(ordered[1:] == ordered[:-1]):
        return np.lexsort((identifier, time))
    return order
