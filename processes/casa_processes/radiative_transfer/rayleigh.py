"""Scattering by air molecules: cross-section, depolarisation and phase function."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]

CARBON_DIOXIDE = 400.0
"""Mole fraction that is assumed; a hundred more change the cross-section by 1e-4.  [ppm]"""

_NUMBER_DENSITY = 2.546_899e19
"""Of air at 288.15 K and 1013.25 hPa, of which the refractive index is.  [cm-3]"""

_NITROGEN, _OXYGEN, _ARGON = 78.084, 20.946, 0.934
_SHORTEST, _LONGEST = 0.23, 2.6


def cross_section(wavelength: Values, carbon_dioxide: float = CARBON_DIOXIDE) -> Values:
    """Return the scattering cross-section of a molecule of dry air.

    Parameters
    ----------
    wavelength
        In vacuum, 0.23 to 2.6.  [um], any shape
    carbon_dioxide
        [ppm]

    Returns
    -------
    ndarray
        [cm2 / molecule], shape of `wavelength`

    Raises
    ------
    InvalidValueError
        When a wavelength is beyond the formula of the refractive index.

    Notes
    -----
    Bodhaine et al. (1999), eqs. 17 to 23: refractive index of Peck and Reeder (1972), corrected for
    carbon dioxide, and depolarisation after Bates (1984).
    """
    _check(wavelength)
    inverse = 1.0 / wavelength**2
    index = 8060.51 + 2_480_990.0 / (132.274 - inverse) + 17_455.7 / (39.329_57 - inverse)
    squared = (1.0 + 1e-8 * index * (1.0 + 0.54e-6 * (carbon_dioxide - 300.0))) ** 2
    length = wavelength * 1e-4
    classic = 24.0 * np.pi**3 / (length**4 * _NUMBER_DENSITY**2)
    refraction: Values = ((squared - 1.0) / (squared + 2.0)) ** 2
    return classic * refraction * king_factor(wavelength, carbon_dioxide)


def king_factor(wavelength: Values, carbon_dioxide: float = CARBON_DIOXIDE) -> Values:
    """Return how much the anisotropy of molecules adds to their scattering, (6 + 3 d) / (6 - 7 d).

    Parameters
    ----------
    wavelength
        [um], any shape
    carbon_dioxide
        [ppm]

    Notes
    -----
    Bodhaine et al. (1999), eqs. 5, 6 and 23.
    """
    inverse = 1.0 / wavelength**2
    nitrogen = 1.034 + 3.17e-4 * inverse
    oxygen = 1.096 + 1.385e-3 * inverse + 1.448e-4 * inverse**2
    percent = carbon_dioxide * 1e-4
    whole = _NITROGEN + _OXYGEN + _ARGON + percent
    return (_NITROGEN * nitrogen + _OXYGEN * oxygen + _ARGON + 1.15 * percent) / whole


def depolarisation(wavelength: Values, carbon_dioxide: float = CARBON_DIOXIDE) -> Values:
    """Return the depolarisation factor d of unpolarised light, shape of `wavelength`."""
    factor = king_factor(wavelength, carbon_dioxide)
    return 6.0 * (factor - 1.0) / (7.0 * factor + 3.0)


def second_moment(depolarised: float) -> float:
    """Return the coefficient b of the phase function 1 + b P_2(cos angle): 0.5 without d.

    Notes
    -----
    Hansen and Travis (1974), eqs. 2.15 and 2.16.
    """
    return (1.0 - depolarised) / (2.0 + depolarised)


def phase(cosine: float, depolarised: float) -> float:
    """Return the phase function, averaging to 1 over the sphere.

    Parameters
    ----------
    cosine
        Of the angle between the directions of travel before and after.
    depolarised
        Depolarisation factor.
    """
    return 1.0 + second_moment(depolarised) * (1.5 * cosine**2 - 0.5)


def _check(wavelength: Values) -> None:
    inside = (wavelength >= _SHORTEST) & (wavelength <= _LONGEST)
    if not np.all(inside):
        asked = [float(np.min(wavelength)), float(np.max(wavelength))]
        raise InvalidValueError("wavelength [um]", asked, f"{_SHORTEST} to {_LONGEST}")
