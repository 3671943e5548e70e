"""A sample of a variable's values over all its time and space, for the limits of its colours."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.soundings import SoundingStore

_STEPS = 12
_LEVELS = 6
_GROUPS = 8
_REMEMBERED = 2048


@lru_cache(maxsize=_REMEMBERED)
def sample(store: Cube | SoundingStore, name: str) -> NDArray[Any]:
    """Return values of a variable spread evenly over a snapshot, shape (n,).

    Cubes: the coarsest overview at up to 12 times and 6 levels. Soundings: up to 8 row groups.
    The same snapshot gives the same sample, so that all tiles of a map have the same colours.
    """
    if isinstance(store, Cube):
        return _cells(store, name)
    return _rows(store, name)


def _cells(cube: Cube, name: str) -> NDArray[Any]:
    levels = [int(one.rpartition("/")[2]) for one in cube.layouts if one.startswith("overview/")]
    layout = cube.layouts[f"overview/{max(levels)}" if levels else "map"]
    array = layout.arrays[name]
    sizes = dict(zip(array.roles, array.shape, strict=True))
    found = []
    for t in _spread(sizes.get("t", 1), _STEPS):
        for z in _spread(sizes.get("z", 1), _LEVELS):
            at = {"t": slice(t, t + 1), "z": slice(z, z + 1)}
            index = tuple(at.get(role, slice(0, sizes[role])) for role in array.roles)
            found.append(array.read(index).ravel())
    return np.concatenate(found)


def _rows(store: SoundingStore, name: str) -> NDArray[Any]:
    from casa_ogc.archive.parts import read_columns

    groups = [
        (part, group)
        for part in store.parts
        if name in part.columns
        for group in range(part.rows.size)
    ]
    chosen = [groups[number] for number in _spread(len(groups), _GROUPS)]
    return np.concatenate([read_columns(part, group, (name,))[name] for part, group in chosen])


def _spread(size: int, most: int) -> list[int]:
    """Return up to so many numbers below `size`, evenly spaced, with the first and the last."""
    return sorted({int(number) for number in np.linspace(0, size - 1, min(size, most)).round()})
