"""Cells: areas on the ellipsoid, edges, calendar periods."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from casa_ogc.readers.cells import edges, periods, with_periods, zone_areas
from casa_processes.common.errors import FileContentError

latitudes = st.floats(-90, 90, allow_nan=False)


def test_zones_add_up_to_the_surface_of_the_ellipsoid() -> None:
    bounds = edges(np.linspace(89.95, -89.95, 1800), -90, 90)
    assert zone_areas(bounds, 360.0).sum() == pytest.approx(5.10065621724088e14, rel=1e-12)


@pytest.mark.parametrize("south", [-90, -45.3, 0, 30, 89.9])
def test_an_area_is_that_of_the_polygon_on_the_ellipsoid(south: float) -> None:
    """A narrow cell, whose parallels are near its geodesics, against Karney's polygon area."""
    west, east, north = 10.0, 10.001, min(south + 0.1, 90.0)
    polygon, _ = Geod(ellps="WGS84").polygon_area_perimeter(
        [west, east, east, west], [south, south, north, north]
    )
    area = zone_areas(np.array([[south, north]]), east - west)[0]
    assert area == pytest.approx(polygon, rel=1e-6)


@given(latitudes, latitudes)
def test_an_area_does_not_depend_on_the_order_of_its_edges(one: float, other: float) -> None:
    there, back = np.array([[one, other]]), np.array([[other, one]])
    assert zone_areas(there, 1.0)[0] == zone_areas(back, 1.0)[0] >= 0


@given(latitudes, latitudes, st.floats(0, 1))
def test_parts_of_a_zone_add_up_to_it(one: float, other: float, share: float) -> None:
    middle = one + share * (other - one)
    parts = zone_areas(np.array([[one, middle], [middle, other]]), 2.0).sum()
    whole = zone_areas(np.array([[one, other]]), 2.0)[0]
    assert parts == pytest.approx(whole, rel=1e-9, abs=1e-2)


@given(
    st.lists(st.floats(-80, 80, allow_nan=False), min_size=2, max_size=20, unique=True),
    st.booleans(),
)
def test_edges_follow_each_other_and_hold_their_centres(values: list[float], falling: bool) -> None:
    centres = np.array(sorted(values, reverse=falling))
    found = edges(centres, -90, 90)
    assert (found[1:, 0] == found[:-1, 1]).all()
    assert ((found.min(axis=1) <= centres) & (centres <= found.max(axis=1))).all()
    assert (np.abs(found) <= 90).all()


def test_outer_edges_are_mirrored_within_the_limits() -> None:
    assert edges(np.array([1.0, 3.0]), -10, 10).tolist() == [[0, 2], [2, 4]]
    assert edges(np.array([80.0, 90.0]), -90, 90).tolist() == [[75, 85], [85, 90]]


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        ("Y", "2020-01-01", "2021-01-01"),
        ("M", "2020-02-01", "2020-03-01"),
        ("D", "2020-02-29", "2020-03-01"),
    ],
)
def test_a_period_runs_from_its_first_instant_to_that_of_the_next(
    unit: str, start: str, end: str
) -> None:
    first, following = periods(np.array(["2020-02-29T13:00"], dtype="datetime64[ns]"), unit)
    assert (first[0], following[0]) == (np.datetime64(start), np.datetime64(end))
    assert first.dtype == following.dtype == np.dtype("datetime64[ns]")


def test_two_stamps_in_one_period_are_refused() -> None:
    times = np.array(["2020-02-01", "2020-02-29"], dtype="datetime64[ns]")
    dataset = xr.Dataset(coords={"time": times}, attrs={"source": "file.nc"})
    assert with_periods(dataset, "D")["time_bounds"].shape == (2, 2)
    with pytest.raises(FileContentError, match=r"file.nc: time: expected one stamp per M"):
        with_periods(dataset, "M")
