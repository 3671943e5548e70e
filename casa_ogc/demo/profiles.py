"""Vertical profiles of the demonstration soundings, surface first."""

import numpy as np
from numpy.typing import NDArray

LEVELS = 20
TOP = 1e-4
"""Pressure of the top level over that of the surface [1]."""


def profiles(
    surface: NDArray[np.float64], column: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return pressures, weights, averaging kernel and prior of each sounding, shape (n, level).

    Parameters
    ----------
    surface
        Surface pressure [hPa], shape (n,).
    column
        XCO2 of the prior [ppm], shape (n,).

    Notes
    -----
    Levels are equidistant in pressure as those of OCO-2. The weights are those of the trapezoidal
    rule, in constant gravity and dry air (O'Dell et al., 2012, appendix A, without its water
    term), and sum to one. The kernel falls from 1.02 at the surface to 0.35 aloft; the prior falls
    by 6 ppm into the stratosphere and averages to `column`.
    """
    sigma = np.linspace(1, TOP, LEVELS)
    layers = -np.diff(sigma)
    weight = (np.append(layers, 0) + np.insert(layers, 0, 0)) / 2 / (1 - TOP)
    shape = -6 / (1 + np.exp((sigma - 0.15) / 0.05))
    shape = shape - (weight * shape).sum()
    kernel = 0.35 + 0.67 * (1 - np.exp(-sigma / 0.12))
    ones = np.ones_like(surface)[:, None]
    return {
        "pressure_levels": surface[:, None] * sigma,
        "pressure_weight": ones * weight,
        "xco2_averaging_kernel": ones * kernel,
        "co2_profile_apriori": column[:, None] + shape,
    }
