"""Parts of a sounding product: immutable Parquet files with the statistics of their row groups."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from casa_ogc.archive.checked_parquet import damage_named, read_group
from casa_ogc.archive.sounding_table import BBOX, GEOMETRY, to_numpy

CACHE_BYTES = 512 << 20
OPEN_PARTS = 4096
PART = ".parquet"


@dataclass(frozen=True, eq=False)
class Part:
    """One Parquet file; statistics have one entry per row group.

    Attributes
    ----------
    path
        Where the file is.
    columns
        Name to Arrow type, without the geometry.
    rows
        Rows of each row group.
    first, last
        Earliest and latest time, ns since 1970, int64.
    box
        West, south, east, north of the centres, shape (group, 4) [degrees].
    lowest_id, highest_id
        Range of the identifiers in the file.
    """

    path: Path
    columns: dict[str, pa.DataType]
    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    box: NDArray[np.float64]
    lowest_id: str
    highest_id: str
    metadata: pq.FileMetaData


@lru_cache(maxsize=OPEN_PARTS)
def open_part(path: Path) -> Part:
    """Return the part at `path`; its footer is read once."""
    with damage_named(path), pq.ParquetFile(path) as file:
        metadata, schema = file.metadata, file.schema_arrow
    names = [metadata.schema.column(i).path for i in range(metadata.num_columns)]
    place = {name: names.index(name) for name in ("time", "latitude", "longitude", "sounding_id")}
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]

    def limits(name: str) -> tuple[list[Any], list[Any]]:
        found = [group.column(place[name]).statistics for group in groups]
        return [s.min_raw for s in found], [s.max_raw for s in found]

    first, last = limits("time")
    south, north = limits("latitude")
    west, east = limits("longitude")
    low, high = limits("sounding_id")
    return Part(
        path=path,
        columns={f.name: f.type for f in schema if f.name not in (GEOMETRY, BBOX)},
        rows=np.array([group.num_rows for group in groups], dtype=np.int64),
        first=np.array(first, dtype=np.int64),
        last=np.array(last, dtype=np.int64),
        box=np.array([west, south, east, north], dtype=np.float64).T,
        lowest_id=_text(min(low)),
        highest_id=_text(max(high)),
        metadata=metadata,
    )


def read_columns(part: Part, group: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return columns of a row group; what was decoded lately is kept in a bounded memory.

    The arrays are shared and read-only.
    """
    result = {name: _columns.get((part.path, group, name)) for name in names}
    absent = [name for name, values in result.items() if values is None]
    if absent:
        table = read_group(part.path, part.metadata, group, absent)
        for name in absent:
            values = to_numpy(table[name])
            values.flags.writeable = False
            _columns.put((part.path, group, name), values)
            result[name] = values
    return {name: values for name, values in result.items() if values is not None}


class _Columns:
    """Least recently used decoded columns, bounded in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._held = limit, 0
        self._values: OrderedDict[tuple[Path, int, str], NDArray[Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Path, int, str]) -> NDArray[Any] | None:
        with self._lock:
            values = self._values.get(key)
            if values is not None:
                self._values.move_to_end(key)
            return values

    def put(self, key: tuple[Path, int, str], values: NDArray[Any]) -> None:
        with self._lock:
            old = self._values.pop(key, None)
            self._held += values.nbytes - (old.nbytes if old is not None else 0)
            self._values[key] = values
            while self._held > self._limit and len(self._values) > 1:
                self._held -= self._values.popitem(last=False)[1].nbytes


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


_columns = _Columns(CACHE_BYTES)
