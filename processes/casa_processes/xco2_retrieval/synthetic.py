"""Simulated soundings, for trials: a plume over land that eight footprints fly across.

They are made by the forward model of the retrieval itself, so that they prove nothing about the
real atmosphere; always by all orders of scattering, as light is, whatever is retrieved with.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from casa_processes.spectra.sounding import Sounding, Weather
from casa_processes.xco2.model import Options, Physics, Sigmas
from casa_processes.xco2.model.carbon_dioxide import climatology
from casa_processes.xco2.model.prior import FRACTIONS
from casa_processes.xco2.model.scenes import Place, scene

type Values = NDArray[np.float64]

FOOTPRINTS = 8
START = np.datetime64("2023-07-01T05:00:00", "ns")
_FRAME = np.timedelta64(333, "ms")
_SOUTH, _WEST = 31.0, 117.0
_ALONG, _ACROSS = 0.0203, 0.0135
"""Distance of frames and of footprints.  [degree of latitude, of longitude]"""
_RISE, _MIDDLE, _WIDTH = 14.0, 6.0, 2.5
"""Plume: rise of CO2 at the surface [ppm], its middle and width [frame]."""
_OPTIONS = Options(scattering="multiple")
_DRAWN = Sigmas(
    co2=0.02,
    h2o_scale=0.1,
    temperature_offset=1.0,
    surface_pressure=1.5,
    albedo_slope=0.03,
    albedo_curve=0.01,
    shift=0.02,
    stretch=0.01,
    sif=0.003,
    aod=0.5,
    height=0.05,
)
"""How much the true states differ from what is expected."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A sounding with its weather.

    Attributes
    ----------
    sounding, weather
        What was measured, and what is known.
    true
        XCO2 of a simulated atmosphere; NaN when it is not known.  [ppm]
    profile
        A priori carbon dioxide at the levels of the retrieval, where it is not that of the
        climatology.  [ppm], shape (level,)
    """

    sounding: Sounding
    weather: Weather
    true: float = float("nan")
    profile: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Spot:
    """When and where a simulated sounding is; degrees, footprints from 0."""

    sounding_id: str
    time: np.datetime64
    latitude: float
    longitude: float
    footprint: int


def spot(number: int) -> Spot:
    """Return when and where a sounding is taken: footprints of a frame one after the other."""
    frame, footprint = divmod(number, FOOTPRINTS)
    time = START + frame * _FRAME
    stamp = "".join(filter(str.isdigit, str(np.datetime_as_string(time, unit="ms"))))
    return Spot(
        sounding_id=f"{stamp[:15]}{footprint + 1}",
        time=time,
        latitude=_SOUTH + _ALONG * frame,
        longitude=_WEST - 0.25 * _ALONG * frame + _ACROSS * footprint,
        footprint=footprint,
    )


def simulated(number: int, seed: int, physics: Physics, options: Options = _OPTIONS) -> Scene:
    """Simulate a sounding; the same number and seed give the same, wherever it is done.

    Parameters
    ----------
    number
        Of the sounding, from 0.
    seed
        Of noise, surface, aerosol and air.
    physics
        Spectroscopy and sunlight.
    options
        What is simulated: orders of scattering, and layers of aerosol.
    """
    here = spot(number)
    place = Place(
        time=here.time,
        latitude=here.latitude,
        longitude=here.longitude,
        solar_zenith=28.0,
        sensor_zenith=1.0,
        altitude=50.0,
    )
    random = np.random.default_rng([seed, number])
    found = scene(random, physics, options, _DRAWN, place, profile=_profile(here, number))
    north, east = np.array([-0.5, -0.5, 0.5, 0.5]), np.array([-0.5, 0.5, 0.5, -0.5])
    sounding = replace(
        found.sounding,
        sounding_id=here.sounding_id,
        footprint=here.footprint,
        latitude_vertices=here.latitude + _ALONG * north,
        longitude_vertices=here.longitude + _ACROSS * east,
    )
    return Scene(sounding, found.weather, found.xco2)


def _profile(here: Spot, number: int) -> Values:
    """Add the plume to what is usual; it fills the lowest part of the air.  [ppm]."""
    usual = climatology(FRACTIONS, here.latitude, here.time)
    away = (number // FOOTPRINTS + 0.5 * here.footprint - _MIDDLE) / _WIDTH
    risen: Values = usual + 0.5 + _RISE * np.exp(-0.5 * away**2) * FRACTIONS**5
    return risen
