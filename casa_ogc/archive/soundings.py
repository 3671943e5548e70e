"""Soundings as they are read: rows within boxes and an interval of time."""

import logging
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
from casa_ogc.archive.manifests import Manifest, SourceFile, read_manifest
from casa_ogc.archive.parts import PART, Part, open_part, read_columns
from casa_ogc.archive.sounding_columns import Columns, columns_name, columns_of, open_columns
from casa_ogc.archive.sounding_table import ROW_GROUP, missing, to_numpy
from casa_processes.common.errors import UnknownNameError

if TYPE_CHECKING:
    import xarray as xr

    from casa_ogc.archive.addresses import Hits
    from casa_ogc.archive.sounding_index import Index

OPEN_STORES = 256
_INT64 = np.iinfo(np.int64)
_NO_TIME = np.array([np.iinfo(np.int64).min])
_LOG = logging.getLogger(__name__)
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
        The Parquet files, in the order of the index.
    index
        Columns of numbers of all parts, for search and for values.
    """

    product: str
    snapshot: str
    variables: tuple[str, ...]
    rows: int
    time_resolution: str
    parts: tuple[Part, ...]
    index: "Index"

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
        self._check(columns)
        return self.columns(columns, self.hits(boxes, interval))

    def hits(
        self,
        boxes: Sequence[Bounds] = (),
        interval: Interval = (None, None),
        most: int | None = None,
    ) -> "Hits":
        """Return which rows `select` means, in its order; at most the first `most`.

        A hit is a number that names a row of this snapshot.
        """
        return self.index.matching(boxes, _limits(interval), most)

    def number(self, boxes: Sequence[Bounds] = (), interval: Interval = (None, None)) -> int:
        """Return how many rows `select` means, without a list of them."""
        return self.index.counted(boxes, _limits(interval))

    def leap(
        self, boxes: Sequence[Bounds], interval: Interval, rows: int
    ) -> tuple[int, int] | None:
        """Return where `hits` goes on behind its first `rows`; None where there is no more.

        An instant [ns], and how many of the hits from there on are still among the first ones.
        Nothing is listed on the way.
        """
        return self.index.leap(boxes, _limits(interval), rows)

    def find(self, identifier: str) -> int | None:
        """Return the hit of an identifier, None where there is none; no column is scanned."""
        return self.index.find(identifier)

    def columns(self, names: Sequence[str], hits: "Hits") -> dict[str, NDArray[Any]]:
        """Return columns of hits in their order.

        Raises
        ------
        UnknownNameError
            When a column is not stored.
        """
        self._check(names)
        unique = tuple(dict.fromkeys(names))
        far = [name for name in unique if not self._mapped(name)]
        found = {name: self._near(name, hits) for name in unique if self._mapped(name)}
        if far:
            found |= self._far(far, hits)
        return {name: found[name] for name in unique}

    def count(self, boxes: Sequence[Bounds] = (), interval: Interval = (None, None)) -> int:
        """Return an upper bound of the rows of `select`, from statistics alone."""
        return self.index.upper_bound(boxes, _limits(interval))

    def column_type(self, name: str) -> pa.DataType:
        """Return the Arrow type of a stored column."""
        return next(part.columns[name] for part in self.parts if name in part.columns)

    def _check(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.variables:
                raise UnknownNameError("variable", name, self.variables)

    def _mapped(self, name: str) -> bool:
        return name == "sounding_id" or name in self.index.types

    def _near(self, name: str, hits: "Hits") -> NDArray[Any]:
        """Return a column that is mapped."""
        if name == "sounding_id":
            return self.index.identifiers(hits)
        fill = _NO_TIME if name == "time" else _absent(self.column_type(name))
        values = self.index.values(name, hits, fill)
        return values.view("datetime64[ns]") if name == "time" else values

    def _far(self, names: Sequence[str], hits: "Hits") -> dict[str, NDArray[Any]]:
        """Return texts and profiles from the row groups that hold the hits."""
        part, row = hits >> 32, hits & 0xFFFFFFFF
        home = (part << 32) | row // ROW_GROUP
        pieces: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
        order = np.argsort(home, kind="stable")
        edges = np.flatnonzero(np.diff(home[order])) + 1
        for places in np.split(order, edges):
            if places.size:
                number, group = int(part[places[0]]), int(row[places[0]]) // ROW_GROUP
                piece = self._rows(self.parts[number], group, names, row[places] % ROW_GROUP)
                for name in names:
                    pieces[name].append(piece[name])
        back = np.empty(order.size, np.int64)
        back[order] = np.arange(order.size)
        return {name: self._joined(name, pieces[name])[back] for name in names}

    def _rows(
        self, part: Part, group: int, names: Sequence[str], rows: NDArray[np.int64]
    ) -> dict[str, NDArray[Any]]:
        held = [name for name in names if name in part.columns]
        values = {n: v[rows] for n, v in read_columns(part, group, held).items()}
        for name in names:
            if name not in values:
                values[name] = to_numpy(missing(self.column_type(name), rows.size))
        return values

    def _joined(self, name: str, found: list[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([to_numpy(missing(self.column_type(name), 0)), *found])


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
    # The compiler is not needed by what only describes collections.
    from casa_ogc.archive.sounding_index import index_of

    manifest = read_manifest(root, product, snapshot)
    folder = root / product
    names = [name for name in manifest.objects if name.endswith(PART)]
    columns = {name: _columns(folder, name, manifest) for name in names}
    names.sort(key=lambda name: (int(columns[name].times[:, 0].min()), name))
    parts = tuple(open_part(folder / name) for name in names)
    return SoundingStore(
        product=product,
        snapshot=snapshot,
        variables=manifest.head.variables,
        rows=sum(int(part.rows.sum()) for part in parts),
        time_resolution=manifest.head.time_resolution,
        parts=parts,
        index=index_of([columns[name] for name in names]),
    )


def _columns(folder: Path, part: str, manifest: Manifest) -> Columns:
    """Return the columns of a part: mapped where they are stored, else made in memory."""
    name = columns_name(part)
    if name in manifest.objects:
        return open_columns(folder / name)
    _LOG.warning("%s: no %s; its columns are held in memory", folder.name, name)
    return columns_of(folder / part)


@lru_cache(maxsize=64)
def _absent(kind: pa.DataType) -> NDArray[Any]:
    return to_numpy(missing(kind, 1))


def _limits(interval: Interval) -> tuple[int, int]:
    start, stop = (None if t is None else np.datetime64(t, "ns") for t in interval)
    return (
        _INT64.min if start is None else int(start.astype(np.int64)),
        _INT64.max if stop is None else int(stop.astype(np.int64)),
    )
