"""Tables of text: columns with the line that each value comes from, so that errors can name it."""

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import FileContentError

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, eq=False)
class Table:
    """A table as text.

    Attributes
    ----------
    file
        Name of the file.
    columns
        Column name to its texts, shape (row,).
    lines
        Line of the file on which each row ends, from 1, shape (row,).
    """

    file: str
    columns: dict[str, NDArray[np.str_]]
    lines: NDArray[np.int64]


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """Read the named columns of a table with a header line, plain or compressed with gzip.

    Raises
    ------
    FileContentError
        When a column is missing, a row has too few or too many values, or there are no rows.
    OSError, EOFError, UnicodeDecodeError
        When the file is truncated or no text.
    """
    with _lines(path) as stream:
        try:
            rows = csv.reader(stream, strict=True)
            header = [name.strip() for name in next(rows, [])]
            _check_header(path.name, header, columns)
            content = [(rows.line_num, row) for row in rows if row]
        except csv.Error as error:
            raise FileContentError(
                path.name, "table", "comma-separated rows", str(error)
            ) from error
    for line, row in content:
        if len(row) != len(header):
            expected = f"{len(header)} values"
            raise FileContentError(path.name, f"line {line}", expected, str(len(row)))
    if not content:
        raise FileContentError(path.name, "table", "rows below the header", "none")
    at = {name: header.index(name) for name in columns}
    texts = {name: np.array([row[i].strip() for _, row in content]) for name, i in at.items()}
    return Table(path.name, texts, np.array([line for line, _ in content], dtype=np.int64))


def header_of(path: Path) -> tuple[str, ...]:
    """Column names of a table, plain or compressed with gzip; empty when it has no first line."""
    with _lines(path) as stream:
        return tuple(name.strip() for name in next(csv.reader(stream), []))


def numbers(table: Table, column: str) -> NDArray[np.float64]:
    """Return a column as numbers, shape (row,).

    Raises
    ------
    FileContentError
        Naming the first line whose text is no finite number.
    """
    texts = table.columns[column]
    try:
        values = texts.astype(np.float64)
    except ValueError:
        values = np.array([_number(text) for text in texts])
    bad = ~np.isfinite(values)
    if bad.any():
        _refuse(table, column, int(np.argmax(bad)), "a finite number")
    return values


def translated[T](
    table: Table, column: str, translate: Callable[[str], T], expected: str
) -> list[T]:
    """Return `translate` of each text of a column; each different text is translated once.

    Raises
    ------
    FileContentError
        Naming the first line for whose text `translate` raises ValueError or KeyError.
    """
    texts, inverse = np.unique(table.columns[column], return_inverse=True)
    results: list[T] = []
    for index, text in enumerate(texts.tolist()):
        try:
            results.append(translate(text))
        except (ValueError, KeyError):
            _refuse(table, column, int(np.argmax(inverse == index)), expected)
    return [results[i] for i in inverse.tolist()]


def dates(table: Table, column: str, layout: str, shown: str) -> NDArray[np.datetime64]:
    """Return a column of dates as the starts of UTC days, datetime64[ns], shape (row,).

    Parameters
    ----------
    table, column
        Which texts.
    layout
        As of ``strptime``: ``%d/%m/%Y``.
    shown
        The layout in words of an error: ``DD/MM/YYYY``.

    Raises
    ------
    FileContentError
        Naming the first line that has no such date.
    """
    days = translated(
        table, column, lambda text: datetime.strptime(text, layout).replace(tzinfo=UTC), shown
    )
    return np.array([day.replace(tzinfo=None) for day in days], dtype="datetime64[ns]")


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
    opener = gzip.open if packed else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as text:
        yield text


def _check_header(file: str, header: list[str], columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in header]
    if missing:
        expected = f"the columns {', '.join(columns)}"
        raise FileContentError(file, "line 1", expected, ", ".join(header)[:200] or "nothing")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _refuse(table: Table, column: str, row: int, expected: str) -> None:
    where = f"line {table.lines[row]}, column {column}"
    raise FileContentError(table.file, where, expected, repr(str(table.columns[column][row])))
