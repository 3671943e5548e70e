"""Correction of two streams at all points by an accurate solution at few of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Directions, Paths, Scatterers
from casa_processes.radiative_transfer.scattering.accurate import (
    absorption,
    accurate,
    medium,
    side_by_side,
)
from casa_processes.radiative_transfer.scattering.kernel import radiance
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import Correction, Ground

type Values = NDArray[np.float64]

_EVERY = 16
"""Of this many points one may be chosen."""

_SLOWER = 0.3
"""Second rate over the first."""

_FLOOR = 0.02
"""Errors count over the radiance plus this part of the brightest."""

_RIDGE = 1e-6


def uncorrected(layers: int) -> Correction:
    """Return the correction that leaves two streams as they are.

    Parameters
    ----------
    layers
        Of the atmosphere.
    """
    zeros = np.zeros(4, np.float32)
    rate = np.ones(2, np.float32)
    return Correction(np.zeros(layers, np.float32), rate, 0.0, zeros, np.zeros((4, 4), np.float32))


def no_drift() -> NDArray[np.float32]:
    """Return the drift of coefficients that count as constant, shape (0, 15)."""
    return np.empty((0, 15), np.float32)


@dataclass(frozen=True, eq=False)
class Fit:
    """A correction of one band and how it was found.

    Attributes
    ----------
    correction
        For the kernel.
    coefficients
        The constant, 4 linear ones and 10 of products of features i <= j.  shape (15,)
    nodes
        Points at which the accurate solver was called.  shape (node,)
    weight
        Of the nodes in the fit.  shape (node,)
    """

    correction: Correction
    coefficients: Values
    nodes: NDArray[np.int64]
    weight: Values

    def having(self, coefficients: Values) -> "Fit":
        """Return the correction of other coefficients, shape (15,), at the same points."""
        correction = _packed(coefficients, self.correction.share, self.correction.rate)
        return Fit(correction, coefficients, self.nodes, self.weight)


def fitted(mixture: Mixture, gases: Absorbers, air: Scatterers, ways: Paths, ground: Ground) -> Fit:
    """Fit the correction of one band, whose points `framed` chooses, to all it takes."""
    state = mixture, gases, air, ways, ground
    return refitted(framed(*state), *state)


def framed(mixture: Mixture, gases: Absorbers, air: Scatterers, ways: Paths, ground: Ground) -> Fit:
    """Choose points and features of the correction of one band.

    Parameters
    ----------
    mixture
        Of the scatterers in `air`.
    gases, air, ways, ground
        As `casa_processes.radiative_transfer.scattering.kernel.radiance` takes them.

    Returns
    -------
    Fit
        That corrects nothing yet. Fitted, it will be valid near this state: the ratio of accurate
        to two-stream multiple scattering as a polynomial of second degree in four transmissions.

    Notes
    -----
    After the low-streams interpolation of O'Dell (2010), with a fit in place of bins: most points
    are those that the fit needs most (pivots of its matrix), and indices are both the depth of
    absorption of all layers and of that above the scatterers.
    """
    chosen = np.arange(_EVERY // 2, ground.albedo.size, _EVERY)
    if chosen.size < 2 * mixture.accuracy.points:
        chosen = np.arange(ground.albedo.size)
    absorbed = absorption(gases, chosen)
    share, rate = _indices(mixture, air, ways)
    single, two_streams = _two_streams(mixture, gases, absorbed, air, ways, ground, chosen)
    bright = single + two_streams
    weight = two_streams / (bright + _FLOOR * bright.max())
    terms = _terms(absorbed, share, rate)
    best = _nodes(terms * weight[:, None], mixture.accuracy.points)
    return Fit(_packed(np.zeros(15), share, rate), np.zeros(15), chosen[best], weight[best])


def refitted(
    fit: Fit, mixture: Mixture, gases: Absorbers, air: Scatterers, ways: Paths, ground: Ground
) -> Fit:
    """Fit the correction of another state at the same points and in the same features.

    Parameters
    ----------
    fit
        Of a state nearby.
    mixture, gases, air, ways, ground
        As in `fitted`. The coefficients of two states, their difference over that of the states,
        are the `drift` that the kernel takes.
    """
    (found,) = coefficients(fit, mixture, gases, ways, [(air, ground)])
    return fit.having(found)


def coefficients(
    fit: Fit,
    mixture: Mixture,
    gases: Absorbers,
    ways: Paths,
    states: Sequence[tuple[Scatterers, Ground]],
) -> Values:
    """Return the coefficients of a correction of several states of one absorption.

    Parameters
    ----------
    fit
        Of a state nearby, whose points and features are kept.
    mixture, gases, ways
        As in `fitted`.
    states
        Scatterers and ground; the accurate solver is called once for all of them.

    Returns
    -------
    ndarray
        shape (state, 15)
    """
    absorbed = absorption(gases, fit.nodes)
    media = [medium(mixture, absorbed, air, ways, ground, fit.nodes) for air, ground in states]
    exact = np.split(accurate(mixture, side_by_side(media)), len(states))
    share, rate = fit.correction.share, fit.correction.rate
    terms = _terms(absorbed, share, rate) * fit.weight[:, None]
    found = np.empty((len(states), terms.shape[1]))
    for row, more, (air, ground) in zip(found, exact, states, strict=True):
        _, two_streams = _two_streams(mixture, gases, absorbed, air, ways, ground, fit.nodes)
        ratio = more / np.maximum(two_streams, 1e-30) - 1.0
        row[:] = _solved(terms, ratio * fit.weight)
    return found


def _indices(
    mixture: Mixture, air: Scatterers, ways: Paths
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the part of each layer that lies above scatterers, and the rates of the features."""
    scattered = (mixture.scattered * (1.0 - mixture.peak)) @ air.depth
    below = np.cumsum(scattered[::-1])[::-1] - scattered / 2.0
    share = below / max(scattered.sum(), 1e-30)
    rate = float((ways.sun + ways.sight).mean())
    return share.astype(np.float32), np.array([rate, _SLOWER * rate], np.float32)


def _two_streams(
    mixture: Mixture,
    gases: Absorbers,
    absorbed: Values,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    points: NDArray[np.int64],
) -> tuple[Values, Values]:
    """Return single and multiple scattering of two streams, per irradiance."""
    layers = absorbed.shape[0]
    table = np.empty((layers + 1, 2, points.size), np.float32)
    table[:layers], table[layers] = absorbed[:, None], 0.0
    node = np.stack([np.arange(layers), np.zeros(layers, np.int64)], axis=1)
    share = np.zeros((layers, 2), np.float32)
    # Of the types of the real tables, so that no kernel is compiled for these alone.
    table.flags.writeable = gases.tables[0].flags.writeable
    amount = np.zeros((len(gases.tables), layers), np.float32)
    amount[0] = 1.0
    gas = Absorbers((table,) * len(gases.tables), node, share, amount)
    some = air._replace(shape=np.ascontiguousarray(air.shape[:, points]))
    there = Ground(*(np.ascontiguousarray(each[points]) for each in ground))
    light, none = np.ones(points.size, np.float32), uncorrected(layers)
    rows = np.empty((2, 1, points.size), np.float32)
    for row, constant in zip(rows, (-1.0, 0.0), strict=True):
        radiance(
            gas, some, ways, there, light, -1, _nothing(gases, air), mixture.diffusion,
            none._replace(constant=constant), no_drift(), row,
        )  # fmt: skip
    single, whole = rows[:, 0].astype(float)
    return single, np.maximum(whole - single, 0.0)


def _nothing(gases: Absorbers, air: Scatterers) -> Directions:
    kinds, layers = air.depth.shape
    gas = len(gases.tables)
    shapes = (0, gas, layers), (0, layers), (0, layers), (0, kinds, layers)
    return Directions(*(np.empty(shape, np.float32) for shape in shapes))


def _terms(absorbed: Values, share: NDArray[np.float32], rate: NDArray[np.float32]) -> Values:
    """Return 1, the features and their products, shape (point, 15)."""
    depths = np.array([absorbed.sum(axis=0), share @ absorbed])
    features = np.concatenate([np.exp(-each * depths) for each in rate])
    pairs = combinations_with_replacement(range(4), 2)
    products = np.array([features[i] * features[j] for i, j in pairs])
    return np.concatenate([np.ones((1, absorbed.shape[1])), features, products]).T


def _nodes(matrix: Values, count: int) -> NDArray[np.int64]:
    """Choose rows of a matrix: three quarters that span the others best, and common ones.

    Without the common ones, evenly spaced in the rank of the first column, extremes lead a fit.
    """
    if matrix.shape[0] <= count:
        return np.arange(matrix.shape[0])
    scaled = matrix / np.maximum(np.abs(matrix).max(axis=0), 1e-30)
    spanning = qr(scaled.T, mode="r", pivoting=True)[1][: min(matrix.shape[1], count * 3 // 4)]
    left = count - spanning.size
    places = (np.arange(left) + 0.5) / left * (matrix.shape[0] - 1)
    common = np.argsort(matrix[:, 0])[np.round(places).astype(np.int64)]
    return np.union1d(spanning, common)


def _solved(matrix: Values, values: Values) -> Values:
    """Solve by least squares with a little damping, which decides what the points do not."""
    size = np.maximum(np.abs(matrix).max(axis=0), 1e-30)
    scaled = matrix / size
    normal = scaled.T @ scaled + _RIDGE * len(values) * np.eye(size.size)
    found: Values = np.linalg.solve(normal, scaled.T @ values) / size
    return found


def _packed(found: Values, share: NDArray[np.float32], rate: NDArray[np.float32]) -> Correction:
    """Put coefficients where the kernel expects them."""
    quadratic = np.zeros((4, 4))
    pairs = combinations_with_replacement(range(4), 2)
    for value, (i, j) in zip(found[5:], pairs, strict=True):
        quadratic[i, j] += value / 2.0
        quadratic[j, i] += value / 2.0
    linear = found[1:5].astype(np.float32)
    return Correction(share, rate, float(found[0]), linear, quadratic.astype(np.float32))
