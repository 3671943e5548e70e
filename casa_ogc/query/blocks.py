"""Decoded chunks of cubes, kept in a bounded memory: many tiles are cut from one chunk."""

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Role
from casa_ogc.query.picks import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casa_ogc.archive.cubes import StoredArray

KEPT_BYTES = 256 << 20

type Block = NDArray[np.float32]
type Key = tuple["StoredArray", tuple[Run, ...]]


class Blocks:
    """Least recently used blocks, bounded in bytes; safe for any number of threads."""

    def __init__(self, limit: int) -> None:
        self._limit, self._held = limit, 0
        self._blocks: OrderedDict[Key, Block] = OrderedDict()
        self._lock = Lock()

    def get(self, array: "StoredArray", cells: "Mapping[Role, Run]") -> Block:
        """Return the values of a window that has one time and one level, shape (y, x), read-only.

        Parameters
        ----------
        cells
            Run of stored cells along each axis of the array.
        """
        key = array, tuple(cells[role] for role in array.roles)
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
                return block
        block = _read(array, cells)
        with self._lock:
            if key not in self._blocks:
                self._held += block.nbytes
                self._blocks[key] = block
            while self._held > self._limit and len(self._blocks) > 1:
                self._held -= self._blocks.popitem(last=False)[1].nbytes
        return block


def _read(array: "StoredArray", cells: "Mapping[Role, Run]") -> Block:
    values = array.read(tuple(slice(*cells[role]) for role in array.roles))
    shape = [cells[role][1] - cells[role][0] if role in array.roles else 1 for role in ("y", "x")]
    block = np.ascontiguousarray(values, dtype=np.float32).reshape(shape)
    block.flags.writeable = False
    return block


BLOCKS = Blocks(KEPT_BYTES)
"""The blocks of this process."""
