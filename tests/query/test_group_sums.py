"""Statistics group after group, against numpy and exact sums."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query import group_sums
from casa_ogc.query.answer import Origin, SoundingsAnswer
from casa_ogc.query.group_sums import DEVIATION, LEAST, MEAN, MOST, SUM, USED, WEIGHT
from casa_ogc.query.reduce_soundings import reduce_soundings
from casa_ogc.query.reducing import Reduction
from casa_processes.common.vocabulary import VOCABULARY

DAY = 86_400 * 10**9


@st.composite
def groups(draw):
    """Values, weights and the edges of their groups; a fifth is missing."""
    sizes = draw(st.lists(st.integers(1, 1500), min_size=1, max_size=4))
    dice = np.random.default_rng(draw(st.integers(0, 10**6)))
    edges = np.concatenate([[0], np.cumsum(sizes)])
    kind = draw(st.sampled_from([np.float32, np.float64]))
    values = (draw(st.sampled_from([0.0, 400.0, 1e6])) + dice.normal(size=edges[-1])).astype(kind)
    weights = dice.uniform(0, 3, edges[-1]) if draw(st.booleans()) else np.ones(edges[-1], bool)
    gone = dice.random(edges[-1]) < draw(st.sampled_from([0.0, 0.2, 1.0]))
    values[gone], weights[gone] = np.nan, 0
    return values, weights, edges


@settings(max_examples=80)
@given(groups())
def test_statistics_are_those_of_each_group_alone(given_groups):
    values, weights, edges = given_groups
    found = group_sums.statistics(values, weights, edges)
    for row, start, end in zip(found, edges[:-1], edges[1:], strict=True):
        used = weights[start:end] > 0
        mine = values[start:end][used].astype(np.float64)
        shares = weights[start:end][used].astype(np.float64)
        assert row[USED] == mine.size
        assert row[WEIGHT] == pytest.approx(math.fsum(shares), rel=1e-13)
        if not mine.size:
            assert np.isnan(row[[SUM, LEAST, MOST, MEAN, DEVIATION]]).all()
            continue
        mean = math.fsum(mine * shares) / math.fsum(shares)
        squares = math.fsum(shares * (mine - mean) ** 2) / math.fsum(shares)
        assert row[SUM] == pytest.approx(math.fsum(mine), rel=1e-12, abs=1e-9)
        assert (row[LEAST], row[MOST]) == (mine.min(), mine.max())
        assert row[MEAN] == pytest.approx(mean, rel=1e-12, abs=1e-12)
        assert row[DEVIATION] == pytest.approx(math.sqrt(squares), rel=1e-9, abs=1e-9)


def test_a_sum_of_very_many_values_is_rounded_no_worse_than_one_of_few():
    values = np.full(3_000_000, 0.1)
    found = group_sums.statistics(values, np.ones(values.size, bool), np.array([0, values.size]))
    assert found[0, SUM] == pytest.approx(300_000.0, rel=1e-12)
    assert found[0, DEVIATION] < 1e-13


@given(groups(), st.integers(-(10**17), 10**17))
def test_mean_times_and_means_of_columns_are_those_of_each_group(given_groups, begin):
    values, weights, edges = given_groups
    columns = np.column_stack([np.nan_to_num(values), weights.astype(float)])
    means = group_sums.group_means(columns, edges)
    times = begin + np.random.default_rng(1).integers(0, 10**15, edges[-1])
    first, delays = group_sums.mean_delays(times, edges)
    for g, (start, end) in enumerate(pairwise(edges)):
        assert means[g] == pytest.approx(columns[start:end].mean(axis=0), rel=1e-11, abs=1e-11)
        mine = times[start:end].tolist()
        assert first[g] == min(mine)
        assert delays[g] == pytest.approx((sum(mine) - len(mine) * min(mine)) / len(mine))


def answer(times: np.ndarray) -> SoundingsAnswer:
    """Soundings at some times [ns]; the value tells the day."""
    days = times // DAY
    columns = {
        "sounding_id": np.arange(times.size).astype(str),
        "time": times.view("datetime64[ns]"),
        "longitude": np.full(times.size, 179.0),
        "latitude": np.zeros(times.size),
        "xco2": 400 + days.astype(np.float64),
    }
    return SoundingsAnswer(
        Origin("p", "s"), columns, {name: VOCABULARY[name] for name in columns}, times.size, ""
    )


@given(st.lists(st.integers(-3 * DAY, 3 * DAY), min_size=1, max_size=50, unique=True))
def test_a_day_begins_at_midnight_before_and_after_1970(instants):
    times = np.sort(np.array(instants, np.int64))
    found = reduce_soundings(answer(times), Reduction("mean", "space"))
    days = sorted({one // DAY for one in instants})
    assert found.columns["xco2"].tolist() == [400.0 + day for day in days]
    names = [str(np.datetime64(day, "D")) for day in days]
    assert found.columns["sounding_id"].tolist() == [f"mean-{name}" for name in names]
    assert found.columns["count"].tolist() == [(times // DAY == day).sum() for day in days]
    assert (found.matched, found.time_resolution) == (len(days), "P1D")
    for day, time in zip(days, found.columns["time"], strict=True):
        mine = times[times // DAY == day].tolist()
        assert abs(int(time.astype("M8[ns]").astype(np.int64)) - sum(mine) / len(mine)) <= 1e6
