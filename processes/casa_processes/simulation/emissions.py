"""Daily emissions of nations of the synthetic world, by sector, as inventories near real time are.

The fluxes of the world itself know one season alone (`fossil`). Here their yearly mean rates are
shared among sectors and days: weeks, holidays, heating, cooling and weather. Mean rates of a
calendar year are these, within 1e-12; those of the world's own calendar years differ by up to 2e-4,
and single days by more, for the world's air does not see weekends.
"""

import zlib
from functools import cache

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_processes.common.constants import MOLAR_MASS_CARBON, MOLAR_MASS_CARBON_DIOXIDE
from casa_processes.common.errors import InvalidValueError
from casa_processes.simulation import fossil
from casa_processes.simulation.climate import SECONDS, YEAR, days, winter
from casa_processes.simulation.geography import geography, latitudes, longitudes
from casa_processes.simulation.hashes import normal, uniform
from casa_processes.simulation.holidays import resting, weekend
from casa_processes.simulation.tables import labelled, soundings

type Values = NDArray[np.float64]
type Dates = NDArray[np.datetime64]

SECTORS = ("Power", "Industry", "Ground Transport", "Residential", "Aviation", "Shipping")
SHARES = (0.38, 0.31, 0.20, 0.08, 0.02, 0.01)
"""Of a nation's emission, by sector; each nation's own ones differ by up to a fifth.  [1]"""
UNCERTAINTY = (0.06, 0.12, 0.08, 0.15, 0.10, 0.15)
"""Standard deviation by emission, by sector.  [1]"""
REST, BUNKERS, WORLD = "ROW", "BUNKERS", "WORLD"
"""Labels of all other nations, of ships and aircraft between nations, and of the sum of all."""
CODES = {
    "China": "CHN",
    "United States of America": "USA",
    "India": "IND",
    "Russia": "RUS",
    "Japan": "JPN",
    "Germany": "DEU",
    "Iran": "IRN",
    "South Korea": "KOR",
    "Saudi Arabia": "SAU",
    "Indonesia": "IDN",
    "Canada": "CAN",
    "Mexico": "MEX",
    "South Africa": "ZAF",
    "Brazil": "BRA",
    "Turkey": "TUR",
    "Australia": "AUS",
    "United Kingdom": "GBR",
    "Poland": "POL",
    "Italy": "ITA",
    "France": "FRA",
    "Kazakhstan": "KAZ",
    "Thailand": "THA",
    "Taiwan": "TWN",
    "Spain": "ESP",
    "Malaysia": "MYS",
    "Egypt": "EGY",
    "Ukraine": "UKR",
    "Pakistan": "PAK",
    "Vietnam": "VNM",
    "United Arab Emirates": "ARE",
    "Iraq": "IRQ",
    "Argentina": "ARG",
    "Netherlands": "NLD",
    "Algeria": "DZA",
    "Venezuela": "VEN",
    "Philippines": "PHL",
    "Nigeria": "NGA",
    "Czechia": "CZE",
    "Belgium": "BEL",
    "Uzbekistan": "UZB",
}
"""Codes of ISO 3166-1 (alpha-3) of the units of Natural Earth that have a total of their own."""
_BUNKERS_SHARES = (0.0, 0.0, 0.0, 0.0, 0.45, 0.55)
_REST, _WEEKEND = (0.15, 0.35, 0.30, 0.0, -0.10, 0.0), (0.06, 0.08, 0.15, -0.03, -0.02, 0.0)
"""What holidays and weekends take of a day's emission, by sector.  [1]"""
_COLD, _HOT = (0.10, 0.0, -0.04, 0.70, -0.12, 0.0), (0.05, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Swing with the winter, and with winter and summer alike, beyond 35 degrees.  [1]"""
_WEATHER = (0.05, 0.01, 0.02, 0.10, 0.02, 0.02)
"""Standard deviation of what weather and chance add for some days.  [1]"""
_SPELL = 5
"""Days that weather stays alike."""
_DAY, _YEAR = np.timedelta64(1, "D"), np.timedelta64(1, "Y")
_SEED = 2**41
_TERAGRAM = 1e9


def national_emissions(start: np.datetime64, end: np.datetime64, seed: int = 0) -> xr.Dataset:
    """Return emissions of each day, region and sector, rows in this order.

    Parameters
    ----------
    start, end
        First and last day.
    seed
        Of weather and chance.

    Returns
    -------
    Dataset
        As the reader ``carbon-monitor-daily`` returns a table, with
        ``co2_emission_rate_uncertainty``: 40 nations, the rest of the world and what is between
        nations add up (``partition`` 1) to the rows of the world. A point says where a nation
        emits most; rows of no nation stand at the South Pole.

    Raises
    ------
    InvalidValueError
        When the last day is before the first.
    """
    first, last = np.datetime64(start, "D"), np.datetime64(end, "D")
    if last < first:
        raise InvalidValueError("end", str(last), f"a day from {first} on")
    dates: Dates = np.arange(first, last + _DAY, dtype="datetime64[D]")
    rates = np.concatenate([daily_rates(dates, seed), np.zeros((dates.size, 1, len(SECTORS)))], 1)
    rates[:, -1] = rates[:, :-1].sum(axis=1)
    regions = (*CODES.values(), REST, BUNKERS, WORLD)
    kinds = (*("country" for _ in CODES), "rest", "rest", "world")
    places = np.array([*(_place(name) for name in CODES), *(((-90.0, 0.0),) * 3)])
    day, region, sector = np.nonzero(np.broadcast_to(rates.any(axis=0), rates.shape))
    stamps, names, sectors = np.datetime_as_string(dates), np.array(regions), np.array(SECTORS)
    columns = {
        "sounding_id": np.array(
            [
                f"synthetic-{one}:{what}:{stamp}"
                for one, what, stamp in zip(
                    names[region], sectors[sector], stamps[day], strict=True
                )
            ]
        ),
        "time": dates.astype("datetime64[ns]")[day],
        "latitude": places[region, 0],
        "longitude": places[region, 1],
        "region": names[region],
        "region_kind": np.array(kinds)[region],
        "sector": sectors[sector],
        "partition": (names != WORLD)[region].astype(np.int8),
        "co2_emission_rate": rates[day, region, sector],
        "co2_emission_rate_uncertainty": _uncertain(rates)[day, region, sector],
    }
    about = labelled("daily emissions of nations", "emissions-daily", "shared yearly totals", seed)
    return soundings(columns, about | {"time_resolution": "P1D", "instrument": "none"})


def daily_rates(dates: Dates, seed: int) -> Values:
    """Return mean emissions of days.  [kg s-1 of CO2], shape (day, region, sector).

    Parameters
    ----------
    dates
        Days.  shape (day,)
    seed
        Of weather and chance.

    Notes
    -----
    Regions are those of `CODES`, the rest and bunkers. Factors of days are divided by their mean
    over the calendar year, so that the year's mean is that of `yearly_rates` but for rounding.
    """
    yearly, found = yearly_rates(), np.empty((dates.size, len(CODES) + 2, len(SECTORS)))
    years = dates.astype("datetime64[Y]")
    for year in np.unique(years):
        whole: Dates = np.arange(year, year + _YEAR, dtype="datetime64[D]")
        here = years == year
        for number, name in enumerate((*CODES, REST, BUNKERS)):
            factors = _factors(name, whole, seed)
            factors = factors / factors.mean(axis=0)
            found[here, number] = yearly[number] * factors[(dates[here] - whole[0]).astype(int)]
    return found


@cache
def yearly_rates() -> Values:
    """Return mean emissions of the world's years.  [kg s-1 of CO2], shape (region, sector)."""
    others = fossil.TOTAL - fossil.BUNKERS - sum(fossil.COUNTRIES.values())
    totals = np.array([*(fossil.COUNTRIES[name] for name in CODES), others, fossil.BUNKERS])
    shares = np.array([*(_shares(name) for name in (*CODES, REST)), _BUNKERS_SHARES])
    scale = _TERAGRAM * MOLAR_MASS_CARBON_DIOXIDE / MOLAR_MASS_CARBON / SECONDS
    return np.asarray(scale * totals[:, None] * shares)


def _shares(name: str) -> Values:
    """Return a nation's shares of sectors; they add up to 1."""
    drawn = uniform(_SEED, np.array(_key(name)), np.arange(len(SECTORS)))
    own = np.array(SHARES) * (0.8 + 0.4 * drawn)
    return np.asarray(own / own.sum())


def _factors(name: str, dates: Dates, seed: int) -> Values:
    """Return a day's emission by what is usual, before the year is closed.  (day, sector)."""
    season = winter(days(dates) % YEAR)[:, None]
    latitude = _place(name)[0] if name in CODES else 0.0
    cold = np.array(_COLD) * np.clip(latitude / 35.0, -1.0, 1.0) * season
    hot = np.array(_HOT) * min(abs(latitude) / 35.0, 1.0) * (2.0 * season**2 - 1.0)
    free = resting(name, dates)[:, None] * np.array(_REST)
    week = weekend(name, dates)[:, None] * np.array(_WEEKEND)
    return np.asarray((1.0 + cold + hot) * (1.0 - free) * (1.0 - week) * _chance(name, dates, seed))


def _chance(name: str, dates: Dates, seed: int) -> Values:
    """Return factors of weather and chance, alike within a spell.  shape (day, sector)."""
    number = (dates - np.datetime64("2000-01-01", "D")).astype(np.int64)
    before, late = np.divmod(number, _SPELL)
    part = (late / _SPELL)[:, None]
    sector, key = np.arange(len(SECTORS))[None, :], np.array(_key(name))
    ends = [normal(_SEED + 2 * seed + 1, key, sector, before[:, None] + step) for step in (0, 1)]
    drawn = (1.0 - part) * ends[0] + part * ends[1]
    return np.asarray(np.exp(np.array(_WEATHER) * drawn))


def _uncertain(rates: Values) -> Values:
    """Return standard deviations; regions err alone, so that the world's are smaller."""
    found: Values = rates * np.array(UNCERTAINTY)
    found[:, -1] = np.sqrt((found[:, :-1] ** 2).sum(axis=1))
    return found


@cache
def _place(name: str) -> tuple[float, float]:
    """Return latitude and longitude of the cell of a nation that emits most.  [degree]."""
    within = np.where(geography().within(name), fossil.yearly(), -1.0)
    row, column = np.unravel_index(int(within.argmax()), within.shape)
    return float(latitudes()[row, 0]), float(longitudes()[0, column])


def _key(name: str) -> int:
    return zlib.crc32(name.encode())
