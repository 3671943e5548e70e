"""Wavelengths of channels from the coefficients of an instrument."""

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]


def places(coefficients: Values, channels: int) -> Values:
    """Evaluate a dispersion polynomial.

    Parameters
    ----------
    coefficients
        c_0, c_1, ... of the powers of the number of the channel, which starts at 1; in any unit
        of wavelength or wavenumber.  shape (power,)
    channels
        Their number.

    Returns
    -------
    ndarray
        sum_k c_k i^k in the unit of the coefficients, shape (channel,)

    Notes
    -----
    Crisp et al. (2021), OCO-2 and OCO-3 Level 1B Data User's Guide; the same holds for the files
    of GOSAT by ACOS.
    """
    number = np.arange(1, channels + 1, dtype=np.float64)
    powers = np.asarray(coefficients, np.float64)
    return np.asarray(np.polynomial.polynomial.polyval(number, powers), np.float64)
