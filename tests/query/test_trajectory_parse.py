"""Lines of well-known text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.query.parse.lines import parse_lines
from casa_ogc.query.request import Route
from casa_processes.common.errors import CasaError, InvalidValueError


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("LINESTRING(1 2,3 4)", Route((1.0, 3.0), (2.0, 4.0))),
        ("linestring ( 1 2 , 3 4 )", Route((1.0, 3.0), (2.0, 4.0))),
        ("LINESTRINGZ(1 2 850,3 4 500)", Route((1.0, 3.0), (2.0, 4.0), (850.0, 500.0))),
        ("LINESTRING Z (1 2 850,3 4 500)", Route((1.0, 3.0), (2.0, 4.0), (850.0, 500.0))),
        ("LINESTRINGM(1 2 10,3 4 20)", Route((1.0, 3.0), (2.0, 4.0), (), (10.0, 20.0))),
        (
            "LINESTRINGZM(1 2 850 10,3 4 500 20)",
            Route((1.0, 3.0), (2.0, 4.0), (850.0, 500.0), (10.0, 20.0)),
        ),
        ("LINESTRING(170 0,190 0)", Route((170.0, 190.0), (0.0, 0.0))),
    ],
)
def test_a_line_is_read_with_its_heights_and_times(text, route):
    assert parse_lines(text).routes == (route,)


def test_several_lines_are_read_one_by_one():
    path = parse_lines("MULTILINESTRINGM((1 2 3,4 5 6),(7 8 9,10 11 12,13 14 15))")
    assert [len(route.longitudes) for route in path.routes] == [2, 3]
    assert path.routes[1].seconds == (9.0, 12.0, 15.0)


def test_epsg_4326_gives_latitude_first():
    assert parse_lines("LINESTRINGZ(1 2 9,3 4 9)", "EPSG:4326").routes == (
        Route((2.0, 4.0), (1.0, 3.0), (9.0, 9.0)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LINESTRING",
        "LINESTRING()",
        "LINESTRINGM()",
        "LINESTRING EMPTY",
        "LINESTRING(1 2)",
        "LINESTRING(1,2)",
        "LINESTRING(1 2 3,4 5 6)",
        "LINESTRINGZ(1 2,3 4)",
        "LINESTRINGM(1 2 3 4,5 6 7 8)",
        "LINESTRINGZM(1 2 3,4 5 6)",
        "LINESTRING(1 2,3 95)",
        "LINESTRING(1 2,600 4)",
        "LINESTRING(1 2,nan 4)",
        "LINESTRING(1 2,1e400 4)",
        "LINESTRINGM(1 2 1e300,3 4 1e300)",
        "LINESTRING((1 2,3 4))",
        "MULTILINESTRING(1 2,3 4)",
        "MULTILINESTRING((1 2,3 4),)",
        "MULTILINESTRING((1 2,3 4) (5 6,7 8))",
        "MULTILINESTRING(((1 2,3 4)))",
        "POINT(1 2)",
        "POLYGON((0 0,1 0,1 1,0 0))",
        "LINESTRING(" + ",".join(["1 2"] * 10_002) + ")",
        "LINESTRING(1 2,3 4" + " " * 1_000_001 + ")",
    ],
)
def test_what_is_no_line_is_refused(text):
    with pytest.raises(InvalidValueError):
        parse_lines(text)


@given(st.text(alphabet="LINESTRGMUZ(),.0123456789 -eE", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        path = parse_lines(text)
    except CasaError:
        return
    assert all(len(route.longitudes) > 1 for route in path.routes)


@given(
    st.lists(
        st.tuples(st.integers(-180, 180), st.integers(-90, 90), st.integers(0, 10**9)),
        min_size=2,
        max_size=9,
    )
)
def test_what_is_written_is_read(vertices):
    body = ",".join(f"{x} {y} {m}" for x, y, m in vertices)
    (route,) = parse_lines(f"LINESTRINGM({body})").routes
    assert list(zip(route.longitudes, route.latitudes, route.seconds, strict=True)) == vertices
