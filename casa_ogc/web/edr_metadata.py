"""What a collection says of its queries, its times and its levels."""

from typing import Any

import numpy as np

from casa_ogc.archive.axes import Axis
from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.heads import Head, Vertical
from casa_ogc.archive.instants import rfc3339
from casa_ogc.catalog.entries import Catalog, Entry
from casa_ogc.web.edr_lines import height_units
from casa_ogc.web.gridded import axis_grids, spatial_grid
from casa_ogc.web.reference_texts import CRS_DETAILS
from casa_ogc.web.respond import CRS84, format_names

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
QUERIES = (
    "position",
    "radius",
    "area",
    "cube",
    "trajectory",
    "corridor",
    "locations",
    "items",
    "instances",
)
_MEANT = {
    "position": "At points",
    "radius": "Within a distance of a point",
    "area": "Inside polygons",
    "cube": "Inside a box",
    "trajectory": "Along a line, with heights and times where it has them",
    "corridor": "Around a line",
    "locations": "In a country or a continent, or at a station",
    "items": "Soundings, or time steps, as features",
    "instances": "Versions",
}
_DISTANCES = ["m", "km", "mi", "ft", "nmi"]
_DAY = 86_400
_LISTED_TIMES = 2000
"""Times of a collection are listed up to here; more irregular ones are an interval."""


def data_queries(entry: Entry, base: str, instance: bool = False) -> dict[str, Any]:
    """Describe the queries under an address; an instance has neither items nor instances."""
    offered = [q for q in QUERIES if not (instance and q in ("items", "instances"))]
    return {query: {"link": _link(entry, f"{base}/{query}", query)} for query in offered}


def query_formats(head: Head, query: str) -> list[str]:
    """Return the names of the formats in which a query is answered."""
    if query == "items":
        return ["GeoJSON"]
    if query == "trajectory":
        return list(format_names("soundings"))
    return list(format_names(head.kind))


def extent(head: Head) -> dict[str, Any]:
    """Describe where, when and at which levels the data lie, as the head tells it."""
    box = head.bounds
    result: dict[str, Any] = {
        "spatial": {"bbox": [[box.west, box.south, box.east, box.north]], "crs": CRS84}
    }
    if head.kind == "grid":
        result["spatial"]["grid"] = spatial_grid(head)
    if head.time is not None:
        temporal: dict[str, Any] = {
            "interval": [list(head.time)],
            "values": ["/".join(head.time)],
            "trs": GREGORIAN,
        }
        if head.time_resolution:
            temporal["grid"] = {"resolution": head.time_resolution}
            temporal["resolution"] = head.time_resolution
        result["temporal"] = temporal
    if head.vertical is not None:
        result["vertical"] = _vertical(head.vertical)
    if "level" in head.dimensions and head.kind == "soundings":
        result["custom"] = [_levels_of_profiles(head.dimensions["level"])]
    return result


def full_extent(entry: Entry, catalog: Catalog) -> dict[str, Any]:
    """Describe the extent with the axes of a cube: its times one by one, or as a repetition."""
    found = extent(entry.head)
    store = catalog.open(entry)
    if not isinstance(store, Cube):
        return found
    found["spatial"]["grid"] = axis_grids(store)
    axis = store.axes.get("t")
    if axis is not None and "temporal" in found:
        values, step = time_values(axis)
        found["temporal"]["values"] = values or found["temporal"]["values"]
        found["temporal"].pop("grid", None)
        if step:
            found["temporal"]["resolution"] = step
        if step or values:
            found["temporal"]["grid"] = time_grid(axis, values, step)
    return found


def time_grid(axis: Axis, values: list[str], step: str) -> dict[str, Any]:
    """Describe times as OGC API Common does: first one and step, or all of them."""
    if not step:
        return {"cellsCount": axis.size, "coordinates": values}
    first = rfc3339(axis.values.min())
    return {"cellsCount": axis.size, "resolution": step, "firstCoordinate": first}


def time_values(axis: Axis) -> tuple[list[str], str]:
    """Return the times of an axis as EDR writes them, and the ISO duration of its step.

    Regular ones are a repetition ``R<n>/<start>/<step>``, up to 2000 others are listed, more are
    not (an empty list). Irregular ones have no step.
    """
    seconds = np.sort(axis.values).astype("datetime64[ns]").astype(np.int64) / 1e9
    steps = np.diff(seconds)
    if steps.size and steps[0] > 0 and np.all(steps == steps[0]) and steps[0] % 1 == 0:
        step = _duration(int(steps[0]))
        return [f"R{seconds.size}/{rfc3339(axis.values.min())}/{step}"], step
    if seconds.size > _LISTED_TIMES:
        return [], ""
    return [rfc3339(value) for value in np.sort(axis.values)], ""


def _duration(seconds: int) -> str:
    """Write a duration in ISO 8601.

    >>> _duration(86400), _duration(43200), _duration(90)
    ('P1D', 'PT12H', 'PT90S')
    """
    for size, text in ((_DAY, "P{}D"), (3600, "PT{}H"), (60, "PT{}M")):
        if seconds % size == 0:
            return text.format(seconds // size)
    return f"PT{seconds}S"


def _vertical(vertical: Vertical) -> dict[str, Any]:
    lowest, highest = min(vertical.values), max(vertical.values)
    name = f"{vertical.name} [{vertical.units}]"
    if vertical.positive:
        name += f", {vertical.positive}"
    return {
        "interval": [[f"{lowest!r}", f"{highest!r}"]],
        "values": [f"{value!r}" for value in vertical.values],
        "vrs": vertical_text(vertical),
        "name": name,
    }


def vertical_text(vertical: Vertical) -> str:
    """Return the well-known text of a vertical reference system; a plain word where there is none.

    Pressure is a parametric system (ISO 19111), heights are above mean sea level.
    """
    direction = vertical.positive or "up"
    pascals = {"hPa": ("hectopascal", 100), "Pa": ("pascal", 1)}
    metres = {"m": ("metre", 1), "km": ("kilometre", 1000)}
    if vertical.units in pascals:
        unit, size = pascals[vertical.units]
        return (
            'PARAMETRICCRS["Air pressure",PDATUM["Vacuum"],CS[parametric,1],'
            f'AXIS["pressure (p)",{direction}],PARAMETRICUNIT["{unit}",{size}]]'
        )
    if vertical.units in metres:
        unit, size = metres[vertical.units]
        return (
            'VERTCRS["Height above mean sea level",VDATUM["Mean sea level"],CS[vertical,1],'
            f'AXIS["gravity-related height (H)",{direction}],LENGTHUNIT["{unit}",{size}]]'
        )
    return f"{vertical.name} [{vertical.units}], {direction}"


def _levels_of_profiles(count: int) -> dict[str, Any]:
    return {
        "id": "level",
        "interval": [["1", str(count)]],
        "values": [f"R{count}/1/1"],
        "reference": "https://cfconventions.org/cf-conventions/cf-conventions.html#profile-data",
    }


def _link(entry: Entry, href: str, query: str) -> dict[str, Any]:
    title = f"{query.capitalize()} query"
    formats = query_formats(entry.head, query)
    variables: dict[str, Any] = {
        "title": title,
        "description": _MEANT[query],
        "query_type": query,
        "output_formats": formats,
        "default_output_format": formats[0],
        "crs_details": list(CRS_DETAILS),
    }
    if query == "radius":
        variables["within_units"] = _DISTANCES
    if query == "corridor":
        variables["width_units"] = _DISTANCES
    if query in ("corridor", "cube"):
        variables["height_units"] = list(height_units(entry.head.vertical))
    found = {"href": href, "rel": "items" if query == "items" else "data", "title": title}
    return found | {"variables": variables}
