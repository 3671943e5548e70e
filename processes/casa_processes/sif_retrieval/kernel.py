"""Fits of fluorescence to many spectra: least squares with the noise of each channel.

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

LANES = 16
"""Soundings of a group."""

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


@summing_kernel
def _summed(weight: Values, functions: Values, found: Values) -> None:
    """Sum weights times functions over the channels, for all lanes; two functions at a time."""
    count = functions.shape[0]
    for number in range(0, count, 2):
        # The last of an odd number is summed twice, for itself and in place of the next.
        other = min(number + 1, count - 1)
        for lane in range(LANES):
            found[number, lane], found[other, lane] = 0.0, 0.0
        for i in range(0, functions.shape[1], STEPS):
            a, b = functions[number, i], functions[number, i + 1]
            c, d = functions[number, i + 2], functions[number, i + 3]
            e, f = functions[other, i], functions[other, i + 1]
            g, h = functions[other, i + 2], functions[other, i + 3]
            one, two = found[number], found[other]
            for lane in range(LANES):
                w, x, y, z = (
                    weight[i, lane], weight[i + 1, lane], weight[i + 2, lane], weight[i + 3, lane]
                )  # fmt: skip
                first, second = one[lane], two[lane]
                one[lane] = first + (w * a + x * b + y * c + z * d)
                two[lane] = second + (w * e + x * f + y * g + z * h)


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


@summing_kernel
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
