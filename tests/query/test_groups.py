"""Groups of steps and levels, beside the calendar and plain counting."""

from datetime import UTC, datetime, timedelta
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.query.groups import groups
from casa_ogc.query.parse.scaling import Scaling
from casa_processes.common.errors import InvalidValueError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
hours = st.lists(st.integers(-20_000, 400_000), min_size=1, max_size=40, unique=True).map(sorted)


def steps(numbers) -> Axis:
    """Instants, in hours since 1970."""
    values = np.array(numbers, dtype="datetime64[h]").astype("datetime64[ns]")
    return Axis("time", "t", values, None)


def calendar(hour: int, first: int, count: int, unit: str) -> tuple[int, ...]:
    """What tells one period from another."""
    moment = EPOCH + timedelta(hours=hour)
    if unit == "Y":
        return ((moment.year - 1970) // count,)
    if unit == "M":
        return (((moment.year - 1970) * 12 + moment.month - 1) // count,)
    begin = (EPOCH + timedelta(hours=first)).replace(hour=0)
    length = {"W": 7, "D": 1, "h": 1 / 24}[unit] * 24 * count
    return (int((moment - begin) / timedelta(hours=1) // length),)


@settings(max_examples=150)
@given(hours, st.integers(1, 5), st.sampled_from(["Y", "M", "W", "D", "h"]))
def test_steps_of_a_period_become_one(numbers, count, unit):
    axis, shares = groups(steps(numbers), Scaling(period=(count, unit)))
    labels = [calendar(hour, numbers[0], count, unit) for hour in numbers]
    wanted = [labels.index(one) for one in dict.fromkeys(labels)]
    assert shares.starts.tolist() == wanted
    assert shares.weights.tolist() == [1.0] * len(numbers)
    assert axis.size == len(wanted)
    if axis.size < len(numbers):
        members = np.split(steps(numbers).values, wanted[1:])
        assert [low for low, _ in axis.bounds.tolist()] == [int(one[0]) for one in members]
        assert [high for _, high in axis.bounds.tolist()] == [int(one[-1]) for one in members]


@settings(max_examples=100)
@given(st.integers(1, 60), st.integers(1, 9), st.booleans())
def test_a_factor_joins_so_many_neighbours_and_what_is_left(size, factor, descending):
    levels = np.arange(size) * 2.0
    levels = levels[::-1].copy() if descending else levels
    old = Axis("level", "z", levels, midpoint_bounds(levels))
    axis, shares = groups(old, Scaling(factors={"z": float(factor)}))
    assert shares.starts.tolist() == list(range(0, size, factor))
    assert axis.size == ceil(size / factor)
    pieces = np.split(old.bounds, shares.starts[1:])
    assert np.sort(axis.bounds, axis=1).tolist() == [[piece.min(), piece.max()] for piece in pieces]
    np.testing.assert_allclose(axis.values, axis.bounds.mean(axis=1))


@settings(max_examples=100)
@given(st.integers(1, 60), st.data())
def test_a_size_makes_groups_that_are_as_equal_as_possible(size, data):
    wanted = data.draw(st.integers(1, size))
    levels = np.arange(size) * 1.0
    old = Axis("level", "z", levels, midpoint_bounds(levels))
    _, shares = groups(old, Scaling(sizes={"z": wanted}))
    members = np.diff(np.append(shares.starts, size))
    assert members.size == wanted
    assert members.max() - members.min() <= 1


@pytest.mark.parametrize(
    "scaling", [Scaling(sizes={"z": 4}), Scaling(factors={"z": 0.5})], ids=["size", "factor"]
)
def test_more_levels_than_there_are_are_refused(scaling):
    levels = np.arange(3.0)
    with pytest.raises(InvalidValueError):
        groups(Axis("level", "z", levels, midpoint_bounds(levels)), scaling)


def test_levels_within_a_resolution_become_one_and_weigh_by_their_thickness():
    levels = np.array([1000.0, 950.0, 900.0, 700.0, 500.0, 200.0])
    bounds = midpoint_bounds(levels)
    axis, shares = groups(Axis("level", "z", levels, bounds), Scaling(resolutions={"z": 200.0}))
    assert shares.starts.tolist() == [0, 3, 4, 5]
    assert shares.weights.tolist() == np.abs(np.diff(bounds, axis=1)[:, 0]).tolist()
    assert axis.values.tolist() == [912.5, 700.0, 500.0, 200.0]
