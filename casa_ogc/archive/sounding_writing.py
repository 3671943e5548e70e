"""Writing soundings: parts of a month, sorted along the Hilbert curve, all files in one commit.

A month is a few parts. New rows join the month's smallest part while that holds fewer than 131 072
rows and are sorted with it; a full part is never written again, so that a daily append costs at
most one such part. A sounding that is stored already is replaced: the part that holds it is
written anew without it. Beside each part lie its columns for search.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xarray as xr

from casa_ogc.archive.cf import global_attributes
from casa_ogc.archive.checked_parquet import read_rows
from casa_ogc.archive.commits import commit, now
from casa_ogc.archive.durable import sync_file, sync_folder
from casa_ogc.archive.heads import Head
from casa_ogc.archive.manifests import Manifest, SourceFile, Stored, digest
from casa_ogc.archive.parts import PART, open_part
from casa_ogc.archive.sounding_columns import (
    FOLDER,
    Columns,
    columns_name,
    columns_of,
    columns_of_rows,
    write_columns,
)
from casa_ogc.archive.sounding_head import sounding_head
from casa_ogc.archive.sounding_table import (
    BBOX,
    GEOMETRY,
    sorted_table,
    table_of,
    unified,
    write_table,
)
from casa_ogc.archive.streams import check_stream, merged_attributes
from casa_ogc.archive.transactions import all_known
from casa_processes.common.errors import FileContentError

PART_ROWS = 131_072
type Month = tuple[int, int]


class SoundingWriter:
    """One transaction on one sounding product; the caller holds the product's lock."""

    def __init__(self, product: str, folder: Path, previous: Manifest | None) -> None:
        self.product, self.folder, self.previous = product, folder, previous
        self.objects: dict[str, Stored] = dict(previous.objects) if previous else {}
        self.written: set[str] = set()
        self.pending: dict[Month, list[pa.Table]] = {}
        self.files: list[SourceFile] = []
        self.attributes = dict(previous.head.attributes) if previous else {}
        self.missions = set(previous.head.missions) if previous else set()
        self.level = previous.head.dimensions.get("level", 0) if previous else 0
        self.touched = False

    @property
    def parts(self) -> list[str]:
        """The Parquet files among the objects, sorted."""
        return sorted(name for name in self.objects if name.endswith(PART))

    def put(self, dataset: xr.Dataset, files: Sequence[SourceFile]) -> None:
        """Add one data set; its checks precede its first write.

        Raises
        ------
        FileContentError, UnknownNameError
            When it does not fit; nothing of it is then written.
        """
        if all_known(files, self.previous):
            return
        check_stream(self.product, self.attributes, dataset)
        self._check_levels(dataset)
        table = _newest(table_of(dataset))
        if table.num_rows:
            self._forget(table["sounding_id"])
            for month, rows in _months(table):
                self.pending.setdefault(month, []).append(rows)
                if sum(waiting.num_rows for waiting in self.pending[month]) >= PART_ROWS:
                    self._flush(month)
        self.attributes = merged_attributes(self.attributes, global_attributes(dataset))
        self.missions.update(filter(None, [str(dataset.attrs.get("mission", ""))]))
        self.files.extend(files)
        self.touched = bool(self.objects or self.pending)

    def commit(self, root: Path) -> Head:
        """Write what waits and make all current."""
        for month in sorted(self.pending):
            self._flush(month)
        self._write_columns()
        for name in self.written - set(self.objects):
            (self.folder / name).unlink()
        previous, committed = self.previous, now()
        files = (*(previous.files if previous else ()), *self.files)
        snapshot = _snapshot(self.objects, committed)
        head = sounding_head(self, snapshot, committed, len(files))
        return commit(root, Manifest(head, files, self.objects))

    def _check_levels(self, dataset: xr.Dataset) -> None:
        level = int(dataset.sizes.get("level", 0))
        if level and self.level and level != self.level:
            file = str(dataset.attrs.get("source", "data set"))
            raise FileContentError(file, "level", f"{self.level} levels", f"{level}")
        self.level = self.level or level

    def _forget(self, identifiers: pa.ChunkedArray) -> None:
        """Remove the stored soundings that new ones replace."""
        new = identifiers.combine_chunks()
        for month, tables in self.pending.items():
            self.pending[month] = [_without(table, new) for table in tables]
        limits = pc.min_max(new)
        low, high = limits["min"].as_py(), limits["max"].as_py()
        for name in self.parts:
            part = open_part(self.folder / name)
            if part.highest_id < low or part.lowest_id > high:
                continue
            held = read_rows(part.path, ["sounding_id"])
            if pc.any(pc.is_in(held["sounding_id"], value_set=new)).as_py():
                rest = _without(read_part(part.path), new)
                del self.objects[name]
                if rest.num_rows:
                    self._write(Path(name).parent, rest)

    def _flush(self, month: Month) -> None:
        """Write the waiting rows of a month, with its smallest part while that is not full."""
        tables = [table for table in self.pending.pop(month) if table.num_rows]
        if not tables:
            return
        place = Path("soundings") / f"year={month[0]:04d}" / f"month={month[1]:02d}"
        sizes = {
            name: int(open_part(self.folder / name).rows.sum())
            for name in self.parts
            if Path(name).parent == place
        }
        smallest = min(sizes, key=lambda name: sizes[name], default=None)
        if smallest is not None and sizes[smallest] < PART_ROWS:
            tables.insert(0, read_part(self.folder / smallest))
            del self.objects[smallest]
        self._write(place, sorted_table(unified(tables)))

    def _write(self, place: Path, table: pa.Table) -> None:
        folder = self.folder / place
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / ".part.new"
        with ThreadPoolExecutor(1) as pool:
            columns = pool.submit(columns_of_rows, table)
            write_table(table, str(temporary))
            stored = _flushed(temporary)
            name = (place / f"{stored.sha256}{PART}").as_posix()
            self._place(temporary, name, stored)
            self._place_columns(name, columns.result())

    def _write_columns(self) -> None:
        """Write the mapped columns of each part that lacks them, and let go those of no part."""
        wanted = {columns_name(part): part for part in self.parts}
        for name in [n for n in self.objects if not n.endswith(PART) and n not in wanted]:
            del self.objects[name]
        for name, part in wanted.items():
            if name in self.objects:
                continue
            if (self.folder / name).exists():
                self.objects[name] = digest(self.folder / name)
                continue
            self._place_columns(part, columns_of(self.folder / part))

    def _place_columns(self, part: str, columns: Columns) -> None:
        temporary = self.folder / FOLDER / ".columns.new"
        temporary.parent.mkdir(exist_ok=True)
        write_columns(columns, temporary)
        self._place(temporary, columns_name(part), _flushed(temporary))

    def _place(self, temporary: Path, name: str, stored: Stored) -> None:
        """Put a new file in its place and name it among the objects."""
        if not (self.folder / name).exists():
            self.written.add(name)
        temporary.replace(self.folder / name)
        sync_folder(temporary.parent)
        self.objects[name] = stored


def _flushed(path: Path) -> Stored:
    """Flush a file and hash it meanwhile; returns its checksum and size."""
    with ThreadPoolExecutor(1) as pool:
        flushing = pool.submit(sync_file, path)
        stored = digest(path)
        flushing.result()
    return stored


def read_part(path: Path) -> pa.Table:
    """Return all rows of a part without the geometry."""
    table = read_rows(path)
    return table.drop_columns([GEOMETRY, BBOX]).replace_schema_metadata(None)


def _newest(table: pa.Table) -> pa.Table:
    """Keep the last of several rows with one identifier."""
    identifiers = table["sounding_id"].combine_chunks().dictionary_encode()
    if len(identifiers.dictionary) == len(identifiers):
        return table
    codes = identifiers.indices.to_numpy()
    _, from_end = np.unique(codes[::-1], return_index=True)
    return table.take(pa.array(np.sort(codes.size - 1 - from_end)))


def _without(table: pa.Table, identifiers: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["sounding_id"], value_set=identifiers)))


def _months(table: pa.Table) -> list[tuple[Month, pa.Table]]:
    times = table["time"].cast(pa.int64()).to_numpy().astype("datetime64[ns]")
    months = times.astype("datetime64[M]").astype(np.int64)
    return [
        ((1970 + int(m) // 12, 1 + int(m) % 12), table.filter(pa.array(months == m)))
        for m in np.unique(months)
    ]


def _snapshot(objects: dict[str, Stored], committed: str) -> str:
    text = "\n".join([committed, *sorted(objects)])
    return hashlib.sha256(text.encode()).hexdigest()[:20].upper()
