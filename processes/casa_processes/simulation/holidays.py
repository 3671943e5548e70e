"""Days on which nations of the synthetic world work less."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]
type Dates = NDArray[np.datetime64]

MOON_YEAR = ("China", "Taiwan", "South Korea", "Vietnam", "Malaysia")
"""Nations that celebrate the new year of the Moon."""
CHRISTMAS = (
    "United States of America",
    "Canada",
    "Mexico",
    "Brazil",
    "Argentina",
    "Venezuela",
    "Philippines",
    "Australia",
    "South Africa",
    "United Kingdom",
    "Germany",
    "Poland",
    "Italy",
    "France",
    "Spain",
    "Netherlands",
    "Czechia",
    "Belgium",
)
"""Nations that celebrate Christmas and the new year of the Sun."""
FRIDAY = ("Iran", "Saudi Arabia", "Egypt", "Iraq", "Algeria")
"""Nations whose week ends with Friday and Saturday; all others rest on Saturday and Sunday."""
_LUNATION = 29.530_588_861
_NOON = np.datetime64("2000-01-01T12:00:00", "s")
_FIRST = 5.097_66
"""Mean new moon of January 2000, dynamical time from `_NOON`.  [d]"""
_BEIJING = np.timedelta64(8, "h")
_DYNAMICAL = np.timedelta64(66, "s")


def resting(nation: str, dates: Dates) -> Values:
    """Return the part of work that rests on holidays, weekends left out.  [1], shape (day,).

    Parameters
    ----------
    nation
        Name as Natural Earth has it.
    dates
        Days, one after the other or not.  shape (day,)

    Notes
    -----
    The new year of the Moon rests from its eve to its sixth day wholly and fades until the
    fifteenth; Christmas from the 24th of December to the first of January. Other holidays,
    Ramadan and Easter among them, are left out.
    """
    found = np.zeros(dates.size)
    if nation in MOON_YEAR:
        years = np.unique(dates.astype("datetime64[Y]")).astype(int) + 1970
        for year in years.tolist():
            late = (dates - moon_year(year)) / np.timedelta64(1, "D")
            fading = np.clip((15.0 - late) / 9.0, 0.0, 1.0)
            found = np.maximum(found, np.where(late >= -1.0, fading, 0.0))
    if nation in CHRISTMAS:
        day = (dates - dates.astype("datetime64[M]")).astype(int) + 1
        month = dates.astype("datetime64[M]").astype(int) % 12 + 1
        found[((month == 12) & (day >= 24)) | ((month == 1) & (day == 1))] = 1.0
    return found


def weekend(nation: str, dates: Dates) -> NDArray[np.bool_]:
    """Tell which days end the week of a nation.  shape (day,)."""
    number = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7  # Monday is 0
    first = 4 if nation in FRIDAY else 5
    return np.asarray((number == first) | (number == first + 1))


@cache
def moon_year(year: int) -> np.datetime64:
    """Return the day of the new moon of Beijing between the 21st of January and 20th of February.

    That is the new year of the Moon from 1985 to 2033 and in most other years.
    """
    first = np.datetime64(f"{year}-01-21", "D")
    number = round(float((first - _NOON) / np.timedelta64(1, "D")) / _LUNATION) - 1
    while (day := (new_moon(number) + _BEIJING).astype("datetime64[D]")) < first:
        number += 1
    return np.datetime64(day, "D")


def new_moon(number: int) -> np.datetime64:
    """Return the instant of a new moon, UTC, good to a quarter of an hour from 2000 to 2049.

    Parameters
    ----------
    number
        Counted from the sixth of January 2000.

    Notes
    -----
    Meeus (1998), Astronomical Algorithms, chapter 49, with its largest periodic terms.
    """
    century = number / 1236.85
    mean = _FIRST + _LUNATION * number + 0.000_154_37 * century**2
    sun = np.deg2rad(2.5534 + 29.105_356_70 * number)
    moon = np.deg2rad(201.5643 + 385.816_935_28 * number + 0.010_758_2 * century**2)
    node = np.deg2rad(160.7108 + 390.670_502_84 * number - 0.001_611_8 * century**2)
    terms = (
        (-0.407_20, moon),
        (0.172_41, sun),
        (0.016_08, 2.0 * moon),
        (0.010_39, 2.0 * node),
        (0.007_39, moon - sun),
        (-0.005_14, moon + sun),
        (0.002_08, 2.0 * sun),
        (-0.001_11, moon - 2.0 * node),
    )
    days = mean + sum(size * float(np.sin(angle)) for size, angle in terms)
    return _NOON + np.timedelta64(round(days * 86_400.0), "s") - _DYNAMICAL
