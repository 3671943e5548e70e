"""Merging of time axes beside dictionaries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis
from casa_ogc.archive.time_merge import merged_time
from casa_processes.common.errors import FileContentError
from tests.archive.builders import days

numbers = st.lists(st.integers(-400, 400), unique=True, min_size=1, max_size=12)


def axis(steps, width=None) -> Axis:
    """A time axis of days; cells of so many days, or instants."""
    values = days(steps)
    if width is None:
        return Axis("time", "t", values, None)
    return Axis("time", "t", values, np.stack([values, values + np.timedelta64(width, "D")], 1))


@given(numbers, numbers)
def test_merged_steps_are_the_sorted_union_and_each_new_one_finds_its_place(old, new):
    merge = merged_time(axis(sorted(old)), axis(new))
    union = sorted({*old, *new})
    assert (merge.axis.values == days(union)).all()
    assert merge.positions.tolist() == [union.index(step) for step in new]
    assert merge.axis.bounds is None


@given(numbers, numbers)
def test_moves_name_exactly_the_stored_steps_that_get_another_index(old, new):
    old = sorted(old)
    merge = merged_time(axis(old), axis(new))
    union = sorted({*old, *new})
    places = {index: union.index(step) for index, step in enumerate(old)}
    moved = [[index, place] for index, place in places.items() if index != place]
    assert merge.moves.tolist() == moved
    assert merge.renumbered(range(len(old))) == list(places.values())


@given(numbers, numbers)
def test_cells_of_new_steps_replace_those_of_equal_ones(old, new):
    merge = merged_time(axis(sorted(old), 1), axis(new, 2))
    wanted = dict.fromkeys(old, 1) | dict.fromkeys(new, 2)
    ends = days([step + width for step, width in sorted(wanted.items())])
    assert (merge.axis.bounds[:, 0] == days(sorted(wanted))).all()
    assert (merge.axis.bounds[:, 1] == ends).all()


@given(numbers)
def test_the_first_steps_are_sorted_and_move_nothing(new):
    merge = merged_time(None, axis(new, 1))
    assert (np.diff(merge.axis.values) > np.timedelta64(0, "ns")).all()
    assert (merge.axis.values[merge.positions] == days(new)).all()
    assert merge.moves.shape == (0, 2)


def test_data_without_time_has_one_place():
    merge = merged_time(None, None)
    assert merge.axis is None
    assert merge.positions.tolist() == [0]
    assert merge.renumbered([0]) == [0]


@pytest.mark.parametrize(
    ("stored", "given_width", "message"),
    [(None, 1, "expected no bounds, found bounds"), (1, None, "expected bounds, found no bounds")],
)
def test_instants_and_cells_do_not_mix(stored, given_width, message):
    with pytest.raises(FileContentError, match=message):
        merged_time(axis([0], stored), axis([1], given_width))
