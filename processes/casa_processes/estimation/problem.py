"""What is known before a measurement: a state and its covariance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError

type Vector = NDArray[np.float64]
type Matrix = NDArray[np.float64]

type Model = Callable[[Vector], tuple[Vector, Matrix]]
"""A forward model: from a state, shape (n,), to the measurement, shape (m,), and its Jacobian,
shape (m, n). Where it cannot be evaluated it gives numbers that are not finite."""


@dataclass(frozen=True, eq=False)
class Prior:
    """A Gaussian prior.

    Attributes
    ----------
    mean
        A priori state x_a, each element in a unit of its own.  shape (n,)
    covariance
        S_a, symmetric and positive definite.  shape (n, n)
    factor
        Lower Cholesky factor L of S_a, with which x = x_a + L z has uncorrelated z of variance 1.
    """

    mean: Vector
    covariance: Matrix
    factor: Matrix


def prior(mean: Vector, covariance: Matrix) -> Prior:
    """Make a prior of a state and its covariance.

    Parameters
    ----------
    mean
        A priori state.  shape (n,)
    covariance
        Its covariance; elements may differ by many orders of magnitude.  shape (n, n)

    Raises
    ------
    InvalidValueError
        When shapes do not fit, or the covariance is not symmetric and positive definite: an
        element without variance is no part of the state.
    """
    mean = np.asarray(mean, dtype=np.float64)
    covariance = np.asarray(covariance, dtype=np.float64)
    if covariance.shape != (mean.size, mean.size) or mean.ndim != 1:
        shape = f"shape ({mean.size}, {mean.size})"
        raise InvalidValueError("prior covariance", covariance.shape, shape)
    sigma = np.sqrt(np.diag(covariance))
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all() and (sigma > 0).all()):
        raise InvalidValueError("prior", "a state", "finite values and variances above zero")
    correlation = covariance / np.outer(sigma, sigma)
    if not np.allclose(correlation, correlation.T, rtol=0, atol=1e-9):
        raise InvalidValueError("prior covariance", "a matrix", "a symmetric one")
    try:
        factor = sigma[:, None] * np.linalg.cholesky((correlation + correlation.T) / 2)
    except np.linalg.LinAlgError:
        raise InvalidValueError("prior covariance", "a matrix", "a positive definite one") from None
    return Prior(mean, covariance, factor)
