"""Means of whole sets of footprints against shapely, pandas and laws that any mean obeys."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.references import Box
from casa_processes.gridding.grid import grid_of
from casa_processes.gridding.running import numbered, steps_of
from casa_processes.gridding.sums import Footprints, Measured, StepSums, shares, summed

KM2 = EARTH_RADIUS**2 / 1e6
SEEDS = st.integers(0, 10**6)
CORNERS = np.array([-1.0, 1.0, 1.0, -1.0]), np.array([-1.0, -1.0, 1.0, 1.0])


def swath(seed, count=40, west=-180.0, east=180.0, south=-88.0, north=88.0):
    """Skewed footprints anywhere, of sizes from far below a cell to several cells."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(west, east, count), random.uniform(south, north, count)
    size = random.choice([0.02, 0.3, 2.0], count)[:, None] * random.uniform(0.5, 1.0, (count, 4))
    longitudes = (x[:, None] + size * CORNERS[0] + 180.0) % 360.0 - 180.0
    return Footprints(x, y, longitudes, np.clip(y[:, None] + size * CORNERS[1], -90.0, 90.0))


def values(seed, count=40, steps=1, passes=3):
    random = np.random.default_rng(seed + 1)
    overpass = np.sort(random.integers(0, passes, count))
    step = overpass * steps // passes
    sigma = random.uniform(0.1, 0.6, count)
    return Measured(random.normal(1.0, 0.5, count), sigma, step, overpass)


def taken(places, measured, rows):
    """Some of the soundings."""
    return (
        Footprints(**{name: each[rows] for name, each in vars(places).items()}),
        Measured(**{name: each[rows] for name, each in vars(measured).items()}),
    )


def fields(places, measured, grid, *, by_variance=False, correlation=0.2):
    total = StepSums(grid.cells)
    total.add(summed(shares(places, grid, 1.0), measured, by_variance=by_variance))
    return total.fields(correlation)


def close(one, two, **limits):
    for name, each in one.items():
        np.testing.assert_allclose(each, two[name], rtol=1e-9, atol=1e-12, err_msg=name, **limits)


def polygons(places):
    """Footprints in the plane of longitude and sine of latitude, without jumps."""
    x = np.degrees(np.unwrap(np.radians(places.longitudes), axis=1))
    return shapely.polygons(
        np.stack([np.radians(x), np.sin(np.radians(places.latitudes))], axis=-1)
    )


@settings(max_examples=10)
@given(seed=SEEDS)
def test_the_mean_is_that_of_intersections_of_another_library(seed):
    """All footprints and all cells, those across 180 degrees thrice: here and a turn away."""
    places, measured = swath(seed), values(seed)
    grid = grid_of((15.0, 10.0))
    x = np.radians(-180.0 + 15.0 * np.arange(-24, 49))
    y = np.sin(np.radians(-90.0 + 10.0 * np.arange(19)))
    west, south = np.meshgrid(x[:-1], y[:-1])
    east, north = np.meshgrid(x[1:], y[1:])
    boxes = shapely.box(west, south, east, north)
    area = shapely.area(shapely.intersection(boxes[None], polygons(places)[:, None, None]))
    area = area.reshape(40, 18, 3, 24).sum(axis=2).reshape(40, -1) * KM2
    found = fields(places, measured, grid)
    weight = area.sum(axis=0)
    seen = weight > 1e-6
    assert (found["count"] > 0)[seen].all()
    with np.errstate(invalid="ignore"):
        mean = measured.value @ area / weight
    np.testing.assert_allclose(found["mean"][seen], mean[seen], rtol=1e-6)


@given(seed=SEEDS)
def test_a_group_by_of_pandas_gives_the_same_means(seed):
    places, measured = swath(seed), values(seed, steps=2)
    grid = grid_of((30.0, 30.0))
    parts = shares(places, grid, 1.0)
    table = pd.DataFrame({
        "cell": parts.cell, "step": measured.step[parts.row], "weight": parts.area,
        "value": measured.value[parts.row], "sigma": measured.sigma[parts.row],
        "overpass": measured.overpass[parts.row],
    })  # fmt: skip
    table["product"], table["error"] = table.weight * table.value, table.weight * table.sigma
    rho = 0.3
    each = table.assign(square=table.error**2).groupby(["step", "cell"])
    whole = each[["weight", "product", "square"]].sum()
    passes = table.groupby(["step", "cell", "overpass"])["error"].sum() ** 2
    common = passes.groupby(["step", "cell"]).sum()
    error = np.sqrt((1 - rho) * whole["square"] + rho * common) / whole["weight"]
    piece = numbered(0, summed(parts, measured, by_variance=False))
    steps = 0
    for step, sums in steps_of([piece], ["a"], grid.cells):
        found, wanted = sums["a"].fields(rho), whole.loc[step]
        cells = wanted.index.to_numpy()
        assert np.flatnonzero(found["count"]).tolist() == cells.tolist()
        np.testing.assert_allclose(found["mean"][cells], wanted["product"] / wanted["weight"])
        np.testing.assert_allclose(found["uncertainty"][cells], error.loc[step])
        assert found["count"][cells].tolist() == each.size().loc[step].tolist()
        steps += 1
    assert steps == np.unique(measured.step).size


@given(seed=SEEDS, value=st.floats(-1e3, 1e3), by_variance=st.booleans())
def test_a_constant_stays_constant(seed, value, by_variance):
    places, measured = swath(seed), values(seed)
    flat = Measured(np.full(40, value), measured.sigma, measured.step, measured.overpass)
    found = fields(places, flat, grid_of((2.0, 1.0)), by_variance=by_variance)
    seen = found["count"] > 0
    assert (found["mean"][seen] == value).all()
    many = found["count"] > 1
    assert (found["deviation"][many] == 0.0).all()


@given(seed=SEEDS, by_variance=st.booleans())
def test_a_mean_lies_within_its_values_and_is_surer_than_each(seed, by_variance):
    places, measured = swath(seed), values(seed)
    found = fields(places, measured, grid_of((30.0, 30.0)), by_variance=by_variance)
    seen = found["count"] > 0
    assert (found["mean"][seen] >= measured.value.min() - 1e-12).all()
    assert (found["mean"][seen] <= measured.value.max() + 1e-12).all()
    assert (found["uncertainty"][seen] <= measured.sigma.max() + 1e-12).all()
    assert (found["uncertainty"][seen] > 0.0).all()


@given(seed=SEEDS)
def test_the_order_of_soundings_within_an_overpass_does_not_matter(seed):
    places, measured = swath(seed), values(seed)
    order = np.random.default_rng(seed).permutation(40)
    again = taken(places, measured, order)
    grid = grid_of((30.0, 15.0))
    close(fields(places, measured, grid), fields(*again, grid))


@given(seed=SEEDS, cut=st.integers(0, 40), by_variance=st.booleans())
def test_two_parts_one_after_the_other_are_the_whole(seed, cut, by_variance):
    places, measured = swath(seed), values(seed)
    grid, total = grid_of((30.0, 15.0)), StepSums(12 * 12)
    for rows in (slice(0, cut), slice(cut, None)):
        part, some = taken(places, measured, rows)
        total.add(summed(shares(part, grid, 1.0), some, by_variance=by_variance))
    close(fields(places, measured, grid, by_variance=by_variance), total.fields(0.2))


@given(seed=SEEDS, factor=st.floats(0.1, 10.0), shift=st.floats(-5.0, 5.0))
def test_a_mean_follows_units_and_offsets_of_its_values(seed, factor, shift):
    places, measured = swath(seed), values(seed)
    moved = Measured(
        factor * measured.value + shift, factor * measured.sigma, measured.step, measured.overpass
    )
    grid = grid_of((30.0, 15.0))
    one, two = fields(places, measured, grid), fields(places, moved, grid)
    np.testing.assert_allclose(two["mean"], factor * one["mean"] + shift, rtol=1e-9, atol=1e-9)
    for name in ("uncertainty", "deviation"):
        np.testing.assert_allclose(two[name], factor * one[name], rtol=1e-7, atol=1e-9)


@given(seed=SEEDS, turn=st.integers(1, 35))
def test_turning_the_earth_turns_the_grid(seed, turn):
    places, measured = swath(seed), values(seed)
    moved = Footprints(
        places.longitude + 10.0 * turn, places.latitude,
        (places.longitudes + 10.0 * turn + 180.0) % 360.0 - 180.0, places.latitudes,
    )  # fmt: skip
    grid = grid_of((10.0, 10.0))
    one, two = fields(places, measured, grid), fields(moved, measured, grid)
    for name in ("mean", "uncertainty"):
        there = np.roll(one[name].reshape(18, 36), turn, axis=1).ravel()
        # A sliver that rounding moves over a border is no sounding of a cell.
        both = np.isfinite(there) & np.isfinite(two[name])
        assert both.sum() >= np.isfinite(one[name]).sum() - 2
        np.testing.assert_allclose(two[name][both], there[both], rtol=1e-6, err_msg=name)


@given(seed=SEEDS)
def test_mirrored_hemispheres_have_mirrored_areas(seed):
    places = swath(seed)
    mirrored = Footprints(places.longitude, -places.latitude, places.longitudes, -places.latitudes)
    grid = grid_of((10.0, 10.0))
    sums = [
        np.bincount(found.cell, found.area, grid.cells).reshape(18, 36)
        for found in (shares(each, grid, 1.0) for each in (places, mirrored))
    ]
    np.testing.assert_allclose(sums[0][::-1], sums[1], rtol=1e-9, atol=1e-6)


@given(seed=SEEDS, box=st.sampled_from([(100, -20, 160, 40), (150, -90, -150, 0), (-5, 60, 5, 90)]))
def test_a_window_of_a_grid_holds_what_the_whole_grid_holds_there(seed, box):
    places, measured = swath(seed, south=-80.0), values(seed)
    whole, part = grid_of((5.0, 5.0)), grid_of((5.0, 5.0), Box(*box))
    one, two = fields(places, measured, whole), fields(places, measured, part)
    columns = (part.first[0] + np.arange(part.size[0])) % whole.turn
    lines = part.first[1] + np.arange(part.size[1])
    for name, each in one.items():
        here = each.reshape(36, 72)[np.ix_(lines, columns)].ravel()
        np.testing.assert_allclose(two[name], here, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("sigma", [0.0, 1e-200, 1e-300])
def test_a_variance_without_an_inverse_is_left_out(sigma):
    places, measured = swath(3, count=2, west=0, east=1, south=0, north=1), values(3, count=2)
    some = Measured(measured.value, np.array([sigma, 0.5]), np.zeros(2, int), np.zeros(2, int))
    found = fields(places, some, grid_of((90.0, 90.0)), by_variance=True)
    seen = found["count"] > 0
    np.testing.assert_allclose(found["mean"][seen], measured.value[1])
