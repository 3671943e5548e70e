"""Units of radiance: photons per wavelength, and power per wavenumber or wavelength."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import PLANCK, SPEED_OF_LIGHT

type Values = NDArray[np.float64]


def photons_of_power_per_wavenumber(radiance: Values, wavenumber: Values) -> Values:
    """Convert the radiance of a Fourier transform spectrometer.

    Parameters
    ----------
    radiance
        [W cm-2 sr-1 (cm-1)-1], shape (..., channel)
    wavenumber
        [cm-1], shape (channel,)

    Returns
    -------
    ndarray
        [photon s-1 m-2 sr-1 um-1], shape of the radiance

    Notes
    -----
    A photon has 100 h c nu; nu^2 / 1e4 of wavenumber go into one of wavelength; 1e4 cm2 into 1 m2.
    """
    photons: Values = radiance * wavenumber / (100.0 * PLANCK * SPEED_OF_LIGHT)
    return photons


def photons_of_power_per_wavelength(radiance: Values, wavelength: Values) -> Values:
    """Convert the radiance of a grating.

    Parameters
    ----------
    radiance
        [W m-2 sr-1 um-1], shape (..., channel)
    wavelength
        [um], shape (channel,)

    Returns
    -------
    ndarray
        [photon s-1 m-2 sr-1 um-1], shape of the radiance; 3.81e18 for 1 W at 0.757 um.
    """
    photons: Values = radiance * (wavelength * 1e-6) / (PLANCK * SPEED_OF_LIGHT)
    return photons


def power_per_wavelength_of_photons(radiance: Values, wavelength: Values) -> Values:
    """Convert back what `photons_of_power_per_wavelength` converts.

    Parameters
    ----------
    radiance
        [photon s-1 m-2 sr-1 um-1], shape (..., channel)
    wavelength
        [um], shape (channel,)

    Returns
    -------
    ndarray
        [W m-2 sr-1 um-1], shape of the radiance
    """
    power: Values = radiance * (PLANCK * SPEED_OF_LIGHT) / (wavelength * 1e-6)
    return power
