"""Sums of pieces in the order of time, put together step by step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.gridding.sums import StepSums

type Piece = Mapping[str, NDArray[Any]]


def numbered(number: int, sums: Piece) -> dict[str, NDArray[Any]]:
    """Return the sums of one variable under its number: ``0.cell``, ..."""
    return {f"{number}.{key}": values for key, values in sums.items()}


def steps_of(
    pieces: Iterable[Piece], names: Sequence[str], cells: int
) -> Iterator[tuple[int, dict[str, StepSums]]]:
    """Put pieces together; yield the sums of a step by variable when the next one begins.

    Parameters
    ----------
    pieces
        In the order of time: sums of each variable under its number, see `numbered`.
    names
        Of the variables.
    cells
        Of the grid.
    """
    here = -1
    sums: dict[str, StepSums] = {}
    for piece in pieces:
        steps = [piece[f"{number}.step"] for number in range(len(names))]
        for step in np.unique(np.concatenate(steps)).tolist():
            if step != here and sums:
                yield here, sums
            if step != here:
                here, sums = step, {name: StepSums(cells) for name in names}
            for number, name in enumerate(names):
                sums[name].add(_of_step(piece, number, step))
    if sums:
        yield here, sums


def _of_step(piece: Piece, number: int, step: int) -> dict[str, NDArray[Any]]:
    """Return the groups of one variable in one step: they lie together."""
    steps = piece[f"{number}.step"]
    low, high = (int(np.searchsorted(steps, step, side)) for side in ("left", "right"))
    mark = f"{number}."
    return {
        key.removeprefix(mark): values[low:high]
        for key, values in piece.items()
        if key.startswith(mark)
    }
