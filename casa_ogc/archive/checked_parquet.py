"""Parquet parts, read so that bytes that changed since they were written are found.

`sounding_table.write_table` writes a checksum with every page; Arrow compares it only when asked.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from casa_processes.common.errors import IntegrityError


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn what Arrow says of unreadable bytes into an error that names the file.

    Raises
    ------
    IntegrityError
        When the file is missing, cut short, or differs from what was written.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        found = str(error).splitlines()[0]
        raise IntegrityError(path.parts[-5] if len(path.parts) > 4 else "", path.name, found) from (
            error
        )


def read_rows(path: Path, names: Sequence[str] | None = None) -> pa.Table:
    """Return columns of all rows of a part; None means every column."""
    with damage_named(path):
        return pq.read_table(
            path,
            columns=None if names is None else list(names),
            partitioning=None,
            page_checksum_verification=True,
        )


def read_schema(path: Path) -> pa.Schema:
    """Return the columns of a part with their types."""
    with damage_named(path):
        return pq.read_schema(path)


def read_group(path: Path, metadata: pq.FileMetaData, group: int, names: Sequence[str]) -> pa.Table:
    """Return columns of one row group; `metadata` is the footer, read before."""
    with (
        damage_named(path),
        pq.ParquetFile(
            path, metadata=metadata, memory_map=True, page_checksum_verification=True
        ) as file,
    ):
        return file.read_row_group(group, columns=list(names), use_threads=False)
