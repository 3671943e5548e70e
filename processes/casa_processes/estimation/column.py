"""A column of an estimated profile: its value, error budget and averaging kernel."""

from dataclasses import dataclass

import numpy as np

from casa_processes.estimation.posterior import Posterior
from casa_processes.estimation.problem import Matrix, Prior, Vector


@dataclass(frozen=True, eq=False)
class Column:
    """A weighted mean of the first elements of a state; its unit is theirs.

    Attributes
    ----------
    value, prior
        Estimated and a priori column.
    uncertainty
        One standard deviation; the parts below add up to it in squares.
    noise, smoothing, interference
        Its parts: from the measurement's noise, from the profile's shape that the measurement does
        not see, and from the other elements of the state.
    averaging_kernel
        Change of the column for a change of the true profile, over the weight: 1 where the
        column sees all of a change.  shape (level,)
    degrees_of_freedom
        Of the profile.  [1]
    """

    value: float
    prior: float
    uncertainty: float
    noise: float
    smoothing: float
    interference: float
    averaging_kernel: Vector
    degrees_of_freedom: float


def column(state: Vector, found: Posterior, known: Prior, weight: Vector) -> Column:
    """Sum up a profile that is the first elements of a state.

    Parameters
    ----------
    state
        The estimate.  shape (n,)
    found
        Its characterisation.
    known
        Its prior.
    weight
        Weights h of the column, summing to 1.  [1], shape (level,), level <= n

    Notes
    -----
    Rodgers (2000), eq. 3.16 and section 4.1, for the row h^T of the profile u among the other
    elements v: noise h^T G S_e G^T h, smoothing h^T (A_uu - 1) S_uu (A_uu - 1)^T h, interference
    h^T A_uv S_vv A_uv^T h, as Connor et al. (2008) split it. A prior that correlates u with v adds
    their covariance to the interference, so that the three always add up to the whole.
    """
    levels = weight.size
    kernel = found.averaging_kernel
    whole = np.zeros(state.size)
    whole[:levels] = weight
    row = whole @ kernel
    blind = row[:levels] - weight
    covariance = known.covariance
    smoothing = _square(blind, covariance[:levels, :levels])
    other = row[levels:]
    shared = 2.0 * float(blind @ covariance[:levels, levels:] @ other)
    interference = _square(other, covariance[levels:, levels:]) + shared
    return Column(
        value=float(weight @ state[:levels]),
        prior=float(weight @ known.mean[:levels]),
        uncertainty=_root(_square(whole, found.covariance)),
        noise=_root(_square(whole, found.noise)),
        smoothing=_root(smoothing),
        interference=_root(interference),
        averaging_kernel=row[:levels] / weight,
        degrees_of_freedom=float(np.trace(kernel[:levels, :levels])),
    )


def _square(vector: Vector, matrix: Matrix) -> float:
    return float(vector @ matrix @ vector)


def _root(square: float) -> float:
    return float(np.sqrt(max(square, 0.0)))
