"""Cuts of a coverage along its axes: ``Lat(18:54),Lon(73:135),time("2023-01")``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casa_ogc.archive.axes import Bounds, Role
from casa_ogc.query.parse.crs import Crs
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.parse.times import between, period
from casa_ogc.query.places import checked
from casa_ogc.query.request import Box, TimeSelection, VerticalSelection
from casa_ogc.query.systems import System
from casa_processes.common.errors import InvalidValueError, UnknownNameError

_EXPECTED = 'axis cuts such as Lat(18:54),Lon(73:135),time("2023-01-01":"2023-01-31"),Lat(*)'
_LONGEST = 10_000
_LON, _LAT = (-180.0, 180.0), (-90.0, 90.0)
_CUT = re.compile(
    r'\s*(?P<axis>[A-Za-z_][A-Za-z0-9_]*)\s*\(\s*(?P<range>(?:"[^"]*"|[^"()])*)\)\s*(?P<more>,?)'
)
_TEXTS = re.compile(r'(?:"([^"]*)"|([^":*]+|\*))(?::(?:"([^"]*)"|([^":*]+|\*)))?')
_NAMES: dict[Role, tuple[str, ...]] = {
    "x": ("Lon", "Long", "longitude", "x", "E"),
    "y": ("Lat", "latitude", "y", "N"),
    "t": ("time", "t", "date", "datetime"),
    "z": ("z", "level", "pressure", "height"),
}


@dataclass(frozen=True)
class Cut:
    """What the cuts of a request say; None where they say nothing."""

    box: Box | None = None
    time: TimeSelection | None = None
    vertical: VerticalSelection | None = None


def parse_subset(texts: Sequence[str], crs: Crs = "CRS84", vertical: str | None = None) -> Cut:
    """Return the box, the times and the levels of axis cuts.

    Parameters
    ----------
    texts
        Every ``subset`` of the request. A cut is ``axis(low:high)``, closed, or ``axis(point)``;
        ``*`` is the end of the axis. Times may stand in quotes. Axes go by any of their names, in
        either case: Lat, latitude, y, N; Lon, Long, longitude, x, E; time, t, date; z, level,
        pressure, height.
    crs
        Reference system of the cuts. The names of the axes tell their order, so that both systems
        mean the same.
    vertical
        Further name of the vertical axis.

    Raises
    ------
    UnknownNameError
        For an axis that is none of these.
    InvalidValueError
        For malformed text, an axis cut twice, and coordinates that do not exist on Earth.
    """
    del crs
    ranges = _ranges(texts, vertical)
    return Cut(_box(ranges), _time(ranges.get("t")), _levels(ranges.get("z")))


def parse_subset_in(
    texts: Sequence[str], system: System, vertical: str | None = None
) -> tuple[tuple[float, float, float, float] | None, Cut]:
    """Return the box x, y, x, y in a reference system, and times and levels, of axis cuts.

    Parameters
    ----------
    system
        Reference system of the cuts, whose axes go by x, E, Lon or y, N, Lat.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `parse_subset`, and for a cut of one horizontal axis alone.
    """
    ranges = _ranges(texts, vertical)
    rest = Cut(None, _time(ranges.get("t")), _levels(ranges.get("z")))
    if "x" not in ranges and "y" not in ranges:
        return None, rest
    ends = [*ranges.get("x", ("*",)), *ranges.get("y", ("*",))]
    expected = f"both axes cut by numbers, low before high, as E(0:500000),N(0:500000) {system.uri}"
    if "*" in ends:
        raise InvalidValueError("subset", ",".join(texts), expected)
    west, east, south, north = (number("subset", end, expected) for end in ends)
    if west > east or south > north:
        raise InvalidValueError("subset", ",".join(texts), expected)
    return (west, south, east, north), rest


def _ranges(texts: Sequence[str], vertical: str | None) -> dict[Role, tuple[str, str]]:
    """Return both ends of the cut of each axis."""
    ranges: dict[Role, tuple[str, str]] = {}
    for text in texts:
        for axis, low, high in _cuts(text):
            role = role_named(axis, vertical)
            if role in ranges:
                raise InvalidValueError("subset", text, f"one cut of the axis {axis}")
            ranges[role] = (low, high)
    return ranges


def _cuts(text: str) -> list[tuple[str, str, str]]:
    found, position, more = [], 0, True
    while more:
        match = _CUT.match(text, position) if len(text) <= _LONGEST else None
        texts = _range(match["range"].strip()) if match else None
        if match is None or texts is None:
            raise InvalidValueError("subset", text, _EXPECTED)
        found.append((match["axis"], *texts))
        position, more = match.end(), match["more"] == ","
    if position != len(text):
        raise InvalidValueError("subset", text, _EXPECTED)
    return found


def _range(text: str) -> tuple[str, str] | None:
    """Return both ends; a point is both, ``*`` alone is both."""
    match = _TEXTS.fullmatch(text)
    if match is None:
        return None
    low = match[1] if match[1] is not None else match[2]
    high = match[3] if match[3] is not None else match[4]
    low = low.strip()
    return low, low if high is None else high.strip()


def role_named(axis: str, vertical: str | None = None) -> Role:
    """Return the axis that a name means, in either case.

    Raises
    ------
    UnknownNameError
        For a name of no axis.
    """
    lowered = axis.lower()
    for role, names in _NAMES.items():
        if lowered in (name.lower() for name in names):
            return role
    if vertical is not None and lowered == vertical.lower():
        return "z"
    known = [name for names in _NAMES.values() for name in names]
    raise UnknownNameError("axis", axis, known if vertical is None else {*known, vertical})


def _box(ranges: dict[Role, tuple[str, str]]) -> Box | None:
    if "x" not in ranges and "y" not in ranges:
        return None
    west, east = (_end(text, end) for text, end in zip(ranges.get("x", "**"), _LON, strict=True))
    south, north = (_end(text, end) for text, end in zip(ranges.get("y", "**"), _LAT, strict=True))
    box = Box(Bounds(west, south, east, north))
    checked(box, "subset")
    return box


def _end(text: str, end: float) -> float:
    return end if text == "*" else number("subset", text, _EXPECTED)


def _time(texts: tuple[str, str] | None) -> TimeSelection | None:
    if texts is None or texts == ("*", "*"):
        return None
    low, high = texts
    if low == high:
        return TimeSelection((period(low, "subset"),))
    start, end = (".." if text == "*" else text for text in texts)
    return TimeSelection((between(start, end, "subset"),))


def _levels(texts: tuple[str, str] | None) -> VerticalSelection | None:
    if texts is None or texts == ("*", "*"):
        return None
    low, high = (None if text == "*" else number("subset", text, _EXPECTED) for text in texts)
    if low is not None and low == high:
        return VerticalSelection(levels=(low,))
    if low is not None and high is not None and low > high:
        low, high = high, low
    return VerticalSelection(interval=(low, high))
