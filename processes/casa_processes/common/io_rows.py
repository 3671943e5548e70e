"""Reading of stored soundings in the order of time, in windows that fit into memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import shapely
from numpy.typing import NDArray

from casa_processes.common.errors import UnknownNameError
from casa_processes.common.io import (
    ORDER,
    column_values,
    open_parts,
    read_manifest,
    row_filter,
)
from casa_processes.common.polygons import inside
from casa_processes.common.references import InputRef, RowTest
from casa_processes.common.row_tests import passing

_PLACE = ("longitude", "latitude")
_TEXT_BYTES, _LARGEST = 64, 8
_LEAST_ROWS = 1024


@dataclass(frozen=True)
class TimeWindow:
    """Neighbouring instants of a selection: rows of a few files.

    Attributes
    ----------
    files
        Where they lie, relative to the product's folder.
    first, last
        Instants in nanoseconds since 1970, both included.
    """

    files: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Windows:
    """A selection of soundings, cut along time.

    Attributes
    ----------
    windows
        In the order of time.
    matched
        Number of rows that are meant.
    attributes
        Global attributes of the product.
    """

    windows: tuple[TimeWindow, ...]
    matched: int
    attributes: Mapping[str, str]


def time_windows(reference: InputRef, columns: Sequence[str], most: int) -> Windows:
    """Cut the soundings that a reference selects into windows of time.

    Times alone are read, places where an area is selected, and what a test needs, month by month.

    Parameters
    ----------
    reference
        Product, snapshot and selection.
    columns
        What will be read of each row.
    most
        About how many bytes of columns a window may have, unless more were taken at one instant.

    Raises
    ------
    UnknownNameError, IntegrityError
        As `casa_processes.common.io.read_soundings`.
    """
    manifest = read_manifest(reference)
    folder = Path(reference.href)
    stored = open_parts(folder, manifest)
    rows = max(_LEAST_ROWS, most // _width(stored.schema, columns))
    names = sorted(str(Path(path).relative_to(folder)) for path in stored.files)
    windows: list[TimeWindow] = []
    matched = 0
    for _, month in groupby(names, key=lambda name: str(Path(name).parent)):
        files = tuple(month)
        times = _times(reference, _opened(folder, files, stored), stored.schema)
        matched += times.size
        windows += _cut(files, np.sort(times), rows)
    return Windows(tuple(windows), matched, manifest["head"]["attributes"])


def read_window(
    reference: InputRef, window: TimeWindow, columns: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Read the rows of a window in the order of time and identifier.

    Returns
    -------
    dict
        ``sounding_id``, ``time`` and the columns, as `casa_processes.common.io.read_soundings`.

    Raises
    ------
    UnknownNameError, IntegrityError
        As `casa_processes.common.io.read_soundings`.
    """
    folder = Path(reference.href)
    whole = open_parts(folder, read_manifest(reference))
    stored = _opened(folder, window.files, whole)
    instants = whole.schema.field("time").type
    ends = (window.first, window.last)
    low, high = (pa.scalar(end, pa.timestamp("ns", tz=instants.tz)) for end in ends)
    wanted = (pc.field("time") >= low) & (pc.field("time") <= high)
    selected = row_filter(reference, whole.schema)
    if selected is not None:
        wanted = wanted & selected
    names = list(dict.fromkeys(("sounding_id", "time", *columns)))
    more = [name for name in _tested(reference, whole.schema) if name not in names]
    rows = stored.to_table(columns=[*names, *more], filter=wanted).sort_by(ORDER)
    kept = _meant(reference, rows)
    if kept is not None:
        rows = rows.filter(pa.array(kept))
    return {name: column_values(rows[name]) for name in names}


def _opened(folder: Path, files: Sequence[str], whole: ds.Dataset) -> ds.Dataset:
    """Open some files of a snapshot with the columns of all."""
    return ds.dataset([str(folder / name) for name in files], whole.schema, format=whole.format)


def _times(reference: InputRef, stored: ds.Dataset, schema: pa.Schema) -> NDArray[np.int64]:
    """Return the instants of the rows that are meant, in nanoseconds since 1970."""
    names = dict.fromkeys(("time", *_tested(reference, schema)))
    rows = stored.to_table(columns=[*names], filter=row_filter(reference, schema))
    times = column_values(rows["time"]).astype("datetime64[ns]").astype(np.int64)
    kept = _meant(reference, rows)
    return times if kept is None else times[kept]


def _width(schema: pa.Schema, columns: Sequence[str]) -> int:
    """Return about how many bytes a row of some columns has in memory."""
    width = _TEXT_BYTES
    for name in columns:
        if name not in schema.names:
            raise UnknownNameError("variable", name, schema.names)
        kind = schema.field(name).type
        fixed = pa.types.is_fixed_size_list(kind)
        width += _LARGEST * kind.list_size if fixed else _TEXT_BYTES
    return width


def _area(reference: InputRef) -> str:
    return reference.selection.area if reference.selection else ""


def _test(reference: InputRef) -> RowTest | None:
    return reference.selection.test if reference.selection else None


def _tested(reference: InputRef, schema: pa.Schema) -> tuple[str, ...]:
    """Return the columns that tell which rows of the boxes and times are meant."""
    test = _test(reference)
    names = () if test is None else test.columns
    for name in names:
        if name not in schema.names:
            raise UnknownNameError("variable", name, schema.names)
    return (*(_PLACE if _area(reference) else ()), *names)


def _meant(reference: InputRef, rows: pa.Table) -> NDArray[np.bool_] | None:
    """Return which rows lie in the area and pass the test; None where there is neither."""
    text, test = _area(reference), _test(reference)
    kept = None if test is None else passing(test, rows)
    if not text:
        return kept
    longitude, latitude = (column_values(rows[name]) for name in _PLACE)
    found = inside(shapely.from_wkt(text), longitude, latitude)
    return found if kept is None else found & kept


def _cut(files: tuple[str, ...], times: NDArray[np.int64], rows: int) -> Iterator[TimeWindow]:
    """Cut sorted instants where they differ, into as many as fit and no fewer than one instant."""
    start = 0
    while start < times.size:
        stop = min(start + rows, times.size)
        if stop < times.size and times[stop] == times[stop - 1]:
            before = int(times.searchsorted(times[stop], "left"))
            stop = before if before > start else int(times.searchsorted(times[stop], "right"))
        yield TimeWindow(files, int(times[start]), int(times[stop - 1]))
        start = stop
