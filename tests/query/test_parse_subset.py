"""Axis cuts of requests, and what no parser may do."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.parse import (
    Crs,
    parse_bbox,
    parse_crs,
    parse_datetime,
    parse_distance,
    parse_subset,
    parse_wkt,
    parse_z,
)
from casa_ogc.query.request import Box, VerticalSelection
from casa_processes.common.errors import CasaError, InvalidValueError, UnknownNameError

CRS: tuple[Crs, ...] = ("CRS84", "EPSG:4326")


def test_subset_cuts_any_axis_by_any_of_its_names() -> None:
    for lat, lon in [("Lat", "Lon"), ("latitude", "LONGITUDE"), ("y", "x"), ("N", "E")]:
        cut = parse_subset([f"{lat}(18:54),{lon}(73:135)"])
        assert cut.box == Box(Bounds(73, 18, 135, 54))
        assert (cut.time, cut.vertical) == (None, None)
    for z in ("z", "level", "Pressure", "height", "lev"):
        assert parse_subset([f"{z}(850)"], vertical="lev").vertical == VerticalSelection((850.0,))
    for t in ("time", "T", "date"):
        wanted = parse_datetime("2022-01-01/2022-02")
        assert parse_subset([f'{t}("2022-01-01":"2022-02")']).time == wanted


@pytest.mark.parametrize("crs", CRS)
def test_subset_is_told_by_names_so_that_the_reference_system_turns_nothing(crs: Crs) -> None:
    assert parse_subset(["Lat(1:2)", "Lon(3:4)"], crs).box == Box(Bounds(3, 1, 4, 2))


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("Lat(10)", (-180, 10, 180, 10)),
        ("Lat(*:10)", (-180, -90, 180, 10)),
        ("Lon(170:*)", (170, -90, 180, 90)),
        ("Lon(170:-170)", (170, -90, -170, 90)),
        ("Lat(*),Lon(*)", (-180, -90, 180, 90)),
        ('Lat("1":"2") , Lon( 3 : 4 )', (3, 1, 4, 2)),
    ],
)
def test_a_missing_end_of_a_cut_is_the_end_of_the_axis(
    text: str, box: tuple[float, float, float, float]
) -> None:
    assert parse_subset([text]).box == Box(Bounds(*box))


def test_times_and_levels_of_subset_may_be_open_or_single() -> None:
    cut = parse_subset(['time("2022-01-02T03:04:05Z"),z(*:500)'])
    assert cut.time == parse_datetime("2022-01-02T03:04:05Z")
    assert cut.vertical == VerticalSelection(interval=(None, 500.0))
    assert parse_subset(["time(2022-01-02:*)"]).time == parse_datetime("2022-01-02/..")
    assert parse_subset(["time(*),z(*)"]) == parse_subset([])
    assert parse_subset(["z(850:500)"]).vertical == VerticalSelection(interval=(500.0, 850.0))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lat",
        "Lat()",
        "Lat(1",
        "Lat(1:2:3)",
        "Lat(:)",
        "Lat(1:)",
        "Lat(1,2)",
        "Lat(a)",
        "Lat(nan)",
        "Lat(2:1)",
        "Lat(0:95)",
        "Lat(1),",
        "Lat(1)Lon(2)",
        "Lat(1),Lat(2)",
        "Lat(1),y(2)",
        "time(2022-01-01T00:00:00Z)",
        'time("x")',
        'time("2023":"2022")',
        "((((",
        "Lat(" * 3000,
    ],
)
def test_malformed_subsets_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"subset|coords"):
        parse_subset([text])


def test_an_unknown_axis_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"no axis 'band'; there are: .*Lat.*lev"):
        parse_subset(["band(1)"], vertical="lev")


PARSERS: dict[str, Callable[[str], object]] = {
    "bbox": parse_bbox,
    "datetime": parse_datetime,
    "z": parse_z,
    "wkt": parse_wkt,
    "within": lambda text: parse_distance(text, "km"),
    "units": lambda text: parse_distance("1", text),
    "crs": parse_crs,
    "subset": lambda text: parse_subset([text], vertical="lev"),
}
PIECES = (
    *"0123456789", *",/:.()-+*\" eEZTzR[]", "..", "1e400", "nan", "2022-01-02", "T00:00:00Z",
    "Lat", "Lon", "time", "lev", "POINT", "MULTIPOINT", "POLYGON", "MULTIPOLYGON", "EMPTY", "EPSG",
    "CRS84", "urn:ogc:def:crs:", "((", "))", "0 0,1 0,1 1,0 0", "\x00", "\n", "٣", "²", "𝟙",
)  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@settings(max_examples=400)
@given(text=st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_no_text_makes_a_parser_raise_another_error(
    parser: Callable[[str], object], text: str
) -> None:
    try:
        parser(text)
    except CasaError as error:
        assert str(error)


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("piece", ["(", "1,", "Lat(1:", '"', " ", "2022/", "((", "A"])
def test_long_texts_are_refused_in_bounded_time(
    parser: Callable[[str], object], piece: str
) -> None:
    with pytest.raises(InvalidValueError):
        parser(piece * 60_000)
