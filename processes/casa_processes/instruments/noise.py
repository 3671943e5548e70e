"""Noise of detectors."""

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]


def photon_noise(radiance: Values, photon: Values, background: Values, full_scale: float) -> Values:
    """Return the noise of a grating spectrometer whose detector counts photons.

    Parameters
    ----------
    radiance
        Any unit, shape (channel,)
    photon, background
        Coefficients of the noise of photons and of the background.  [1], shape (channel,)
    full_scale
        Largest radiance that the instrument is made for, in the unit of the radiance.

    Returns
    -------
    ndarray
        One standard deviation in the unit of the radiance, shape (channel,); negative radiances
        have the noise of the background.

    Notes
    -----
    sigma = M / 100 sqrt(100 max(I, 0) / M c_p^2 + c_b^2); Eldering et al. (2017), eq. 1, and
    Rosenberg et al. (2017).
    """
    share = 100.0 * np.maximum(radiance, 0.0) / full_scale
    noise: Values = full_scale / 100.0 * np.sqrt(share * photon**2 + background**2)
    return noise


def joined(first: Values, second: Values) -> Values:
    """Return the noise of the mean of two measurements whose noise is independent."""
    noise: Values = np.hypot(first, second) / 2.0
    return noise
