"""Columns of air between pressure levels, against closed forms and NASA's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from casa_processes.common.constants import (
    AVOGADRO,
    GAS_CONSTANT,
    MOLAR_MASS_DRY_AIR,
    MOLAR_MASS_WATER,
)
from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.air import Profile, gravity, layers
from casa_processes.radiative_transfer.hydrostatics.kernel import heights

LEVELS = np.concatenate([[0.1], np.linspace(50, 1000, 20)])


def profile(temperature=250.0, humidity=0.0, top=0.05, surface=1013.0):
    pressure = np.geomspace(top, surface, 60)
    return Profile(pressure, np.full(60, temperature), humidity * (pressure / surface) ** 3)


@pytest.mark.parametrize(("latitude", "expected"), [(0.0, 9.7803253359), (90.0, 9.8321849378)])
def test_gravity_at_the_ellipsoid_is_the_published_one(latitude, expected):
    """NIMA TR8350.2, table 3.4 and eq. 4-1."""
    assert gravity(latitude, 0.0) == pytest.approx(expected, abs=2e-8)


def test_gravity_falls_with_the_square_of_the_distance():
    for height in (1e3, 1e4, 8e4):
        inverse = (6_371_000 / (6_371_000 + height)) ** 2
        assert gravity(45.0, height) / gravity(45.0, 0.0) == pytest.approx(inverse, rel=2e-4)


@given(st.floats(-90, 90), st.floats(200, 300))
def test_dry_air_of_one_temperature_has_the_column_of_its_heights(latitude, temperature):
    """Pressure is then exp(-integral of g M / R T dz), which another integrator solves."""
    found = layers(LEVELS, profile(temperature), latitude, 0.0)

    def falling(height, logarithm):
        return -gravity(latitude, height) * MOLAR_MASS_DRY_AIR / (GAS_CONSTANT * temperature)

    whole = solve_ivp(falling, (0, 9e4), [np.log(1000.0)], rtol=1e-10, dense_output=True)
    assert np.exp(whole.sol(found.altitude[1:])[0]) == pytest.approx(LEVELS[1:], rel=1e-5)
    mass = found.dry_air * MOLAR_MASS_DRY_AIR / AVOGADRO * 1e4
    middle = (found.altitude[1:] + found.altitude[:-1]) / 2
    weight = 100 * np.diff(LEVELS) / gravity(latitude, middle)
    assert mass[6:] == pytest.approx(weight[6:], rel=1e-5)
    assert found.temperature == pytest.approx(temperature)


@given(st.floats(0, 0.02), st.floats(0.2, 3))
def test_moist_air_weighs_what_the_pressure_says(humidity, factor):
    found = layers(LEVELS, profile(280.0, humidity), 30.0, 100.0, humidity_factor=factor)
    mass = found.dry_air * MOLAR_MASS_DRY_AIR + found.water * MOLAR_MASS_WATER
    middle = (found.altitude[1:] + found.altitude[:-1]) / 2
    expected = 100 * np.diff(LEVELS) / gravity(30.0, middle) * AVOGADRO * 1e-4
    assert mass[6:] == pytest.approx(expected[6:], rel=1e-5)


def test_water_and_temperature_follow_their_factors():
    plain = layers(LEVELS, profile(260.0, 0.01), 30.0, 0.0)
    moist = layers(LEVELS, profile(260.0, 0.01), 30.0, 0.0, humidity_factor=2.0)
    warm = layers(LEVELS, profile(260.0, 0.01), 30.0, 0.0, temperature_offset=3.0)
    assert moist.water == pytest.approx(2 * plain.water, rel=3e-4)
    assert warm.temperature == pytest.approx(plain.temperature + 3)
    assert (np.diff(warm.altitude - plain.altitude) <= 0).all()


def test_the_weights_sum_to_one_and_are_half_at_the_ends():
    found = layers(np.linspace(1, 1000, 20), profile(), 0.0, 0.0)
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights[[0, -1]] == pytest.approx(found.weights[[1, -2]] / 2, rel=0.01)


def test_the_mean_pressure_of_a_layer_lies_inside_it():
    found = layers(LEVELS, profile(), 0.0, 0.0)
    assert (found.pressure > LEVELS[:-1]).all()
    assert (found.pressure < LEVELS[1:]).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pressure": np.array([5.0, 3.0])}, "ascending"),
        ({"pressure": np.array([-5.0, 3.0])}, "above zero"),
        ({"pressure": np.array([1.0, 2.0, 3.0])}, "one length"),
        ({"temperature": np.array([20.0, 25.0])}, "100 to 400 K"),
        ({"humidity": np.array([0.0, 12.0])}, "kg kg-1"),
        ({"humidity": np.array([0.0, np.nan])}, "finite"),
    ],
)
def test_a_profile_of_other_units_is_refused(change, said):
    whole = {
        "pressure": np.array([1.0, 1000.0]),
        "temperature": np.array([220.0, 290.0]),
        "humidity": np.array([0.0, 0.01]),
    }
    with pytest.raises(InvalidValueError, match=said):
        Profile(**{**whole, **change})


@pytest.mark.parametrize("levels", [[1000.0], [1000.0, 10.0], [0.0, 1000.0]])
def test_levels_that_do_not_ascend_are_refused(levels):
    with pytest.raises(InvalidValueError, match="pressure levels"):
        layers(np.array(levels), profile(), 0.0, 0.0)


@pytest.mark.realdata
def test_the_columns_of_a_genuine_sounding_are_nasas(realdata):
    import h5py

    path = realdata / "oco2_case" / "oco2_L2_01576a_2014101812360378_expected.h5"
    if not path.is_file():
        pytest.skip(f"no genuine OCO-2 retrieval {path}")
    with h5py.File(path) as file:
        nasa = {
            name: values[0]
            for name, values in file["RetrievalResults"].items()
            if name.endswith(("_met", "_levels", "_fph", "_factor", "_thickness", "_function"))
        }
    met = Profile(
        nasa["vector_pressure_levels_met"] / 100,
        nasa["temperature_profile_met"],
        nasa["specific_humidity_profile_met"],
    )
    found = layers(
        nasa["vector_pressure_levels"] / 100,
        met,
        49.1027,
        float(nasa["vector_altitude_levels"][-1]),
        float(nasa["temperature_offset_fph"]),
        float(nasa["h2o_scale_factor"]),
    )
    dry = nasa["retrieved_dry_air_column_layer_thickness"] / 1e4
    water = nasa["retrieved_h2o_column_layer_thickness"].sum() / 1e4
    assert found.dry_air.sum() == pytest.approx(dry.sum(), rel=2e-4)
    assert found.dry_air == pytest.approx(dry, rel=1e-3)
    assert found.water.sum() == pytest.approx(water, rel=5e-3)
    assert found.weights == pytest.approx(nasa["xco2_pressure_weighting_function"], abs=1e-4)
    assert found.altitude[1:] == pytest.approx(nasa["vector_altitude_levels"][1:], abs=40)


def test_heights_are_those_at_which_gravity_does_the_work():
    rng = np.random.default_rng(3)
    work, height = rng.uniform(100.0, 20_000.0, 50), np.full(51, 430.0)
    heights(work, 9.8, 3.1e-7, 7e-14, height)
    middle = (height[1:] + height[:-1]) / 2.0
    gravity = 9.8 * (1.0 - 3.1e-7 * middle + 7e-14 * middle**2)
    assert height[-1] == 430.0
    assert -np.diff(height) * gravity == pytest.approx(work, rel=1e-9)
