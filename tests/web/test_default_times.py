"""Times of maps that ask none, and what a sheet tells of the days that it shows."""

from dataclasses import replace

import numpy as np
import pytest

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import Head
from casa_ogc.query.parse import parse_datetime
from casa_ogc.web.default_times import SOUNDING_DAYS, days_told, default_time

HEAD = Head(
    product="obs",
    kind="soundings",
    snapshot="1",
    committed="2026-01-01T00:00:00Z",
    bounds=Bounds(0, 0, 1, 1),
    time=("2023-07-01T00:03:50Z", "2023-07-16T23:58:00Z"),
    time_resolution="",
    vertical=None,
    variables=("xco2",),
    dimensions={"sounding": 1},
    size=1,
    files=1,
    missions=(),
    attributes={},
)
LONG = replace(HEAD, time=("2020-01-01T00:00:00Z", "2023-07-16T23:58:00Z"))


def test_a_map_shows_nothing_from_before_the_first_sounding():
    ((start, end),) = default_time(HEAD).intervals
    assert start == np.datetime64("2023-07-01T00:03:50")
    assert end == np.datetime64("2023-07-16T23:58:00")
    assert days_told(HEAD, default_time(HEAD)) == "2023-07-01 to 2023-07-16"


def test_of_long_records_the_last_days_are_shown():
    ((start, end),) = default_time(LONG).intervals
    assert end - start == np.timedelta64(SOUNDING_DAYS, "D")
    assert days_told(LONG, default_time(LONG)) == "2023-06-30 to 2023-07-16"


def test_grids_and_what_has_no_time_show_no_days():
    assert default_time(replace(HEAD, kind="grid")) is None
    assert default_time(replace(HEAD, time=None)) is None
    assert days_told(replace(HEAD, time=None), None) == ""


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2023-06/2023-07-05", "2023-07-01 to 2023-07-05"),
        ("2023-07-05", "2023-07-05"),
        ("../2023-07-03", "2023-07-01 to 2023-07-03"),
        ("2023-07-10/..", "2023-07-10 to 2023-07-16"),
        ("2023-07-10,2023-07-02", "2023-07-02 to 2023-07-10"),
        ("2023", "2023-07-01 to 2023-07-16"),
    ],
)
def test_the_days_that_are_told_are_those_that_hold_data(asked, told):
    assert days_told(HEAD, parse_datetime(asked)) == told
