"""Generator of the coastline that maps are drawn with: TopoJSON land to compact GeoJSON.

Run as ``python -m casa_ogc.encoders.make_coastline land-110m.json coastline.json``, the first file
being that of the npm package ``world-atlas`` 2.0.2. The polygons are cut at the antimeridian, as
RFC 7946 wants it, and the one around the South Pole is closed along it.
"""

import json
import sys
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, Polygon, box, get_parts, union_all
from shapely.affinity import translate

_SOURCE = (
    "Natural Earth 1:110m land (public domain, naturalearthdata.com), by way of the npm package"
    " world-atlas 2.0.2 (ISC licence, Michael Bostock)"
)

type Ring = list[tuple[float, float]]


def land(topology: dict[str, Any]) -> Iterator[Polygon]:
    """Yield the polygons of a quantised topology in degrees within -180..180."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [
        [(x * scale[0] + shift[0], y * scale[1] + shift[1]) for x, y in zip(*lists, strict=True)]
        for lists in (map(accumulate, zip(*arc, strict=True)) for arc in topology["arcs"])
    ]
    for geometry in topology["objects"]["land"]["geometries"]:
        for numbers in geometry["arcs"]:
            shell, *holes = (_unrolled(_ring(arcs, ring)) for ring in numbers)
            yield from _cut(Polygon(shell, holes))


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    """Join arcs into a ring; a negative number ~n is arc n backwards."""
    parts = (arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers)
    return [point for part in parts for point in part]


def _unrolled(ring: Ring) -> Ring:
    """Let longitudes run on past 180; close a ring around the South Pole along latitude -90."""
    steps = ((b[0] - a[0] + 180) % 360 - 180 for a, b in pairwise(ring))
    longitudes = list(accumulate(steps, initial=ring[0][0]))
    unrolled = [(x, y) for x, (_, y) in zip(longitudes, ring, strict=True)]
    if abs(longitudes[-1] - longitudes[0]) > 180:
        unrolled += [(longitudes[-1], -90.0), (longitudes[0], -90.0)]
    return unrolled


def _cut(polygon: Polygon) -> Iterator[Polygon]:
    """Bring what lies past 180 degrees to the other side."""
    world = box(-180, -90, 180, 90)
    pieces = [translate(polygon.buffer(0), 360 * turn).intersection(world) for turn in (-1, 0, 1)]
    yield from (part for part in get_parts(union_all(pieces)) if part.geom_type == "Polygon")


def main(source: Path, target: Path) -> None:
    """Write the coastline file, to two decimals."""
    polygons = MultiPolygon(list(land(json.loads(source.read_text("utf-8")))))
    rounded = [
        [[(round(x, 2), round(y, 2)) for x, y in ring] for ring in polygon]
        for polygon in polygons.__geo_interface__["coordinates"]
    ]
    document = {"type": "MultiPolygon", "source": _SOURCE, "coordinates": rounded}
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
