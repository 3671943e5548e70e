"""Instants as text sort as time does."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs.instants import elapsed, parse, shifted, text
from casa_processes.common.errors import InvalidValueError

NAIVE = datetime(1900, 1, 1, tzinfo=UTC).replace(tzinfo=None)
moments = st.datetimes(NAIVE, NAIVE.replace(year=2200), timezones=st.just(UTC))


@given(moments, moments)
def test_the_order_of_texts_is_that_of_instants_to_the_millisecond(one, two):
    first, second = text(one), text(two)
    assert len(first) == 24
    if abs(one - two) > timedelta(milliseconds=1):
        assert (first < second) == (one < two)


@given(moments)
def test_what_is_written_is_read_to_the_millisecond(moment):
    assert abs(parse(text(moment)) - moment) < timedelta(milliseconds=1)


@given(moments, st.integers(-(10**12), 10**12))
def test_a_shift_is_the_time_that_elapsed(moment, milliseconds):
    start = text(moment)
    end = shifted(start, milliseconds / 1000)
    assert elapsed(start, end) == pytest.approx(milliseconds / 1000, abs=0.0011)


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("2026-01-02", "2026-01-02T00:00:00.000Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05.6789", "2026-01-02T03:04:05.678Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"),
    ],
)
def test_instants_of_other_forms_are_read(given_text, written):
    assert text(parse(given_text)) == written


def test_other_zones_are_written_in_utc():
    zone = timezone(timedelta(hours=8))
    assert text(datetime(2026, 1, 1, 8, tzinfo=zone)) == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize("wrong", ["", "x", "2026-13-01", "9999-12-31T23:59:59-12:00", "\0"])
def test_what_is_no_instant_is_refused(wrong):
    with pytest.raises(InvalidValueError, match="instant"):
        parse(wrong)


def test_shifts_end_where_the_calendar_does():
    assert shifted("2026-01-01", float("inf")) == "9999-12-31T23:59:59.999Z"
    assert shifted("2026-01-01", -1e18) == "0001-01-01T00:00:00.000Z"
    with pytest.raises(InvalidValueError):
        shifted("2026-01-01", float("nan"))
