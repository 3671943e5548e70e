"""Soundings as Arrow tables: from the common schema, to GeoParquet 1.1, and back to numpy."""

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from casa_ogc.archive.hilbert import hilbert_index
from casa_processes.common.errors import FileContentError
from casa_processes.common.vocabulary import variable

if TYPE_CHECKING:
    import xarray as xr

REQUIRED = ("sounding_id", "time", "latitude", "longitude")
GEOMETRY = "geometry"
BBOX = "bbox"
ROW_GROUP = 16_384
_GEO = {
    "version": "1.1.0",
    "primary_column": GEOMETRY,
    "columns": {
        GEOMETRY: {
            "encoding": "WKB",
            "geometry_types": ["Point"],
            "covering": {"bbox": {edge: [BBOX, edge] for edge in ("xmin", "ymin", "xmax", "ymax")}},
        }
    },
}


def table_of(dataset: "xr.Dataset") -> pa.Table:
    """Return the soundings of a data set as a table, columns sorted by name.

    Raises
    ------
    FileContentError
        When a required column is missing, or a place or time is missing or impossible.
    UnknownNameError
        When the vocabulary has no such variable.
    """
    columns = {str(name): dataset[name] for name in dataset.variables}
    file = str(dataset.attrs.get("source", "data set"))
    for name in REQUIRED:
        if name not in columns:
            raise FileContentError(file, name, "a column", "none")
    names = sorted(name for name, array in columns.items() if "sounding" in array.dims)
    arrays = {name: _column(columns[name], name, file) for name in names}
    _check_places(arrays, file)
    return pa.table(arrays)


def sorted_table(table: pa.Table) -> pa.Table:
    """Return rows along the Hilbert curve, those of one place by time."""
    place = hilbert_index(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    order = np.lexsort((table["time"].cast(pa.int64()).to_numpy(), place))
    return table.take(pa.array(order))


def unified(tables: list[pa.Table]) -> pa.Table:
    """Return the rows of all tables; a column that one lacks is filled as missing there."""
    schema = pa.unify_schemas([table.schema for table in tables])
    return pa.concat_tables([_completed(table, schema) for table in tables]).combine_chunks()


def write_table(table: pa.Table, path: str) -> None:
    """Write a GeoParquet 1.1 file of row groups of 16 384 rows."""
    complete = _with_geometry(table)
    dictionary = [f.name for f in table.schema if pa.types.is_string(f.type)]
    pq.write_table(
        complete,
        path,
        row_group_size=ROW_GROUP,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in dictionary if name != "sounding_id"],
        write_statistics=True,
        store_schema=True,
        write_page_checksum=True,
    )


def to_numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as numpy: text as ``<U``, times as datetime64[ns], lists as (n, size)."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_fixed_size_list(array.type):
        values = array.flatten().to_numpy(zero_copy_only=False)
        return cast(NDArray[Any], values.reshape(len(array), array.type.list_size))
    if pa.types.is_string(array.type) or pa.types.is_dictionary(array.type):
        return np.array(array.to_pylist(), dtype=np.str_)
    if pa.types.is_timestamp(array.type):
        return cast(NDArray[Any], array.cast(pa.int64()).to_numpy().astype("datetime64[ns]"))
    return cast(NDArray[Any], array.to_numpy(zero_copy_only=False))


def missing(kind: pa.DataType, rows: int) -> pa.Array:
    """Return a column of missing values: NaN, -1 (flags), or empty text."""
    if pa.types.is_fixed_size_list(kind):
        values = missing(kind.value_type, rows * kind.list_size)
        return pa.FixedSizeListArray.from_arrays(values, kind.list_size)
    if pa.types.is_string(kind):
        return pa.array([""] * rows, kind)
    if pa.types.is_floating(kind):
        return pa.array(np.full(rows, np.nan), kind)
    return pa.array(np.full(rows, -1), kind)


def _completed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    for field in schema:
        if field.name not in table.column_names:
            table = table.append_column(field, missing(field.type, table.num_rows))
    return table.select(schema.names)


def _column(array: "xr.DataArray", name: str, file: str) -> pa.Array:
    variable(name)
    values = array.transpose("sounding", ...).values
    if values.dtype.kind in "OSU":
        return pa.array(_texts(values), pa.string())
    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[ns]"), pa.timestamp("ns", "UTC"))
    if values.dtype.kind == "b":
        values = values.astype(np.int8)
    if values.ndim == 1:
        return pa.array(values, from_pandas=False)
    if values.ndim != 2:
        raise FileContentError(file, name, "one or two dimensions", f"{values.ndim}")
    return pa.FixedSizeListArray.from_arrays(
        pa.array(np.ascontiguousarray(values).reshape(-1)), values.shape[1]
    )


def _texts(values: NDArray[Any]) -> list[str]:
    if values.dtype.kind == "S":
        return [text.decode() for text in values.tolist()]
    return [str(text) for text in values.tolist()]


def _check_places(arrays: dict[str, pa.Array], file: str) -> None:
    for name, limit in (("latitude", 90.0), ("longitude", 180.0)):
        values = arrays[name].to_numpy(zero_copy_only=False)
        if not np.all(np.abs(values) <= limit):
            found = f"{np.min(values)}..{np.max(values)}"
            raise FileContentError(file, name, f"values in -{limit:g}..{limit:g}", found)
    if arrays["time"].null_count:
        raise FileContentError(file, "time", "a time for every sounding", "missing ones")
    if pc.min(pc.utf8_length(arrays["sounding_id"])).as_py() == 0:
        raise FileContentError(file, "sounding_id", "an identifier for every sounding", "none")


def _with_geometry(table: pa.Table) -> pa.Table:
    x, y = table["longitude"].to_numpy(), table["latitude"].to_numpy()
    points = np.zeros(x.size, dtype=[("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    points["order"], points["kind"], points["x"], points["y"] = 1, 1, x, y
    width = points.dtype.itemsize
    offsets = pa.array(np.arange(x.size + 1, dtype=np.int32) * width)
    geometry = pa.Array.from_buffers(
        pa.binary(), x.size, [None, offsets.buffers()[1], pa.py_buffer(points.tobytes())]
    )
    edges = [pa.array(x), pa.array(y), pa.array(x), pa.array(y)]
    box = pa.StructArray.from_arrays(edges, ["xmin", "ymin", "xmax", "ymax"])
    complete = table.append_column(GEOMETRY, geometry).append_column(BBOX, box)
    return complete.replace_schema_metadata({"geo": json.dumps(_GEO)})
