"""What a polarising instrument receives of sunlight that air scatters or a sea mirrors once."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer import rayleigh
from casa_processes.radiative_transfer.glint import polarised as fresnel
from casa_processes.spectra.sounding import Sounding

type Values = NDArray[np.float64]


def seen_phase(sounding: Sounding, stokes: tuple[float, float, float], depolarised: float) -> float:
    """Return the phase function of air as a polarising instrument sees it.

    Parameters
    ----------
    sounding
        For the directions of Sun and instrument.
    stokes
        Coefficients (m_I, m_Q, m_U) of what is measured, in the frame of the meridian plane of the
        line of sight: Q is the light that vibrates in this plane less that across it.
    depolarised
        Depolarisation factor of air.

    Returns
    -------
    float
        Of light that, without polarisation, would be measured with m_I alone; averaging to 1 over
        the sphere then.  [1]

    Notes
    -----
    Hansen and Travis (1974), eqs. 2.15 to 2.17: P_12 = -3/4 D sin^2, turned from the plane of
    scattering into the meridian plane. Foam, land and aerosol count as unpolarised.
    """
    cosine = _cosine(sounding)
    isotropic = 2.0 * rayleigh.second_moment(depolarised)
    polarised = -0.75 * isotropic * (1.0 - cosine**2)
    return rayleigh.phase(cosine, depolarised) + polarised * _seen(sounding, stokes)


def seen_mirror(sounding: Sounding, stokes: tuple[float, float, float], index: float) -> float:
    """Return what is seen of light that waves mirror, over that of an unpolarised reflection.

    Parameters
    ----------
    sounding
        For the directions of Sun and instrument.
    stokes
        As for `seen_phase`.
    index
        Refractive index of the water, real.

    Notes
    -----
    The facet that mirrors lies across the plane of scattering; Fresnel's reflectances for light
    that vibrates across it and in it differ.
    """
    incidence = float(np.sqrt(max(0.0, (1.0 - _cosine(sounding)) / 2.0)))
    across, along = fresnel(incidence, index)
    return 1.0 + (along - across) / (along + across) * _seen(sounding, stokes)


def _cosine(sounding: Sounding) -> float:
    """Return the cosine of the angle between the ways of light before and after."""
    sun = _towards(sounding.solar_zenith, sounding.solar_azimuth)
    return -float(sun @ _towards(sounding.sensor_zenith, sounding.sensor_azimuth))


def _seen(sounding: Sounding, stokes: tuple[float, float, float]) -> float:
    """Return what is measured of light that vibrates in the plane of scattering, over m_I.

    That of light that vibrates across it is as much less; 0 where planes are none.
    """
    sun = _towards(sounding.solar_zenith, sounding.solar_azimuth)
    sight = _towards(sounding.sensor_zenith, sounding.sensor_azimuth)
    upwards, sunwards = (_across(each, sight) for each in (np.array([0.0, 0.0, 1.0]), sun))
    if upwards is None or sunwards is None:
        return 0.0
    along = float(upwards @ sunwards)
    across = float(sight @ np.cross(upwards, sunwards))
    turned = along**2 - across**2, 2.0 * along * across
    return (stokes[1] * turned[0] + stokes[2] * turned[1]) / stokes[0]


def _towards(zenith: float, azimuth: float) -> Values:
    """Return the direction to a place in the sky: east, north, up."""
    a, b = np.radians([zenith, azimuth])
    return np.array([np.sin(a) * np.sin(b), np.sin(a) * np.cos(b), np.cos(a)])


def _across(vector: Values, sight: Values) -> Values | None:
    """Return the direction of what a vector has across the line of sight; None of one along it."""
    rest = vector - (vector @ sight) * sight
    length = float(np.linalg.norm(rest))
    if length < 1e-6:
        return None
    direction: Values = rest / length
    return direction
