"""What columns of a model beside soundings cost, from statistics and shapes alone."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.query.cost import CHUNK_OVERHEAD, Cost, Options
from casa_ogc.query.model_columns import MODELLED, Model, model_pressure, with_sensitivity
from casa_ogc.query.request import Request
from casa_ogc.query.soundings import rows_at_most, sounding_cost

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import StoredArray
    from casa_ogc.archive.soundings import SoundingStore

_LAYOUTS = ("map", "series")
_COLUMNS = 2
"""The smoothed and the plain column."""


def model_cost(store: "SoundingStore", request: Request, options: Options, model: Model) -> Cost:
    """Return what columns of a model cost at most; nothing of soundings or model is read.

    Its cells are what the limit is compared with: the model's values at all soundings that may be
    met, or the soundings' own. Where soundings lie is not known before they are read: each is
    counted with chunks of the model of its own, as far as there are so many.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `casa_ogc.query.model_columns.model_columns`.
    """
    _, asked = with_sensitivity(store, request, options)
    levels = model_pressure(model).size
    rows, own = rows_at_most(store, asked, options), sounding_cost(store, asked, options)
    arrays = [
        model.cube.layouts[name].arrays[MODELLED] for name in _LAYOUTS if name in model.cube.layouts
    ]
    read_bytes, chunks = min(
        (_decoded(array, rows, levels) for array in arrays),
        key=lambda one: one[0] + one[1] * CHUNK_OVERHEAD,
    )
    added = rows * _COLUMNS
    return replace(
        own,
        cells=max(own.cells + added, rows * levels),
        bytes=own.bytes + added * np.dtype(np.float64).itemsize,
        read_bytes=own.read_bytes + read_bytes,
        chunks=own.chunks + chunks,
    )


def _decoded(array: "StoredArray", rows: int, levels: int) -> tuple[int, int]:
    """Return bytes and number of the chunks that so many soundings may meet, on every level."""
    sizes = dict(zip(array.roles, zip(array.shape, array.chunks, strict=True), strict=True))
    deep = -(-levels // sizes.pop("z")[1])
    columns = int(np.prod([-(-size // chunk) for size, chunk in sizes.values()], dtype=np.int64))
    chunks = min(rows, columns) * deep
    return chunks * int(np.prod(array.chunks, dtype=np.int64)) * array.dtype.itemsize, chunks
