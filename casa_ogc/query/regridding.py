"""From stored cells to those of a target: weighted sums over what lies in each."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.longitudes import Circle, all_columns, columns_between
from casa_ogc.query.overlaps import Overlap, overlap, overlap_around, sums
from casa_ogc.query.picks import Pick
from casa_ogc.query.windows import Ground

type Numbers = NDArray[np.float64]
type Sums = tuple[Numbers, Numbers]
"""Weighted sums of the valid values, and sums of their weights."""

_BLOCK = 1 << 18
_ALIKE = 1e-7


@dataclass(frozen=True, eq=False)
class Regrid:
    """How stored cells make the cells of a target.

    Attributes
    ----------
    y, x
        Stored cells that are needed.
    shape
        Rows and columns of the target.
    sums
        From values of shape (..., y, x), NaN where missing, to the sums of shape (..., rows,
        columns).
    aligned
        Whether each cell of the target is one stored cell.
    """

    y: Pick
    x: Pick
    shape: tuple[int, int]
    sums: Callable[[NDArray[np.floating]], Sums]
    aligned: bool

    @property
    def sources(self) -> int:
        """Number of stored cells that are needed."""
        return self.y.cells.size * self.x.cells.size


def area_weighted(grid: Ground, latitudes: Numbers, longitudes: Numbers) -> Regrid | None:
    """Return how cells between parallels and meridians are made: by exact areas on the sphere.

    Parameters
    ----------
    grid
        Stored cells.
    latitudes, longitudes
        Edges of rows and columns of the target, shape (n, 2).

    Returns
    -------
    Regrid
        None where no stored cell meets the target.
    """
    y = _rows_meeting(grid, latitudes)
    x = columns_meeting(grid.circle, longitudes)
    if y is None or x is None:
        return None
    stored = np.sin(np.radians(np.clip(np.asarray(y.axis.bounds, dtype=np.float64), -90, 90)))
    wanted = np.sin(np.radians(np.clip(latitudes, -90, 90)))
    down = overlap(stored, wanted)
    edges = np.asarray(x.axis.bounds, dtype=np.float64)
    across = overlap_around(edges, longitudes)
    aligned = _aligned(down, stored, wanted) and _aligned(across, edges, longitudes)

    def summed(values: NDArray[np.floating]) -> Sums:
        return _summed(values, down, across)

    return Regrid(y, x, (down.size, across.size), summed, aligned)


def columns_meeting(ring: Circle, longitudes: Numbers) -> Pick | None:
    """Return the columns of which a part lies in any of some intervals of longitude."""
    shares = overlap_around(ring.bounds, longitudes)
    met = np.zeros(ring.size, dtype=bool)
    met[shares.sources[shares.weights > 0]] = True
    if met.all():
        return all_columns(ring)
    if not met.any():
        return None
    first = int(np.flatnonzero(met & ~np.roll(met, 1))[0])
    gap = int(np.flatnonzero(~np.roll(met, -first))[0])
    if met.sum() != gap:
        return all_columns(ring)
    last = (first + gap - 1) % ring.size
    return columns_between(ring, float(ring.values[first]), float(ring.values[last]))


def _rows_meeting(grid: Ground, latitudes: Numbers) -> Pick | None:
    rows = grid.rows
    start = int(np.searchsorted(rows.north, latitudes.min(), "right"))
    stop = int(np.searchsorted(rows.south, latitudes.max(), "left"))
    return rows.line.pick([(start, stop)])


def _aligned(shares: Overlap, stored: Numbers, wanted: Numbers) -> bool:
    """Tell whether each target cell has one share, which is the whole of a stored cell."""
    if shares.size != shares.sources.size:
        return False
    target = np.abs(np.diff(wanted, axis=1)[:, 0])
    source = np.abs(np.diff(stored, axis=1)[shares.sources, 0])
    whole = (np.abs(shares.weights - target) <= _ALIKE * target).all()
    return bool(whole and (np.abs(source - target) <= _ALIKE * target).all())


def _summed(values: NDArray[np.floating], down: Overlap, across: Overlap) -> Sums:
    """Sum by rows, then by columns, some rows of the target at a time."""
    leading = values.shape[:-2]
    shape = (*leading, down.size, across.size)
    totals, weights = np.empty(shape), np.empty(shape)
    step = max(
        1, _BLOCK * down.size // max(1, prod(leading) * down.sources.size * values.shape[-1])
    )
    for first in range(0, down.size, step):
        part = down.part(first, min(first + step, down.size))
        rows = slice(int(part.sources.min()), int(part.sources.max()) + 1)
        part = Overlap(part.sources - rows.start, part.weights, part.starts)
        block = values[..., rows, :].astype(np.float64)
        valid = np.isfinite(block)
        block[~valid] = 0.0
        index = (..., slice(first, first + part.size), slice(None))
        totals[index] = sums(sums(block, part, -2), across, -1)
        weights[index] = sums(sums(valid.astype(np.float64), part, -2), across, -1)
    return totals, weights
