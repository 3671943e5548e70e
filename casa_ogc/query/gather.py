"""Reading single cells of a stored array, wherever they lie."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Role

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Layout, StoredArray

type Places = Mapping[Role, NDArray[np.int64]]
"""Stored cell of each sample along each axis, shape (n,) each."""

_CHUNK_OVERHEAD = 1 << 17


def gather(array: "StoredArray", places: Places) -> NDArray[Any]:
    """Return the values of cells, each chunk being read once.

    Parameters
    ----------
    array
        Where to read.
    places
        Cells along at least the axes that the array has.

    Returns
    -------
    Decoded values, shape (n,).
    """
    chunk = _chunk_numbers(array, places)
    order = np.argsort(chunk, kind="stable")
    starts = np.flatnonzero(np.diff(chunk[order], prepend=-1))
    values = np.empty(chunk.size, dtype=array.dtype)
    for group in np.split(order, starts[1:]):
        if group.size:
            mine = [places[role][group] for role in array.roles]
            lows = [int(cells.min()) for cells in mine]
            window = tuple(
                slice(low, int(cells.max()) + 1) for low, cells in zip(lows, mine, strict=True)
            )
            inside = tuple(cells - low for low, cells in zip(lows, mine, strict=True))
            values[group] = array.read(window)[inside]
    return values


def chunks_met(array: "StoredArray", places: Places) -> int:
    """Return how many chunks `gather` reads."""
    return int(np.unique(_chunk_numbers(array, places)).size)


def cheapest(
    layouts: Mapping[str, "Layout"], names: Sequence[str], places: Places
) -> tuple[str, int, int]:
    """Return the layout that costs least to gather from, with its chunks and their bytes."""
    found = []
    for layout in ("map", "series"):
        if layout not in layouts:
            continue
        chunks = size = 0
        for name in names:
            array = layouts[layout].arrays[name]
            met = chunks_met(array, places)
            chunks += met
            size += met * int(np.prod(array.chunks)) * array.dtype.itemsize
        found.append((size + chunks * _CHUNK_OVERHEAD, layout, chunks, size))
    _, layout, chunks, size = min(found)
    return layout, chunks, size


def _chunk_numbers(array: "StoredArray", places: Places) -> NDArray[np.int64]:
    """Return the number of the chunk that holds each cell."""
    number = np.zeros(next(iter(places.values())).size, dtype=np.int64)
    for role, size, chunk in zip(array.roles, array.shape, array.chunks, strict=True):
        number = number * -(-size // chunk) + places[role] // chunk
    return number
