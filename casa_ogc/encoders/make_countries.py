"""Generator of the countries and continents that locations name: TopoJSON to compact polygons.

Run as ``python -m casa_ogc.encoders.make_countries countries-50m.json countries.json``, the first
file being that of the npm package ``world-atlas`` 2.0.2. Borders are simplified once for both
countries that share them, so that they still meet; polygons are cut at the antimeridian. Continents
are unions of countries by the table below (United Nations M49; Russia counts as Europe, its part
east of 60 degrees as Asia; the Americas at Panama).
"""

import json
import sys
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely import LineString, MultiPolygon, Polygon, box, get_parts, union_all
from shapely.affinity import translate

_SOURCE = (
    "Natural Earth 1:50m countries, version 4.1.0 (public domain, naturalearthdata.com), by way of"
    " the npm package world-atlas 2.0.2 (ISC licence, Michael Bostock), simplified to 0.05 degrees."
    " Boundaries are those of the source; they take no position on any claim."
)
_TOLERANCE = 0.05
_CONTINENTS = {
    "Africa": "012 024 072 108 120 132 140 148 174 178 180 204 226 231 232 262 266 270 288 324 384"
    " 404 426 430 434 450 454 466 478 480 504 508 516 562 566 624 646 654 678 686 690 694 706 710"
    " 716 728 729 732 748 768 788 800 818 834 854 894 Somaliland",
    "Antarctica": "010 260 334 239",
    "Asia": "004 031 048 050 051 064 096 104 116 144 156 158 196 268 275 344 356 360 364 368 376"
    " 392 398 400 408 410 414 417 418 422 446 458 462 496 512 524 586 608 626 634 682 702 704 760"
    " 762 764 784 792 795 860 887 086 N._Cyprus Siachen_Glacier Indian_Ocean_Ter.",
    "Europe": "008 020 040 056 070 100 112 191 203 208 233 234 246 248 250 276 292 300 336 348 352"
    " 372 380 428 438 440 442 470 492 498 499 528 578 616 620 642 643 674 688 703 705 724 752 756"
    " 804 807 826 831 832 833 Kosovo",
    "North America": "028 044 052 060 084 092 124 136 188 192 212 214 222 304 308 312 320 332 340"
    " 388 474 484 500 531 533 534 535 558 591 630 652 659 660 662 663 666 670 780 796 840 850",
    "Oceania": "016 036 090 184 242 258 296 316 520 540 548 554 570 574 580 583 584 585 598 612"
    " 776 798 876 882 Ashmore_and_Cartier_Is.",
    "South America": "032 068 076 152 170 218 238 328 600 604 740 858 862",
}

type Ring = list[tuple[float, float]]


def countries(topology: dict[str, Any]) -> Iterator[tuple[str, str, MultiPolygon]]:
    """Yield numeric code (or name), name and polygons of each country of a quantised topology."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [
        [(x * scale[0] + shift[0], y * scale[1] + shift[1]) for x, y in zip(*lists, strict=True)]
        for lists in (map(accumulate, zip(*arc, strict=True)) for arc in topology["arcs"])
    ]
    simple = [list(LineString(arc).simplify(_TOLERANCE).coords) for arc in arcs]
    for geometry in topology["objects"]["countries"]["geometries"]:
        if not geometry.get("arcs"):
            continue
        numbers = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        parts = [part for rings in numbers for part in _polygons(rings, arcs, simple)]
        name = geometry["properties"]["name"]
        yield geometry.get("id") or name.replace(" ", "_"), name, _rounded(parts)


def _polygons(rings: list[list[int]], arcs: list[Ring], simple: list[Ring]) -> Iterator[Polygon]:
    """Yield the pieces of one polygon, in -180..180; small islands keep all their vertices."""
    shell, *holes = (_unrolled(_ring(simple, ring)) for ring in rings)
    if len(set(shell)) < 4:
        shell, *holes = (_unrolled(_ring(arcs, ring)) for ring in rings)
    whole = Polygon(shell).buffer(0)
    for hole in holes:
        if len(set(hole)) > 2:
            # A hole around the pole lies outside the shell that it belongs to.
            whole = whole.symmetric_difference(Polygon(hole).buffer(0))
    world = box(-180, -90, 180, 90)
    pieces = [translate(whole, 360 * turn).intersection(world) for turn in (-1, 0, 1)]
    yield from (part for part in get_parts(union_all(pieces)) if part.geom_type == "Polygon")


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    """Join arcs into a ring; a negative number ~n is arc n backwards."""
    parts = (arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers)
    return [point for part in parts for point in part]


def _unrolled(ring: Ring) -> Ring:
    """Let longitudes run on past 180; close a ring around the South Pole along latitude -90."""
    steps = ((b[0] - a[0] + 180) % 360 - 180 for a, b in pairwise(ring))
    longitudes = list(accumulate(steps, initial=ring[0][0]))
    around = abs(longitudes[-1] - longitudes[0]) > 180
    shift = -180 - min(longitudes) if around else 0.0
    longitudes = [x + shift for x in longitudes]
    unrolled = [(x, y) for x, (_, y) in zip(longitudes, ring, strict=True)]
    if around:
        unrolled += [(longitudes[-1], -90.0), (longitudes[0], -90.0)]
    return unrolled


def _rounded(parts: list[Polygon]) -> MultiPolygon:
    """Round to two decimals and keep what still has an area; three for what vanishes."""
    for size in (0.01, 0.001):
        rounded = shapely.set_precision(union_all(parts), size)
        found = [part for part in get_parts(rounded) if part.geom_type == "Polygon"]
        if any(part.area > 0 for part in found):
            return MultiPolygon(found)
    return MultiPolygon(parts)


def continents(
    found: list[tuple[str, str, MultiPolygon]],
) -> Iterator[tuple[str, MultiPolygon]]:
    """Yield name and polygons of each continent.

    Raises
    ------
    ValueError
        When the table does not put each country on one continent.
    """
    known: dict[str, Any] = {}
    for code, _, polygons in found:
        known[code] = union_all([known[code], polygons]) if code in known else polygons
    listed = [code for codes in _CONTINENTS.values() for code in codes.split()]
    if missing := set(known) - set(listed):
        raise ValueError(f"countries on no continent: {sorted(missing)}")
    siberia = known["643"].intersection(_east())
    for name, codes in _CONTINENTS.items():
        members = [known[code] for code in codes.split() if code in known]
        if name == "Asia":
            members.append(siberia)
        whole = union_all(members)
        if name == "Europe":
            whole = whole.difference(siberia)
        parts = get_parts(shapely.set_precision(whole, 0.01))
        yield name, MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _east() -> MultiPolygon:
    """Return what counts as Asia of Russia: east of 60 degrees, and its tip past 180."""
    return MultiPolygon([box(60, 40, 180, 90), box(-180, 60, -168, 75)])


def slug(name: str) -> str:
    """Return a name in lower-case ASCII letters and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "-".join(words)


def main(source: Path, target: Path) -> None:
    """Write the file of locations."""
    found = list(countries(json.loads(source.read_text("utf-8"))))
    content = [
        {"id": slug(name), "name": name, "code": code if code.isdigit() else "", "kind": "country"}
        | {"polygons": _listed(polygons)}
        for code, name, polygons in sorted(found, key=lambda one: slug(one[1]))
    ] + [
        {"id": f"continent-{slug(name)}", "name": name, "code": "", "kind": "continent"}
        | {"polygons": _listed(polygons)}
        for name, polygons in continents(found)
    ]
    document = {"source": _SOURCE, "locations": content}
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    target.write_text(text + "\n", "utf-8")


def _listed(polygons: MultiPolygon) -> list[Any]:
    return [
        [[(round(x, 3), round(y, 3)) for x, y in ring] for ring in polygon]
        for polygon in polygons.__geo_interface__["coordinates"]
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
