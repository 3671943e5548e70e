"""Selections by place and time: which can be used, and what is wrong with the others."""

import pytest

from casa_processes.common.selecting import problems_of_selection


@pytest.mark.parametrize(
    ("box", "instant"),
    [
        (None, None),
        ([0, 0, 0, 0], "2023-07-01"),
        ([170, -10, -170, 10], "2023-07-01T00:00:00Z/.."),
        ([-180, -90, 180, 90], "../2023-07-01"),
    ],
)
def test_what_can_be_used_has_no_problem(box, instant):
    assert problems_of_selection(box, instant) == []


@pytest.mark.parametrize(
    ("box", "instant", "places"),
    [
        ([0, 1, 0, 0], None, ["/bbox"]),
        ([0, -91, 0, 0], None, ["/bbox"]),
        ([0, 0, 181, 0], None, ["/bbox"]),
        (None, "2023-02-30", ["/datetime"]),
        (None, "2023-07-01T00:00:00+99:00", ["/datetime"]),
        (None, "2023-07-02/2023-07-01", ["/datetime"]),
        ([0, 1, 0, 0], "x", ["/datetime", "/bbox"]),
    ],
)
def test_what_cannot_be_used_is_named_by_its_input(box, instant, places):
    assert [place for place, _ in problems_of_selection(box, instant)] == places
