"""What a measurement knew of a state: covariance, gain, averaging kernel, information."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from casa_processes.estimation.problem import Matrix, Prior, Vector


@dataclass(frozen=True, eq=False)
class Posterior:
    """Characterisation of an estimate that is linear near its solution.

    Attributes
    ----------
    covariance
        S of the estimate, noise and smoothing together.  shape (n, n)
    noise
        Part of the covariance that comes from the measurement's noise.  shape (n, n)
    gain
        G: change of the estimate for a change of the measurement.  shape (n, m)
    averaging_kernel
        A = G K: change of the estimate for a change of the truth.  shape (n, n)
    degrees_of_freedom
        Trace of A.  [1]
    information
        Shannon information content.  [nat]
    """

    covariance: Matrix
    noise: Matrix
    gain: Matrix
    averaging_kernel: Matrix
    degrees_of_freedom: float
    information: float


def posterior(jacobian: Matrix, variance: Vector, known: Prior) -> Posterior:
    """Characterise an estimate.

    Parameters
    ----------
    jacobian
        K at the solution.  shape (m, n)
    variance
        Variances of uncorrelated measurement errors.  shape (m,)
    known
        The prior.

    Notes
    -----
    Rodgers (2000), eqs. 2.27, 2.45, 2.78 to 2.80, 3.15 and 3.31, in the variables z of
    x = x_a + L z, in which the prior is a unit matrix and elements of any magnitude are alike:
    S = L (1 + H)^-1 L^T and A = L (1 + H)^-1 H L^-1 with H = L^T K^T S_e^-1 K L.
    """
    weighted = jacobian / variance[:, None]
    hessian = jacobian.T @ weighted
    factor = known.factor
    whitened = factor.T @ hessian @ factor
    size = known.mean.size
    inverse = cho_solve(cho_factor(np.eye(size) + whitened), np.eye(size))
    covariance = factor @ inverse @ factor.T
    covariance = (covariance + covariance.T) / 2
    gain = covariance @ weighted.T
    kernel = covariance @ hessian
    noise = kernel @ covariance
    eigenvalues = np.maximum(np.linalg.eigvalsh(whitened), 0.0)
    return Posterior(
        covariance=covariance,
        noise=(noise + noise.T) / 2,
        gain=gain,
        averaging_kernel=kernel,
        degrees_of_freedom=float(np.trace(kernel)),
        information=float(np.log1p(eigenvalues).sum() / 2),
    )
