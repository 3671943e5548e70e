"""Times and levels of requests."""

import numpy as np
import pytest

from casa_ogc.query.parse import (
    parse_datetime,
    parse_z,
)
from casa_ogc.query.request import TimeSelection, VerticalSelection
from casa_processes.common.errors import InvalidValueError


def instant(text: str) -> np.datetime64:
    return np.datetime64(text, "ns")


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("2022-01-02T03:04:05Z", [("2022-01-02T03:04:05", "2022-01-02T03:04:05")]),
        ("2022-01-02t03:04:05z", [("2022-01-02T03:04:05", "2022-01-02T03:04:05")]),
        ("2022-01-02 03:04:05", [("2022-01-02T03:04:05", "2022-01-02T03:04:05")]),
        ("2022-01-02T03:04Z", [("2022-01-02T03:04", "2022-01-02T03:04")]),
        ("2022-01-02T03:04:05.25Z", [("2022-01-02T03:04:05.25", "2022-01-02T03:04:05.25")]),
        ("2022-01-01T03:00:00+08:00", [("2021-12-31T19:00", "2021-12-31T19:00")]),
        ("2022-01-01T22:30:00-0230", [("2022-01-02T01:00", "2022-01-02T01:00")]),
        ("2016-12-31T23:59:60Z", [("2017-01-01", "2017-01-01")]),
        ("2022-01-02", [("2022-01-02", "2022-01-02T23:59:59.999999999")]),
        ("2024-02", [("2024-02-01", "2024-02-29T23:59:59.999999999")]),
        ("2022", [("2022-01-01", "2022-12-31T23:59:59.999999999")]),
        ("2022-01-02/2022-03", [("2022-01-02", "2022-03-31T23:59:59.999999999")]),
        ("2022-01-02/..", [("2022-01-02", None)]),
        ("2022-01-02/", [("2022-01-02", None)]),
        ("../2022-01-02", [(None, "2022-01-02T23:59:59.999999999")]),
        ("/2022-01-02T00:00:00Z", [(None, "2022-01-02")]),
        ("../..", [(None, None)]),
        ("2022-01-02T00:00:00Z,2023/..", [("2022-01-02", "2022-01-02"), ("2023-01-01", None)]),
    ],
)
def test_times_are_closed_intervals_in_utc(
    text: str, intervals: list[tuple[str | None, str | None]]
) -> None:
    wanted = tuple(
        (None if a is None else instant(a), None if b is None else instant(b)) for a, b in intervals
    )
    assert parse_datetime(text) == TimeSelection(wanted)
    assert parse_datetime(text, nearest=True).nearest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        ",",
        "..",
        "2022-13",
        "2022-02-30",
        "2023-02-29",
        "2022-1-1",
        "22",
        "1677",
        "2262",
        "9999-12-31",
        "-2022",
        "2022-01-02T",
        "2022-01-02T25:00:00Z",
        "2022-01-02T24:00:00Z",
        "2022-01-02T03Z",
        "2022-01-02T03:04:05+25:00",
        "2022-01-02T03:04:05.1234567890Z",
        "2022-01-02Z",
        "2023/2022",
        "2022/2023/2024",
        "2022-01-01/P1D",
        "now",
        "NaT",
        "２０２２",
        "2022," * 1001,
    ],
)
def test_malformed_and_impossible_times_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="datetime"):
        parse_datetime(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("850", VerticalSelection(levels=(850.0,))),
        ("1000, 850,500", VerticalSelection(levels=(1000.0, 850.0, 500.0))),
        ("500/850", VerticalSelection(interval=(500.0, 850.0))),
        ("850/500", VerticalSelection(interval=(500.0, 850.0))),
        ("850/..", VerticalSelection(interval=(850.0, None))),
        ("/850", VerticalSelection(interval=(None, 850.0))),
        ("R3/1000/-100", VerticalSelection(levels=(1000.0, 900.0, 800.0))),
        ("r1/0/5", VerticalSelection(levels=(0.0,))),
    ],
)
def test_levels_are_single_listed_between_or_repeated(text: str, wanted: VerticalSelection) -> None:
    assert parse_z(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "850,",
        "/",
        "../..",
        "nan",
        "inf",
        "1/2/3",
        "R/1/2",
        "R0/1/2",
        "R2000/1/2",
        "R3/1",
        "R3/1/x",
        "1/2/3/4",
        "1,2/3",
    ],
)
def test_malformed_levels_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="z ="):
        parse_z(text)
