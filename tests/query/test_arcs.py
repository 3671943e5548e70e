"""Arcs that hold stretches of longitude, and what lies on both sides of 180 degrees."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box

from casa_ogc.query.answer import GridAnswer
from casa_ogc.query.arcs import arc, centroid
from casa_ogc.query.correlation import Scales
from casa_ogc.query.locations import bundled, region_of
from casa_ogc.query.reduce_grids import reduce_grids
from casa_ogc.query.reducing import Reduction
from casa_ogc.query.request import Area, Request
from casa_ogc.query.run import run
from casa_processes.common.polygons import inside
from tests.query.asking import OPTIONS
from tests.synthetic import World, encoded_dataset, memory_cube

MEAN = Reduction("mean", "space", scales=Scales(500e3, 0.0))
CUBE = memory_cube(encoded_dataset(World(rows=72, columns=144)))
stretches = st.lists(
    st.tuples(st.integers(-180, 179), st.integers(0, 120)).map(
        lambda one: (float(one[0]), float(min(one[0] + one[1], 180)))
    ),
    min_size=1,
    max_size=6,
)


def held(start: float, end: float, degrees: np.ndarray) -> np.ndarray:
    """Tell which degrees lie on an arc."""
    return (degrees - start) % 360 <= end - start


def cells(region):
    """Return the grid that a region means."""
    answer = run(CUBE, Request(region), OPTIONS)
    assert isinstance(answer, GridAnswer)
    return answer


@given(stretches)
def test_an_arc_holds_all_stretches_and_none_that_does_is_shorter(found):
    west, east = (np.array(side) for side in zip(*found, strict=True))
    start, end = arc(west, east)
    degrees = np.arange(-180, 180)
    meant = ((west[:, None] <= degrees) & (degrees <= east[:, None])).any(axis=0)
    meant |= (degrees == -180) & (east == 180).any()
    assert held(start, end, degrees)[meant].all()
    shortest = min(
        max((degree - first) % 360 for degree in degrees[meant]) for first in degrees[meant]
    )
    assert end - start <= max(shortest, (east - west).max())


def test_an_arc_that_goes_on_a_turn_later_ends_past_its_stretches():
    assert arc(np.array([-180.0, 172.0]), np.array([-66.0, 180.0])) == (172.0, 294.0)
    assert arc(np.array([-10.0, 5.0]), np.array([4.0, 30.0])) == (-10.0, 30.0)
    assert arc(np.array([-180.0]), np.array([180.0])) == (-180.0, 180.0)


@given(st.integers(150, 179), st.integers(181, 210), st.integers(-80, 60), st.integers(1, 20))
def test_the_centroid_of_what_is_cut_at_180_is_that_of_the_whole(west, east, south, height):
    whole = box(west, south, east, south + height)
    right = translate(box(180, south, east, south + height), -360)
    cut = MultiPolygon([right, box(west, south, 180, south + height)])
    assert centroid(cut) == pytest.approx((whole.centroid.x, whole.centroid.y), abs=1e-9)
    assert centroid(whole) == pytest.approx((whole.centroid.x, whole.centroid.y), abs=1e-9)


@pytest.mark.parametrize("name", ["fiji", "kiribati", "united-states-of-america", "russia"])
def test_cells_of_a_country_hold_it_or_lie_beside_it(name):
    region = region_of(bundled(), name)
    (grid,) = cells(region).grids
    longitudes, latitudes = np.meshgrid(grid.axes["x"].values, grid.axes["y"].values)
    meant = np.ones(longitudes.shape, bool) if grid.mask is None else grid.mask
    if not inside(region.geometry, longitudes, latitudes)[meant].all():
        assert meant.sum() == 1
        near = shapely.Point(centroid(region.geometry))
        apart = abs((longitudes[meant][0] - near.x + 180) % 360 - 180)
        widest = np.diff(grid.axes["x"].bounds).max()
        assert apart <= widest / 2 + 1e-9


def parts(west, east, south, north):
    """Return a box over 180 degrees as one polygon, and cut there."""
    cut = [box(west, south, 180, north), box(-180, south, east - 360, north)]
    return box(west, south, east, north), MultiPolygon(cut)


def test_a_mean_of_what_is_cut_at_180_is_where_the_whole_is_with_its_uncertainty():
    found = []
    for geometry in parts(150.0, 215.0, -40.0, 40.0):
        (grid,) = reduce_grids(cells(Area(geometry)), MEAN).grids
        found.append(grid)
    whole, cut = found
    assert cut.axes["x"].values == pytest.approx([-177.5])
    assert whole.axes["x"].values == pytest.approx([-177.5])
    assert cut.axes["x"].bounds == pytest.approx(whole.axes["x"].bounds)
    for name in ("xco2", "xco2_uncertainty"):
        ours, theirs = cut.fields[name].values, whole.fields[name].values
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_what_holds_no_centre_on_either_side_of_180_means_the_cell_at_its_own():
    for geometry in parts(179.5, 180.2, -18.5, -17.5):
        (grid,) = cells(Area(geometry)).grids
        assert grid.axes["x"].values == pytest.approx([178.75])
        assert grid.axes["y"].values == pytest.approx([-18.75])
