"""Atomic seconds of files, against times that genuine files tell in text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.spectra.clock import tai93_of_utc, utc_of_tai93


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        # Pairs of sounding_time_tai93 and sounding_time_string of genuine files.
        (687_789_371.750_573_5, "2014-10-18T12:36:03.750"),
        (709_864_424.309, "2015-07-01T00:33:35.309"),
        (0.0, "1993-01-01"),
        # Around the second that was inserted at the end of June 2015, and after the last one.
        (709_862_407.0, "2015-06-30T23:59:59"),
        (709_862_408.0, "2015-07-01T00:00:00"),
        (709_862_408.9, "2015-07-01T00:00:00"),
        (709_862_409.0, "2015-07-01T00:00:00"),
        (757_382_408.5, "2016-12-31T23:59:59.5"),
        (757_382_410.5, "2017-01-01T00:00:00.5"),
    ],
)
def test_atomic_seconds_become_utc(seconds, text):
    away = utc_of_tai93(seconds) - np.datetime64(text, "ns")
    assert abs(away) < np.timedelta64(1, "ms")


# TAI - UTC from that day on (IERS Bulletin C); at the begin of 1993 it was 27 s.
DIFFERENCES = {
    "1993-07-01": 28,
    "1994-07-01": 29,
    "1996-01-01": 30,
    "1997-07-01": 31,
    "1999-01-01": 32,
    "2006-01-01": 33,
    "2009-01-01": 34,
    "2012-07-01": 35,
    "2015-07-01": 36,
    "2017-01-01": 37,
}


@pytest.mark.parametrize(("day", "difference"), DIFFERENCES.items())
def test_a_second_is_inserted_at_the_end_of_the_day_before(day, difference):
    midnight = np.datetime64(day, "ns")
    since = (midnight - np.datetime64("1993-01-01", "ns")) / np.timedelta64(1, "s")
    minute = np.timedelta64(60, "s")
    assert utc_of_tai93(since + 60 + difference - 27) == midnight + minute
    assert utc_of_tai93(since - 60 + difference - 28) == midnight - minute


@given(st.integers(-(10**9), 2 * 10**9))
def test_there_and_back_is_the_same(seconds):
    utc = np.datetime64("1993-01-01", "ns") + np.timedelta64(seconds, "s")
    assert utc_of_tai93(tai93_of_utc(utc)) == utc


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=9))
def test_later_seconds_are_later_times(seconds):
    ordered = np.sort(np.array(seconds, float))
    assert (np.diff(utc_of_tai93(ordered)) >= np.timedelta64(0, "ns")).all()


@pytest.mark.parametrize("missing", [np.nan, np.inf, -1e30])
def test_missing_seconds_are_no_time(missing):
    found = utc_of_tai93([missing, 1.0])
    assert np.isnat(found).tolist() == [True, False]
    assert np.isnan(tai93_of_utc(np.datetime64("NaT", "ns")))
