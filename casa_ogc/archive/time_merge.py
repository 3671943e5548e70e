"""Merging time axes: new steps find their sorted place, equal ones replace."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_processes.common.errors import FileContentError


@dataclass(frozen=True, eq=False)
class Merge:
    """Where steps go.

    Attributes
    ----------
    axis
        The merged axis, or None for data without time.
    positions
        Index in `axis` of each step of the new data, in their order.
    moves
        Pairs (old, new) of stored steps that get another index, shape (m, 2), ascending.
    """

    axis: Axis | None
    positions: NDArray[np.int64]
    moves: NDArray[np.int64]

    def renumbered(self, steps: Iterable[int]) -> list[int]:
        """Return stored steps under their new index."""
        table = {int(old): int(new) for old, new in self.moves}
        return [table.get(step, step) for step in steps]


def merged_time(stored: Axis | None, given: Axis | None) -> Merge:
    """Merge the time axis of new data into the stored one.

    Raises
    ------
    FileContentError
        When only one of the two has cell bounds.
    """
    none = np.empty((0, 2), np.int64)
    if given is None:
        return Merge(None, np.zeros(1, np.int64), none)
    if stored is not None and (stored.bounds is None) != (given.bounds is None):
        expected, found = ("no bounds", "bounds")[:: 1 if stored.bounds is None else -1]
        raise FileContentError("data set", "time", expected, found)
    old = given.values[:0] if stored is None else stored.values
    values = np.union1d(old, given.values)
    positions = np.searchsorted(values, given.values)
    kept = np.searchsorted(values, old)
    bounds = None
    if given.bounds is not None:
        bounds = np.empty((values.size, 2), given.bounds.dtype)
        if stored is not None and stored.bounds is not None:
            bounds[kept] = stored.bounds
        bounds[positions] = given.bounds
    indices = np.arange(old.size)
    moved = indices != kept
    moves = np.stack([indices[moved], kept[moved]], axis=1)
    return Merge(_axis(stored or given, values, bounds), positions, moves)


def _axis(like: Axis, values: NDArray[Any], bounds: NDArray[Any] | None) -> Axis:
    return replace(like, values=values, bounds=bounds)
