"""What the description of a gridded collection tells of its cells, from its head alone."""

from typing import Any

from casa_ogc.archive.heads import Head
from casa_ogc.catalog.entries import Entry


def spatial_grid(head: Head) -> list[dict[str, Any]] | None:
    """Return number and size of the cells along longitude and latitude; None for soundings."""
    if head.kind != "grid":
        return None
    return [{"cellsCount": count, "resolution": cell} for _, _, _, count, cell in cells(head)]


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
