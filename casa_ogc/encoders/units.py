"""Units of the house (UDUNITS text) in the Unified Code for Units of Measure (UCUM)."""

import re
from functools import lru_cache

UCUM = "http://www.opengis.net/def/uom/UCUM/"
"""Type of a unit symbol in CoverageJSON."""

_ATOMS = {
    "1": "1",
    "%": "%",
    "percent": "%",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "ppt": "[ppt]",
    "degree": "deg",
    "degrees": "deg",
    "degree_north": "deg",
    "degrees_north": "deg",
    "degree_east": "deg",
    "degrees_east": "deg",
    "arcsecond": "''",
    "radian": "rad",
    "celsius": "Cel",
    "degC": "Cel",
    "degree_Celsius": "Cel",
    "degrees_Celsius": "Cel",
    "kelvin": "K",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "hr": "h",
    "day": "d",
    "days": "d",
    "month": "mo",
    "months": "mo",
    "year": "a",
    "years": "a",
    "yr": "a",
    "micron": "um",
    "microns": "um",
    "µm": "um",
    "µmol": "umol",
    "metre": "m",
    "meter": "m",
    "mbar": "mbar",
    "millibar": "mbar",
    "ph": "{photon}",
    "photon": "{photon}",
    "photons": "{photon}",
    "molec": "{molecule}",
    "molecule": "{molecule}",
    "molecules": "{molecule}",
    "count": "{count}",
    "level": "{level}",
}
_CARBON = re.compile(r"^([kMGTPmu]?g|[kMGTP]?t)(C|CO2|CO₂)$")
_FACTOR = re.compile(
    r"^(?P<number>\d+)$|^(?P<base>[^\d\s^*]+?(?:O2)?)(?:\^|\*\*)?(?P<power>[+-]?\d+)?$"
)


@lru_cache(maxsize=256)
def ucum(units: str) -> str:
    """Translate UDUNITS text into a UCUM symbol.

    Products are joined by a point and divisors become negative powers; a unit that UCUM lacks is
    taken over as it is written.

    Examples
    --------
    >>> ucum("mW m-2 sr-1 nm-1")
    'mW.m-2.sr-1.nm-1'
    >>> ucum("ppm"), ucum("degrees_north"), ucum("gC m-2 day-1")
    ('[ppm]', 'deg', 'g{C}.m-2.d-1')
    """
    parts = [
        _translated(factor, inverse=index > 0)
        for index, group in enumerate(units.split("/"))
        for factor in re.split(r"[\s.]+", group)
        if factor
    ]
    kept = [part for part in parts if part != "1"]
    return ".".join(kept) or "1"


def _translated(factor: str, inverse: bool) -> str:
    """Translate one factor such as ``m-2``; `inverse` when it stood behind a slash."""
    match = _FACTOR.match(factor)
    if match is None:
        return factor
    if match["number"]:
        return match["number"]
    power = int(match["power"] or 1) * (-1 if inverse else 1)
    base = _ATOMS.get(match["base"]) or _CARBON.sub(r"\1{\2}", match["base"])
    return base if power == 1 else f"{base}{power}"
