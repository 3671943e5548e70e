"""Intervals of time, widened to whole periods and joined."""

from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.query.instants import FIRST, LAST, Span, periods, spans
from casa_ogc.query.request import TimeSelection
from casa_processes.common.errors import InvalidValueError

DAY = 86_400 * 10**9
UNITS: dict[str, Literal["D", "M", "Y"]] = {"P1D": "D", "P1M": "M", "P1Y": "Y"}
ends = st.one_of(st.none(), st.integers(-2000 * DAY, 20_000 * DAY))


@st.composite
def some_spans(draw: st.DrawFn) -> list[Span]:
    found: list[Span] = []
    for low, high in draw(st.lists(st.tuples(ends, ends), min_size=1, max_size=5)):
        turned = low is not None and high is not None and low > high
        found.append((high, low) if turned else (low, high))
    return found


def holds(among: list[Span], time: int) -> bool:
    return any((a is None or time >= a) and (b is None or time <= b) for a, b in among)


@given(some_spans(), st.sampled_from(["", *UNITS]), st.integers(-2500 * DAY, 21_000 * DAY))
def test_a_time_is_in_the_periods_when_its_period_overlaps_an_interval(
    wanted: list[Span], resolution: str, time: int
) -> None:
    first = last = time
    if resolution:
        unit = UNITS[resolution]
        start = np.datetime64(time, "ns").astype(f"datetime64[{unit}]")
        following = (start + np.timedelta64(1, unit)).astype("datetime64[ns]")
        first = int(start.astype("datetime64[ns]").astype(np.int64))
        last = int(following.astype(np.int64)) - 1
    overlaps = any((a is None or last >= a) and (b is None or first <= b) for a, b in wanted)
    assert holds(periods(wanted, resolution), time) == overlaps


@given(some_spans(), st.sampled_from(["", *UNITS]))
def test_periods_are_disjoint_and_ascending(wanted: list[Span], resolution: str) -> None:
    found = periods(wanted, resolution)
    for (_, end), (start, _) in pairwise(found):
        assert end is not None
        assert start is not None
        assert end < start


@pytest.mark.parametrize("resolution", ["P8D", "PT1H", "P1W", "day"])
def test_other_resolutions_widen_nothing(resolution: str) -> None:
    assert periods([(5, 7)], resolution) == [(5, 7)]


@pytest.mark.parametrize(
    ("instant", "nanoseconds"),
    [
        (np.datetime64("1970-01-02", "D"), DAY),
        (np.datetime64("1970-01-01T00:00:00.000000001", "ns"), 1),
        (np.datetime64("1970-01-01T00:00:01", "s"), 10**9),
        (np.datetime64("0001-01-01", "D"), FIRST),
        (np.datetime64("9999-01-01", "D"), LAST),
    ],
)
def test_instants_of_any_unit_become_nanoseconds(instant: np.datetime64, nanoseconds: int) -> None:
    assert spans(TimeSelection(((instant, None),))) == [(nanoseconds, None)]


def test_no_selection_is_all_time() -> None:
    assert spans(None) == [(None, None)]


@pytest.mark.parametrize(
    "intervals",
    [
        (),
        ((np.datetime64("2022-01-02"), np.datetime64("2022-01-01")),),
        ((None, np.datetime64("NaT", "ns")),),
    ],
)
def test_intervals_that_mean_nothing_are_refused(
    intervals: tuple[tuple[np.datetime64 | None, np.datetime64 | None], ...],
) -> None:
    with pytest.raises(InvalidValueError, match="datetime"):
        spans(TimeSelection(intervals))
