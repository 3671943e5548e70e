"""CSV (RFC 4180) that a spreadsheet and ``pandas.read_csv`` read without options.

The one header line names each column and, in brackets, its units: ``xco2 [ppm]``. The columns
``datetime``, ``latitude`` and ``longitude`` (UTC; degrees) stand without, so that GIS programs find
them. A profile or the vertices of a sounding become numbered columns, ``pressure_levels_1 [hPa]``
being the lowest level. Missing values are empty.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from casa_ogc.encoders.columns import numbered
from casa_ogc.encoders.decimals import narrowed
from casa_ogc.encoders.ndarrays import flat_values
from casa_ogc.encoders.table import Table, tables
from casa_ogc.query.answer import Answer

_STRUCTURAL = frozenset(',"\r\n')


BLOCK = 65_536
"""Lines that are written at a time."""


def encode(answer: Answer) -> bytes:
    """Encode an answer as UTF-8 text with a header line and a line for each cell or sounding."""
    return b"".join(stream(answer))


def stream(answer: Answer) -> Iterator[bytes]:
    """Yield the header line with the first lines, then further lines."""
    parts = [pa.table(_columns(table)) for table in tables(answer, as_text=True)]
    whole = _narrowed(pa.concat_tables(parts, promote_options="permissive"))
    sink = BytesIO()
    quoted = any(_STRUCTURAL.intersection(name) for name in whole.column_names)
    header = "needed" if quoted else "none"
    options = csv.WriteOptions(quoting_style="needed", quoting_header=header)
    with csv.CSVWriter(sink, whole.schema, write_options=options) as writer:
        for batch in whole.to_batches(max_chunksize=BLOCK):
            writer.write_batch(batch)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()


def _narrowed(table: pa.Table) -> pa.Table:
    """Hold columns in single precision that are so, for their shortest decimals."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        double = column.type == pa.float64()
        columns[name] = (
            pa.array(narrowed(column.to_numpy()), from_pandas=True) if double else column
        )
    return pa.table(columns)


def _columns(table: Table) -> dict[str, Any]:
    """Return the columns with their headings."""
    columns: dict[str, Any] = {}
    if table.datetime is not None:
        columns["datetime"] = pa.array(table.datetime, type=pa.string())
    if table.vertical is not None:
        name, units, heights = table.vertical
        columns[heading(name, units)] = heights
    columns |= {"latitude": table.latitude, "longitude": table.longitude}
    for name, values in table.columns.items():
        units = table.variables[name].units
        parts = {name: values} if values.ndim == 1 else numbered(name, values)
        columns |= {heading(part, units): _array(column) for part, column in parts.items()}
    return columns


def heading(name: str, units: str) -> str:
    """Name a column with its units.

    >>> heading("xco2", "ppm"), heading("sounding_id", "")
    ('xco2 [ppm]', 'sounding_id')
    """
    return f"{name} [{units}]" if units else name


def _array(values: NDArray[Any]) -> pa.Array:
    """Return a column of numbers or texts, missing values as null."""
    kind, flat = flat_values(values)
    if kind == "string":
        return pa.array(flat, type=pa.string())
    return pa.array(np.asarray(flat), from_pandas=True)
