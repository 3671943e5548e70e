"""Comparison with another mission, or with another quantity: means of the same cells and steps."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import TooLargeError
from casa_processes.sif_gridding import Comparison

MOST_PAIRS = 20_000_000
"""Most cells of all steps that are kept for a comparison: some 400 MB."""
_FEWEST = 3

type Floats = NDArray[np.float64]
type Fields = Mapping[str, Floats]


@dataclass(eq=False)
class Kept:
    """Means of the cells that hold soundings, step by step.

    Attributes
    ----------
    steps
        By the number of the step: cells, means and their uncertainty.
    count
        Cells of all steps.
    """

    steps: dict[int, tuple[NDArray[np.int64], Floats, Floats]] = field(default_factory=dict)
    count: int = 0

    def put(self, step: int, fields: Fields) -> None:
        """Keep a step.

        Raises
        ------
        TooLargeError
            When all steps together have too many cells.
        """
        cells = np.flatnonzero(fields["count"] > 0)
        self.count += cells.size
        if self.count > MOST_PAIRS:
            raise TooLargeError("cells of all steps to compare", self.count, MOST_PAIRS)
        self.steps[step] = cells, fields["mean"][cells], fields["uncertainty"][cells]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Means of cells and steps that both have.

    Attributes
    ----------
    ours, theirs
        shape (pair,)
    our_error, their_error
        Standard uncertainties, 0 where there are none.  shape (pair,)
    cell
        shape (pair,)
    """

    ours: Floats
    theirs: Floats
    our_error: Floats
    their_error: Floats
    cell: NDArray[np.int64]


def paired(kept: Kept, steps: Iterator[tuple[int, Fields]]) -> Pairs:
    """Find the cells that both have, step by step.

    Parameters
    ----------
    kept
        Of the first.
    steps
        Fields of the other, as `StepSums.fields` returns them.
    """
    rows: list[Any] = []
    for step, fields in steps:
        if step in kept.steps:
            cells, mean, error = kept.steps[step]
            both = fields["count"][cells] > 0
            there = cells[both]
            rows.append(
                (
                    mean[both],
                    fields["mean"][there],
                    error[both],
                    fields["uncertainty"][there],
                    there,
                )
            )
    if not rows:
        nothing = np.zeros(0)
        return Pairs(nothing, nothing, nothing, nothing, np.zeros(0, np.int64))
    return Pairs(*(np.concatenate(each) for each in zip(*rows, strict=True)))


def compared(pairs: Pairs, *, alike: bool) -> Comparison:
    """Sum up a comparison; what few pairs do not tell is None.

    Parameters
    ----------
    alike
        Whether both are of one unit, so that differences mean something.
    """
    count = pairs.ours.size
    found: dict[str, float | None] = {}
    if count >= _FEWEST and np.ptp(pairs.ours) > 0.0 and np.ptp(pairs.theirs) > 0.0:
        found["correlation"] = float(np.corrcoef(pairs.theirs, pairs.ours)[0, 1])
        found["slope"], found["intercept"] = line(pairs)
    if count and alike:
        away = pairs.ours - pairs.theirs
        found["mean_difference"] = float(away.mean())
        found["rms_difference"] = float(np.sqrt(np.mean(away**2)))
        expected = float(np.sqrt(np.mean(pairs.our_error**2 + pairs.their_error**2)))
        found["expected_difference"] = expected if expected > 0.0 else None
    return Comparison(pairs=count, **found)


def line(pairs: Pairs) -> tuple[float | None, float | None]:
    """Return slope and intercept of the line that fits ours over theirs, errors of both counted.

    Notes
    -----
    Deming (1943): with the ratio d of the mean variances of both errors, the slope is
    (v - d u + sqrt((v - d u)^2 + 4 d c^2)) / (2 c), u, v and c being the variances and covariance
    of both. Where the other has no uncertainty it is c / u, least squares.
    """
    x, y = pairs.theirs - pairs.theirs.mean(), pairs.ours - pairs.ours.mean()
    # One scale for both: products of units as unlike as fluorescence and production vanish else.
    across, along = float(np.sqrt(np.mean(x**2))), float(np.sqrt(np.mean(y**2)))
    x, y = x / across, y / along
    u, v, c = float(np.mean(x * x)), float(np.mean(y * y)), float(np.mean(x * y))
    ours, theirs = (
        float(np.mean(each**2)) / scale**2
        for each, scale in ((pairs.our_error, along), (pairs.their_error, across))
    )
    if c == 0.0:
        return None, None
    if theirs > 0.0:
        ratio = ours / theirs
        away = v - ratio * u
        slope = (away + math.sqrt(away**2 + 4.0 * ratio * c**2)) / (2.0 * c)
    else:
        slope = c / u
    whole = slope * along / across
    return whole, float(pairs.ours.mean() - whole * pairs.theirs.mean())
