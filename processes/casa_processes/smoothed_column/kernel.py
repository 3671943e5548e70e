"""One sounding: the smoothed column, and a profile on other levels; and rows of soundings."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Profile = NDArray[np.float64]
type Matrix = NDArray[np.float64]


@kernel
def smoothed_column(
    weight: Profile, sensitivity: Profile, prior: Profile, profile: Profile
) -> float:
    """Average one profile over its column, smoothed by the retrieval.

    Parameters
    ----------
    weight
        Pressure weighting function h.  [1], shape (level,)
    sensitivity
        Column averaging kernel a, normalised by h.  [1], shape (level,)
    prior, profile
        Mole fractions, a priori and to be smoothed, in one unit.  [ppm], shape (level,)

    Returns
    -------
    float
        Column-averaged mole fraction in that unit.

    Notes
    -----
    Rodgers and Connor (2003), eq. 15: sum_i h_i (prior_i + a_i (profile_i - prior_i)).
    """
    column = 0.0
    for i in range(weight.size):
        column += weight[i] * (prior[i] + sensitivity[i] * (profile[i] - prior[i]))
    return column


@kernel
def plain_column(weight: Profile, profile: Profile) -> float:
    """Average one profile over its column: sum_i h_i profile_i.

    Parameters
    ----------
    weight
        Pressure weighting function h.  [1], shape (level,)
    profile
        Mole fractions.  [ppm], shape (level,)

    Returns
    -------
    float
        Column-averaged mole fraction in the unit of `profile`.
    """
    column = 0.0
    for i in range(weight.size):
        column += weight[i] * profile[i]
    return column


@kernel
def interpolated(at: float, pressure: Profile, profile: Profile) -> float:
    """Value of a profile at one pressure: linear between its levels, constant beyond them.

    Parameters
    ----------
    at
        Where.  [hPa]
    pressure
        Ascending pressures of the profile.  [hPa], shape (point,)
    profile
        Its values, any unit.  shape (point,)

    Returns
    -------
    float
        The value in the unit of `profile`.
    """
    return float(np.interp(at, pressure, profile))


@kernel
def conserved(levels: Profile, pressure: Profile, profile: Profile) -> Profile:
    """Bring a profile to a retrieval's levels so that its column is kept.

    Parameters
    ----------
    levels
        Ascending pressures of the retrieval.  [hPa], shape (level,), at least two
    pressure
        Ascending pressures of the profile.  [hPa], shape (point,)
    profile
        Its values, any unit.  shape (point,)

    Returns
    -------
    ndarray
        Values at `levels` in the unit of `profile`, shape (level,).

    Notes
    -----
    Both profiles are linear in pressure between their levels, the given one constant beyond its
    ends. The result is the least-squares projection of the given one on the piecewise linear
    functions of `levels`: M x = b with the tridiagonal M_ij = int phi_i phi_j dp and
    b_i = int phi_i x dp, phi being the hat functions. Since the hats sum to one, the integral over
    pressure between the outermost levels is conserved exactly; since the projection of a function
    of the space is itself, a profile that is linear between `levels` keeps its values.
    """
    n = levels.size
    right, diagonal = np.zeros(n), np.zeros(n)
    nodes = np.sort(np.concatenate((levels, pressure)))
    layer = 0
    for k in range(nodes.size - 1):
        low, high = nodes[k], nodes[k + 1]
        if low < levels[0] or high > levels[n - 1] or high == low:
            continue
        while high > levels[layer + 1]:
            layer += 1
        depth = levels[layer + 1] - levels[layer]
        x_low, x_high = interpolated(low, pressure, profile), interpolated(high, pressure, profile)
        # Simpson's rule is exact for the product of two linear functions.
        upper_low, upper_high = (low - levels[layer]) / depth, (high - levels[layer]) / depth
        middle = (upper_low + upper_high) * (x_low + x_high)
        upper = (high - low) / 6.0 * (upper_low * x_low + middle + upper_high * x_high)
        whole = (high - low) / 2.0 * (x_low + x_high)
        right[layer + 1] += upper
        right[layer] += whole - upper
    for i in range(n - 1):
        depth = levels[i + 1] - levels[i]
        diagonal[i] += depth / 3.0
        diagonal[i + 1] += depth / 3.0
    return _solved(levels, diagonal, right)


@kernel
def _solved(levels: Profile, diagonal: Profile, right: Profile) -> Profile:
    """Solve the tridiagonal system whose off-diagonal is a sixth of each layer's depth (Thomas)."""
    n = levels.size
    for i in range(1, n):
        beside = (levels[i] - levels[i - 1]) / 6.0
        ratio = beside / diagonal[i - 1]
        diagonal[i] -= ratio * beside
        right[i] -= ratio * right[i - 1]
    right[n - 1] /= diagonal[n - 1]
    for i in range(n - 2, -1, -1):
        right[i] = (right[i] - (levels[i + 1] - levels[i]) / 6.0 * right[i + 1]) / diagonal[i]
    return right


@kernel
def smoothed_rows(weight: Matrix, sensitivity: Matrix, prior: Matrix, profile: Matrix) -> Profile:
    """Repeat `smoothed_column` over soundings; a single row of `profile` serves all of them.

    Shapes (sounding, level); returns shape (sounding,).
    """
    columns = np.empty(weight.shape[0])
    step = 1 if profile.shape[0] > 1 else 0
    for row in range(columns.size):
        columns[row] = smoothed_column(
            weight[row], sensitivity[row], prior[row], profile[row * step]
        )
    return columns


@kernel
def plain_rows(weight: Matrix, profile: Matrix) -> Profile:
    """Repeat `plain_column` over soundings, as `smoothed_rows` does."""
    columns = np.empty(weight.shape[0])
    step = 1 if profile.shape[0] > 1 else 0
    for row in range(columns.size):
        columns[row] = plain_column(weight[row], profile[row * step])
    return columns
