"""A network like TCCON in the synthetic world: columns seen from the ground towards the Sun.

Sites lie where those of the Total Carbon Column Observing Network (Wunch et al., 2011) lie or lay,
to a hundredth of a degree. What they measure here is made up; none of their data went in. At high
sites `pressure_levels` has levels below the ground, whose weight is 0.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_processes.simulation.climate import days
from casa_processes.simulation.clouds import THIN, cloud_depth
from casa_processes.simulation.columns import apriori
from casa_processes.simulation.hashes import normal
from casa_processes.simulation.nature import Day, co2
from casa_processes.simulation.soundings import profiles
from casa_processes.simulation.tables import Columns, labelled, soundings
from casa_processes.simulation.views import bearing, between, sun
from casa_processes.simulation.world import SURFACE, World

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Site:
    """Where a spectrometer looks at the Sun.

    Attributes
    ----------
    code, name
        As the network has them.
    latitude, longitude
        [degree]
    altitude
        Above the sea.  [m]
    """

    code: str
    name: str
    latitude: float
    longitude: float
    altitude: float


SITES = (
    Site("eu", "Eureka", 80.05, -86.42, 610.0),
    Site("sp", "Ny Alesund", 78.92, 11.92, 20.0),
    Site("so", "Sodankyla", 67.37, 26.63, 188.0),
    Site("et", "East Trout Lake", 54.35, -104.99, 502.0),
    Site("bi", "Bialystok", 53.23, 23.02, 180.0),
    Site("br", "Bremen", 53.10, 8.85, 27.0),
    Site("hw", "Harwell", 51.57, -1.32, 142.0),
    Site("ka", "Karlsruhe", 49.10, 8.44, 116.0),
    Site("pr", "Paris", 48.85, 2.36, 60.0),
    Site("or", "Orleans", 47.97, 2.11, 130.0),
    Site("gm", "Garmisch", 47.48, 11.06, 740.0),
    Site("pa", "Park Falls", 45.94, -90.27, 440.0),
    Site("rj", "Rikubetsu", 43.46, 143.77, 380.0),
    Site("xh", "Xianghe", 39.80, 116.96, 36.0),
    Site("oc", "Lamont", 36.60, -97.49, 320.0),
    Site("tk", "Tsukuba", 36.05, 140.12, 30.0),
    Site("ni", "Nicosia", 35.14, 33.38, 185.0),
    Site("df", "Edwards", 34.96, -117.88, 700.0),
    Site("ci", "Caltech", 34.14, -118.13, 230.0),
    Site("js", "Saga", 33.24, 130.29, 7.0),
    Site("hf", "Hefei", 31.90, 117.17, 29.0),
    Site("iz", "Izana", 28.31, -16.50, 2370.0),
    Site("bu", "Burgos", 18.53, 120.65, 35.0),
    Site("ae", "Ascension", -7.92, -14.33, 10.0),
    Site("db", "Darwin", -12.46, 130.93, 37.0),
    Site("ra", "Reunion", -20.90, 55.49, 87.0),
    Site("wg", "Wollongong", -34.41, 150.88, 30.0),
    Site("ll", "Lauder", -45.04, 169.68, 370.0),
)
SUN_LIMIT = 80.0
"""Largest solar zenith angle.  [degree]"""
NOISE = 0.4
"""Standard deviation of a column.  [ppm]"""
_STEPS = 24
"""Of a day."""
_METRE, _POWER = 2.255_77e-5, 5.255_88
"""Of the standard atmosphere: pressure falls as (1 - m z)**n.  [m-1], [1]"""


@dataclass(frozen=True, eq=False)
class Looks:
    """When sites see the Sun, each of shape (n,), in the order of time and site.

    Attributes
    ----------
    site
        Index into `SITES`.
    time
        UTC.
    sun_zenith, sun_azimuth
        [degree]
    """

    site: NDArray[np.intp]
    time: NDArray[np.datetime64]
    sun_zenith: Values
    sun_azimuth: Values


def looks(date: np.datetime64, seed: int) -> Looks:
    """Return when sites see the Sun on a day: at every half past, high enough, no thick cloud.

    Parameters
    ----------
    date
        Day, UTC.
    seed
        Of the clouds, which are those that satellites see.
    """
    begin = np.datetime64(date, "D").astype("datetime64[ms]")
    hours = begin + np.arange(_STEPS) * np.timedelta64(60, "m") + np.timedelta64(30, "m")
    time = np.repeat(hours, len(SITES))
    site = np.tile(np.arange(len(SITES)), _STEPS)
    place = _places(site)
    sunny = sun(time)
    low = between(place, sunny)
    clear = cloud_depth(seed, *place, days(time)) < THIN
    seen = (low < SUN_LIMIT) & clear
    return Looks(site[seen], time[seen], low[seen], bearing(place, sunny)[seen])


def measured(here: World, day: Day, seed: int) -> Columns:
    """Return what the network measures on a day, in names and units of the vocabulary.

    Parameters
    ----------
    here
        The world's cells.
    day
        Its carbon dioxide.
    seed
        Of clouds and noise.

    Notes
    -----
    The column begins at the altitude of the site; layers below have no weight. The truth goes
    along: ``xco2_profile`` is that column and ``xco2_smoothed`` what a retrieval without error
    reports of it.
    """
    seen = looks(day.date, seed)
    latitude, longitude = _places(seen.site)
    profile = profiles(here, co2(day), latitude, longitude)
    ground = pressure_at(np.array([each.altitude for each in SITES]))[seen.site]
    weight, middle = layers(here.pressure, ground)
    airmass = 1.0 / np.cos(np.deg2rad(seen.sun_zenith))
    kernel = sensitivity(weight, 1.0 - middle / ground[:, None], airmass)
    prior = apriori(latitude, days(seen.time), here.pressure)
    expected = _smoothed(weight, kernel, prior, profile)
    codes = np.array([zlib.crc32(each.code.encode()) for each in SITES], dtype=np.int64)
    stamp = seen.time.astype(np.int64)
    noise = NOISE * normal(seed, codes[seen.site], stamp)
    return {
        "sounding_id": _identifiers(seen),
        "time": seen.time.astype("datetime64[ns]"),
        "latitude": latitude,
        "longitude": longitude,
        "site": np.array([each.name for each in SITES], dtype=np.str_)[seen.site],
        "observer_altitude": np.array([each.altitude for each in SITES])[seen.site],
        "solar_zenith_angle": seen.sun_zenith,
        "solar_azimuth_angle": seen.sun_azimuth,
        "airmass": airmass,
        "surface_pressure": ground / 100.0,
        "xco2": expected + noise,
        "xco2_uncertainty": np.full(seen.site.size, NOISE),
        "xco2_apriori": (weight * prior).sum(axis=1),
        "xco2_smoothed": expected,
        "xco2_profile": (weight * profile).sum(axis=1),
        "pressure_levels": middle / 100.0,
        "pressure_weight": weight,
        "xco2_averaging_kernel": kernel,
        "co2_profile_apriori": prior,
    }


def network(here: World, run: Iterable[Day], seed: int) -> xr.Dataset:
    """Return what the network measures in a run.

    Parameters
    ----------
    here
        The world's cells.
    run
        Its days, one after the other.
    seed
        Of clouds and noise.

    Returns
    -------
    Dataset
        As the reader ``tccon`` returns files, over ``sounding`` and ``level``. A priori profiles
        are mole fractions of dry air; there is no scale X2019.
    """
    parts = [measured(here, day, seed) for day in run]
    together = {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}
    about = labelled("ground-based columns at sites of TCCON", "tccon", "cells of its air", seed)
    about |= {
        "instrument": "Fourier transform spectrometers, simulated",
        "co2_profile_apriori_basis": "dry",
    }
    return soundings(together, about)


def pressure_at(altitude: Values) -> Values:
    """Return the pressure of the world's air at an altitude [m].  [Pa].

    Notes
    -----
    International standard atmosphere (ISO 2533:1975), up to 11 km, with the world's ground for
    the level of the sea.
    """
    return np.asarray(SURFACE * (1.0 - _METRE * altitude) ** _POWER)


def layers(interfaces: Values, ground: Values) -> tuple[Values, Values]:
    """Return weights [1] and middles [Pa] of the layers above the ground, shapes (n, z).

    Parameters
    ----------
    interfaces
        Pressures from below up to 0.  [Pa], shape (z + 1,)
    ground
        Pressures where columns begin.  [Pa], shape (n,)

    Returns
    -------
    tuple
        Weights add up to 1; middles are those of whole layers, also of those that are cut.
    """
    above = np.minimum(interfaces[None, :], ground[:, None])
    middle = np.broadcast_to(
        (interfaces[1:] + interfaces[:-1]) / 2.0, (ground.size, above.shape[1] - 1)
    )
    return np.asarray(-np.diff(above, axis=1) / ground[:, None]), np.asarray(middle)


def sensitivity(weight: Values, height: Values, airmass: Values) -> Values:
    """Return column averaging kernels, whose weighted mean is 1.  [1], shape (n, z).

    Parameters
    ----------
    weight
        [1], shape (n, z)
    height
        1 less pressure by that of the ground.  [1], shape (n, z)
    airmass
        Secant of the solar zenith angle.  [1], shape (n,)

    Notes
    -----
    a = 1 + c (s**2 - mean of s**2): more of the upper air with the Sun high, of the lower air
    with the Sun low; a smooth shape like that of the network's kernels, not one of them.
    """
    bend = np.clip(0.25 - 0.1 * (airmass - 1.0), -0.3, 0.25)
    square = height**2
    return np.asarray(1.0 + bend[:, None] * (square - (weight * square).sum(axis=1)[:, None]))


def _smoothed(weight: Values, kernel: Values, prior: Values, profile: Values) -> Values:
    return np.asarray((weight * (prior + kernel * (profile - prior))).sum(axis=1))


def _places(site: NDArray[np.intp]) -> tuple[Values, Values]:
    """Return latitude and longitude of sites.  [degree]."""
    found = np.array([(each.latitude, each.longitude) for each in SITES])[site]
    return found[:, 0], found[:, 1]


def _identifiers(seen: Looks) -> NDArray[np.str_]:
    stamps = np.datetime_as_string(seen.time, unit="m")
    names = [SITES[number].code for number in seen.site.tolist()]
    return np.array(
        [f"synthetic-{one}-{stamp}" for one, stamp in zip(names, stamps, strict=True)], np.str_
    )
