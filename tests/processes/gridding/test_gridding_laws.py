"""What no gridding may depend on: order of cells, cuts of the work, sides, and units; and exactly.

Areas by brute force: points of a fine lattice are counted, which knows nothing of polygons.
"""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.references import Box
from casa_processes.gridding.grid import cell_of, grid_of
from casa_processes.gridding.running import numbered, steps_of
from casa_processes.gridding.sums import Footprints, Measured, StepSums, shares, summed

KM2 = EARTH_RADIUS**2 / 1e6
SEEDS = st.integers(0, 10**6)
FIELDS = ("count", "mean", "uncertainty", "deviation")


def footprints(seed, count=25, size=3.0):
    """Convex footprints of four corners, of up to six degrees, anywhere but at the poles."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(-180.0, 180.0, count), random.uniform(-70.0, 70.0, count)
    east, north = random.uniform(0.2, size, (2, count, 1))
    longitudes = x[:, None] + east * np.array([-1.0, 0.9, 1.0, -0.8])
    latitudes = y[:, None] + north * np.array([-1.0, -0.9, 1.0, 0.8])
    return Footprints(x, y, longitudes, latitudes)


def measured(seed, count=25, steps=3):
    random = np.random.default_rng(seed + 7)
    overpass = np.sort(random.integers(0, 2 * steps, count))
    values, sigma = random.normal(1.0, 0.5, count), random.uniform(0.1, 0.6, count)
    return Measured(values, sigma, overpass // 2, overpass)


def rows_of(record, rows):
    return type(record)(**{name: values[rows] for name, values in vars(record).items()})


def told(places, values, grid, pieces=None, *, by_variance=False):
    """Fields of each step, from soundings that are cut into pieces."""
    made = [
        numbered(0, summed(shares(rows_of(places, rows), grid, 1.0), rows_of(values, rows),
                           by_variance=by_variance))
        for rows in (pieces or [np.arange(places.longitude.size)])
    ]  # fmt: skip
    return {step: sums["a"].fields(0.3) for step, sums in steps_of(made, ["a"], grid.cells)}


@settings(max_examples=8)
@given(seed=SEEDS)
def test_areas_are_those_of_points_that_are_counted(seed):
    places, grid = footprints(seed, count=4), grid_of((5.0, 4.0))
    found = shares(places, grid, 1.0)
    for row in range(4):
        x, y = np.radians(places.longitudes[row]), np.sin(np.radians(places.latitudes[row]))
        # Points of equal area: even in longitude and in the sine of latitude.
        across, along = (
            low + (high - low) * (np.arange(400) + 0.5) / 400
            for low, high in ((x.min(), x.max()), (y.min(), y.max()))
        )
        east, north = (each.ravel() for each in np.meshgrid(across, along))
        inside = shapely.contains_xy(shapely.Polygon(np.stack([x, y], axis=1)), east, north)
        cells = cell_of(grid, np.degrees(east[inside]), np.degrees(np.arcsin(north[inside])))
        point = np.ptp(x) * np.ptp(y) / 160_000 * KM2
        counted = np.bincount(cells, minlength=grid.cells) * point
        here = np.bincount(
            found.cell[found.row == row], found.area[found.row == row], minlength=grid.cells
        )
        assert np.abs(here - counted).max() < 0.01 * counted.sum()


@given(seed=SEEDS)
def test_the_shares_of_a_footprint_are_all_of_it(seed):
    places = footprints(seed)
    corners = np.stack(
        [np.radians(places.longitudes), np.sin(np.radians(places.latitudes))], axis=-1
    )
    whole = shapely.area(shapely.polygons(corners)) * KM2
    for step in ((30.0, 30.0), (2.5, 2.0), (0.5, 1.0)):
        found = shares(places, grid_of(step), 1.0)
        np.testing.assert_allclose(np.bincount(found.row, found.area, 25), whole, rtol=1e-9)


@given(seed=SEEDS)
def test_finer_cells_add_up_to_coarser_ones(seed):
    places = footprints(seed)
    fine, coarse = (
        np.bincount(found.cell, found.area, count)
        for found, count in (
            (shares(places, grid_of(step), 1.0), cells)
            for step, cells in (((2.5, 2.0), 144 * 90), ((10.0, 10.0), 36 * 18))
        )
    )
    summed_up = fine.reshape(18, 5, 36, 4).sum(axis=(1, 3)).ravel()
    np.testing.assert_allclose(summed_up, coarse, rtol=1e-9, atol=1e-9)


@given(seed=SEEDS, by_variance=st.booleans())
def test_a_sounding_alone_in_its_cells_is_told_as_it_is(seed, by_variance):
    places, values = footprints(seed, count=1), measured(seed, count=1)
    (found,) = told(places, values, grid_of((5.0, 5.0)), by_variance=by_variance).values()
    seen = found["count"] > 0
    assert (found["mean"][seen] == values.value[0]).all()
    np.testing.assert_allclose(found["uncertainty"][seen], values.sigma[0], rtol=1e-12)
    assert np.isnan(found["deviation"][seen]).all()


@given(seed=SEEDS, by_variance=st.booleans())
def test_cuts_between_overpasses_change_no_bit(seed, by_variance):
    """An overpass is summed in one piece however the others are cut."""
    places, values, grid = footprints(seed), measured(seed), grid_of((30.0, 20.0))
    cuts = np.flatnonzero(np.diff(values.overpass)) + 1
    pieces = np.split(np.arange(25), cuts)
    one, two = (told(places, values, grid, cut, by_variance=by_variance) for cut in (None, pieces))
    assert one.keys() == two.keys()
    for step, fields in one.items():
        for name in FIELDS:
            assert fields[name].tobytes() == two[step][name].tobytes(), name


@given(seed=SEEDS, cut=st.integers(1, 24))
def test_any_cut_changes_the_last_bits_at_most(seed, cut):
    places, values, grid = footprints(seed), measured(seed), grid_of((30.0, 20.0))
    one, two = (
        told(places, values, grid, pieces)
        for pieces in (None, [np.arange(cut), np.arange(cut, 25)])
    )
    for step, fields in one.items():
        for name in FIELDS:
            np.testing.assert_allclose(two[step][name], fields[name], rtol=1e-12, atol=1e-14)


@given(seed=SEEDS)
def test_a_mirrored_world_has_mirrored_bits_of_counts_and_close_means(seed):
    places, values, grid = footprints(seed), measured(seed, steps=1), grid_of((30.0, 20.0))
    mirrored = Footprints(places.longitude, -places.latitude, places.longitudes, -places.latitudes)
    (one,), (two,) = (told(each, values, grid).values() for each in (places, mirrored))
    for name in FIELDS:
        there = two[name].reshape(9, 12)[::-1].ravel()
        both = np.isfinite(one[name]) & np.isfinite(there)
        np.testing.assert_allclose(there[both], one[name][both], rtol=1e-6, atol=1e-9)


@given(seed=SEEDS, west=st.integers(-180, 170), south=st.integers(-60, 40))
def test_windows_beside_each_other_are_one(seed, west, south):
    places, whole = footprints(seed), grid_of((10.0, 10.0))
    west, south = west // 10 * 10, south // 10 * 10
    total = 0.0
    for x in (west, west + 40):
        left, right = ((edge + 180) % 360 - 180 for edge in (x, x + 40))
        part = grid_of((10.0, 10.0), Box(left, south, right if right > -180 else 180, south + 20))
        assert part.size == (4, 2)
        total += shares(places, part, 1.0).area.sum()
    found = shares(places, whole, 1.0)
    line, column = np.divmod(found.cell, 36)
    rows = (line >= (south + 90) // 10) & (line < (south + 110) // 10)
    inside = rows & ((column - (west + 180) // 10) % 36 < 8)
    assert total == pytest.approx(found.area[inside].sum(), rel=1e-9, abs=1e-9)


@given(seed=SEEDS, correlation=st.floats(0.0, 1.0))
def test_the_uncertainty_lies_between_those_of_independent_and_equal_errors(seed, correlation):
    places, values, grid = footprints(seed), measured(seed, steps=1), grid_of((60.0, 45.0))
    total = StepSums(grid.cells)
    total.add(summed(shares(places, grid, 1.0), values, by_variance=False))
    low, high, found = (total.fields(rho)["uncertainty"] for rho in (0.0, 1.0, correlation))
    seen = np.isfinite(found)
    assert (found[seen] >= low[seen] * (1 - 1e-12)).all()
    assert (found[seen] <= high[seen] * (1 + 1e-12)).all()
    mixed = (1 - correlation) * low**2 + correlation * high**2
    np.testing.assert_allclose(found[seen] ** 2, mixed[seen], rtol=1e-9)
