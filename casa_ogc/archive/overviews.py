"""Overviews: a pyramid of area-weighted means, each level half as fine as the one before.

A mean is that of all valid cells below it, weighted by their exact area on the sphere, whatever the
number of levels between. An uncertainty is combined as that of a mean whose errors are fully
correlated (the area-weighted mean of the standard uncertainties): neighbouring cells of a mapped
product share their prior, transport and calibration errors, so that independence would understate
it. Flags and other whole numbers keep the value that covers the largest area.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Role
from casa_processes.common.jit import kernel

SMALLEST = 64
type Field = NDArray[Any]


def coarser(axis: Axis) -> Axis:
    """Return the axis whose cells join two neighbours; a last odd cell stays alone."""
    if axis.bounds is None or axis.size == 1:
        return axis
    first = axis.bounds[0::2]
    last = np.concatenate([axis.bounds[1::2], axis.bounds[-1:]])[: first.shape[0]]
    pairs = np.concatenate([first, last], axis=1)
    bounds = np.stack([pairs.min(axis=1), pairs.max(axis=1)], axis=1)
    return replace(axis, values=bounds.mean(axis=1), bounds=bounds)


def pyramid_axes(axes: Mapping[Role, Axis]) -> list[dict[Role, Axis]]:
    """Return the axes of every overview, the finest first, down to about 64 cells a side."""
    levels: list[dict[Role, Axis]] = []
    current = dict(axes)
    while max((current[r].size for r in ("y", "x") if r in current), default=0) > SMALLEST:
        current = {
            role: coarser(axis) if role in ("y", "x") else axis for role, axis in current.items()
        }
        levels.append(current)
    return levels


def cell_areas(axes: Mapping[Role, Axis]) -> NDArray[np.float64]:
    """Return the relative area of each cell on the sphere, shape (y, x); an absent axis has 1."""
    y, x = axes.get("y"), axes.get("x")
    rows = np.ones(1)
    columns = np.ones(1)
    if y is not None and y.bounds is not None:
        rows = np.abs(np.diff(np.sin(np.deg2rad(y.bounds)), axis=1)[:, 0])
    if x is not None and x.bounds is not None:
        columns = np.abs(np.diff(x.bounds, axis=1)[:, 0])
    return rows[:, None] * columns[None, :]


def means(values: Field, areas: NDArray[np.float64], levels: int) -> Iterator[Field]:
    """Yield the area-weighted means of `values`, shape (..., y, x), level by level.

    Missing values (NaN) have no weight; a cell without any valid one is NaN. The result has the
    type of `values`.
    """
    y, x = values.shape[-2:]
    flat = np.ascontiguousarray(values).reshape(-1, y, x)
    sums = np.empty((2, flat.shape[0], -(-y // 2), -(-x // 2)))
    _weighted(flat, np.ascontiguousarray(areas, dtype=np.float64), sums)
    for level in range(levels):
        if level:
            finer, sums = sums, np.empty((*sums.shape[:2], *(-(-n // 2) for n in sums.shape[2:])))
            _joined(finer, sums)
        mean = np.empty(sums.shape[1:], values.dtype)
        _divided(sums, mean)
        yield mean.reshape(*values.shape[:-2], *mean.shape[1:])


@kernel
def _weighted(values: Field, areas: Field, sums: Field) -> None:
    """Sum values times areas, and areas, of each 2 x 2 cells; those not finite have no weight."""
    steps, rows, columns = values.shape
    for n in range(steps):
        sums[:, n] = 0.0
        for i in range(rows):
            for j in range(columns):
                if np.isfinite(values[n, i, j]):
                    sums[0, n, i // 2, j // 2] += values[n, i, j] * areas[i, j]
                    sums[1, n, i // 2, j // 2] += areas[i, j]


@kernel
def _joined(finer: Field, sums: Field) -> None:
    """Add up each 2 x 2 sums."""
    kinds, steps, rows, columns = finer.shape
    for k in range(kinds):
        for n in range(steps):
            sums[k, n] = 0.0
            for i in range(rows):
                for j in range(columns):
                    sums[k, n, i // 2, j // 2] += finer[k, n, i, j]


@kernel
def _divided(sums: Field, mean: Field) -> None:
    """Divide the sums by their weights; NaN without any."""
    steps, rows, columns = mean.shape
    for n in range(steps):
        for i in range(rows):
            for j in range(columns):
                weight = sums[1, n, i, j]
                mean[n, i, j] = sums[0, n, i, j] / weight if weight > 0 else np.nan


def majorities(values: Field, areas: NDArray[np.float64], levels: int) -> Iterator[Field]:
    """Yield the values that cover most of each 2 x 2 cells, level by level; shape (..., y, x)."""
    weight = np.broadcast_to(areas, values.shape)
    for _ in range(levels):
        candidates, weights = _quarters(values, "edge"), _quarters(weight, "constant")
        same = candidates[:, None] == candidates[None, :]
        votes = np.where(same, weights[None, :], 0.0).sum(axis=1)
        best = votes.argmax(axis=0)[None]
        values = np.take_along_axis(candidates, best, axis=0)[0]
        weight = weights.sum(axis=0)
        yield values


def _quarters(values: Field, margin: Literal["edge", "constant"]) -> Field:
    """Return the four members of each 2 x 2 cells, shape (4, ..., y/2, x/2).

    Members beyond the edge repeat it (``edge``) or are 0 (``constant``: no weight).
    """
    rows, columns = values.shape[-2] % 2, values.shape[-1] % 2
    widths = [(0, 0)] * (values.ndim - 2) + [(0, rows), (0, columns)]
    padded = np.pad(values, widths, mode=margin)
    return np.stack([padded[..., i::2, j::2] for i in (0, 1) for j in (0, 1)])
