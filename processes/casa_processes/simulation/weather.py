"""Weather of the synthetic world where light passes: warmth, moisture and wind, by formulas.

The world's air moves without any: nothing of this has a part in its transport.
"""

import numpy as np
from numpy.typing import NDArray

from casa_processes.radiative_transfer.air import Profile
from casa_processes.simulation.climate import YEAR, temperature
from casa_processes.simulation.hashes import field
from casa_processes.simulation.world import SURFACE
from casa_processes.spectra.sounding import Weather

type Values = NDArray[np.float64]

LEVELS = 72
_SCALE, _LAPSE = 7.4, 6.0
"""Height in which pressure falls to its e-th part [km], and how air cools with it [K km-1]."""
_COLDEST, _WARMEST = 185.0, 312.0
_MOIST, _DRY, _FADING = 0.55, 4e-6, 2.2
"""Relative humidity at the ground [1], mass fraction high above [1], and its scale [km]."""
_WIND, _SPREAD = 6.5, 0.35
"""Median speed [m s-1], and standard deviation of its logarithm."""
_SEED = 2**43
_ZERO = 273.15


def weather(latitude: float, longitude: float, day: float, seed: int) -> Weather:
    """Return the weather at a place and time.

    Parameters
    ----------
    latitude, longitude
        [degree]
    day
        Days since the beginning of 2000.  [d]
    seed
        Of the wind and of what is warmer or colder than usual.

    Notes
    -----
    Air is as warm at the ground as `casa_processes.simulation.climate.temperature` has it, but for
    some degrees that stay alike within 1000 km and three days, and colder above by 6 K km-1 up to
    a stratosphere; its moisture fades with height. The ground is at the pressure of the world.
    """
    here = (np.array([latitude]), np.array([longitude]), np.array([day]))
    drawn = [float(field(_SEED + 4 * seed + n, *here, 1_000.0, 3.0)[0]) for n in range(3)]
    ground = float(temperature(np.array(latitude), day % YEAR)) + _ZERO + 3.0 * drawn[0]
    pressure = np.geomspace(0.05, SURFACE / 100.0 + 30.0, LEVELS)
    height = _SCALE * np.log(SURFACE / 100.0 / pressure)
    tropics = float(np.cos(np.deg2rad(latitude))) ** 2
    above = 216.0 - 10.0 * tropics + 1.8 * np.clip(height - 20.0, 0.0, 27.0)
    air = np.clip(np.maximum(ground - _LAPSE * height, above), _COLDEST, _WARMEST)
    humidity = _MOIST * _saturated(min(ground, _WARMEST)) * np.exp(-height / _FADING) + _DRY
    speed, towards = _WIND * float(np.exp(_SPREAD * drawn[1])), np.pi * drawn[2]
    return Weather(
        profile=Profile(pressure, air, humidity),
        surface_pressure=SURFACE / 100.0,
        wind_east=speed * float(np.cos(towards)),
        wind_north=speed * float(np.sin(towards)),
    )


def _saturated(warmth: float) -> float:
    """Return the mass fraction of water in saturated air at the ground.  [kg kg-1].

    Notes
    -----
    Bolton (1980), Monthly Weather Review 108, equation 10.
    """
    celsius = warmth - _ZERO
    vapour = 6.112 * float(np.exp(17.67 * celsius / (celsius + 243.5)))
    return 0.622 * vapour / (SURFACE / 100.0)
