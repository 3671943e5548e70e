"""What an instrument that sees polarised light receives of sunlight that air scatters once."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer import rayleigh
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
    scattering into the meridian plane. The surface and aerosol count as unpolarised.
    """
    sun = _towards(sounding.solar_zenith, sounding.solar_azimuth)
    sight = _towards(sounding.sensor_zenith, sounding.sensor_azimuth)
    cosine = -float(sun @ sight)
    whole = rayleigh.phase(cosine, depolarised)
    upwards, sunwards = (_across(each, sight) for each in (np.array([0.0, 0.0, 1.0]), sun))
    if upwards is None or sunwards is None:
        return whole
    isotropic = 2.0 * rayleigh.second_moment(depolarised)
    polarised = -0.75 * isotropic * (1.0 - cosine**2)
    along = float(upwards @ sunwards)
    across = float(sight @ np.cross(upwards, sunwards))
    turned = polarised * (along**2 - across**2), polarised * 2.0 * along * across
    return whole + (stokes[1] * turned[0] + stokes[2] * turned[1]) / stokes[0]


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
