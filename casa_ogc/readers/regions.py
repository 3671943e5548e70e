"""Regions of emission tables: their codes, their kinds, and one point of each for display.

The points were set by hand, to the degree, well inside the main part of each country as drawn by
Natural Earth 1:110m (public domain); a test looks whether they lie inside. The group of EU27 and
UK stands in Brussels. The world and the rest of the world have no place: they stand at the South
Pole, where no other emission is, so that no box around a country meets them by accident. A point
says where to draw a row, never where its emission takes place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

type RegionKind = Literal["country", "group", "rest", "world"]


@dataclass(frozen=True)
class Region:
    """One label of an emission table.

    Attributes
    ----------
    code
        ISO 3166-1 alpha-3 code of a country, else the label.
    kind
        ``country``, ``group`` of countries, the ``rest`` of the world, or the ``world``.
    latitude, longitude
        Where it is drawn.  [degrees_north], [degrees_east]
    members
        Codes of the countries of a group.
    """

    code: str
    kind: RegionKind
    latitude: float
    longitude: float
    members: frozenset[str] = frozenset()


_EU27_AND_UK = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU "
    "SVK SVN ESP SWE GBR"
)

_BRAZIL = Region("BRA", "country", -10.0, -53.0)
_CHINA = Region("CHN", "country", 35.0, 104.0)
_GERMANY = Region("DEU", "country", 51.0, 10.0)
_SPAIN = Region("ESP", "country", 40.0, -4.0)
_FRANCE = Region("FRA", "country", 47.0, 2.0)
_KINGDOM = Region("GBR", "country", 53.0, -1.0)
_INDIA = Region("IND", "country", 22.0, 79.0)
_ITALY = Region("ITA", "country", 43.0, 12.0)
_JAPAN = Region("JPN", "country", 36.0, 138.0)
_RUSSIA = Region("RUS", "country", 62.0, 97.0)
_STATES = Region("USA", "country", 39.0, -98.0)
_UNION = Region("EU27&UK", "group", 51.0, 4.0, frozenset(_EU27_AND_UK.split(" ")))
_REST = Region("ROW", "rest", -90.0, 0.0)
_WORLD = Region("WORLD", "world", -90.0, 0.0)

BY_LABEL = {
    "Brazil": _BRAZIL,
    "China": _CHINA,
    "EU27&UK": _UNION,
    "EU27 & UK": _UNION,
    "France": _FRANCE,
    "Germany": _GERMANY,
    "India": _INDIA,
    "Italy": _ITALY,
    "Japan": _JAPAN,
    "ROW": _REST,
    "Russia": _RUSSIA,
    "Spain": _SPAIN,
    "UK": _KINGDOM,
    "United Kingdom": _KINGDOM,
    "US": _STATES,
    "United States": _STATES,
    "WORLD": _WORLD,
}
"""Labels of Carbon Monitor."""

BY_ALPHA2 = {
    "BR": _BRAZIL,
    "CN": _CHINA,
    "DE": _GERMANY,
    "ES": _SPAIN,
    "FR": _FRANCE,
    "GB": _KINGDOM,
    "IN": _INDIA,
    "IT": _ITALY,
    "JP": _JAPAN,
    "RU": _RUSSIA,
    "US": _STATES,
}
"""ISO 3166-1 alpha-2 codes of the countries in the annual tables."""


def parts(present: Iterable[Region]) -> frozenset[str]:
    """Codes of regions that add up without overlap: neither the world nor members of a group."""
    regions = tuple(present)
    covered = frozenset[str]().union(*(region.members for region in regions))
    return frozenset(
        region.code for region in regions if region.kind != "world" and region.code not in covered
    )
