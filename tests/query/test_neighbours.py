"""Groups of neighbours: halves of halves, and correlations pair by pair."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from casa_ogc.query import correlation as module
from casa_ogc.query import neighbours
from casa_ogc.query.correlation import Scales, correlation
from tests.query.test_reduce_correlation import _blockwise, places

SPHERE = Geod(a=6_371_008.7714, b=6_371_008.7714)
SCALE = np.array([2e6, 2e6, 2e6, 1 / 3600.0])
numbers = st.floats(-1e3, 1e3).map(lambda value: round(value, 2))


def vectors(longitudes, latitudes):
    return neighbours.unit_vectors(np.asarray(longitudes, float), np.asarray(latitudes, float))


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20))
def test_places_become_vectors_of_length_one_that_lead_back(given_places):
    lon, lat = np.array(given_places).T
    x, y, z = vectors(lon, lat).T
    np.testing.assert_allclose(x**2 + y**2 + z**2, 1, rtol=1e-14)
    np.testing.assert_allclose(np.degrees(np.arctan2(z, np.hypot(x, y))), lat, atol=1e-6)
    turned = (np.degrees(np.arctan2(y, x)) - lon + 180) % 360 - 180
    np.testing.assert_allclose(turned * np.cos(np.radians(lat)), 0, atol=1e-9)


@given(st.lists(numbers, min_size=1, max_size=60), st.data())
def test_the_nth_of_some_values_is_that_of_the_sorted_ones(values, data):
    n = data.draw(st.integers(0, len(values) - 1))
    assert neighbours._nth(np.array(values), n) == sorted(values)[n]


def grouped(longitudes, latitudes, seconds, depth):
    """Leaf of each place in a tree of cuts through all of them."""
    xyz = vectors(longitudes, latitudes)
    side, cut = neighbours.cuts(np.column_stack([xyz, seconds]) * SCALE, depth)
    return neighbours.leaves(xyz, np.asarray(seconds, float), SCALE, side, cut, depth), side, cut


@settings(max_examples=60)
@given(st.integers(1, 300), st.integers(0, 6), st.integers(0, 10**6))
def test_halves_of_different_places_are_equally_large(count, depth, seed):
    lon, lat, seconds, _ = places(count, seed)
    leaf, side, _ = grouped(lon, lat, seconds, depth)
    sizes = np.bincount(leaf, minlength=1 << depth)
    assert sizes.size == 1 << depth == side.size + 1
    assert sizes.sum() == count
    assert sizes.max() <= -(-count >> depth) and sizes.min() >= count >> depth


@settings(max_examples=40)
@given(st.integers(2, 200), st.integers(0, 10**6))
def test_the_first_cut_halves_the_widest_side(count, seed):
    lon, lat, seconds, _ = places(count, seed)
    rows = np.column_stack([vectors(lon, lat), seconds]) * SCALE
    leaf, side, cut = grouped(lon, lat, seconds, 1)
    assert side[0] == np.ptp(rows, axis=0).argmax()
    assert ((rows[:, side[0]] > cut[0]) == leaf).all()


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)), min_size=1),
    st.integers(1, 5),
)
def test_what_is_at_one_place_and_time_is_never_parted(spots, depth):
    lon, lat, hours = np.array(spots, float).T
    leaf, _, _ = grouped(lon * 10, lat * 10, hours * 3600, depth)
    for spot in set(spots):
        assert len({int(one) for one, other in zip(leaf, spots, strict=True) if other == spot}) == 1
    if len(set(spots)) <= depth:
        together = len(set(leaf.tolist()))
        assert together == len(set(spots))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=200), st.integers(2, 30))
def test_some_members_are_different_ones_of_their_group(labels, most):
    _, group = np.unique(labels, return_inverse=True)
    counts = np.bincount(group)
    found = neighbours.some_members(group.astype(np.int64), counts, most)
    for number, row in enumerate(found):
        taken, mine = row[row >= 0], np.flatnonzero(group == number)
        assert taken.size == min(mine.size, most) == len(set(taken.tolist()))
        assert set(taken.tolist()) <= set(mine.tolist())
        assert (row[taken.size :] == -1).all()


def test_each_member_has_the_same_chance():
    """Of 4000 groups of 12, each place in a group is among the 4 taken in about a third."""
    group = np.repeat(np.arange(4000), 12)
    found = neighbours.some_members(group, np.full(4000, 12), 4)
    times = np.bincount((found % 12).ravel(), minlength=12)
    expected, spread = 4000 / 3, np.sqrt(4000 * (1 / 3) * (2 / 3))
    assert np.abs(times - expected).max() < 4 * spread
    pairs = np.bincount((found[:, 0] % 12) * 12 + found[:, 1] % 12, minlength=144).reshape(12, 12)
    assert (pairs[np.triu_indices(9, 1)] > 0).all()


@settings(max_examples=40)
@given(
    st.integers(1, 8),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 1e4, 3e5, 2e7]),
    st.sampled_from([0.0, 3600.0, 1e6]),
)
def test_correlations_fall_with_great_circles_and_times(count, seed, length, time):
    lon, lat, seconds, _ = places(count, seed, 80.0)
    lat = np.clip(lat, -90, 90)
    spots = np.column_stack([vectors(lon, lat), seconds])
    found = neighbours.correlations(spots, length, time)
    assert np.diagonal(found).tolist() == [1.0] * count
    wanted = []
    for i, j in combinations(range(count), 2):
        away = SPHERE.inv(lon[i], lat[i], lon[j], lat[j])[2]
        late = abs(seconds[i] - seconds[j])
        rho = np.exp(-away / length) * np.exp(-late / time) if length and time else 0.0
        assert found[i, j] == found[j, i] == pytest.approx(rho, rel=1e-6, abs=1e-12)
        wanted.append(rho)
    every = np.arange(count)[None]
    inside = neighbours.group_correlations(spots[:, :3], seconds, every, spots[:1], length, time)
    mean = np.mean(wanted) if wanted else 1.0
    assert inside.tolist() == [[pytest.approx(mean, rel=1e-6, abs=1e-12)]]


def test_places_on_opposite_sides_are_half_the_globe_apart():
    spots = np.column_stack([vectors([0.0, 180.0], [90.0, -90.0]), np.zeros(2)])
    half = np.pi * 6_371_008.7714
    assert neighbours.correlations(spots, half, 1.0)[0, 1] == pytest.approx(np.exp(-1))


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([2e5, 1e6, 1e7]), st.sampled_from([7200.0, 1e6]))
def test_groups_that_are_close_and_wide_share_the_mean_over_their_members(seed, length, time):
    lon, lat, seconds, _ = places(10, seed)
    spots = np.column_stack([vectors(lon, lat), seconds])
    members = np.arange(10).reshape(2, 5)
    group = np.repeat([0, 1], 5)
    centres = neighbours.middles(spots[:, :3], seconds, group, np.array([5, 5]))
    found = neighbours.group_correlations(spots[:, :3], seconds, members, centres, length, time)
    pairs = neighbours.correlations(spots, length, time)
    alone = neighbours.correlations(centres, length, time)[0, 1]
    reach = [
        max(neighbours._apart(spots[i], centres[g])[part] for i in members[g])
        for part in (0, 1)
        for g in (0, 1)
    ]
    wide = (reach[0] + reach[1]) / length, (reach[2] + reach[3]) / time
    away, late = neighbours._apart(centres[0], centres[1])
    gap = max(away / length - wide[0], 0) + max(late / time - wide[1], 0)
    among = sum(wide) >= 1 and gap < 2
    assert found[0, 1] == pytest.approx(pairs[:5, 5:].mean() if among else alone, rel=1e-12)
    assert found[0, 1] == found[1, 0]


def orbit(count, seed=3):
    """Places and times of one day under a polar orbit, in a swath of ten kilometres."""
    dice = np.random.default_rng(seed)
    seconds = np.sort(dice.uniform(0, 86_400, count))
    angle = 2 * np.pi * seconds / 5928
    lat = np.degrees(np.arcsin(np.sin(np.radians(98.2)) * np.sin(angle)))
    along = np.degrees(np.arctan2(np.cos(np.radians(98.2)) * np.sin(angle), np.cos(angle)))
    lon = (along - 360 * seconds / 86_400 + dice.normal(0, 0.05, count) + 180) % 360 - 180
    return lon, lat, seconds, dice.uniform(0.2, 2, count)


@pytest.mark.parametrize("most", [64, 512, 2048])
@pytest.mark.parametrize("length", [5e4, 3e5, 3e6])
@pytest.mark.parametrize("where", [places, orbit])
def test_groups_come_close_to_the_double_sum_in_boxes_and_along_orbits(where, length, most):
    lon, lat, seconds, u = where(3000, 11)
    links = correlation(lon, lat, seconds, Scales(length, 86_400.0), most)
    assert links.between.shape[0] == max(most // 4, 64)
    wanted = _blockwise(lon, lat, seconds, u, Scales(length, 86_400.0))
    assert links.variances(u[None])[0] ** 0.5 == pytest.approx(wanted**0.5, rel=0.04)


def test_cuts_are_sought_among_some_of_very_many_places():
    lon, lat, seconds, u = orbit(4000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SAMPLED", 4)
        links = correlation(lon, lat, seconds, Scales(3e5, 86_400.0), 512)
    sizes = np.bincount(links.group)
    assert sizes.size == 128 and sizes.max() < 3 * sizes.mean()
    wanted = _blockwise(lon, lat, seconds, u, Scales(3e5, 86_400.0))
    assert links.variances(u[None])[0] ** 0.5 == pytest.approx(wanted**0.5, rel=0.04)


def test_many_soundings_at_few_places_are_summed_exactly():
    """Groups hold one place each, so that grouping leaves nothing out."""
    dice = np.random.default_rng(4)
    spot = dice.integers(0, 5, 5000)
    lon, lat = np.array([0.0, 8, 30, -60, 170])[spot], np.array([0.0, 4, 60, -45, 80])[spot]
    u, seconds = dice.uniform(0.5, 1, spot.size), np.zeros(spot.size)
    found = correlation(lon, lat, seconds, Scales(1e6, 3600.0), 512)
    assert found.between.shape == (5, 5)
    wanted = _blockwise(lon, lat, seconds, u, Scales(1e6, 3600.0))
    assert found.variances(u[None])[0] == pytest.approx(wanted, rel=1e-9)
