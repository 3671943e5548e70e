"""Surfaces: what they reflect of the beam and of the sky, and the derivatives of both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.glint import reflectance
from casa_processes.radiative_transfer.paths import Geometry

type Values = NDArray[np.float64]

SKY_ALBEDO = 0.06
"""Of a sea for diffuse light; flat water of index 1.33 has 0.066, a rough sea less.  [1]"""


@dataclass(frozen=True, eq=False)
class Surface:
    """What a surface reflects at every point, and how that changes with each coefficient.

    Attributes
    ----------
    reflectance
        Radiance towards the instrument over the irradiance on a plane across the beam: mu_0 albedo
        / pi for a Lambertian surface.  [sr-1], shape (point,)
    albedo
        Radiant exitance over irradiance of diffuse light.  [1], shape (point,)
    reflectance_by, albedo_by
        Derivatives by the coefficients.  shape (coefficient, point)
    """

    reflectance: Values
    albedo: Values
    reflectance_by: Values
    albedo_by: Values


def lambertian(
    coefficients: Values, wavelength: Values, centre: float, sun_cosine: float
) -> Surface:
    """Return a surface that is equally bright from everywhere.

    Parameters
    ----------
    coefficients
        Of the albedo sum_k c_k (wavelength - centre)^k.  [um-k], shape (coefficient,)
    wavelength
        [um], shape (point,)
    centre
        Of the band.  [um]
    sun_cosine
        Of the zenith angle of the Sun.

    Raises
    ------
    InvalidValueError
        When there is no coefficient or the Sun is not above the horizon.
    """
    if coefficients.ndim != 1 or coefficients.size == 0:
        raise InvalidValueError("coefficients of an albedo", coefficients, "one or more in a row")
    if not 0.0 < sun_cosine <= 1.0:
        raise InvalidValueError("cosine of the solar zenith angle", sun_cosine, "0 to 1")
    basis = (wavelength - centre)[None, :] ** np.arange(coefficients.size)[:, None]
    albedo = coefficients @ basis
    share = sun_cosine / np.pi
    return Surface(share * albedo, albedo, share * basis, basis)


def glint(
    wind: float,
    coefficients: Values,
    wavelength: Values,
    centre: float,
    geometry: Geometry,
    index: float = 1.331,
) -> Surface:
    """Return a sea: mirrors of waves, and a Lambertian part for foam and what is below.

    Parameters
    ----------
    wind
        Speed at 12.5 m, 0 to 40.  [m s-1]
    coefficients
        Of the Lambertian part, as in `lambertian`.  [um-k], shape (coefficient,)
    wavelength
        [um], shape (point,)
    centre
        Of the band.  [um]
    geometry
        Of Sun and instrument.
    index
        Refractive index of sea water: 1.331 at 0.76 um, 1.319 at 1.6 um, 1.306 at 2.06 um.

    Returns
    -------
    Surface
        Its first coefficient is the wind speed [m s-1], the others those of the Lambertian part.

    Raises
    ------
    InvalidValueError
        When the wind is not a speed of 0 to 40 m s-1, or as `lambertian`.

    Notes
    -----
    Cox and Munk (1954); `casa_processes.radiative_transfer.glint`. The albedo of a sea for light of
    the sky is taken as constant, `SKY_ALBEDO`.
    """
    below = lambertian(coefficients, wavelength, centre, geometry.sun_cosine)
    mirrored, by_wind = reflectance(wind, geometry, index)
    flat = np.ones((1, wavelength.size))
    return Surface(
        below.reflectance + mirrored,
        below.albedo + SKY_ALBEDO,
        np.concatenate([by_wind * flat, below.reflectance_by]),
        np.concatenate([0.0 * flat, below.albedo_by]),
    )
