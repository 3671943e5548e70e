"""Reading cells of one stored array."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import ROLES, Role
from casa_ogc.query.picks import Cells, Move, cells_read, chunks_touched, moves

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import StoredArray

_TOLERATED_WASTE = 4
_TOLERATED_CELLS = 1 << 22


class Itinerary:
    """The moves along each axis that read some cells, found once per chunk size.

    Runs that share a chunk are read together, unless that would hold many more cells in memory
    than are asked.
    """

    def __init__(self, cells: Mapping[Role, Cells]) -> None:
        self.cells = cells
        self._known: dict[tuple[Role, int, bool], tuple[Move, ...]] = {}

    def along(self, array: "StoredArray") -> tuple[tuple[Move, ...], ...]:
        """Return the moves along each role of an array."""
        merged = self._moves(array, True)
        held = prod(cells_read(one) for one in merged)
        asked = prod(self.cells[role].size for role in array.roles)
        if held <= _TOLERATED_CELLS + _TOLERATED_WASTE * asked:
            return merged
        return self._moves(array, False)

    def chunks(self, array: "StoredArray") -> int:
        """Return how many chunks of an array are decoded."""
        along = self.along(array)
        return prod(
            chunks_touched(one, chunk) for one, chunk in zip(along, array.chunks, strict=True)
        )

    def _moves(self, array: "StoredArray", merged: bool) -> tuple[tuple[Move, ...], ...]:
        result = []
        for role, chunk in zip(array.roles, array.chunks, strict=True):
            key = (role, chunk, merged)
            if key not in self._known:
                self._known[key] = moves(self.cells[role], chunk, merged)
            result.append(self._known[key])
        return tuple(result)


def read(array: "StoredArray", itinerary: Itinerary) -> NDArray[Any]:
    """Return the cells of an array.

    Returns
    -------
    C-contiguous, axes in the order t, z, y, x as far as the array has them.
    """
    along = itinerary.along(array)
    if all(len(one) == 1 and _plain(one[0]) for one in along):
        values = array.read(tuple(slice(*one[0].read) for one in along))
    else:
        values = _assembled(array, along, itinerary.cells)
    order = [array.roles.index(role) for role in ROLES if role in array.roles]
    if order != sorted(order):
        values = values.transpose(order)
    return np.ascontiguousarray(values).reshape(values.shape)


def _plain(move: Move) -> bool:
    """Return whether a move is answered just as it is read."""
    if len(move.parts) > 1:
        return False
    source, _ = move.parts[0]
    return source.step is None


def _assembled(
    array: "StoredArray", along: Sequence[Sequence[Move]], cells: Mapping[Role, Cells]
) -> NDArray[Any]:
    result = np.empty([cells[role].size for role in array.roles], dtype=array.dtype)
    for combination in product(*along):
        values = array.read(tuple(slice(*move.read) for move in combination))
        for parts in product(*(move.parts for move in combination)):
            source, target = zip(*parts, strict=True)
            result[target] = values[source]
    return result
