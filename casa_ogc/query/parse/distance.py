"""Distances: a number and its unit."""

from casa_ogc.query.parse.numbers import number
from casa_processes.common.errors import InvalidValueError

_METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "ft": 0.3048, "nmi": 1852.0}
_HALF_WAY_ROUND = 20_040_000.0


def parse_distance(within: str, within_units: str) -> float:
    """Return a distance [m].

    Parameters
    ----------
    within
        A number, not negative and not longer than half the way round the Earth.
    within_units
        ``m``, ``km``, ``mi`` (statute), ``ft`` (international) or ``nmi``; in either case.

    Raises
    ------
    InvalidValueError
        For anything else.
    """
    unit = _METRES.get(within_units.strip().lower())
    if unit is None:
        raise InvalidValueError("within-units", within_units, f"one of {', '.join(_METRES)}")
    expected = f"a number of {within_units.strip()} from 0 to {_HALF_WAY_ROUND / unit:.0f}"
    metres = number("within", within, expected) * unit
    if not 0 <= metres <= _HALF_WAY_ROUND:
        raise InvalidValueError("within", within, expected)
    return metres
