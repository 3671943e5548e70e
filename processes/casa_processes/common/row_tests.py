"""Conditions on soundings that the service compiles and workers evaluate.

The language of conditions is that of the service, whose words the science does not know: a
reference names the function that makes a test of a condition, as a process names its computation.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.io import column_values
from casa_processes.common.netcdf import in_type
from casa_processes.common.references import RowTest

type Columns = Mapping[str, NDArray[Any]]
type Test = Callable[[Columns, int], NDArray[np.bool_]]


def passing(test: RowTest, rows: pa.Table) -> NDArray[np.bool_]:
    """Return which rows pass a test, shape (row,).

    Parameters
    ----------
    test
        Condition, and who makes a test of it.
    rows
        Stored columns, those of the test among them.

    Raises
    ------
    UnknownNameError
        When a column is not stored.
    InvalidValueError
        When the function does not exist.
    """
    for name in test.columns:
        if name not in rows.column_names:
            raise UnknownNameError("variable", name, rows.column_names)
    columns = {name: _typed(name, rows[name]) for name in test.columns}
    return _made(test)(columns, rows.num_rows)


def _made(test: RowTest) -> Test:
    made: Test = _function(test.function)(test.condition)
    return made


@cache
def _function(text: str) -> Callable[[Mapping[str, Any]], Test]:
    module, _, name = text.partition(":")
    try:
        found: Callable[[Mapping[str, Any]], Test] = getattr(import_module(module), name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise InvalidValueError("the test of rows", text, f"a function ({error})") from error
    return found


def _typed(name: str, column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column in the vocabulary's type; texts that are missing are empty."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.fill_null(column, "")
    values = column_values(column)
    return values.astype("datetime64[ns]") if values.dtype.kind == "M" else in_type(name, values)
