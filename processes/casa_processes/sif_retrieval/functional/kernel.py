"""The fast path: two products of each spectrum, mixed by its brightness, and the misfit.

Each spectrum is read from memory once: products, mean radiance and the test for bad numbers are
taken in the same pass.
"""

import math

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import summing_kernel
from casa_processes.common.jit_registers import WIDTH, three_sums

type Single = NDArray[np.float32]
type Whole = NDArray[np.int64]

GROUP = 64
"""Soundings whose products are taken before they are mixed."""
_NUMBER = 4
"""Size of a number of single precision.  [byte]"""


@summing_kernel
def functional(
    radiance: Single, footprint: Whole, channels: Whole, full: Single, weights: Single,
    moments: Single, found: Single, outcome: NDArray[np.int8],
) -> None:  # fmt: skip
    """Mix two products of each spectrum so that their noise is least at its brightness.

    Parameters
    ----------
    radiance
        Rows without gaps.  [W m-2 sr-1 um-1], shape (sounding, channel)
    footprint
        shape (sounding,)
    channels
        First channel of the window of each footprint, and the one after its last; no channels of
        a footprint without training.  shape (footprint, 2)
    full
        Radiance of saturation.  [W m-2 sr-1 um-1], shape (1,)
    weights
        Functional, what may be added to it, and the weights of the channels in the mean radiance,
        as `laid_out` puts them.  [1], shape (footprint, 3, place)
    moments
        Variance of the first product, covariance of both, variance of the second: at a mean
        radiance of 0, and their growth with it.  shape (footprint, 3, 2)
    found
        Filled: fluorescence, its standard deviation, mean radiance.  shape (3, sounding)
    outcome
        Filled: 0 fitted, 1 bad spectrum, 2 no training; the others are NaN.  shape (sounding,)

    Notes
    -----
    With products p and q, F = p - q cov(p, q) / var(q) has the least variance of all p + a q,
    var(p) - cov(p, q)^2 / var(q). Read as whole numbers without sign, float32 that are negative,
    missing or infinite lie above all others.
    """
    limit = full.view(np.uint32)[0]
    spectra, rows = radiance.ctypes.data, weights.ctypes.data
    wide, apart = _NUMBER * radiance.shape[1], _NUMBER * weights.shape[2]
    sums, largest = np.zeros((GROUP + 1, 3), np.float32), np.zeros(GROUP, np.uint32)
    place = sums.ctypes.data
    for start in range(0, footprint.size, GROUP):
        count = min(GROUP, footprint.size - start)
        for k in range(count):
            here = footprint[start + k]
            first, last = channels[here, 0], channels[here, 1]
            largest[k] = limit
            if last - first >= WIDTH:
                largest[k] = three_sums(
                    spectra + (start + k) * wide + _NUMBER * first, rows + 3 * here * apart,
                    apart, _NUMBER * (last - first), place + 3 * _NUMBER * k,
                )  # fmt: skip
        part = slice(start, start + count)
        _mixed(
            sums, largest, footprint[part], channels, limit, moments, found[:, part], outcome[part]
        )


@summing_kernel
def _mixed(
    sums: Single, largest: NDArray[np.uint32], footprint: Whole, channels: Whole, limit: np.uint32,
    moments: Single, found: Single, outcome: NDArray[np.int8],
) -> None:  # fmt: skip
    """Mix the products of some soundings; what cannot be used is NaN."""
    sif, sigma, mean = found[0], found[1], found[2]
    nothing = np.float32(math.nan)
    for row in range(footprint.size):
        here = footprint[row]
        level, known = sums[row, 2], moments[here]
        one, both, two = (
            known[0, 0] + known[0, 1] * level,
            known[1, 0] + known[1, 1] * level,
            known[2, 0] + known[2, 1] * level,
        )
        share = both / two
        there = channels[here, 1] > channels[here, 0]
        good = there and largest[row] <= limit and level > np.float32(0.0)
        sif[row] = sums[row, 0] - share * sums[row, 1] if good else nothing
        sigma[row] = math.sqrt(one - share * both) if good else nothing
        mean[row] = level if good else nothing
        outcome[row] = 0 if good else (1 if there else 2)


@summing_kernel
def misfits(
    radiance: Single, footprint: Whole, channels: Whole, level: Single, root: Single,
    bases: Single, expected: Single, found: Single,
) -> None:  # fmt: skip
    """Return what a fit of all functions leaves, over the noise that is expected.

    Parameters
    ----------
    radiance, footprint, channels
        As for `functional`.
    level
        Mean radiance; soundings without one have no misfit.  shape (sounding,)
    root
        Inverse of the noise at the brightness that the functions are made for; 0 where a channel
        is not used.  [(W m-2 sr-1 um-1)-1], shape (footprint, channel)
    bases
        Functions times that, orthonormal.  shape (footprint, parameter, channel)
    expected
        Variance of radiance times root: at a mean radiance of 0, and its growth with it.
        shape (footprint, 2, channel)
    found
        Filled: sum of squares of the residuals.  shape (sounding,)
    """
    scratch = np.empty(radiance.shape[1], np.float32)
    for row in range(footprint.size):
        here = footprint[row]
        spectrum = radiance[row, channels[here, 0] : channels[here, 1]]
        left, first, second = scratch[: spectrum.size], expected[here, 0], expected[here, 1]
        if not level[row] > 0.0:
            found[row] = math.nan
            continue
        each = root[here]
        for i in range(left.size):
            left[i] = spectrum[i] * each[i]
        for k in range(bases.shape[1]):
            basis = bases[here, k]
            part = np.float32(0.0)
            for i in range(left.size):
                part += left[i] * basis[i]
            for i in range(left.size):
                left[i] -= part * basis[i]
        square, bright = np.float32(0.0), level[row]
        for i in range(left.size):
            square += left[i] * left[i] / (first[i] + second[i] * bright)
        found[row] = square
