"""How fine an answer shall be: ``Lat(2),Lon(2),time(7)``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from casa_ogc.archive.axes import Role
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.parse.subset import role_named
from casa_processes.common.errors import InvalidValueError

_LONGEST = 1000
_PART = re.compile(r"\s*(?P<axis>[A-Za-z_][A-Za-z0-9_]*)\s*\(\s*\"?(?P<value>[^()\",]+)\"?\s*\)\s*")
_LARGEST, _MOST = 1e6, 100_000
_DURATION = re.compile(
    r"P(?:(?P<Y>[0-9]{1,4})Y|(?P<M>[0-9]{1,4})M|(?P<W>[0-9]{1,4})W|(?P<D>[0-9]{1,5})D"
    r"|T(?:(?P<h>[0-9]{1,6})H|(?P<m>[0-9]{1,7})M|(?P<s>[0-9]{1,9})S))",
    re.IGNORECASE,
)
_ROLES_OF_BOTH: tuple[Role, ...] = ("y", "x")

type Duration = tuple[int, str]
"""A count and a unit of numpy: Y, M, W, D, h, m or s."""


@dataclass(frozen=True)
class Scaling:
    """What a request says of the fineness of the answer; an axis stands in one of these at most.

    Attributes
    ----------
    factors
        How many stored cells become one, along each axis; below 1 makes finer cells.
    sizes
        Number of cells of the answer along each axis.
    resolutions
        Size of the cells in units of each axis.
    period
        Length of the time steps of the answer.
    square
        Whether the horizontal axis that is not named follows the one that is, so that cells keep
        their shape.
    """

    factors: Mapping[Role, float] = field(default_factory=dict)
    sizes: Mapping[Role, int] = field(default_factory=dict)
    resolutions: Mapping[Role, float] = field(default_factory=dict)
    period: Duration | None = None
    square: bool = False

    @property
    def asked(self) -> bool:
        """Whether anything is said at all."""
        return bool(self.factors or self.sizes or self.resolutions or self.period)


def parse_scaling(given: Mapping[str, str], vertical: str | None = None) -> Scaling:
    """Return what the parameters of a request say of the fineness of its answer.

    Parameters
    ----------
    given
        Those that are given, of: ``scale-factor`` (a number, for both horizontal axes),
        ``scale-axes`` (numbers by axis), ``scale-size`` (counts by axis), ``width``, ``height``
        (counts), ``resolution`` (numbers by axis, time as a duration of one unit such as P1M).
    vertical
        Further name of the vertical axis.

    Raises
    ------
    UnknownNameError
        For an axis that does not exist.
    InvalidValueError
        For malformed text, an axis scaled twice, factors and sizes that are not positive or too
        large.
    """
    factors = _numbers("scale-axes", given, vertical)
    if "scale-factor" in given:
        text = given["scale-factor"]
        factor = _positive("scale-factor", text, text)
        _once("scale-factor", text, set(factors) & set(_ROLES_OF_BOTH))
        factors |= dict.fromkeys(_ROLES_OF_BOTH, factor)
    sizes = {
        role: _count("scale-size", given["scale-size"], value)
        for role, value in _parts("scale-size", given, vertical).items()
    }
    pixels: tuple[tuple[str, Role], ...] = (("width", "x"), ("height", "y"))
    for name, role in pixels:
        if name in given:
            _once(name, given[name], {role} & set(sizes))
            sizes[role] = _count(name, given[name], given[name])
    resolutions = _parts("resolution", given, vertical)
    period = resolutions.pop("t", None)
    steps = {
        role: _positive("resolution", given["resolution"], v) for role, v in resolutions.items()
    }
    square = ("width" in given) != ("height" in given) and not {"x", "y"} <= {
        *sizes,
        *steps,
        *factors,
    }
    duration = None if period is None else _duration(period)
    found = Scaling(factors, sizes, steps, duration, square)
    _once("scale-axes", dict(given), _twice(found))
    return found


def _twice(found: Scaling) -> set[Role]:
    """Return the axes that are scaled in two ways."""
    ways: list[set[Role]] = [set(found.factors), set(found.sizes), set(found.resolutions)]
    if found.period is not None:
        ways.append({"t"})
    return {role for way in ways for role in way if sum(role in other for other in ways) > 1}


def _numbers(name: str, given: Mapping[str, str], vertical: str | None) -> dict[Role, float]:
    parts = _parts(name, given, vertical)
    return {role: _positive(name, given[name], value) for role, value in parts.items()}


def _parts(name: str, given: Mapping[str, str], vertical: str | None) -> dict[Role, str]:
    """Split ``axis(value),axis(value)``."""
    if name not in given:
        return {}
    text, found = given[name], dict[Role, str]()
    pieces = re.split(r",(?![^()]*\))", text) if len(text) <= _LONGEST else [""]
    for piece in pieces:
        match = _PART.fullmatch(piece)
        if match is None:
            raise InvalidValueError(name, text, "axes with numbers, such as Lat(2),Lon(2),time(7)")
        role = role_named(match["axis"], vertical)
        _once(name, text, {role} & set(found))
        found[role] = match["value"].strip()
    return found


def _once(name: str, text: object, repeated: set[Role]) -> None:
    if repeated:
        raise InvalidValueError(name, text, "each axis scaled once")


def _positive(name: str, text: str, value: str) -> float:
    expected = f"numbers above 0, at most {_LARGEST:.0f}"
    found = number(name, value, expected)
    if not 0 < found <= _LARGEST or found < 1 / _LARGEST:
        raise InvalidValueError(name, text, expected)
    return found


def _count(name: str, text: str, value: str) -> int:
    expected = f"whole numbers from 1 to {_MOST}"
    found = number(name, value, expected)
    if found != int(found) or not 1 <= found <= _MOST:
        raise InvalidValueError(name, text, expected)
    return int(found)


def _duration(text: str) -> Duration:
    match = _DURATION.fullmatch(text)
    parts = {} if match is None else {unit: n for unit, n in match.groupdict().items() if n}
    if not parts or int(next(iter(parts.values()))) < 1:
        raise InvalidValueError("resolution", text, "a duration such as P1M, P1Y, P7D or PT12H")
    unit, count = next(iter(parts.items()))
    return int(count), unit
