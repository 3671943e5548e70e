"""Clouds as often as they should be, alike where they are near, and the ground beneath."""

import numpy as np
import pytest
from scipy import stats

from casa_processes.simulation.clouds import (
    THIN,
    clear_probability,
    cloud_depth,
    scenes,
)

JANUARY, JULY = 8415.0, 8596.0
"""Days since the beginning of 2000 of 15 January and of 15 July 2023."""
COUNT = 20_000


def everywhere(latitude, start=JANUARY):
    """Return places and times at a latitude, most of them independent."""
    rng = np.random.default_rng(11)
    x, day = rng.uniform(-180.0, 180.0, COUNT), start + rng.uniform(0.0, 3.0, COUNT)
    return np.full(COUNT, float(latitude)), x, day + 365.25 * rng.integers(-20, 20, COUNT)


@pytest.mark.parametrize(
    ("latitude", "expected"), [(-6.0, 0.12), (19.0, 0.40), (-31.0, 0.40), (54.0, 0.15), (85, 0.15)]
)
def test_the_belts_of_january_are_where_they_should_be(latitude, expected):
    found = clear_probability(np.array([float(latitude)]), np.array([JANUARY]))
    assert found[0] == pytest.approx(expected, abs=0.005)


def test_the_belts_move_with_the_sun():
    wet = np.array([-6.0, 6.0])
    january = clear_probability(wet, np.full(2, JANUARY))
    july = clear_probability(wet, np.full(2, JULY))
    assert january[0] < january[1]
    assert january == pytest.approx(july[::-1], abs=0.005)


@pytest.mark.parametrize("latitude", [-6, 10, 19, 40, -31, 60])
def test_it_is_clear_as_often_as_said(latitude):
    y, x, day = everywhere(latitude)
    clear = cloud_depth(0, y, x, day) < THIN
    assert clear.mean() == pytest.approx(clear_probability(y, day).mean(), abs=0.02)


def test_depths_of_clouds_are_lognormal():
    y, x, day = everywhere(19.0)
    logarithm = np.log(cloud_depth(0, y, x, day)[:3000])
    assert logarithm.std() == pytest.approx(1.5, rel=0.08)
    assert stats.skew(logarithm) == pytest.approx(0.0, abs=0.2)


def test_clouds_nearby_are_the_same():
    y, x, day = everywhere(40.0)
    here, there = cloud_depth(0, y, x, day) < THIN, cloud_depth(0, y + 0.1, x, day) < THIN
    far = cloud_depth(0, y + 20.0, x, day) < THIN
    share = here.mean()
    assert (here & there).mean() > 0.9 * share
    assert (here & far).mean() < 1.3 * share * far.mean()


def test_another_seed_has_other_clouds():
    y, x, day = everywhere(19.0)
    one, other = cloud_depth(0, y, x, day), cloud_depth(1, y, x, day)
    assert abs(np.corrcoef(np.log(one), np.log(other))[0, 1]) < 0.06


def test_clouds_aerosol_and_ground_have_fields_of_their_own():
    y, x, day = everywhere(35.0)
    found = scenes(4, y, x, day, np.ones(COUNT, dtype=bool))
    logarithms = np.log(found.cloud), found.hazy, found.bright
    related = np.abs(np.corrcoef(logarithms) - np.eye(3))
    assert related.max() < 0.1


def test_aerosol_and_albedo_are_lognormal_about_their_medians():
    y, x, day = everywhere(35.0)
    land = np.arange(COUNT) % 2 == 0
    found = scenes(0, y, x, day, land)
    assert np.median(found.aerosol[land]) == pytest.approx(0.12, rel=0.1)
    assert np.median(found.aerosol[~land]) == pytest.approx(0.08, rel=0.1)
    assert np.log(found.aerosol[land]).std() == pytest.approx(0.5, rel=0.1)
    assert np.median(found.albedo[~land]) == pytest.approx(0.30, rel=0.1)
    assert 0.0 < found.albedo.min() < found.albedo.max() < 1.0


def test_aerosol_and_albedo_are_what_their_logarithms_say():
    y, x, day = everywhere(35.0)
    found = scenes(0, y, x, day, np.ones(COUNT, dtype=bool))
    assert np.log(found.aerosol / 0.12) / 0.5 == pytest.approx(found.hazy)
    assert np.log(found.albedo / 0.22) / 0.35 == pytest.approx(found.bright)


def test_the_ground_stays_as_it_is():
    y, x, day = everywhere(35.0)
    land = np.ones(COUNT, dtype=bool)
    first, later = scenes(0, y, x, day, land), scenes(0, y, x, day + 100.5, land)
    assert (first.albedo == later.albedo).all()
    assert (first.aerosol != later.aerosol).all()
