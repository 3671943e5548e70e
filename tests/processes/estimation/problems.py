"""Small estimation problems with known answers."""

import numpy as np
from hypothesis import strategies as st

from casa_processes.estimation.problem import prior

seeds = st.integers(0, 2**32 - 1)


def drawn_prior(rng, size, correlated=True):
    """Draw a prior whose elements have very different units."""
    scale = 10.0 ** rng.uniform(-6, 6, size)
    mixing = rng.normal(size=(size, size)) if correlated else np.diag(rng.normal(size=size))
    covariance = (mixing @ mixing.T + 0.1 * np.eye(size)) * np.outer(scale, scale)
    return prior(rng.normal(size=size) * scale, covariance)


def linear(rng, known, channels):
    """Draw a linear model y = b + K x, its Jacobian and its error variances."""
    size = known.mean.size
    jacobian = rng.normal(size=(channels, size)) / np.sqrt(np.diag(known.covariance))
    offset = rng.normal(size=channels)
    variance = rng.uniform(0.01, 1.0, channels) ** 2
    return (lambda x: (offset + jacobian @ x, jacobian)), jacobian, variance
