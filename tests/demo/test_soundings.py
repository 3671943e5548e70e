"""Synthetic soundings: orbit, footprints, profiles."""

import numpy as np
import pytest

from casa_ogc.demo import orbit
from casa_ogc.demo.formulas import xco2
from casa_ogc.demo.profiles import profiles
from casa_ogc.demo.soundings import FOOTPRINTS, xco2_soundings
from casa_processes.common.vocabulary import VOCABULARY


@pytest.fixture(scope="module")
def soundings():
    return xco2_soundings()


def test_the_track_crosses_the_equator_at_its_local_hour():
    number = np.arange(orbit.ORBITS, dtype=np.int32)
    nodes = orbit.track(number, np.zeros(orbit.ORBITS))
    day = (nodes.time - orbit.START) / np.timedelta64(1, "D")
    hour = (day * 24 + nodes.longitude / 15) % 24
    np.testing.assert_allclose(nodes.latitude, 0, atol=1e-9)
    np.testing.assert_allclose(hour, orbit.NODE_HOUR, atol=1e-4)


def test_the_track_repeats_after_its_cycle():
    elapsed = np.linspace(0, orbit.PERIOD, 50)
    first = orbit.track(np.zeros(50, dtype=np.int32), elapsed)
    again = orbit.track(np.full(50, orbit.ORBITS, dtype=np.int32), elapsed)
    np.testing.assert_allclose(again.latitude, first.latitude, atol=1e-9)
    np.testing.assert_allclose(again.longitude, first.longitude, atol=1e-6)


def test_the_satellite_flies_north_westwards_across_the_equator():
    (heading,) = orbit.track(np.zeros(1, dtype=np.int32), np.zeros(1)).heading
    assert -0.3 < heading < -0.1


def test_every_column_is_one_of_the_vocabulary_and_possible(soundings):
    for name in soundings.variables:
        row, values = VOCABULARY[str(name)], soundings[name].values
        if row.valid_min is not None and row.valid_max is not None:
            assert values.min() >= row.valid_min, name
            assert values.max() <= row.valid_max, name


def test_identifiers_are_unique_and_tell_time_and_footprint(soundings):
    names, first = soundings["sounding_id"].values, str(soundings["sounding_id"].values[0])
    assert np.unique(names).size == names.size
    assert 55_000 < names.size < 65_000
    assert first[-1] == str(soundings["footprint"].values[0])
    assert first[:8] == str(soundings["time"].values[0])[:10].replace("-", "")


def test_a_sounding_lies_in_the_middle_of_its_vertices(soundings):
    middle = soundings["latitude_vertices"].mean("vertex").values
    np.testing.assert_allclose(middle, soundings["latitude"].values, atol=1e-6)


def test_vertices_run_once_around_a_footprint_of_three_square_kilometres(soundings):
    y = np.deg2rad(soundings["latitude_vertices"].values)
    x = np.unwrap(np.deg2rad(soundings["longitude_vertices"].values), axis=1)
    x = x * np.cos(np.deg2rad(soundings["latitude"].values))[:, None]
    area = 0.5 * (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)
    np.testing.assert_allclose(area * 6371.0**2, 1.29 * 2.25, rtol=0.02)


def test_neighbouring_footprints_share_an_edge(soundings):
    y = soundings["latitude_vertices"].values.reshape(-1, FOOTPRINTS, 4)
    np.testing.assert_allclose(y[:, :-1, 1], y[:, 1:, 0], atol=1e-9)
    np.testing.assert_allclose(y[:, :-1, 2], y[:, 1:, 3], atol=1e-9)


def test_good_soundings_scatter_about_the_truth_by_their_uncertainty(soundings):
    good = soundings.isel(sounding=soundings["quality_flag"].values == 0)
    day = (good["time"].values - np.datetime64("2023-01-01", "ns")) / np.timedelta64(1, "D")
    truth = xco2(good["latitude"].values, good["longitude"].values, day)
    ratio = (good["xco2"].values - truth) / good["xco2_uncertainty"].values
    assert abs(ratio.mean()) < 0.02
    assert ratio.std() == pytest.approx(1, abs=0.02)


def test_weights_sum_to_one_and_the_prior_has_its_column():
    found = profiles(np.array([1013.0, 700.0]), np.array([418.0, 421.0]))
    weight = found["pressure_weight"]
    np.testing.assert_allclose(weight.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose((weight * found["co2_profile_apriori"]).sum(axis=1), [418, 421])
    assert (np.diff(found["pressure_levels"], axis=1) < 0).all()


def test_weights_integrate_a_profile_that_is_linear_in_pressure():
    found = profiles(np.array([1000.0]), np.array([420.0]))
    pressure, weight = found["pressure_levels"][0], found["pressure_weight"][0]
    assert (weight * pressure).sum() == pytest.approx((pressure[0] + pressure[-1]) / 2)


def test_soundings_are_the_same_each_time(soundings):
    assert soundings.identical(xco2_soundings())
