"""The fast path: products of each spectrum with functions of its footprint, mixed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casa_processes.common.jit_registers import laid_out
from casa_processes.sif_retrieval.functional.kernel import functional, misfits
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

_TOGETHER = 1 << 18
"""Numbers of spectra whose misfit is taken while they are still near: 1 MB."""
_ALIKE = 1e-12
"""Part of a variance below which two functionals are one."""


def functionals(
    functions: Values, level: tuple[float, float], noise: Values
) -> tuple[Values, Values]:
    """Return what gives the last coefficient of a weighted fit when it is multiplied by a spectrum.

    Parameters
    ----------
    functions
        Of the fit, fluorescence last.  shape (parameter, channel)
    level
        Mean radiances of a dark and of a bright spectrum.
    noise
        As in `Training`.  shape (2, channel)

    Returns
    -------
    tuple of ndarray
        The last row of (K' W K)^-1 K' W with the noise of the dark spectrum, and how much that of
        the bright one differs from it, shape (2, channel); variance of the first product,
        covariance of both and variance of the second over mean radiance m, [:, 0] + [:, 1] m,
        shape (3, 2).

    Notes
    -----
    Both rows give 1 for fluorescence and 0 for all other functions, so what differs gives 0 for
    all: any part of it may be added. The best part is that with the least variance, which at both
    ends is that of the weighted fit.
    """
    found = np.empty((2, functions.shape[1]))
    used = np.isfinite(noise[0])
    for number, middle in enumerate(level):
        weight = np.where(used, 1.0 / (noise[0] + noise[1] * middle), 0.0)
        moment = functions * weight
        found[number] = np.linalg.solve(moment @ functions.T, moment)[-1]
    found[1] -= found[0]
    known = np.where(used, noise, 0.0)
    moments: Values = np.stack([known @ (found[i] * found[j]) for i, j in ((0, 0), (0, 1), (1, 1))])
    if moments[2].max() <= _ALIKE * moments[0].max():
        # Noise of one shape at all brightnesses: one row is the best for all of them.
        found[1], moments[1:] = 0.0, [[0.0, 0.0], [1.0, 0.0]]
    return found, moments


@dataclass(frozen=True, eq=False)
class Stack:
    """Trainings of all footprints in arrays; see the kernel for their shapes."""

    channels: Whole
    weights: Single
    moments: Single
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
    found = np.full((3, len(block)), np.nan, np.float32)
    outcome = np.full(len(block), Outcome.NO_TRAINING, np.int8)
    left = np.full(len(block), np.nan, np.float32)
    bright, free = np.ones(len(block)), np.ones(len(block))
    if any(each is not None for each in training):
        stack, full = stacked(training), np.array([window.full_scale], np.float32)
        radiance = np.ascontiguousarray(block.radiance, np.float32)
        step = max(_TOGETHER // radiance.shape[1], 1)
        for start in range(0, len(block), step):
            part = slice(start, start + step)
            spectra, here = radiance[part], block.footprint[part]
            functional(
                spectra, here, stack.channels, full, stack.weights, stack.moments,
                found[:, part], outcome[part],
            )  # fmt: skip
            misfits(
                spectra, here, stack.channels, found[2, part], stack.root, stack.bases,
                stack.expected, left[part],
            )  # fmt: skip
        bright, free = stack.continuum[block.footprint], stack.free[block.footprint]
    sif, uncertainty, level = found.astype(np.float64)
    return result(sif, uncertainty, level * bright, left / free, outcome)


def stacked(training: Sequence[Training | None]) -> Stack:
    """Put trainings of different numbers of channels and functions side by side."""
    known = [each for each in training if each is not None]
    wide = max(each.used.size for each in known)
    size = max(each.design.shape[0] for each in known)
    count, places = len(training), laid_out(np.zeros(wide)).size
    stack = Stack(
        channels=np.zeros((count, 2), np.int64),
        weights=np.zeros((count, 3, places), np.float32),
        moments=np.zeros((count, 3, 2), np.float32),
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
    weights = laid_out(np.concatenate([one.functional, shares(used)[None]]))
    stack.weights[row, :, : weights.shape[1]] = weights
    stack.moments[row] = one.moments
    stack.root[row, here] = root
    stack.bases[row, : one.design.shape[0], here] = one.design * root
    noise = np.where(used, one.noise, [[1.0], [0.0]])
    stack.expected[row, :, here] = noise * np.where(used, root, 1.0) ** 2
    stack.free[row] = used.sum() - one.design.shape[0]
    stack.continuum[row] = one.continuum
