"""Cells picked along one axis of a cube."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from casa_ogc.archive.axes import Axis

type Run = tuple[int, int]
"""Start and stop of consecutive stored cells."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Stored cells along one axis, in the order of the answer.

    Attributes
    ----------
    runs
        Consecutive stored cells; the runs do not overlap.
    reverse
        Whether the answer goes through each run from its last stored cell to the first.
    """

    runs: tuple[Run, ...]
    reverse: bool = False

    @property
    def size(self) -> int:
        """Number of cells."""
        return sum(stop - start for start, stop in self.runs)

    @property
    def first(self) -> int:
        """The first stored cell of the first run."""
        return self.runs[0][0]


@dataclass(frozen=True, eq=False, slots=True)
class Pick:
    """Cells of one axis, and the axis that they make in the answer."""

    axis: Axis
    cells: Cells


@dataclass(frozen=True, slots=True)
class Move:
    """One slice to read along an axis, and where its cells go.

    Attributes
    ----------
    read
        Stored cells to read at once.
    parts
        For each run within: cells of what was read (in reading or in reverse order), and the
        cells of the answer that they fill.
    """

    read: Run
    parts: tuple[tuple[slice, slice], ...]


def subset(axis: Axis, runs: Sequence[Run]) -> Axis:
    """Return the stored cells of `runs` as an axis, in that order."""
    if len(runs) == 1:
        start, stop = runs[0]
        if stop - start == axis.size:
            return axis
        bounds = None if axis.bounds is None else axis.bounds[start:stop]
        return replace(axis, values=axis.values[start:stop], bounds=bounds)
    cells = np.concatenate([np.arange(start, stop) for start, stop in runs])
    bounds = None if axis.bounds is None else axis.bounds[cells]
    return replace(axis, values=axis.values[cells], bounds=bounds)


def moves(cells: Cells, chunk: int, merged: bool) -> tuple[Move, ...]:
    """Return what to read along an axis.

    Parameters
    ----------
    chunk
        Cells of the stored chunks along this axis.
    merged
        Whether runs that begin in the chunk in which another ends are read together, so that no
        chunk is decoded twice; else each run is read alone, so that nothing is read in vain.
    """
    placed: list[tuple[int, int, int]] = []
    position = 0
    for start, stop in cells.runs:
        placed.append((start, stop, position))
        position += stop - start
    placed.sort()
    groups: list[list[tuple[int, int, int]]] = []
    for run in placed:
        if merged and groups and run[0] // chunk == (groups[-1][-1][1] - 1) // chunk:
            groups[-1].append(run)
        else:
            groups.append([run])
    return tuple(_move(group, cells.reverse) for group in groups)


def _move(group: Sequence[tuple[int, int, int]], reverse: bool) -> Move:
    first, last = group[0][0], group[-1][1]
    parts = []
    for start, stop, position in group:
        source = slice(start - first, stop - first)
        if reverse:
            source = slice(source.stop - 1, source.start - 1 if source.start else None, -1)
        parts.append((source, slice(position, position + stop - start)))
    return Move((first, last), tuple(parts))


def chunks_touched(moved: Sequence[Move], chunk: int) -> int:
    """Return how many chunks along an axis are decoded."""
    return sum((move.read[1] - 1) // chunk - move.read[0] // chunk + 1 for move in moved)


def cells_read(moved: Sequence[Move]) -> int:
    """Return how many cells along an axis are read at once or one after the other."""
    return sum(move.read[1] - move.read[0] for move in moved)


def trimmed(pick: Pick, first: int, stop: int) -> Pick:
    """Return the cells `first` to `stop` (excluded) of a pick."""
    runs: list[Run] = []
    position = 0
    for begin, end in pick.cells.runs:
        low, high = max(first - position, 0), min(stop - position, end - begin)
        if low < high:
            runs.append(
                (end - high, end - low) if pick.cells.reverse else (begin + low, begin + high)
            )
        position += end - begin
    return Pick(subset(pick.axis, [(first, stop)]), Cells(tuple(runs), pick.cells.reverse))
