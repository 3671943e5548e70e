"""The fast path: one product of each spectrum with a function made for its brightness."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.sif_retrieval.kernel import PROBE, functional, misfits
from casa_processes.sif_retrieval.model.design import shares
from casa_processes.sif_retrieval.model.trained import Training
from casa_processes.sif_retrieval.model.types import (
    Block,
    Outcome,
    Single,
    Values,
    Whole,
    Window,
    WindowResult,
    result,
)

_STEPS = 1024
"""Of the table that leads from a brightness to its bin."""


def functionals(
    functions: Values, level: tuple[float, float], bins: int, noise: Values
) -> tuple[Values, Values]:
    """Return what gives the last coefficient of a weighted fit when it is multiplied by a spectrum.

    Parameters
    ----------
    functions
        Of the fit, fluorescence last.  shape (parameter, channel)
    level
        Mean radiances between which bins lie, evenly in their logarithms.
    bins
        Their number.
    noise
        As in `Training`.  shape (2, channel)

    Returns
    -------
    tuple of ndarray
        Last rows of (K' W K)^-1 K' W with the noise in the middle of each bin, shape (bin,
        channel), and the coefficients of their variances over the mean radiance, shape (2, bin).
    """
    found = np.empty((bins, functions.shape[1]))
    used = np.isfinite(noise[0])
    for number, middle in enumerate(middles(level, bins).tolist()):
        weight = np.where(used, 1.0 / (noise[0] + noise[1] * middle), 0.0)
        moment = functions * weight
        found[number] = np.linalg.solve(moment @ functions.T, moment)[-1]
    known = np.where(used, noise, 0.0)
    return found, known @ (found**2).T


def middles(level: tuple[float, float], bins: int) -> Values:
    """Return the mean radiances in the middles of bins.  shape (bin,)."""
    edges = np.geomspace(*level, bins + 1)
    found: Values = np.sqrt(edges[1:] * edges[:-1])
    return found


def table(level: tuple[float, float], bins: int) -> tuple[NDArray[np.uint8], float]:
    """Return the bin of each step of the mean radiance, and how many steps make a unit of it."""
    per = _STEPS / level[1]
    place = np.log((np.arange(_STEPS) + 0.5) / per / level[0]) / np.log(level[1] / level[0])
    return np.clip(place * bins, 0, bins - 1).astype(np.uint8), per


@dataclass(frozen=True, eq=False)
class Stack:
    """Trainings of all footprints in arrays; see the kernel for their shapes."""

    channels: Whole
    share: Single
    probe: Values
    functional: Single
    variance: Values
    root: Single
    bases: Single
    expected: Single
    free: Values
    continuum: Values


def by_functionals(
    block: Block, training: Sequence[Training | None], window: Window
) -> WindowResult:
    """Fit all soundings; see `fit`.

    The misfit is that of one fit of all functions with the weights of a typical brightness.
    """
    known = next((each for each in training if each is not None), None)
    found = np.full((3, len(block)), np.nan, np.float32)
    outcome = np.full(len(block), Outcome.NO_TRAINING, np.int8)
    left = np.full(len(block), np.nan, np.float32)
    bright, free = np.ones(len(block)), np.ones(len(block))
    if known is not None:
        stack = stacked(training)
        radiance = np.ascontiguousarray(block.radiance, np.float32)
        steps, per = table(known.level, known.functional.shape[0])
        functional(
            radiance, block.footprint, stack.channels, np.array([window.full_scale], np.float32),
            stack.share, steps, per * stack.probe, stack.functional, stack.variance, found, outcome,
        )  # fmt: skip
        misfits(
            radiance, block.footprint, stack.channels, found[2], stack.root, stack.bases,
            stack.expected, left,
        )  # fmt: skip
        bright, free = stack.continuum[block.footprint], stack.free[block.footprint]
    sif, uncertainty, level = found.astype(np.float64)
    return result(sif, uncertainty, level * bright, left / free, outcome)


def stacked(training: Sequence[Training | None]) -> Stack:
    """Put trainings of different numbers of channels, bins and functions side by side."""
    known = [each for each in training if each is not None]
    wide = max(each.used.size for each in known)
    size = max(each.design.shape[0] for each in known)
    bins, count = known[0].functional.shape[0], len(training)
    stack = Stack(
        channels=np.zeros((count, 2), np.int64),
        share=np.zeros((count, wide), np.float32),
        probe=np.zeros(count),
        functional=np.zeros((count, bins, wide), np.float32),
        variance=np.zeros((count, bins, 2)),
        root=np.zeros((count, wide), np.float32),
        bases=np.zeros((count, size, wide), np.float32),
        expected=np.ones((count, 2, wide), np.float32),
        free=np.ones(count),
        continuum=np.ones(count),
    )
    for row, each in enumerate(training):
        if each is not None:
            _put(stack, row, each)
    return stack


def _put(stack: Stack, row: int, one: Training) -> None:
    """Fill the row of a footprint."""
    here, used = slice(one.used.size), one.used
    root = np.where(used, 1.0 / np.sqrt(one.noise[0] + one.noise[1] * one.typical), 0.0)
    stack.channels[row] = one.first, one.last
    stack.share[row, here] = shares(used)
    probe = np.where(used, one.mean, 0.0)[:PROBE].sum()
    stack.probe[row] = 1.0 / probe if probe > 0.0 else 0.0
    stack.functional[row, :, here] = one.functional
    stack.variance[row] = one.variance.T
    stack.root[row, here] = root
    stack.bases[row, : one.design.shape[0], here] = one.design * root
    noise = np.where(used, one.noise, [[1.0], [0.0]])
    stack.expected[row, :, here] = noise * np.where(used, root, 1.0) ** 2
    stack.free[row] = used.sum() - one.design.shape[0]
    stack.continuum[row] = one.continuum
