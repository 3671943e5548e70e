"""Reference systems of CoverageJSON domains."""

from collections.abc import Mapping
from typing import Any

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.encoders.units import UCUM, ucum
from casa_ogc.query.answer import CRS84
from casa_ogc.query.systems import parse_system

_DATE_ONLY = {
    "en": "Only the date of each observation is known; the time of day is written as 00:00:00.",
    "zh": "仅知观测日期；时刻一律写作 00:00:00。",
}


def referencing(
    axes: Mapping[Role, Axis], resolution: str = "", crs: str = CRS84
) -> list[dict[str, Any]]:
    """List the reference systems of axes: the horizontal one, UTC time, the vertical.

    The horizontal coordinates are named in the order of the axes of their system.
    """
    horizontal = parse_system(crs)
    kind = "GeographicCRS" if horizontal.geographic else "ProjectedCRS"
    order = ("y", "x") if horizontal.northing_first else ("x", "y")
    systems = [connection(order, {"type": kind, "id": horizontal.uri})]
    if "t" in axes:
        systems.append(temporal(resolution))
    if "z" in axes:
        axis = axes["z"]
        systems.append(vertical(axis.name, axis.units, axis.positive))
    return systems


def temporal(resolution: str = "") -> dict[str, Any]:
    """Describe UTC time in the Gregorian calendar; says so where only dates are known."""
    system: dict[str, Any] = {"type": "TemporalRS", "calendar": "Gregorian"}
    if resolution == "P1D":
        system["description"] = _DATE_ONLY
    return connection(("t",), system)


def vertical(name: str, units: str, positive: str | None) -> dict[str, Any]:
    """Describe a vertical axis: name, direction of growing values, units."""
    axis: dict[str, Any] = {"name": {"en": name}, "direction": positive or "up"}
    if units:
        axis["unit"] = {"symbol": {"value": ucum(units), "type": UCUM}}
    return connection(("z",), {"type": "VerticalCRS", "cs": {"csAxes": [axis]}})


def connection(coordinates: tuple[str, ...], system: dict[str, Any]) -> dict[str, Any]:
    """Tie coordinates to their reference system."""
    return {"coordinates": list(coordinates), "system": system}
