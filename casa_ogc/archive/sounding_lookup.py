"""Compiled look-up: values of hits, and the hit of an identifier."""

from typing import Any

import numpy as np
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from casa_ogc.archive.addresses import BY_ID, LAYOUT, ROW_BITS, ROWS, Hits, Table, at, identifier
from casa_processes.common.jit import kernel

assert LAYOUT == 3, "count on here as well, so that the kernels are compiled anew"


@kernel
def gather(parts: Table, addresses: Table, hits: Hits, values: Any, missing: Any) -> None:
    """Write one value for each hit.

    Parameters
    ----------
    addresses
        Where each part has the column; 0 where it has none.
    values
        What to fill, of the column's type, shape (hit,).
    missing
        What stands for an absent value, of the same type, shape (1,).
    """
    for i in range(hits.size):
        part = hits[i] >> 32
        if addresses[part] == 0:
            values[i] = missing[0]
        else:
            column = carray(at(addresses[part]), (parts[part, ROWS],), values.dtype)
            values[i] = column[hits[i] & ROW_BITS]


@kernel
def gather_identifiers(parts: Table, hits: Hits, texts: Any) -> None:
    """Write the bytes of identifiers as integers, shape (hit, width), zeros after the end."""
    for i in range(hits.size):
        text = identifier(parts, hits[i])
        for place in range(texts.shape[1]):
            texts[i, place] = text[place] if place < text.size else 0


@kernel
def find(parts: Table, wanted: NDArray[np.uint8]) -> int:
    """Return the hit of an identifier, by bisection of each part; -1 where there is none.

    `wanted` holds its bytes without zeros at the end.
    """
    for part in range(len(parts)):
        rows = parts[part, ROWS]
        by_id = carray(at(parts[part, BY_ID]), (rows,), np.int32)
        low, high = 0, rows - 1
        while low <= high:
            middle = (low + high) // 2
            hit = (part << 32) | by_id[middle]
            side = _compared(identifier(parts, hit), wanted)
            if side == 0:
                return int(hit)
            low, high = (middle + 1, high) if side < 0 else (low, middle - 1)
    return -1


@kernel
def _compared(text: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> int:
    """Return -1, 0 or 1 for a text before, equal to or after another."""
    for i in range(max(text.size, wanted.size)):
        x = text[i] if i < text.size else np.uint8(0)
        y = wanted[i] if i < wanted.size else np.uint8(0)
        if x != y:
            return -1 if x < y else 1
    return 0
