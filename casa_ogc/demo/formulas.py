"""Closed formulas of the synthetic carbon cycle; all arguments broadcast."""

import numpy as np
from numpy.typing import NDArray

from casa_ogc.demo.geography import INDUSTRY, Degrees, intensity, is_land, vegetation

type Days = NDArray[np.float64]

EPOCH = np.datetime64("2023-01-01", "ns")
GLOBAL_MEAN = 417.8
"""Column mean over the globe at `EPOCH` [ppm]."""
GROWTH = 2.4
"""Growth rate [ppm a-1], about the mean of the last decade (Friedlingstein et al., 2023)."""
YEAR = 365.25


def days_since_epoch(time: NDArray[np.datetime64]) -> Days:
    """Return days since `EPOCH` [d] of instants."""
    return np.asarray((time - EPOCH) / np.timedelta64(1, "D"), dtype=np.float64)


def background_xco2(latitude: Degrees, day: Days) -> NDArray[np.float64]:
    """Return the zonal mean of XCO2 [ppm].

    Growth, a gradient between the hemispheres, and two harmonics of a year whose amplitude is
    8 ppm from September to May in the north and 1.2 ppm of opposite sign in the south: the form
    of the harmonic fits of Thoning et al. (1989), with round numbers.
    """
    north = (1 + np.tanh((np.asarray(latitude) - 10) / 20)) / 2
    angle = 2 * np.pi * (np.asarray(day) - 105) / YEAR
    season = 3.4 * north * (np.cos(angle) + 0.4 * np.cos(2 * angle - 0.81))
    season = season - 0.6 * (1 - north) * np.cos(angle)
    gradient = 1.3 * np.tanh(np.asarray(latitude) / 25)
    return np.asarray(GLOBAL_MEAN + GROWTH * np.asarray(day) / YEAR + gradient + season)


def xco2(latitude: Degrees, longitude: Degrees, day: Days) -> NDArray[np.float64]:
    """Return XCO2 [ppm]: the background, industrial enhancements and a travelling weather wave.

    The wave has zonal number 5, eight days of period and 0.5 ppm at middle latitudes.
    """
    phase = 5 * np.deg2rad(longitude) - 2 * np.pi * np.asarray(day) / 8
    wave = 0.5 * np.sin(2 * np.deg2rad(latitude)) ** 2 * np.cos(phase)
    plumes = 1.5 * intensity(INDUSTRY, latitude, longitude)
    return np.asarray(background_xco2(latitude, day) + plumes + wave)


def xco2_uncertainty(latitude: Degrees, longitude: Degrees, day: Days) -> NDArray[np.float64]:
    """Return a standard uncertainty [ppm] that grows with airmass, and is larger over water."""
    sun = np.clip(cosine_of_sun(latitude, day, 13.6), 0.1, 1)
    return np.asarray(0.45 + 0.12 / sun + np.where(is_land(latitude, longitude), 0, 0.1))


def declination(day: Days) -> NDArray[np.float64]:
    """Return the declination of the sun [rad]; Cooper (1969), with January 1st as day 1."""
    number = np.asarray(day) % YEAR + 1
    return np.asarray(np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + number) / 365))


def cosine_of_sun(latitude: Degrees, day: Days, hour: Days | float) -> NDArray[np.float64]:
    """Return the cosine of the solar zenith angle [1] at a mean local solar hour [h]."""
    here, sun = np.deg2rad(latitude), declination(day)
    swing = np.cos(here) * np.cos(sun) * np.cos(np.deg2rad(15 * (np.asarray(hour) - 12)))
    return np.asarray(np.sin(here) * np.sin(sun) + swing)


def fluorescence(latitude: Degrees, longitude: Degrees, day: Days) -> NDArray[np.float64]:
    """Return SIF at 740 nm and 13:30 [W m-2 um-1 sr-1].

    Proportional to the light that leaves absorb (Guanter et al., 2014): vegetation, times the
    cosine of the sun, times a winter dormancy away from the tropics.
    """
    sun = np.clip(cosine_of_sun(latitude, day, 13.5), 0, 1)
    summer = np.clip(0.5 + np.sign(latitude) * declination(day) / np.deg2rad(30), 0, 1)
    tropics = np.exp(-((np.asarray(latitude) / 18) ** 2))
    return np.asarray(
        2.4 * vegetation(latitude, longitude) * sun * (tropics + (1 - tropics) * summer)
    )
