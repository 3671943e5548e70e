"""Fits of fluorescence to many spectra: weighted least squares, and one product for each.

`weighted` takes groups of soundings, one in each lane of the registers, and does the same steps for
all of them: what a sounding gives depends neither on its neighbours nor on its place.
"""

import math

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel, summing_kernel

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]
type Spectra = Single | Values
type Whole = NDArray[np.int64]
type Small = NDArray[np.uint8]

LANES = 16
"""Soundings of a group."""

PROBE = 8
"""Channels that tell how bright a spectrum is; a window has no fewer."""

STEPS = 4
"""Channels that are added at once; the number of channels is filled up to a multiple."""


@kernel
def weighted(
    radiance: Spectra, noise: Spectra, rows: Whole, first: int, last: int, full: float,
    design: Values, products: Values, found: Values, outcome: NDArray[np.int8],
) -> None:  # fmt: skip
    """Fit linear functions to spectra by least squares, weighted by the noise of each channel.

    Parameters
    ----------
    radiance, noise
        Radiance and one standard deviation.  [W m-2 sr-1 um-1], shape (sounding, channel)
    rows
        Soundings to fit.  shape (row,)
    first, last
        First channel of the window, and the one after its last.
    full
        Radiance of saturation.  [W m-2 sr-1 um-1]
    design
        Functions, fluorescence last; zero beyond the window.  shape (parameter, STEPS n)
    products
        Products of each two of them, those of the lower triangle row by row; the same shape.
    found
        Filled for each row: coefficient of the last function, its standard deviation, misfit per
        degree of freedom, and mean radiance of the channels of finite noise.  shape (4, row)
    outcome
        Filled: 0 fitted, 1 bad spectrum, 3 singular; the others are NaN then.  shape (row,)

    Notes
    -----
    Normal equations A s = b with A = K' W K are factored by Cholesky, A = L L', L g = b. With
    fluorescence last its coefficient is g_p / L_pp and its variance 1 / L_pp^2, and the misfit is
    y' W y - g' g: nothing is substituted back.
    """
    size, wide = design.shape
    weight, moment = np.zeros((wide, LANES)), np.zeros((wide, LANES))
    matrix, vector = np.empty((products.shape[0], LANES)), np.empty((size, LANES))
    whole, free, level = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    state = np.zeros(LANES, np.int8)
    for start in range(0, rows.size, LANES):
        for lane in range(LANES):
            row = rows[min(start + lane, rows.size - 1)]
            state[lane] = _loaded(
                radiance[row, first:last], noise[row, first:last], full, lane, weight, moment,
                whole, free, level,
            )  # fmt: skip
        _summed(weight, products, matrix)
        _summed(moment, design, vector)
        _factored(matrix, vector)
        corner = matrix[products.shape[0] - 1]
        for lane in range(min(LANES, rows.size - start)):
            _told(
                start + lane, lane, size, corner[lane], vector, whole, free, level,
                state[lane], found, outcome,
            )  # fmt: skip


@kernel
def _loaded(
    radiance: Spectra, noise: Spectra, full: float, lane: int, weight: Values, moment: Values,
    whole: Values, free: Values, level: Values,
) -> int:  # fmt: skip
    """Put a spectrum into a lane; returns 1 when it cannot be used."""
    bad, used = 0, 0
    square, mean = 0.0, 0.0
    for channel in range(radiance.size):
        value, sigma = np.float64(radiance[channel]), np.float64(noise[channel])
        each = 1.0 / (sigma * sigma)
        bad |= int(not (value >= 0.0 and value <= full and sigma > 0.0))
        if each > 0.0:
            used += 1
            mean += value
        weight[channel, lane] = each
        moment[channel, lane] = each * value
        square += each * value * value
    whole[lane], free[lane], level[lane] = square, used, mean / used
    return bad


@kernel
def _summed(weight: Values, functions: Values, found: Values) -> None:
    """Sum weights times functions over the channels, for all lanes."""
    for number in range(functions.shape[0]):
        for lane in range(LANES):
            found[number, lane] = 0.0
        for i in range(0, functions.shape[1], STEPS):
            a, b = functions[number, i], functions[number, i + 1]
            c, d = functions[number, i + 2], functions[number, i + 3]
            for lane in range(LANES):
                found[number, lane] += (
                    weight[i, lane] * a
                    + weight[i + 1, lane] * b
                    + weight[i + 2, lane] * c
                    + weight[i + 3, lane] * d
                )


@kernel
def _factored(matrix: Values, vector: Values) -> None:
    """Factor matrices in place and solve their lower halves, for all lanes."""
    for i in range(vector.shape[0]):
        row = i * (i + 1) // 2
        for j in range(i):
            other = j * (j + 1) // 2
            _less(matrix[row : row + j], matrix[other : other + j], matrix[row + j])
            for lane in range(LANES):
                matrix[row + j, lane] /= matrix[other + j, lane]
        left = matrix[row : row + i]
        _less(left, left, matrix[row + i])
        _less(left, vector[:i], vector[i])
        for lane in range(LANES):
            matrix[row + i, lane] = math.sqrt(matrix[row + i, lane])
            vector[i, lane] /= matrix[row + i, lane]


@kernel
def _less(left: Values, right: Values, found: Values) -> None:
    """Subtract the sum of products of rows, for all lanes."""
    for k in range(left.shape[0]):
        for lane in range(LANES):
            found[lane] -= left[k, lane] * right[k, lane]


@kernel
def _told(
    row: int, lane: int, size: int, last: float, vector: Values, whole: Values, free: Values,
    level: Values, bad: int, found: Values, outcome: NDArray[np.int8],
) -> None:  # fmt: skip
    """Write what a lane found; a spectrum that cannot be used, or a singular one, gives NaN."""
    left = whole[lane]
    for i in range(size):
        left -= vector[i, lane] * vector[i, lane]
    found[0, row] = vector[size - 1, lane] / last
    found[1, row] = 1.0 / last
    found[2, row] = left / (free[lane] - size)
    found[3, row] = level[lane]
    outcome[row] = bad
    if bad == 0 and not (last > 0.0 and math.isfinite(found[0, row]) and free[lane] > size):
        outcome[row] = 3
    if outcome[row] != 0:
        found[:, row] = math.nan


@summing_kernel
def _bin(spectrum: Single, per: float, table: Small) -> int:
    """Return the bin of a spectrum by the sum of its first channels; the first one of NaN."""
    level = np.float32(0.0)
    for i in range(PROBE):
        level += spectrum[i]
    return int(table[max(0, min(int(level * per), table.size - 1))])


@summing_kernel
def _sums(
    spectrum: Single, bits: NDArray[np.uint32], weight: Single, share: Single
) -> tuple[np.float32, np.float32, np.uint32]:
    """Return a spectrum times two functions, and the largest of its numbers read as bits."""
    value, level, largest = np.float32(0.0), np.float32(0.0), np.uint32(0)
    for i in range(spectrum.size):
        value += spectrum[i] * weight[i]
        level += spectrum[i] * share[i]
        largest = max(largest, bits[i])
    return value, level, largest


@summing_kernel
def functional(
    radiance: Single, footprint: Whole, channels: Whole, full: Single, share: Single,
    table: Small, per: Values, functionals: Single, variance: Values, found: Single,
    outcome: NDArray[np.int8],
) -> None:  # fmt: skip
    """Take the product of each spectrum with the functional of its footprint and brightness.

    Parameters
    ----------
    radiance
        [W m-2 sr-1 um-1], shape (sounding, channel)
    footprint
        shape (sounding,)
    channels
        First channel of the window of each footprint, and the one after its last; no channels of
        a footprint without training.  shape (footprint, 2)
    full
        Radiance of saturation.  [W m-2 sr-1 um-1], shape (1,)
    share
        Weight of each channel in the mean radiance.  [1], shape (footprint, channel)
    table, per
        Bin of steps of the brightness, shape (step,), and how many of them are in a unit of the sum
        of the first `PROBE` channels, shape (footprint,).
    functionals
        [1], shape (footprint, bin, channel)
    variance
        Of the fluorescence: at a mean radiance of 0, and its growth with it, in each bin.
        shape (footprint, bin, 2)
    found
        Filled: fluorescence, its standard deviation, mean radiance.  shape (3, sounding)
    outcome
        Filled: 0 fitted, 1 bad spectrum, 2 no training; the others are NaN.  shape (sounding,)

    Notes
    -----
    A few channels tell the bin: each spectrum is read from memory once. Read as whole numbers
    without sign, float32 that are negative, missing or infinite lie above all others.
    """
    bits, limit = radiance.view(np.uint32), full.view(np.uint32)[0]
    sif, sigma, mean = found[0], found[1], found[2]
    for row in range(footprint.size):
        here = footprint[row]
        spectrum = radiance[row, channels[here, 0] : channels[here, 1]]
        sif[row], sigma[row], mean[row] = math.nan, math.nan, math.nan
        outcome[row] = 2
        if spectrum.size < PROBE:
            continue
        bin_ = _bin(spectrum, per[here], table)
        value, level, largest = _sums(
            spectrum, bits[row, channels[here, 0] : channels[here, 1]],
            functionals[here, bin_], share[here],
        )  # fmt: skip
        if largest > limit or not level > 0.0:
            outcome[row] = 1
            continue
        spread = variance[here, bin_, 0] + variance[here, bin_, 1] * level
        sif[row], sigma[row], mean[row] = value, math.sqrt(spread), level
        outcome[row] = 0


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
