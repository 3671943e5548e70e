"""Generator of the coastline that maps are drawn with: TopoJSON land to compact GeoJSON.

Run as ``python -m casa_ogc.encoders.make_coastline land-110m.json coastline.json``, the first file
being that of the npm package ``world-atlas`` 2.0.2.
"""

import json
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

_SOURCE = (
    "Natural Earth 1:110m land (public domain, naturalearthdata.com), by way of the npm package"
    " world-atlas 2.0.2 (ISC licence, Michael Bostock)"
)

type Ring = list[list[float]]


def land(topology: dict[str, Any]) -> list[list[Ring]]:
    """Return the polygons of a quantised topology in degrees, to two decimals."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"].values()
    arcs = []
    for arc in topology["arcs"]:
        xs, ys = (list(accumulate(steps)) for steps in zip(*arc, strict=True))
        arcs.append(
            [
                [round(x * scale_x + shift_x, 2), round(y * scale_y + shift_y, 2)]
                for x, y in zip(xs, ys, strict=True)
            ]
        )
    return [
        [_ring(arcs, numbers) for numbers in polygon]
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in geometry["arcs"]
    ]


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    """Join arcs into a ring; a negative number ~n is arc n backwards, ends are shared."""
    ring: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(arc if not ring else arc[1:])
    return [point for index, point in enumerate(ring) if index == 0 or point != ring[index - 1]]


def main(source: Path, target: Path) -> None:
    """Write the coastline file."""
    polygons = land(json.loads(source.read_text("utf-8")))
    document = {"type": "MultiPolygon", "source": _SOURCE, "coordinates": polygons}
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
