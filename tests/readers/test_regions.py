"""Regions: points inside their countries, and parts that do not overlap."""

import struct
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon

from casa_ogc.readers.regions import BY_ALPHA2, BY_LABEL, Region, parts

REGIONS = sorted(set(BY_LABEL.values()), key=lambda region: region.code)
NAMES = {"FRA": "France", "USA": "United States of America"}


def test_both_tables_give_a_country_the_same_point() -> None:
    assert set(BY_ALPHA2.values()) <= set(BY_LABEL.values())
    assert len({region.code for region in REGIONS}) == len(REGIONS)


@given(st.sets(st.sampled_from(REGIONS)))
def test_parts_never_overlap(present: set[Region]) -> None:
    chosen = [r for r in REGIONS if r in present and r.code in parts(present)]
    for region in chosen:
        assert region.kind != "world"
        assert not any(region.code in other.members for other in chosen)


@given(st.sets(st.sampled_from(REGIONS)))
def test_only_the_world_and_members_are_left_out(present: set[Region]) -> None:
    for region in REGIONS:
        if region in present and region.code not in parts(present):
            groups = [r for r in REGIONS if r in present and region.code in r.members]
            assert region.kind == "world" or groups


@pytest.mark.realdata
def test_points_lie_inside_their_countries(realdata: Path) -> None:
    shapes = natural_earth(realdata / "geo" / "naturalearth_lowres.shp")
    for region in BY_ALPHA2.values():
        shape = shapes[NAMES.get(region.code, region.code)]
        assert shape.contains(Point(region.longitude, region.latitude)), region.code


def natural_earth(path: Path) -> dict[str, MultiPolygon]:
    """Polygons by name and by ISO code, from a shapefile."""
    shapes: dict[str, MultiPolygon] = {}
    geometries = polygons(path.read_bytes())
    for record, shape in zip(
        records(path.with_suffix(".dbf").read_bytes()), geometries, strict=True
    ):
        shapes[record["name"]] = shapes[record["iso_a3"]] = shape
    return shapes


def polygons(content: bytes) -> list[MultiPolygon]:
    found, at = [], 100
    while at < len(content):
        length = 2 * struct.unpack(">i", content[at + 4 : at + 8])[0]
        body = content[at + 8 : at + 8 + length]
        rings, points = struct.unpack("<2i", body[36:44])
        starts = [*struct.unpack(f"<{rings}i", body[44 : 44 + 4 * rings]), points]
        flat = struct.unpack(f"<{2 * points}d", body[44 + 4 * rings : 44 + 4 * rings + 16 * points])
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        found.append(MultiPolygon([Polygon(pairs[a:b]) for a, b in pairwise(starts)]))
        at += 8 + length
    return found


def records(content: bytes) -> list[dict[str, str]]:
    count, header, size = struct.unpack("<iHH", content[4:12])
    fields, at, offset = [], 32, 1
    while content[at] != 0x0D:
        name = content[at : at + 11].split(b"\0")[0].decode()
        fields.append((name, offset, content[at + 16]))
        offset += content[at + 16]
        at += 32
    rows = (content[header + i * size : header + (i + 1) * size] for i in range(count))
    return [
        {
            name: row[start : start + width].decode("latin-1").strip()
            for name, start, width in fields
        }
        for row in rows
    ]
