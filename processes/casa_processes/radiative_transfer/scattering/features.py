"""What a correction is fitted with: transmissions of a few depths, and their products."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.kernel import Paths, Scatterers
from casa_processes.radiative_transfer.scattering.mixture import Mixture
from casa_processes.radiative_transfer.scattering.terms.kernel import (
    FEATURES,
    TERMS,
    Correction,
)

type Values = NDArray[np.float64]
type Single = NDArray[np.float32]

_SLOWER = 0.3
"""Second rate over the first."""

_FIRST, _SECOND = np.triu_indices(FEATURES)
"""Features of each product."""


def indices(mixture: Mixture, air: Scatterers, ways: Paths) -> tuple[Single, Single]:
    """Return what the depths of a correction count, and the rates of its features.

    Returns
    -------
    tuple of ndarray
        All absorption; that above the scatterers; and that above those of them that are high, twice
        the weight.  shape (depth, layer); rates, shape (rate,).
    """
    scattered = (mixture.scattered * (1.0 - mixture.peak)) @ air.depth
    below = np.cumsum(scattered[::-1])[::-1] - scattered / 2.0
    share = below / max(scattered.sum(), 1e-30)
    rate = float((ways.sun + ways.sight).mean())
    depths = np.array([np.ones_like(share), share, share**2])
    return depths.astype(np.float32), np.array([rate, _SLOWER * rate], np.float32)


def features(depths: Values, rate: Single) -> Values:
    """Return the features of depths, shape (depth, point): shape (feature, point)."""
    return np.concatenate([np.exp(-each * depths) for each in rate])


def by_depths(feature: Values, rate: Single, change: Values) -> Values:
    """Return changes of features with those of depths, shape (direction, depth, point)."""
    steps = -np.concatenate([each * change for each in rate], axis=1)
    found: Values = steps * feature
    return found


def terms(feature: Values) -> Values:
    """Return 1, the features, and their products.  shape (point, term)."""
    ones = np.ones((1, feature.shape[1]))
    return np.concatenate([ones, feature, feature[_FIRST] * feature[_SECOND]]).T


def by_features(feature: Values, change: Values) -> Values:
    """Return changes of terms with those of features, shape (direction, feature, point).

    Returns
    -------
    ndarray
        shape (direction, point, term)
    """
    products = change[:, _FIRST] * feature[_SECOND] + feature[_FIRST] * change[:, _SECOND]
    none = np.zeros((change.shape[0], 1, change.shape[2]))
    found: Values = np.concatenate([none, change, products], axis=1).transpose(0, 2, 1)
    return found


def columns(multiple: Values, ground: Values, term: Values, brighter: Values) -> Values:
    """Return what coefficients multiply: terms of all light, the first of that of the ground.

    Then both lights times how much brighter the ground is. Shapes (..., point), (..., point),
    (..., point, term) and (point,): (..., point, coefficient).
    """
    linear = term[..., : 1 + FEATURES]
    light, more = multiple[..., None], ground[..., None]
    both = np.concatenate([light, more], axis=-1) * brighter[:, None]
    return np.concatenate([light * term, more * linear, both], axis=-1)


def packed(found: Values, share: Single, rate: Single, albedo: float) -> Correction:
    """Put coefficients where the kernel expects them."""
    quadratic = np.zeros((FEATURES, FEATURES))
    quadratic[_FIRST, _SECOND] = found[1 + FEATURES : TERMS] / 2.0
    quadratic += quadratic.T
    linear, ground = found[1 : 1 + FEATURES], found[TERMS:-2]
    return Correction(
        share,
        rate,
        float(found[0]),
        linear.astype(np.float32),
        quadratic.astype(np.float32),
        ground.astype(np.float32),
        found[-2:].astype(np.float32),
        albedo,
    )
