"""Reading of stored inputs: the only way from a process to the archive.

A soundings product is a folder with a ``head.json``, which keeps the checksum of each snapshot's
manifest, the manifests, whose ``objects`` name every file of a snapshot, and GeoParquet parts.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow.fs import LocalFileSystem

from casa_processes.common.errors import IntegrityError, UnknownNameError
from casa_processes.common.references import Box, InputRef

_QUALITY, _GOOD = "quality_flag", 0
ORDER = [("time", "ascending"), ("sounding_id", "ascending")]


@dataclass(frozen=True, eq=False)
class Soundings:
    """Rows of a soundings product in the order of time and identifier.

    Attributes
    ----------
    columns
        ``sounding_id`` and ``time`` (datetime64[ns]) and what was asked for, by name: scalars of
        shape (n,), profiles of shape (n, level) as float64; missing numbers are NaN.
    matched
        Number of rows that meet the selection, of which `columns` may be the first few.
    attributes
        Global attributes of the product.
    """

    columns: Mapping[str, NDArray[Any]]
    matched: int
    attributes: Mapping[str, str]


def read_soundings(reference: InputRef, columns: Sequence[str], limit: int) -> Soundings:
    """Read the first rows of a selection; only the columns and row groups that it needs.

    Parameters
    ----------
    reference
        Product, snapshot and selection.
    columns
        Vocabulary names beside ``sounding_id`` and ``time``.
    limit
        Most rows to read.

    Raises
    ------
    UnknownNameError
        When the product stores no such variable, or no longer keeps the snapshot.
    IntegrityError
        When the manifest or a part of the snapshot is missing, or the manifest damaged.
    """
    manifest = read_manifest(reference)
    stored = open_parts(Path(reference.href), manifest)
    for name in columns:
        if name not in stored.schema.names:
            raise UnknownNameError("variable", name, stored.schema.names)
    wanted = row_filter(reference, stored.schema)
    keys = stored.to_table(columns=["time", "sounding_id"], filter=wanted).sort_by(ORDER)
    page = keys["time"][:limit]
    if len(page):
        within = (pc.field("time") >= page[0]) & (pc.field("time") <= page[-1])
        wanted = within if wanted is None else wanted & within
    names = list(dict.fromkeys(["sounding_id", "time", *columns]))
    rows = stored.to_table(columns=names, filter=wanted).sort_by(ORDER)[:limit]
    values = {name: column_values(rows[name]) for name in names}
    return Soundings(values, len(keys), manifest["head"]["attributes"])


@dataclass(frozen=True)
class Piece:
    """Some neighbouring rows of a snapshot, as they lie: row groups of one file of a product."""

    reference: InputRef
    file: str
    row_groups: tuple[int, ...]


@dataclass(frozen=True)
class Selected:
    """What a selection finds, before values are read.

    Attributes
    ----------
    matched
        Number of rows that meet it.
    last
        Time of the last of the rows that are wanted; None when all are.
    pieces
        Where they lie; a piece may hold other rows too, which `read_piece` leaves out.
    variables
        Names of the stored columns.
    attributes
        Global attributes of the product.
    """

    matched: int
    last: np.datetime64 | None
    pieces: tuple[Piece, ...]
    variables: frozenset[str]
    attributes: Mapping[str, str]


def select_soundings(reference: InputRef, limit: int, rows: int) -> Selected:
    """Find where the first rows of a selection lie, in pieces that can be read on any worker.

    Parameters
    ----------
    reference
        Product, snapshot and selection.
    limit
        Most rows that are wanted, the earliest ones.
    rows
        About how many stored rows a piece covers.

    Raises
    ------
    UnknownNameError, IntegrityError
        As `read_soundings`.
    """
    manifest = read_manifest(reference)
    folder = Path(reference.href)
    stored = open_parts(folder, manifest)
    wanted = row_filter(reference, stored.schema)
    times = column_values(stored.to_table(columns=["time"], filter=wanted)["time"])
    last = np.partition(times, limit - 1)[limit - 1] if times.size > limit else None
    pieces = tuple(
        Piece(reference, str(Path(fragment.path).relative_to(folder)), groups)
        for fragment in sorted(stored.get_fragments(filter=wanted), key=lambda each: each.path)
        for groups in _grouped(fragment.split_by_row_group(wanted, stored.schema), rows)
    )
    known = frozenset(stored.schema.names)
    return Selected(int(times.size), last, pieces, known, manifest["head"]["attributes"])


def read_piece(
    piece: Piece, columns: Sequence[str], last: np.datetime64 | None = None
) -> dict[str, NDArray[Any]]:
    """Read those rows of a piece that meet its selection, in stored order.

    Parameters
    ----------
    piece
        Where they lie.
    columns
        Vocabulary names beside ``sounding_id`` and ``time``.
    last
        Leave out later rows.

    Returns
    -------
    dict
        As the columns of `read_soundings`; a column that the file lacks is missing values.

    Raises
    ------
    UnknownNameError, IntegrityError
        As `read_soundings`.
    """
    stored = open_parts(Path(piece.reference.href), read_manifest(piece.reference))
    names = list(dict.fromkeys(["sounding_id", "time", *columns]))
    for name in names:
        if name not in stored.schema.names:
            raise UnknownNameError("variable", name, stored.schema.names)
    wanted = row_filter(piece.reference, stored.schema)
    if last is not None:
        early = _during(None, str(last), stored.schema.field("time").type)
        wanted = early if wanted is None else wanted & early
    path = str(Path(piece.reference.href) / piece.file)
    disk, groups = LocalFileSystem(), list(piece.row_groups)
    fragment = stored.format.make_fragment(path, disk, row_groups=groups)
    rows = fragment.to_table(schema=stored.schema, columns=names, filter=wanted)
    return {name: column_values(rows[name]) for name in names}


def _grouped(fragments: Sequence[Any], rows: int) -> Iterator[tuple[int, ...]]:
    """Join neighbouring row groups until they hold about so many rows."""
    waiting: list[int] = []
    held = 0
    for fragment in fragments:
        for group in fragment.row_groups:
            waiting.append(group.id)
            held += group.num_rows
        if held >= rows:
            yield tuple(waiting)
            waiting, held = [], 0
    if waiting:
        yield tuple(waiting)


def read_manifest(reference: InputRef) -> dict[str, Any]:
    """Read the manifest of a snapshot, whose checksum the head keeps."""
    folder, item = Path(reference.href), "head.json"
    try:
        known = json.loads((folder / item).read_bytes())["manifests"]
        if reference.snapshot not in known:
            raise UnknownNameError("snapshot", reference.snapshot, known)
        checksum = known[reference.snapshot]
        item = f"manifests/{reference.snapshot}.{checksum[:12]}.json"
        text = (folder / item).read_bytes()
    except FileNotFoundError:
        raise IntegrityError(folder.name, item, "missing") from None
    if hashlib.sha256(text).hexdigest() != checksum:
        raise IntegrityError(folder.name, item, "bytes differ from those that were committed")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def open_parts(folder: Path, manifest: Mapping[str, Any]) -> ds.Dataset:
    """Open the parts of a snapshot as one table."""
    names = [name for name in manifest["objects"] if name.endswith(".parquet")]
    for name in names:
        if not (folder / name).is_file():
            raise IntegrityError(folder.name, name, "missing")
    files = [str(folder / name) for name in names]
    # A part may lack a column that came later; its rows are then missing values.
    schema = pa.unify_schemas([pq.read_schema(file) for file in files])
    checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    form = ds.ParquetFileFormat(default_fragment_scan_options=checked)
    return ds.dataset(files, schema=schema, format=form)


def row_filter(reference: InputRef, schema: pa.Schema) -> pc.Expression | None:
    """Write the windows, times and quality of a reference as a filter of rows; None for all.

    Raises
    ------
    UnknownNameError
        When good soundings alone are meant, and no quality is stored.
    """
    boxes = [] if reference.box is None else [reference.box]
    boxes += reference.selection.boxes if reference.selection else ()
    meets = [reduce(or_, map(_within, boxes))] if boxes else []
    if reference.intervals:
        instants = schema.field("time").type
        meets.append(reduce(or_, (_during(*each, instants) for each in reference.intervals)))
    if reference.good_only:
        if _QUALITY not in schema.names:
            raise UnknownNameError("variable", _QUALITY, schema.names)
        meets.append(pc.field(_QUALITY) == _GOOD)
    return reduce(and_, meets) if meets else None


def _within(box: Box) -> pc.Expression:
    x, y = pc.field("longitude"), pc.field("latitude")
    after, before = x >= box.west, x <= box.east
    across = after & before if box.west <= box.east else after | before
    return across & (y >= box.south) & (y <= box.north)


def _during(start: str | None, end: str | None, instants: pa.DataType) -> pc.Expression:
    """Write one closed interval of time as a filter."""
    meets = pc.field("time").is_valid()
    if start is not None:
        meets = meets & (pc.field("time") >= _instant(start, instants))
    if end is not None:
        meets = meets & (pc.field("time") <= _instant(end, instants))
    return meets


def _instant(text: str, instants: pa.DataType) -> pa.Scalar:
    count = int(np.datetime64(text, "ns").astype(np.int64))
    return pa.scalar(count, pa.timestamp("ns", tz=instants.tz))


def column_values(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as an array, lists of fixed length as rows of a matrix."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    if pa.types.is_fixed_size_list(whole.type):
        size = whole.type.list_size
        flat = pc.list_flatten(pc.fill_null(whole, [np.nan] * size))
        return np.asarray(flat.to_numpy(zero_copy_only=False)).reshape(-1, size)
    return np.asarray(whole.to_numpy(zero_copy_only=False))
