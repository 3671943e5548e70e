"""What is known of carbon dioxide before a measurement: climatology and covariance."""

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]

_EPOCH = np.datetime64("2015-01-01T00:00:00")
_YEAR = 365.25 * 86400.0
_GROWTH = (398.92, 22.98, 1.933, 0.200)
_OLDEST, _AGE_SCALE = 4.8, 0.06


def climatology(fraction: Values, latitude: float, time: np.datetime64) -> Values:
    """Return a profile of carbon dioxide that latitude and time let expect.

    Parameters
    ----------
    fraction
        Pressure over that of the surface.  [1], shape (level,)
    latitude
        [degree]
    time
        UTC; from 2000 to 2026, extrapolated beyond.

    Returns
    -------
    ndarray
        [ppm], shape (level,)

    Notes
    -----
    Growth is a cubic through NOAA's deseasonalised global means of 2000 to 2026 (0.4 ppm rms).
    Gradient and season at the surface follow NOAA's means of Mauna Loa, American Samoa and the
    South Pole, straight lines in the sine of latitude; they fade with height, where air is as much
    as 4.8 years old. Columns differ by 1 to 4 ppm from the retrieved ones of the
    three genuine soundings of the tests.
    """
    years = float((time - _EPOCH) / np.timedelta64(1, "s")) / _YEAR
    sine = float(np.sin(np.radians(latitude)))
    phase = 2.0 * np.pi * years
    season = np.sin(phase) + 0.1 * np.cos(2.0 * phase) - 0.27 * np.sin(2.0 * phase)
    surface = 3.0 * sine + 0.7 * sine**2 + season * (9.0 * sine if sine > 0 else 0.54 * sine)
    decades = (years - _OLDEST * np.exp(-fraction / _AGE_SCALE)) / 10.0
    grown: Values = np.polynomial.polynomial.polyval(decades, np.array(_GROWTH))
    faded: Values = surface * (0.2 + 0.8 * fraction) * -np.expm1(-fraction / 0.1)
    return grown + faded


def covariance(fraction: Values) -> Values:
    """Return the covariance of a profile of carbon dioxide.

    Parameters
    ----------
    fraction
        Pressure over that of the surface.  [1], shape (level,)

    Returns
    -------
    ndarray
        [ppm2], shape (level, level)

    Notes
    -----
    In form and size that of the operational retrieval of OCO-2 (O'Dell et al., 2012): standard
    deviations from 1.5 ppm at the top to 50 ppm at the surface, strongly correlated in the
    troposphere and hardly above; a column of 13.7 ppm. As the correlation is exp(-|u_i - u_j|) in a
    coordinate u that grows downwards, it is positive definite for any levels.
    """
    sigma = 1.5 + 17.2 * fraction + 31.8 * fraction**4.24
    place = 0.23 * fraction + 0.62 * fraction**5.6 - 1000.0 * np.exp(-fraction / 0.028)
    result: Values = np.outer(sigma, sigma) * np.exp(-np.abs(place[:, None] - place[None, :]))
    return result
