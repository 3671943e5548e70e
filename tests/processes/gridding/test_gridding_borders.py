"""Borders of cells and of steps, poles, and footprints that are none."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.references import Box
from casa_processes.gridding.file import _edges
from casa_processes.gridding.grid import FARTHEST, cell_of, grid_of
from casa_processes.gridding.steps import duration, edges, step_of
from casa_processes.gridding.sums import Footprints, shares

KM2 = EARTH_RADIUS**2 / 1e6


@pytest.mark.parametrize("south", [86.0, 88.0, 89.5])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_belt_of_footprints_up_to_a_pole_has_the_area_of_the_belt(south, sign):
    """Eight touch each other round the pole; none is lost, none counted twice."""
    west = -180.0 + 45.0 * np.arange(8.0)
    x = np.stack([west, west + 45.0, west + 45.0, west], axis=1)
    y = sign * np.tile([south, south, 90.0, 90.0], (8, 1))
    places = Footprints(x.mean(axis=1), y.mean(axis=1), x, y)
    found = shares(places, grid_of((4.0, 0.5)), 1.0)
    belt = 2.0 * np.pi * (1.0 - np.sin(np.radians(south))) * KM2
    assert found.area.sum() == pytest.approx(belt, rel=1e-9)
    assert np.bincount(found.row, found.area) == pytest.approx(belt / 8, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([20.5] * 4, [10.5] * 4),
        ([20.0, 20.5, 20.5, 20.0], [0.0] * 4),
        ([20.5] * 4, [10.0, 10.2, 10.4, 10.6]),
        ([-9999.0] * 4, [10.2, 10.2, 10.4, 10.4]),
        ([1e300, 20.0, 20.0, 20.0], [10.2, 10.2, 10.4, 10.4]),
        ([0.0] * 4, [0.0] * 4),
    ],
)
def test_a_footprint_without_area_is_a_point(x, y):
    """It was in no cell at all."""
    places = Footprints(np.array([30.5]), np.array([40.5]), np.array([x]), np.array([y]))
    found = shares(places, grid_of((1.0, 1.0)), 2.5)
    assert (found.cell.tolist(), found.area.tolist()) == ([130 * 360 + 210], [2.5])


def test_three_corners_with_one_twice_are_a_triangle():
    x, y = np.array([[10.1, 10.9, 10.5, 10.5]]), np.array([[0.1, 0.1, 0.9, 0.9]])
    found = shares(Footprints(x[:, 0], y[:, 0], x, y), grid_of((1.0, 1.0)), 1.0)
    plane = np.stack([np.radians(x[0]), np.sin(np.radians(y[0]))], axis=1)
    assert found.area.tolist() == [pytest.approx(shapely.Polygon(plane[:3]).area * KM2)]


@pytest.mark.parametrize("corners", [0, 3, 5])
def test_other_numbers_of_corners_are_refused(corners):
    both = np.zeros((2, corners))
    with pytest.raises(InvalidValueError, match="corners of footprints"):
        shares(Footprints(np.zeros(2), np.zeros(2), both, both), grid_of((1.0, 1.0)), 1.0)


@pytest.mark.parametrize("place", [(0.0, 90.1), (0.0, -91.0), (-9999.0, 0.0), (1e300, 0.0)])
def test_what_is_no_place_is_in_no_cell(place):
    assert cell_of(grid_of((1.0, 1.0)), *(np.array([each]) for each in place)).tolist() == [-1]
    assert FARTHEST >= 540.0


@given(lines=st.integers(3, 4000), turns=st.integers(6, 4000))
def test_neighbours_share_borders_and_the_last_ones_are_the_poles(lines, turns):
    edge = _edges(grid_of((360.0 / turns, 180.0 / lines)))
    for role, end in (("y", 90.0), ("x", 180.0)):
        assert (edge[role][0, 0], edge[role][-1, 1]) == (-end, end)
        assert (edge[role][1:, 0] == edge[role][:-1, 1]).all()


def test_borders_of_a_window_go_on_past_180():
    edge = _edges(grid_of((0.1, 0.1), Box(179.8, 89.8, -179.8, 90.0)))
    np.testing.assert_allclose(edge["x"][:, 0], [179.8, 179.9, 180.0, 180.1], atol=1e-12)
    assert edge["y"][-1, 1] == 90.0


@given(
    seconds=st.lists(st.integers(-2 * 10**9, 4 * 10**9), min_size=1, max_size=15),
    frequency=st.sampled_from([("P1M", "M"), ("P3M", "Q"), ("P1Y", "Y"), ("P1D", "D")]),
)
def test_steps_of_the_calendar_are_the_periods_of_pandas(seconds, frequency):
    """Ends of months, leap days and years before 1970 among them."""
    if frequency[0] == "P1D":
        seconds = [each % (400 * 86_400) + 1_704_000_000 for each in seconds]
    times = np.array(seconds, "datetime64[s]").astype("datetime64[ns]")
    borders = edges(duration(frequency[0]), times.min(), times.max())
    periods = pd.PeriodIndex(pd.DatetimeIndex(times), freq=frequency[1])
    found = step_of(borders, times)
    assert (borders[found] == periods.start_time.to_numpy()).all()
    whole = pd.period_range(periods.min(), periods.max(), freq=frequency[1])
    assert borders.size - 1 == whole.size


@pytest.mark.parametrize(
    ("text", "instants", "expected"),
    [
        ("P1M", ["2024-02-29T23:59:59.999999999", "2024-03-01"], [0, 1]),
        ("P1M", ["2023-12-31T23:59:59.999999999", "2024-01-01"], [0, 1]),
        ("P1D", ["2024-02-28T23:59:59.999999999", "2024-02-29", "2024-03-01"], [0, 1, 2]),
        ("P1Y", ["2024-12-31T23:59:59", "2025-01-01"], [0, 1]),
    ],
)
def test_the_last_nanosecond_belongs_to_the_step_that_ends(text, instants, expected):
    times = np.array(instants, "datetime64[ns]")
    assert step_of(edges(duration(text), times[0], times[-1]), times).tolist() == expected


@pytest.mark.parametrize(("text", "year"), [("P100Y", "2205"), ("P100Y", "1690"), ("P7Y", "2261")])
def test_borders_beyond_nanoseconds_are_refused(text, year):
    instant = np.datetime64(f"{year}-06-01", "ns")
    with pytest.raises(InvalidValueError, match="within 1678 to 2262"):
        edges(duration(text), instant, instant)
