"""Noise of hashes: its law, its independence, and that it knows no order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casa_processes.simulation.hashes import field, hashed, normal, uniform

MANY = np.arange(200_000)


def spread(count, seed=5):
    """Return places that lie evenly on the Earth."""
    rng = np.random.default_rng(seed)
    latitude = np.rad2deg(np.arcsin(rng.uniform(-1.0, 1.0, count)))
    return latitude, rng.uniform(-180.0, 180.0, count)


@given(st.integers(0, 2**64 - 1 - 0x9E3779B97F4A7C15))
def test_the_finaliser_is_splitmix64(key):
    """Plain whole numbers of any size are the other implementation."""
    mask = 2**64 - 1

    def mixed(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    golden = 0x9E3779B97F4A7C15
    signed = np.array([key], dtype=np.uint64).astype(np.int64)
    expected = mixed(((mixed((3 + golden) & mask) ^ key) + golden) & mask)
    assert int(hashed(3, signed)[0]) == expected


def test_whole_numbers_of_any_width_are_the_same_keys():
    narrow = hashed(0, np.arange(-5, 5, dtype=np.int32))
    assert (narrow == hashed(0, np.arange(-5, 5))).all()


def test_uniform_numbers_follow_their_law():
    found = uniform(1, MANY)
    assert 0.0 < found.min() < found.max() < 1.0
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_normal_numbers_follow_their_law():
    found = normal(2, MANY)
    assert stats.kstest(found, "norm").pvalue > 0.001
    assert found.mean() == pytest.approx(0.0, abs=4.0 / np.sqrt(MANY.size))
    assert found.var() == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / MANY.size))


@pytest.mark.parametrize("shift", [1, 2, 7, 1000])
def test_numbers_of_neighbouring_keys_are_independent(shift):
    found = normal(3, MANY)
    related = np.corrcoef(found[:-shift], found[shift:])[0, 1]
    assert abs(related) < 4.0 / np.sqrt(MANY.size)


def test_numbers_of_other_seeds_and_of_keys_in_other_order_are_independent():
    first = normal(3, MANY, MANY % 17)
    for other in (normal(4, MANY, MANY % 17), normal(3, MANY % 17, MANY)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 4.0 / np.sqrt(MANY.size)


def test_keys_may_be_negative_and_are_all_told_apart():
    keys = np.arange(-50_000, 50_000)
    assert np.unique(hashed(9, keys)).size == keys.size


@given(st.permutations(range(12)), st.integers(0, 2**31 - 1))
def test_the_order_of_keys_does_not_matter(order, seed):
    keys = np.arange(12) * 1_000_003
    assert (normal(seed, keys)[list(order)] == normal(seed, keys[list(order)])).all()


def test_keys_are_broadcast():
    found = normal(1, np.arange(3)[:, None], np.arange(4))
    assert found.shape == (3, 4)
    assert found[2, 3] == normal(1, np.array([2]), np.array([3]))[0]


def test_a_field_has_mean_0_and_variance_1_everywhere():
    # Many independent fields at one place: the variance holds for each of them.
    places = np.array([0.0, 31.7, -62.2]), np.array([0.0, 100.3, -7.7])
    drawn = np.array([field(seed, *places, np.full(3, 0.37), 500.0, 1.0) for seed in range(800)])
    assert np.abs(drawn.mean(axis=0)).max() < 4.0 / np.sqrt(800)
    assert np.abs(drawn.var(axis=0) - 1.0).max() < 4.0 * np.sqrt(2.0 / 800)
    assert stats.kstest(drawn[:, 1], "norm").pvalue > 0.001


def related(apart, hours=0.0):
    """Return the correlation of a field of 500 km and a day at a distance [km] and time."""
    y, x = spread(20_000)
    keep = np.abs(y) < 85.0 - apart / 111.0
    y, x = y[keep], x[keep]
    day = np.random.default_rng(8).uniform(0.0, 3000.0, y.size)
    one = field(6, y, x, day, 500.0, 1.0)
    other = field(6, y + apart / 111.195, x, day + hours / 24.0, 500.0, 1.0)
    return np.corrcoef(one, other)[0, 1]


def test_a_field_is_alike_nearby_and_forgets_what_is_far():
    assert related(10.0) > 0.99
    assert 0.9 > related(250.0) > 0.5
    assert 0.5 > related(500.0) > 0.1
    assert abs(related(1800.0)) < 0.03


def test_a_field_forgets_in_time():
    assert related(0.0, 1.0) > 0.98
    assert 0.9 > related(0.0, 10.0) > 0.4
    assert abs(related(0.0, 48.0)) < 0.03


def test_a_field_is_smooth_where_cells_of_its_lattice_meet():
    y = np.linspace(-5.0, 5.0, 20_001)
    found = field(1, y, np.full_like(y, 12.0), np.zeros_like(y), 500.0, 1.0)
    assert np.abs(np.diff(found)).max() < 0.002


def test_a_field_has_no_seam_at_the_date_line_or_the_poles():
    day = np.zeros(1)
    west = field(1, np.array([20.0]), np.array([-180.0]), day, 500.0, 1.0)
    east = field(1, np.array([20.0]), np.array([180.0]), day, 500.0, 1.0)
    assert west == pytest.approx(east, abs=1e-9)
    x = np.linspace(-180.0, 180.0, 13)
    pole = field(1, np.full(13, 90.0), x, np.zeros(13), 500.0, 1.0)
    assert pole == pytest.approx(pole[0], abs=1e-9)
