"""The most probable state: Levenberg and Marquardt's search in the variables of the prior."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from casa_processes.estimation.bent import Bend, Tangent, bent_step
from casa_processes.estimation.problem import Matrix, Model, Prior, Vector

type Outcome = Literal["converged", "too many steps", "too many rejected steps", "not finite"]

_LEAST_RATIO = 1e-4
_POOR, _GOOD = 0.25, 0.6
_RAISED, _RAISED_MUCH, _LOWERED = 3.0, 10.0, 8.0
_LEAST_DAMPING = 1e-8
_SHORTER, _LONGER, _LEAST_REACH = 0.3, 3.0, 1e-3


@dataclass(frozen=True)
class Steps:
    """How long and how fine a search is.

    Attributes
    ----------
    threshold
        Convergence is reached where the Gauss-Newton step that is left has a squared length below
        this, in standard deviations of the estimate, per element of the state.  [1]
    accepted, rejected
        Most steps of each kind.
    damping
        Levenberg-Marquardt parameter of the first step.  [1]
    """

    threshold: float = 0.005
    accepted: int = 20
    rejected: int = 20
    damping: float = 10.0


@dataclass(frozen=True, eq=False)
class Estimate:
    """Where a search ended.

    Attributes
    ----------
    state, fitted, jacobian
        The state, shape (n,), the model there, shape (m,), and its Jacobian, shape (m, n).
    outcome
        Why the search ended; only a converged estimate is one.
    accepted, rejected
        Steps taken and steps undone; the model was evaluated once for each, and once before.
    remaining
        Squared length of the Gauss-Newton step that is left, per element of the state.  [1]
    cost
        Sum of squares that is minimised: misfit and distance from the prior.  [1]
    chi_squared
        Misfit per channel.  [1]
    """

    state: Vector
    fitted: Vector
    jacobian: Matrix
    outcome: Outcome
    accepted: int
    rejected: int
    remaining: float
    cost: float
    chi_squared: float


@dataclass(frozen=True, eq=False)
class _Point:
    """A state with all that a step from it needs, in the variables z of x = x_a + L z."""

    z: Vector
    fitted: Vector
    jacobian: Matrix
    residual: Vector
    slope: Matrix
    misfit: float
    gradient: Vector
    hessian: Matrix

    @property
    def cost(self) -> float:
        return self.misfit + float(self.z @ self.z)


@dataclass(frozen=True, eq=False)
class _Measurement:
    values: Vector
    weight: Vector
    model: Model
    known: Prior
    longest: Vector | None
    bends: Sequence[Bend] | None


def estimate(
    model: Model,
    measured: Vector,
    variance: Vector,
    known: Prior,
    first: Vector | None = None,
    longest: Vector | None = None,
    steps: Steps | None = None,
    bends: Sequence[Bend] | None = None,
) -> Estimate:
    """Find the state of greatest probability given a measurement.

    Parameters
    ----------
    model
        The forward model.
    measured
        The measurement.  shape (m,)
    variance
        Variances of its uncorrelated errors, above zero.  shape (m,)
    known
        The prior.
    first
        Where to begin; the prior when not given.  shape (n,)
    longest
        Greatest change of each element in one step, in its unit.  shape (n,)
    steps
        Limits of the search.
    bends
        For a model that multiplies, as radiance does: the elements that are logarithms of what it
        is linear in; steps then follow a bent tangent. None for a plain tangent.

    Notes
    -----
    Rodgers (2000), eq. 5.36 with S_a^-1 as scale: ((1 + gamma) S_a^-1 + K^T S_e^-1 K) dx =
    K^T S_e^-1 (y - F) + S_a^-1 (x_a - x). A step is accepted when the cost falls by more than
    1e-4 of what the linear model promised. Convergence is judged at accepted states only, by the
    undamped step: the length of a damped one tells of the damping.
    """
    steps = steps or Steps()
    given = _Measurement(measured, 1.0 / variance, model, known, longest, bends)
    start = known.mean if first is None else first
    point = _point(given, np.linalg.solve(known.factor, start - known.mean))
    if not _finite(point):
        return _ended(given, point, "not finite", 0, 0)
    damping, reach, accepted, rejected = steps.damping, 1.0, 0, 0
    other: _Point | None = None
    while _remaining(point) >= steps.threshold:
        if accepted >= steps.accepted:
            return _ended(given, point, "too many steps", accepted, rejected)
        if rejected >= steps.rejected:
            return _ended(given, point, "too many rejected steps", accepted, rejected)
        move, promised = _move(given, point, damping, other, reach)
        trial = _point(given, point.z + move)
        ratio = _ratio(point, trial, promised)
        if ratio > _LEAST_RATIO:
            point, other, accepted = trial, point, accepted + 1
        else:
            other = trial if _finite(trial) else None
            rejected += 1
        damping = _next(damping, ratio)
        reach = _reached(given, move, reach, ratio)
    return _ended(given, point, "converged", accepted, rejected)


def _remaining(point: _Point) -> float:
    """Return the squared length of the Gauss-Newton step in its own metric, per element."""
    whole = np.eye(point.z.size) + point.hessian
    return float(point.gradient @ cho_solve(cho_factor(whole), point.gradient)) / point.z.size


def _point(given: _Measurement, z: Vector) -> _Point:
    """Evaluate the model."""
    factor = given.known.factor
    fitted, jacobian = given.model(given.known.mean + factor @ z)
    if not (np.isfinite(fitted).all() and np.isfinite(jacobian).all()):
        fitted, jacobian = np.full_like(fitted, np.nan), np.full_like(jacobian, np.nan)
        unknown = np.full_like(z, np.nan)
        return _Point(z, fitted, jacobian, fitted, jacobian, np.nan, unknown, unknown)
    residual = given.values - fitted
    slope = jacobian @ factor
    return _Point(
        z=z,
        fitted=fitted,
        jacobian=jacobian,
        residual=residual,
        slope=slope,
        misfit=float(residual @ (residual * given.weight)),
        gradient=slope.T @ (given.weight * residual) - z,
        hessian=_squared(slope * np.sqrt(given.weight)[:, None]),
    )


def _squared(matrix: Matrix) -> Matrix:
    """Return a matrix by its own transpose: half the work of a product of two."""
    squared: Matrix = matrix.T @ matrix
    return squared


def _move(
    given: _Measurement, point: _Point, damping: float, other: _Point | None, reach: float
) -> tuple[Vector, float]:
    """Return a step and the fall of the cost that the tangent promises of it.

    The last other state at which the model was evaluated tells how the tangent is bent.
    """
    known = given.known
    longest = None if given.longest is None else reach * given.longest
    if given.bends is not None:
        tangent = Tangent(
            point.z,
            point.fitted,
            point.slope,
            point.residual,
            given.weight,
            point.hessian,
            given.bends,
            np.sqrt(np.diag(known.covariance)),
        )
        if other is not None:
            tangent = tangent.knowing(other.z, other.fitted, other.slope)
        return bent_step(tangent, damping, known.factor, longest)
    move = _step(point, damping, known, longest)
    promised = 2.0 * float(move @ point.gradient)
    return move, promised - float(move @ move + move @ point.hessian @ move)


def _step(point: _Point, damping: float, known: Prior, longest: Vector | None) -> Vector:
    whole = point.hessian + (1.0 + damping) * np.eye(point.z.size)
    move: Vector = cho_solve(cho_factor(whole), point.gradient)
    if longest is None:
        return move
    change = known.factor @ move
    shortened = np.clip(change, -longest, longest)
    if np.array_equal(change, shortened):
        return move
    return np.linalg.solve(known.factor, shortened)


def _ratio(point: _Point, trial: _Point, promised: float) -> float:
    """Return the fall of the cost over the fall that the tangent promises."""
    if not _finite(trial) or promised <= 0.0:
        return -1.0
    return (point.cost - trial.cost) / promised


def _reached(given: _Measurement, move: Vector, reach: float, ratio: float) -> float:
    """Return which part of the longest steps the next one may take."""
    if given.longest is None:
        return reach
    part = float((np.abs(given.known.factor @ move) / given.longest).max())
    if ratio <= _LEAST_RATIO:
        return max(_SHORTER * min(part, reach), _LEAST_REACH)
    if ratio > _GOOD and part > 0.9 * reach:
        return min(_LONGER * reach, 1.0)
    return reach


def _finite(point: _Point) -> bool:
    return bool(np.isfinite(point.cost) and np.isfinite(point.hessian).all())


def _next(damping: float, ratio: float) -> float:
    if ratio <= _LEAST_RATIO:
        return max(_RAISED_MUCH * damping, 1.0)
    if ratio < _POOR:
        return _RAISED * damping
    return max(damping / _LOWERED, _LEAST_DAMPING) if ratio > _GOOD else damping


def _ended(
    given: _Measurement, point: _Point, outcome: Outcome, accepted: int, rejected: int
) -> Estimate:
    known = given.known
    return Estimate(
        state=known.mean + known.factor @ point.z,
        fitted=point.fitted,
        jacobian=point.jacobian,
        outcome=outcome,
        accepted=accepted,
        rejected=rejected,
        remaining=_remaining(point) if outcome != "not finite" else float("nan"),
        cost=point.cost,
        chi_squared=point.misfit / given.values.size,
    )
