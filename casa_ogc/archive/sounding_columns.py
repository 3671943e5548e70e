"""Columns of a part beside its Parquet file: uncompressed Arrow, mapped into memory as it is.

One file of the Arrow IPC format for each part, with the same rows in the same order: the scalar
numbers, the identifiers in fixed width, and three orders of the rows. Its metadata holds time and
place of every block of 2048 rows. All of it follows from the part, so that a part without such a
file gives the same columns, only slower.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import google_crc32c
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from casa_ogc.archive.checked_parquet import damage_named, read_rows, read_schema
from casa_ogc.archive.sounding_table import BBOX, GEOMETRY, to_numpy

BLOCK = 2048
FOLDER = "columns"
SUFFIX = ".arrow"
IDENTIFIER, RANK, ORDER, BY_ID = "sounding_id", "rank", "order", "by_id"
ORDERS = (RANK, ORDER, BY_ID)
_TIMES, _PLACES, _SUMS = b"block_times", b"block_places", b"crc32c"
_OPEN = 4096


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of one part.

    Attributes
    ----------
    values
        Name to values, shape (n,): ``time`` as int64 [ns], numbers in their stored type, the
        identifiers as bytes filled with zeros; ``rank`` of each row by time and identifier,
        ``order`` of the rows by rank, ``by_id`` the rows by identifier.
    times, places
        First and last time [ns], and west, south, east, north [degrees], of every block, shape
        (block, 2) and (block, 4).
    """

    values: Mapping[str, NDArray[Any]]
    times: NDArray[np.int64]
    places: NDArray[np.float64]

    @property
    def rows(self) -> int:
        """Number of soundings."""
        return int(self.values["time"].size)

    @property
    def block_rows(self) -> NDArray[np.int64]:
        """Rows of every block."""
        starts = np.arange(0, self.rows, BLOCK)
        return np.minimum(self.rows - starts, BLOCK)


def columns_name(part: str) -> str:
    """Return where the columns of a part are, both relative to the product's folder."""
    return f"{FOLDER}/{PurePosixPath(part).stem}{SUFFIX}"


def write_columns(columns: Columns, path: Path) -> None:
    """Write the columns of a part to `path`."""
    metadata = {_TIMES: columns.times.tobytes(), _PLACES: columns.places.tobytes()}
    metadata[_SUMS] = _sums(columns)
    arrays = {name: _arrow(values) for name, values in columns.values.items()}
    batch = pa.record_batch(arrays).replace_schema_metadata(metadata)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)


@lru_cache(maxsize=_OPEN)
def open_columns(path: Path) -> Columns:
    """Map the columns at `path`, once compared with the checksums that they were written with.

    Raises
    ------
    IntegrityError
        When the bytes are not those that were written.
    """
    with damage_named(path), pa.memory_map(str(path)) as file:
        batch = pa.ipc.open_file(file).get_batch(0)
        metadata = batch.schema.metadata
        columns = Columns(
            values={field.name: _mapped(batch[field.name]) for field in batch.schema},
            times=np.frombuffer(metadata[_TIMES], np.int64).reshape(-1, 2),
            places=np.frombuffer(metadata[_PLACES], np.float64).reshape(-1, 4),
        )
        if metadata[_SUMS] != _sums(columns):
            raise OSError("bytes differ from those that were written")
    return columns


def _sums(columns: Columns) -> bytes:
    """Checksum of every column and of the blocks, as text."""
    arrays = {**columns.values, "times": columns.times, "places": columns.places}
    sums = (google_crc32c.value(np.ascontiguousarray(a).view(np.uint8)) for a in arrays.values())
    return " ".join(f"{n}:{s}" for n, s in zip(arrays, sums, strict=True)).encode()


def columns_of(part: Path) -> Columns:
    """Make the columns of a Parquet part, in memory."""
    schema = read_schema(part)
    names = [f.name for f in schema if f.name not in (GEOMETRY, BBOX) and _is_number(f.type)]
    return columns_of_rows(read_rows(part, [*names, IDENTIFIER]))


def columns_of_rows(table: pa.Table) -> Columns:
    """Make the columns of the rows of a part, without geometry and in their order there."""
    names = [field.name for field in table.schema if _is_number(field.type)]
    values = {name: to_numpy(table[name]) for name in names}
    values["time"] = values["time"].view(np.int64)
    values[IDENTIFIER] = _identifiers(table[IDENTIFIER])
    times, places = _blocks(values)
    return Columns(values | _orders(values), times, places)


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_timestamp(kind)
    )


def _identifiers(column: pa.ChunkedArray) -> NDArray[np.bytes_]:
    return np.array(column.cast(pa.binary()).to_pylist(), dtype=np.bytes_)


def _orders(values: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.int32]]:
    by_id = np.argsort(values[IDENTIFIER], kind="stable")
    order = by_id[np.argsort(values["time"][by_id], kind="stable")]
    rank = np.empty(order.size, np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    return {RANK: rank, ORDER: order.astype(np.int32), BY_ID: by_id.astype(np.int32)}


def _blocks(
    values: Mapping[str, NDArray[Any]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    starts = np.arange(0, values["time"].size, BLOCK)
    low = {n: np.minimum.reduceat(values[n], starts) for n in ("time", "longitude", "latitude")}
    high = {n: np.maximum.reduceat(values[n], starts) for n in low}
    times = np.stack([low["time"], high["time"]], axis=1)
    edges = (low["longitude"], low["latitude"], high["longitude"], high["latitude"])
    return times, np.stack(edges, axis=1).astype(np.float64)


def _arrow(values: NDArray[Any]) -> pa.Array:
    if values.dtype.kind != "S":
        return pa.array(values)
    kind = pa.binary(values.dtype.itemsize)
    return pa.Array.from_buffers(kind, values.size, [None, pa.py_buffer(values)])


def _mapped(column: pa.Array) -> NDArray[Any]:
    """Return a view of a column without nulls."""
    if not pa.types.is_fixed_size_binary(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=True))
    return np.frombuffer(column.buffers()[1], f"S{column.type.byte_width}", len(column))
