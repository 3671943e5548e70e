"""Correction of two streams at all points by an accurate solution at few of them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from casa_processes.radiative_transfer.absorption.kernel import Absorbers
from casa_processes.radiative_transfer.kernel import Paths, Scatterers
from casa_processes.radiative_transfer.scattering.accurate import (
    absorption,
    accurate,
    doublings,
    medium,
)
from casa_processes.radiative_transfer.scattering.features import (
    columns,
    features,
    indices,
    packed,
    terms,
)
from casa_processes.radiative_transfer.scattering.low.kernel import Low, two_streams
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    COEFFICIENTS,
    DEPTHS,
    FEATURES,
    RATES,
    Correction,
    Ground,
)

type Values = NDArray[np.float64]

_EVERY = 16
"""Of this many points one may be chosen."""

_FLOOR = 0.02
"""Errors count over the radiance plus this part of the brightest."""

_RIDGE = 1e-8

_SHADE = 0.15
"""By how much the ground of a fit is brighter or darker, at most."""

_GOLDEN = 0.6180339887498949


def uncorrected(layers: int) -> Correction:
    """Return the correction that leaves two streams as they are.

    Parameters
    ----------
    layers
        Of the atmosphere.
    """
    return Correction(
        np.zeros((DEPTHS, layers), np.float32),
        np.ones(RATES, np.float32),
        0.0,
        np.zeros(FEATURES, np.float32),
        np.zeros((FEATURES, FEATURES), np.float32),
        np.zeros(1 + FEATURES, np.float32),
        np.zeros(2, np.float32),
        1.0,
    )


def no_drift() -> NDArray[np.float32]:
    """Return the drift of coefficients that count as constant, shape (0, coefficient)."""
    return np.empty((0, COEFFICIENTS), np.float32)


@dataclass(frozen=True, eq=False)
class Fit:
    """A correction of one band and how it was found.

    Attributes
    ----------
    correction
        For the kernel.
    coefficients
        As `casa_processes.radiative_transfer.scattering.terms.kernel.COEFFICIENTS` counts them.
        shape (coefficient,)
    nodes
        Points at which the accurate solver is called.  shape (node,)
    weight
        Of the nodes in the fit.  [sr], shape (node,)
    size
        Of the columns of the fit, by which damping measures them.  shape (coefficient,)
    doubled
        How often the accurate solver doubles the thin part of each layer.  shape (layer,)
    """

    correction: Correction
    coefficients: Values
    nodes: NDArray[np.int64]
    weight: Values
    size: Values
    doubled: NDArray[np.int64]

    def doubling(self, wanted: NDArray[np.int64]) -> "Fit":
        """Return a fit whose layers are doubled once less than is wanted, or more often.

        They stay as they are as long as possible: light jumps where a layer is cut anew.
        """
        kept = np.where(wanted > self.doubled + 1, wanted, self.doubled)
        return replace(self, doubled=kept)

    def having(self, coefficients: Values) -> "Fit":
        """Return the correction of other coefficients at the same points."""
        correction = packed(
            coefficients, self.correction.share, self.correction.rate, self.correction.albedo
        )
        return replace(self, correction=correction, coefficients=coefficients)

    def brighter(self, albedo: Values) -> Values:
        """Return an albedo over that of the correction, less 1."""
        return albedo / self.correction.albedo - 1.0

    def shaded(self, ground: Ground) -> Ground:
        """Return a ground that is brighter and darker, by turns, at the points of the fit.

        How the correction depends on the albedo is seen from that, whatever the ground is.
        """
        albedo = ground.albedo.copy()
        albedo[self.nodes] *= self.shade
        return ground._replace(albedo=albedo)

    @property
    def shade(self) -> NDArray[np.float32]:
        """Return the brightness of the ground at the points of the fit over what it is."""
        turns = np.arange(self.nodes.size) * _GOLDEN % 1.0
        return (1.0 + _SHADE * (2.0 * turns - 1.0)).astype(np.float32)


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
        to two-stream multiple scattering as a polynomial of second degree in six transmissions,
        linear in them what is more of the light that the ground reflects.

    Notes
    -----
    After the low-streams interpolation of O'Dell (2010), with a fit in place of bins: most points
    are those that the fit needs most (pivots of its matrix), and indices are the depth of
    absorption of all layers and those of what lies above the scatterers.
    """
    chosen = np.arange(_EVERY // 2, ground.albedo.size, _EVERY)
    if chosen.size < 2 * mixture.accuracy.points:
        chosen = np.arange(ground.albedo.size)
    absorbed = absorption(gases, chosen)
    share, rate = indices(mixture, air, ways)
    bright = streams_of(mixture, absorbed, air, ways, ground, chosen, True).radiance.astype(float)
    weight = 1.0 / (bright + max(_FLOOR * bright.max(), 1e-30))
    two = low_order(mixture, absorbed, air, ways, ground, chosen)[:2]
    term = terms(features(share @ absorbed, rate))
    matrix = weight[:, None] * columns(*two, term, np.full(chosen.size, _SHADE))
    best = _nodes(matrix, mixture.accuracy.points)
    size = np.maximum(np.abs(matrix[best]).max(axis=0), 1e-30)
    none, middle = np.zeros(COEFFICIENTS), max(float(ground.albedo.mean()), 1e-6)
    correction = packed(none, share, rate, middle)
    layers = medium(mixture, absorbed, air, ways, ground, chosen)
    return Fit(correction, none, chosen[best], weight[best], size, doublings(mixture, layers))


def refitted(
    fit: Fit, mixture: Mixture, gases: Absorbers, air: Scatterers, ways: Paths, ground: Ground
) -> Fit:
    """Fit the correction of another state at the same points, in the same features and parts.

    Parameters
    ----------
    fit
        Of a state nearby.
    mixture, gases, air, ways, ground
        As in `fitted`.
    """
    absorbed = absorption(gases, fit.nodes)
    there = fit.shaded(ground)
    state = absorbed, air, ways, there, fit.nodes
    exact = accurate(mixture, medium(mixture, *state), fit.doubled)
    multiple, from_ground, *_ = low_order(mixture, *state)
    found = features(fit.correction.share @ absorbed, fit.correction.rate)
    brighter = fit.brighter(there.albedo[fit.nodes].astype(float))
    matrix = columns(multiple, from_ground, terms(found), brighter)
    return fit.having(solved(fit, matrix, exact - multiple)[0])


def solved(fit: Fit, matrix: Values, values: Values) -> tuple[Values, Values, Values]:
    """Solve by least squares with a little damping, which decides what the points do not.

    Parameters
    ----------
    fit
        Weights and sizes.
    matrix, values
        Without weights.  shapes (node, coefficient), (node,)

    Returns
    -------
    tuple of ndarray
        The coefficients; the matrix with weights and sizes, and its normal matrix, damped.
    """
    scaled = matrix * fit.weight[:, None] / fit.size
    normal = scaled.T @ scaled + _RIDGE * values.size * np.eye(fit.size.size)
    found: Values = np.linalg.solve(normal, scaled.T @ (values * fit.weight)) / fit.size
    return found, scaled, normal


def streams_of(
    mixture: Mixture,
    absorbed: Values,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    points: NDArray[np.int64],
    once: bool,
    ground_alone: bool = False,
) -> Low:
    """Return two streams at some points: all light, or without what is scattered but once."""
    kinds, layers = air.depth.shape
    some = air._replace(shape=np.ascontiguousarray(air.shape[:, points]))
    there = Ground(*(np.ascontiguousarray(each[points]) for each in ground))
    if not once:
        some = some._replace(phase=np.zeros_like(some.phase))
        there = there._replace(reflectance=np.zeros_like(there.reflectance))
    correction = uncorrected(layers)
    if ground_alone:
        one = np.zeros(1 + FEATURES, np.float32)
        one[0] = 1.0
        correction = correction._replace(constant=-1.0, ground=one)
    shapes = points.size, (layers, points.size), (kinds, layers, points.size), points.size
    found = Low(*(np.empty(each, np.float32) for each in shapes))
    depths = absorbed.astype(np.float32)
    two_streams(depths, some, ways, there, mixture.diffusion, correction, found)
    return found


def low_order(
    mixture: Mixture,
    absorbed: Values,
    air: Scatterers,
    ways: Paths,
    ground: Ground,
    points: NDArray[np.int64],
) -> tuple[Values, Values, Low, Low]:
    """Return multiple scattering of two streams at some points, and its part from the ground.

    With the derivatives of both.
    """
    state = mixture, absorbed, air, ways, ground, points
    multiple, from_ground = streams_of(*state, False), streams_of(*state, False, True)
    return (
        multiple.radiance.astype(float),
        from_ground.radiance.astype(float),
        multiple,
        from_ground,
    )


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
