"""GeoParquet 1.1: one row for each cell and time of a grid, or for each sounding.

Every file has a point geometry (WKB, CRS84) beside the columns ``longitude`` and ``latitude``, so
that programs for plain Parquet and for GeoParquet read the same file. Times are UTC timestamps;
units stand in the metadata of each column. Profiles are lists.
"""

import json
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from casa_ogc.encoders.ndarrays import flat_values
from casa_ogc.encoders.table import Table, tables
from casa_ogc.query.answer import Answer, SoundingsAnswer
from casa_processes.common.vocabulary import Variable

_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def encode(answer: Answer) -> bytes:
    """Encode an answer as the bytes of one Parquet file."""
    resolution = answer.time_resolution if isinstance(answer, SoundingsAnswer) else ""
    parts = [_table(table, resolution) for table in tables(answer)]
    whole = pa.concat_tables(parts, promote_options="permissive")
    longitudes, latitudes = (whole[name].to_numpy() for name in ("longitude", "latitude"))
    whole = whole.replace_schema_metadata(_metadata(answer, longitudes, latitudes))
    sink = BytesIO()
    parquet.write_table(whole, sink, compression="zstd", compression_level=1)
    return sink.getvalue()


def _table(table: Table, resolution: str) -> pa.Table:
    fields, columns = [], []

    def add(name: str, column: pa.Array, **metadata: str | None) -> None:
        known = {key: text for key, text in metadata.items() if text}
        fields.append(pa.field(name, column.type, metadata=known))
        columns.append(column)

    if table.instants is not None:
        stamps = pa.array(table.instants.astype("datetime64[ns]"), pa.timestamp("ns", "UTC"))
        add("time", stamps, resolution=resolution)
    if table.vertical is not None:
        name, units, heights = table.vertical
        add(name, pa.array(heights), units=units)
    add("latitude", pa.array(table.latitude), units="degrees_north")
    add("longitude", pa.array(table.longitude), units="degrees_east")
    for name, values in table.columns.items():
        add(name, _column(values), **_described(table.variables[name]))
    add("geometry", points(table.longitude, table.latitude))
    return pa.table(columns, schema=pa.schema(fields))


def points(longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]) -> pa.Array:
    """Return points as well-known binary, little-endian."""
    made = np.zeros(longitudes.size, dtype=_POINT)
    made["order"], made["type"], made["x"], made["y"] = 1, 1, longitudes, latitudes
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_POINT.itemsize), longitudes.size, [None, pa.py_buffer(made.tobytes())]
    )
    return fixed.cast(pa.binary())


def _column(values: NDArray[Any]) -> pa.Array:
    """Return a column of numbers or texts, missing values as null; profiles as lists."""
    kind, flat = flat_values(values)
    if kind == "string":
        return pa.array(flat, type=pa.string())
    column = pa.array(np.asarray(flat), from_pandas=True)
    if values.ndim == 1:
        return column
    return pa.FixedSizeListArray.from_arrays(column, values.shape[1])


def _described(variable: Variable) -> dict[str, str | None]:
    return {
        "units": variable.units,
        "long_name": variable.en,
        "long_name_zh": variable.zh,
        "standard_name": variable.standard_name,
    }


def _metadata(
    answer: Answer, longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]
) -> dict[str, str]:
    """Return the metadata of the file: GeoParquet's, and where the data come from."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if longitudes.size:
        box = (longitudes.min(), latitudes.min(), longitudes.max(), latitudes.max())
        column["bbox"] = [float(value) for value in box]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    origin = answer.origin
    texts = {
        "geo": json.dumps(geo),
        "title": origin.title,
        "product": origin.product,
        "product_version": origin.snapshot,
        "license": origin.licence,
        "references": origin.citation,
    }
    return {name: text for name, text in texts.items() if text}
