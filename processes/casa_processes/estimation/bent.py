"""A step along a bent tangent: for models that multiply, and elements that are logarithms.

Radiance falls exponentially with absorption and is proportional to the albedo, while the state has
logarithms of optical depths. Along such curves a Gauss-Newton step soon leaves what its tangent
promised; with their shape put into the tangent it does not, at the price of a few small linear
problems and of no evaluation of the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from casa_processes.estimation.problem import Matrix, Vector

_ROUNDS, _HALVINGS = 8, 6
_FARTHEST = 3.0
_SMALLEST = 1e-3
_LEAST_GAIN = 1e-4
_SAME = 0.02
"""Change of the factors below which the normal matrix is kept."""


@dataclass(frozen=True)
class Bend:
    """An element that is the logarithm of what the model is linear in.

    Attributes
    ----------
    logarithm
        Its place; a priori it correlates with no other element.
    scaled
        Places of the elements whose effect is in proportion to it, as that of the height of a layer
        is to its optical depth.
    """

    logarithm: int
    scaled: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Tangent:
    """A model near a state, in the variables z of x = x_a + L z.

    Attributes
    ----------
    z
        The state.  shape (n,)
    fitted, slope
        The model and its Jacobian K L there.  shapes (m,), (m, n)
    residual, weight
        Measurement less model, and inverse variances.  shape (m,)
    hessian
        slope^T weight slope.  shape (n, n)
    bends
        Elements that are logarithms.
    sigma
        A priori standard deviations of all elements.  shape (n,)
    toward, twist, curve
        Where the model is known besides, in the variables u; by how much its Jacobian differs from
        the tangent's there, and what of its own difference that leaves: in proportion to the part
        t of the way, the tangent is bent by t twist u + t^2 curve.  shapes (n,), (m, n), (m,)
    """

    z: Vector
    fitted: Vector
    slope: Matrix
    residual: Vector
    weight: Vector
    hessian: Matrix
    bends: Sequence[Bend]
    sigma: Vector
    toward: Vector | None = None
    twist: Matrix | None = None
    curve: Vector | None = None

    @cached_property
    def scale(self) -> Vector:
        """Return what the model multiplies; dark channels have a part of the brightest one."""
        bright = np.abs(self.fitted)
        scale: Vector = np.maximum(bright, _SMALLEST * bright.max())
        return scale

    def straightened(self, change: Vector) -> Vector:
        """Return the variables u of a change of z: a logarithm's runs along what it is of."""
        u = change.copy()
        for bend in self.bends:
            at, sigma = bend.logarithm, self.sigma[bend.logarithm]
            u[at] = np.expm1(np.clip(sigma * change[at], -30.0, 30.0)) / sigma
        return u

    def knowing(self, z: Vector, fitted: Vector, slope: Matrix) -> "Tangent":
        """Return the tangent bent so that it meets the model at another state.

        Parameters
        ----------
        z, fitted, slope
            That state, with the model and its Jacobian K L there.
        """
        plain = replace(self, toward=None, twist=None, curve=None)
        toward = self.straightened(z - self.z)
        if not toward.any():
            return plain
        there = _placed(plain, toward, 0.0)
        twist = slope * there.rate - _slope(plain, there)
        curve = fitted - (self.fitted + there.bent) - twist @ toward
        return replace(plain, toward=toward, twist=twist, curve=curve)


@dataclass(frozen=True, eq=False)
class _Place:
    """A place u on the tangent: state, derivatives by u, model's change, residual and costs."""

    u: Vector
    z: Vector
    rate: Vector
    factor: Vector
    pushed: Vector
    turn: float
    bent: Vector
    residual: Vector
    cost: float
    damped: float


def bent_step(
    tangent: Tangent, damping: float, factor: Matrix, longest: Vector | None = None
) -> tuple[Vector, float]:
    """Return the step to the least cost of y_0 exp(K dx / y_0), and the fall of the cost there.

    Parameters
    ----------
    tangent
        The model near the state.
    damping
        Levenberg-Marquardt parameter: weight of the squared step beside the prior's.  [1]
    factor
        L.  shape (n, n)
    longest
        Greatest change of each element, in its unit; those that have one correlate with no other a
        priori.  shape (n,)

    Returns
    -------
    tuple
        Step dz, shape (n,), and promised fall of the cost [1].

    Notes
    -----
    Gauss-Newton steps with halving. An element that is a logarithm changes the model by
    exp(dx) - 1 times its derivative, and multiplies by exp(dx) what others that it scales change.
    The normal matrix is made anew only when the factors of the channels have changed.
    """
    place = _placed(tangent, np.zeros_like(tangent.z), damping)
    first, hessian, made = place.cost, tangent.hessian, place
    low, high = _box(tangent, factor, longest)
    root = np.sqrt(tangent.weight)[:, None]
    for _ in range(_ROUNDS):
        if _differs(place, made):
            slope, made = _slope(tangent, place), place
            slope *= root
            hessian = slope.T @ slope
        push = _gradient(tangent, place)
        push -= place.rate * (place.z + damping * (place.z - tangent.z))
        whole = hessian + np.diag((1.0 + damping) * place.rate**2)
        move = _bounded(whole, push, *_room(tangent, place, low, high))
        found = _lower(tangent, place, move, damping)
        if found is None:
            break
        gain, place = place.damped - found.damped, found
        if gain < max(_LEAST_GAIN * tangent.z.size, 1e-6 * place.damped):
            break
    return place.z - tangent.z, first - place.cost


def _box(tangent: Tangent, factor: Matrix, longest: Vector | None) -> tuple[Vector, Vector]:
    """Return the least and the greatest u that the longest steps allow."""
    most = np.full(tangent.z.size, np.inf) if longest is None else longest / np.diag(factor)
    low, high = -most, most.copy()
    for bend in tangent.bends:
        at, sigma = bend.logarithm, tangent.sigma[bend.logarithm]
        ends = np.array([-most[at], most[at]]) * sigma
        low[at], high[at] = np.expm1(np.clip(ends, -30.0, 30.0)) / sigma
    return low, high


def _differs(place: _Place, made: _Place) -> bool:
    factors = np.abs(place.factor - made.factor).max()
    turned = abs(place.turn - made.turn) > _SAME
    return bool(factors > _SAME or turned or np.abs(place.pushed - made.pushed).max() > _SAME)


def _room(tangent: Tangent, place: _Place, low: Vector, high: Vector) -> tuple[Vector, Vector]:
    """Return the least and greatest move; logarithms fall to a fifth at most."""
    least = low - place.u
    for bend in tangent.bends:
        at, sigma = bend.logarithm, tangent.sigma[bend.logarithm]
        least[at] = max(least[at], -0.8 * (1.0 + sigma * place.u[at]) / sigma)
    return np.minimum(least, 0.0), np.maximum(high - place.u, 0.0)


def _bounded(whole: Matrix, push: Vector, least: Vector, most: Vector) -> Vector:
    """Solve whole move = push as far as bounds let, which hold no move at all.

    What meets its bound stays there, and the rest goes on: each part of the way is downhill.
    """
    move, free = np.zeros_like(push), np.ones(push.size, np.bool_)
    while free.any():
        right = push[free] - whole[np.ix_(free, ~free)] @ move[~free]
        further = np.zeros_like(push)
        further[free] = cho_solve(cho_factor(whole[np.ix_(free, free)]), right) - move[free]
        room = np.where(further > 0.0, most, least) - move
        part = np.ones_like(push)
        short = np.abs(further) > np.abs(room)
        part[short] = room[short] / further[short]
        move += part.min() * further
        if part.min() >= 1.0:
            break
        free &= part > part.min()
    return move


def _lower(tangent: Tangent, place: _Place, move: Vector, damping: float) -> _Place | None:
    """Shorten a move until the cost falls."""
    for _ in range(_HALVINGS):
        found = _placed(tangent, place.u + move, damping)
        if found.damped < place.damped:
            return found
        move = move * 0.3
    return None


def _placed(tangent: Tangent, u: Vector, damping: float) -> _Place:
    change, rate, pushed = u.copy(), np.ones_like(u), u.copy()
    for bend in tangent.bends:
        at, sigma = bend.logarithm, tangent.sigma[bend.logarithm]
        grown = max(1.0 + sigma * u[at], 1e-12)
        change[at], rate[at] = np.log(grown) / sigma, 1.0 / grown
        for other in bend.scaled:
            pushed[other] *= grown
    exponent = tangent.slope @ pushed / tangent.scale
    factor = np.exp(np.clip(exponent, -_FARTHEST, _FARTHEST))
    bent = tangent.scale * (factor - 1.0)
    turn = 0.0
    if tangent.toward is not None and tangent.twist is not None and tangent.curve is not None:
        turn = float(u @ tangent.toward / (tangent.toward @ tangent.toward))
        bent += turn * (tangent.twist @ u + turn * tangent.curve)
    residual = tangent.residual - bent
    z = tangent.z + change
    cost = float(residual @ (tangent.weight * residual) + z @ z)
    damped = cost + damping * float(change @ change)
    return _Place(u, z, rate, factor, pushed, turn, bent, residual, cost, damped)


def _slope(tangent: Tangent, place: _Place) -> Matrix:
    """Return the derivative of the bent tangent by u at a place, shape (m, n)."""
    slope = tangent.slope * place.factor[:, None]
    for bend in tangent.bends:
        at, sigma = bend.logarithm, tangent.sigma[bend.logarithm]
        for other in bend.scaled:
            slope[:, at] += slope[:, other] * (sigma * place.u[other])
            slope[:, other] /= place.rate[at]
    if tangent.toward is not None and tangent.twist is not None and tangent.curve is not None:
        along = tangent.toward / (tangent.toward @ tangent.toward)
        slope += place.turn * tangent.twist
        slope += np.outer(tangent.twist @ place.u + 2.0 * place.turn * tangent.curve, along)
    return slope


def _gradient(tangent: Tangent, place: _Place) -> Vector:
    """Return half the fall of the misfit by u at a place: the slope's transpose times residuals."""
    weighted = tangent.weight * place.residual
    push: Vector = tangent.slope.T @ (place.factor * weighted)
    for bend in tangent.bends:
        at, sigma = bend.logarithm, tangent.sigma[bend.logarithm]
        for other in bend.scaled:
            push[at] += push[other] * (sigma * place.u[other])
            push[other] /= place.rate[at]
    if tangent.toward is not None and tangent.twist is not None and tangent.curve is not None:
        down = tangent.twist.T @ weighted
        push += place.turn * down
        turned = float(down @ place.u) + 2.0 * place.turn * float(tangent.curve @ weighted)
        push += turned * tangent.toward / (tangent.toward @ tangent.toward)
    return push
