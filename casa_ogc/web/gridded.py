"""What the description of a gridded collection tells of its cells, from its head alone."""

from typing import Any

import numpy as np

from casa_ogc.archive.axes import Axis
from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.heads import Head
from casa_ogc.catalog.entries import Entry
from casa_ogc.encoders.decimals import spelled
from casa_ogc.query.overview import horizontal

_UNEVEN = 1e-3


def spatial_grid(head: Head) -> list[dict[str, Any]] | None:
    """Return number and size of the cells along longitude and latitude; None for soundings."""
    if head.kind != "grid":
        return None
    return [{"cellsCount": count, "resolution": cell} for _, _, _, count, cell in cells(head)]


def axis_grids(cube: Cube) -> list[dict[str, Any]]:
    """Describe longitudes and latitudes as OGC API Common does.

    Regular ones by the centre and the bounds of the first cell and the size of all, others by all
    centres and bounds.
    """
    return [_axis_grid(axis) for axis in horizontal(cube.layouts["map"])[::-1]]


def _axis_grid(axis: Axis) -> dict[str, Any]:
    centres, edges = spelled(axis)
    bounds = centres[:, None].repeat(2, axis=1) if edges is None else np.sort(edges, axis=1)
    order = np.argsort(centres)
    centres, bounds = centres[order], bounds[order]
    found: dict[str, Any] = {"cellsCount": axis.size}
    size = float(bounds[-1, 1] - bounds[0, 0]) / axis.size
    regular = bounds[0, 0] + size * (np.arange(axis.size) + 0.5)
    if np.abs(regular - centres).max() <= _UNEVEN * size:
        size = round(size, 9)
        first = round(float(centres[0]), 9)
        return found | {
            "resolution": size,
            "firstCoordinate": first,
            "relativeBounds": [-size / 2, size / 2],
        }
    return found | {"coordinates": centres.tolist(), "boundsCoordinates": bounds.tolist()}


def latest(entry: Entry) -> str:
    """Return the query that leaves the last step and the first level of a coverage.

    So many bands as the range type has fields: what GDAL takes a coverage for.
    """
    head, parts = entry.head, []
    if head.time is not None:
        parts.append(f"datetime={head.time[1]}")
    if head.vertical is not None:
        parts.append(f"subset={head.vertical.name}({head.vertical.values[0]:g})")
    return "".join(f"&{part}" for part in parts)


def cells(head: Head) -> list[tuple[str, float, float, int, float]]:
    """Return name, ends, number and mean size of the cells along longitude and latitude."""
    box, counts = head.bounds, head.dimensions
    east = box.east if box.east > box.west else box.east + 360
    across, down = counts.get("longitude", 1), counts.get("latitude", 1)
    return [
        ("Lon", box.west, east, across, (east - box.west) / across),
        ("Lat", box.south, box.north, down, (box.north - box.south) / down),
    ]
