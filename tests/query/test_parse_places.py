"""Boxes, geometries, distances and reference systems of requests."""

import pytest
import shapely

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.parse import (
    Crs,
    parse_bbox,
    parse_crs,
    parse_distance,
    parse_wkt,
)
from casa_ogc.query.request import Area, Box, Points, VerticalSelection
from casa_processes.common.errors import InvalidValueError

CRS: tuple[Crs, ...] = ("CRS84", "EPSG:4326")


@pytest.mark.parametrize(
    ("text", "crs", "box", "levels"),
    [
        ("73,18,135,54", "CRS84", (73, 18, 135, 54), None),
        (" 73 , 18 ,135, 54 ", "CRS84", (73, 18, 135, 54), None),
        ("18,73,54,135", "EPSG:4326", (73, 18, 135, 54), None),
        ("170,-10,-170,10", "CRS84", (170, -10, -170, 10), None),
        ("-10,170,10,-170", "EPSG:4326", (170, -10, -170, 10), None),
        ("0,-90,360,90", "CRS84", (0, -90, 360, 90), None),
        ("1e1,-.5,+20.,.5", "CRS84", (10, -0.5, 20, 0.5), None),
        ("73,18,500,135,54,850", "CRS84", (73, 18, 135, 54), (500, 850)),
        ("18,73,500,54,135,850", "EPSG:4326", (73, 18, 135, 54), (500, 850)),
    ],
)
def test_boxes_are_read_in_the_axis_order_of_their_reference_system(
    text: str,
    crs: Crs,
    box: tuple[float, float, float, float],
    levels: tuple[float, float] | None,
) -> None:
    vertical = None if levels is None else VerticalSelection(interval=levels)
    assert parse_bbox(text, crs) == (Box(Bounds(*box)), vertical)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,4,5,6,7",
        "1,2,3,x",
        "1,2,3,",
        "1,2,3,nan",
        "1,2,3,Infinity",
        "1,2,1e400,4",
        "1,2,3,1_0",
        "1,2,3,0x10",
        "1,2,3,١",
        "0,-91,10,10",
        "0,0,10,90.1",
        "0,10,10,0",
        "-400,0,10,10",
        "0,0,1000,10",
    ],
)
def test_malformed_and_impossible_boxes_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="bbox"):
        parse_bbox(text)


@pytest.mark.parametrize("crs", CRS)
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("POINT(116 39)", Points((116.0,), (39.0,))),
        ("point (116 39)", Points((116.0,), (39.0,))),
        ("POINT Z (116 39 850)", Points((116.0,), (39.0,), (850.0,))),
        ("POINT Z(116 39 850)", Points((116.0,), (39.0,), (850.0,))),
        ("MULTIPOINT(1 2,3 4)", Points((1.0, 3.0), (2.0, 4.0))),
        ("MULTIPOINT((1 2),(3 4))", Points((1.0, 3.0), (2.0, 4.0))),
        ("MULTIPOINT Z((1 2 5),(3 4 5))", Points((1.0, 3.0), (2.0, 4.0), (5.0, 5.0))),
    ],
)
def test_points_are_read_in_the_axis_order_of_their_reference_system(
    text: str, wanted: Points, crs: Crs
) -> None:
    if crs == "EPSG:4326":
        wanted = Points(wanted.latitudes, wanted.longitudes, wanted.levels)
        if max(wanted.latitudes) > 90:
            with pytest.raises(InvalidValueError, match="-90 to 90"):
                parse_wkt(text, crs)
            return
    assert parse_wkt(text, crs) == wanted


def test_polygons_keep_holes_parts_and_longitudes_past_180() -> None:
    hole = "POLYGON((170 0,200 0,200 30,170 30,170 0),(180 10,190 10,190 20,180 20,180 10))"
    read = parse_wkt(hole)
    assert isinstance(read, Area)
    assert read.geometry.equals(shapely.box(170, 0, 200, 30) - shapely.box(180, 10, 190, 20))
    two = parse_wkt("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))")
    assert isinstance(two, Area)
    assert len(two.geometry.geoms) == 2
    turned = parse_wkt("POLYGON((0 170,0 200,30 200,0 170))", "EPSG:4326")
    assert isinstance(turned, Area)
    assert turned.geometry.bounds == (170, 0, 200, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "POINT",
        "POINT()",
        "POINT EMPTY",
        "POINT(1)",
        "POINT(1 2",
        "POINT(1 2))",
        "POINT(1,2)",
        "POINT(1 2 3 4)",
        "POINT M (1 2 3)",
        "POINT ZM (1 2 3 4)",
        "POINT(nan 2)",
        "POINT(1 Infinity)",
        "POINT(1e999 2)",
        "POINT(0 95)",
        "POINT(1000 0)",
        "POINT(e e)",
        "MULTIPOINT()",
        "MULTIPOINT EMPTY",
        "MULTIPOINT(EMPTY)",
        "MULTIPOINT Z((1 2 5),(3 4 6))",
        "LINESTRING(0 0,1 1)",
        "LINESTRINGM()",
        "GEOMETRYCOLLECTION(POINT(1 2))",
        "POLYGON EMPTY",
        "POLYGON(())",
        "POLYGON((0 0,1 1))",
        "POLYGON((0 0,1 0,1 1))",
        "POLYGON((0 0,1 1,1 0,0 1,0 0))",
        "POLYGON((0 0,0 0,0 0,0 0))",
        "POLYGON((0 0,400 0,400 1,0 0))",
        "POLYGON Z((0 0 1,1 0 1,1 1 1,0 0 1))",
        "MULTIPOLYGON(((0 0,2 0,2 2,0 0)),((0 0,2 0,2 2,0 0)))",
        "CURVEPOLYGON((0 0,1 0,1 1,0 0))",
        "SRID=4326;POINT(1 2)",
        "POINT" + "(" * 5000 + "1 2" + ")" * 5000,
        "MULTIPOINT(" + "1 2," * 10_000 + "1 2)",
    ],
)
def test_other_and_malformed_geometries_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="coords"):
        parse_wkt(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "POLYGON((0 0,10 20,10 0,0 20,0 0))",
            "sides that cross or overlap at longitude 5, latitude 10",
        ),
        ("POLYGON((0 0,9 0,9 9,0 0),(20 1,21 1,21 2,20 1))", "a hole that is not inside it"),
        ("MULTIPOLYGON(((0 0,9 0,9 9,0 0)),((5 1,6 1,6 2,5 1)))", "a part within a part"),
    ],
)
def test_a_polygon_that_is_none_is_told_in_plain_words_what_is_wrong_where(
    text: str, said: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_wkt(text)
    assert f"a polygon with {said}" in str(caught.value)
    assert "bow tie" in str(caught.value)


@pytest.mark.parametrize(
    ("within", "units", "metres"),
    [
        ("10", "km", 10_000.0),
        ("0", "m", 0.0),
        ("2.5", "mi", 4023.36),
        ("1e3", "FT", 304.8),
        ("60", " nmi ", 111_120.0),
    ],
)
def test_distances_become_metres(within: str, units: str, metres: float) -> None:
    assert parse_distance(within, units) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("within", "units"),
    [("", "km"), ("x", "km"), ("-1", "km"), ("nan", "m"), ("30000", "km"), ("1", ""), ("1", "deg")],
)
def test_other_distances_are_refused(within: str, units: str) -> None:
    with pytest.raises(InvalidValueError, match="within"):
        parse_distance(within, units)


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        (None, "CRS84"),
        ("CRS84", "CRS84"),
        ("crs:84", "CRS84"),
        ("OGC:CRS84", "CRS84"),
        ("[OGC:CRS84]", "CRS84"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84"),
        ("https://www.opengis.net/def/crs/OGC/0/CRS84", "CRS84"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "CRS84"),
        ("urn:ogc:def:crs:OGC::CRS84", "CRS84"),
        ("EPSG:4326", "EPSG:4326"),
        ("epsg:4326", "EPSG:4326"),
        ("[EPSG:4326]", "EPSG:4326"),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", "EPSG:4326"),
        ("http://www.opengis.net/def/crs/EPSG/9.9.1/4326", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::4326", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG:8.5:4326", "EPSG:4326"),
    ],
)
def test_reference_systems_go_by_name_uri_urn_and_curie(text: str | None, crs: Crs) -> None:
    assert parse_crs(text) == crs


@pytest.mark.parametrize(
    "text", ["", "EPSG:3857", "EPSG", "4326", "OGC", "CRS84h", "[CRS84", "EPSG:43260", "x" * 99]
)
def test_other_reference_systems_are_refused_with_the_supported_ones(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"bbox-crs = .*CRS84.*EPSG:4326"):
        parse_crs(text, "bbox-crs")
