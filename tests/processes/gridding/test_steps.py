"""Steps of time: borders that hold every instant, by the calendar where they shall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.gridding.steps import MOST_STEPS, Duration, duration, edges, step_of


def day(text):
    return np.datetime64(text, "ns")


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("P1D", "2023-02-27T23:59", "2023-03-01T00:00", ["02-27", "02-28", "03-01", "03-02"]),
        ("P8D", "2023-01-03T10:00", "2023-01-19T09:00", ["01-03", "01-11", "01-19", "01-27"]),
        ("P1M", "2023-01-31T10:00", "2023-03-01T00:00", ["01-01", "02-01", "03-01", "04-01"]),
        ("P3M", "2023-05-31T10:00", "2023-07-01T00:00", ["04-01", "07-01", "10-01"]),
        ("P1Y", "2023-05-31T10:00", "2023-07-01T00:00", ["2023-01-01", "2024-01-01"]),
        ("P2Y", "2023-05-31T10:00", "2024-01-01T00:00", ["2022-01-01", "2024-01-01", "2026-01-01"]),
    ],
)
def test_borders_are_those_of_days_from_the_first_and_of_the_calendar(text, first, last, expected):
    found = edges(duration(text), day(first), day(last))
    whole = [each if len(each) > 5 else f"2023-{each}" for each in expected]
    assert np.datetime_as_string(found, unit="D").tolist() == whole


@pytest.mark.parametrize(
    "text", ["", "P", "P0D", "P1W", "PT1H", "1D", "P5M", "P13M", "P367D", "P101Y", "P-1D", "P1d"]
)
def test_what_is_no_step_is_refused(text):
    with pytest.raises(InvalidValueError, match="step of time"):
        duration(text)


def test_durations_are_read():
    assert duration("P16D") == Duration(16, "D")
    assert duration("P12M") == Duration(12, "M")


@given(
    seconds=st.lists(st.integers(0, 3 * 10**9), min_size=1, max_size=20),
    text=st.sampled_from(["P366D", "P12M", "P1Y", "P6M"]),
)
def test_every_instant_lies_between_the_borders_of_its_step(seconds, text):
    times = np.array(seconds, "datetime64[s]").astype("datetime64[ns]")
    borders = edges(duration(text), times.min(), times.max())
    step = step_of(borders, times)
    assert (borders[step] <= times).all()
    assert (times < borders[step + 1]).all()
    assert step.min() == 0
    assert step.max() == borders.size - 2


def test_instants_outside_and_missing_ones_have_no_step():
    borders = np.array(["2023-01-01", "2023-01-02", "2023-01-03"], "datetime64[ns]")
    times = ["2022-12-31T23:59:59", "2023-01-01", "2023-01-02T23:59:59", "2023-01-03", "NaT"]
    assert step_of(borders, np.array(times, "datetime64[ns]")).tolist() == [-1, 0, 1, -1, -1]


def test_too_many_steps_are_refused_before_they_are_made():
    with pytest.raises(InvalidValueError, match=f"at most {MOST_STEPS}"):
        edges(Duration(1, "D"), day("1700-01-01"), day("2200-01-01"))


def test_times_before_1970_count_from_their_day_too():
    found = edges(Duration(8, "D"), day("1969-12-25T06:00"), day("1970-01-03"))
    assert np.datetime_as_string(found, unit="D").tolist() == [
        "1969-12-25",
        "1970-01-02",
        "1970-01-10",
    ]
