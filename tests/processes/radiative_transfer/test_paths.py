"""Ways through a round atmosphere, against closed forms and rays stepped through it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.paths import curvature, scattering_cosine, ways

LEVELS = np.concatenate([[0.1], np.linspace(50, 1000, 19)])
SCALE = 8000.0
ALTITUDE = SCALE * np.log(LEVELS[-1] / LEVELS)
angles = st.floats(0, 80)


def stepped(zenith, low, high, steps=40_000):
    """Mass along a ray over mass above its end, between two altitudes, exponential air."""
    along = np.linspace(0, 3 * (high + 1e5) / np.cos(np.radians(zenith)), steps * 4)
    cosine = np.cos(np.radians(zenith))
    height = np.sqrt(EARTH_RADIUS**2 + along**2 + 2 * EARTH_RADIUS * along * cosine) - EARTH_RADIUS
    inside = (height >= low) & (height <= high)
    ends = np.interp([low, high], height, along)
    fine = np.linspace(*ends, steps)
    there = np.interp(fine, along[inside.argmax() - 1 :], height[inside.argmax() - 1 :])
    air = np.exp(-there / SCALE)
    mass = ((air[1:] + air[:-1]) / 2).sum() * (fine[1] - fine[0])
    return mass / SCALE / (np.exp(-low / SCALE) - np.exp(-high / SCALE))


@pytest.mark.parametrize("zenith", [10.0, 45.0, 70.0, 80.0])
@pytest.mark.parametrize("layer", [0, 1, 9, 18])
def test_a_way_is_that_of_a_ray_stepped_through_exponential_air(zenith, layer):
    low, high = max(ALTITUDE[layer + 1], 1e-3), ALTITUDE[layer]
    assert ways(LEVELS, ALTITUDE, zenith)[layer] == pytest.approx(
        stepped(zenith, low, high), rel=2e-4
    )


@given(angles, st.floats(-100, 6000))
def test_a_thin_layer_has_the_way_of_the_closed_form(zenith, ground):
    """sqrt(r^2 - (r_0 sin)^2) between two radii over their difference, r_0 that of the ground."""
    levels = np.array([899.0, 900.0, 1000.0])
    altitude = np.array([1010.0, 1000.0, 0.0]) + ground
    near = (EARTH_RADIUS + ground) * np.sin(np.radians(zenith))
    ends = np.sqrt((EARTH_RADIUS + altitude) ** 2 - near**2)
    expected = (ends[0] - ends[1]) / 10.0
    assert ways(levels, altitude, zenith)[0] == pytest.approx(expected, rel=1e-6)


@given(angles)
def test_a_flat_earth_has_the_secant(zenith):
    found = ways(LEVELS, ALTITUDE * 1e-6, zenith)
    assert found == pytest.approx(1 / np.cos(np.radians(zenith)), rel=1e-6)


@given(st.floats(1, 85))
def test_ways_are_shorter_the_higher_the_layer(zenith):
    found = ways(LEVELS, ALTITUDE, zenith)
    assert (np.diff(found) > 0).all()
    assert (found >= 1).all()
    assert (found <= 1 / np.cos(np.radians(zenith))).all()


def test_the_column_has_the_air_mass_of_observers():
    """Kasten and Young (1989): 1.9939 and 2.9037 where the Sun appears at 60 and 70 degree.

    Refraction lifts it by 58 arc seconds times the tangent.
    """
    weight = np.diff(LEVELS) / np.diff(LEVELS).sum()
    for apparent, expected in [(60.0, 1.9939), (70.0, 2.9037)]:
        zenith = apparent + 58 / 3600 * np.tan(np.radians(apparent))
        assert ways(LEVELS, ALTITUDE, zenith) @ weight == pytest.approx(expected, rel=5e-4)


@pytest.mark.parametrize("zenith", [45.0, 60.0, 70.0])
def test_the_column_has_the_air_mass_of_sasktrans_round_atmosphere(zenith):
    sk = pytest.importorskip("sasktran2", reason="sasktran2 is not installed")
    settings = sk.Config()
    settings.num_threads = 1
    grid = sk.Geometry1D(
        cos_sza=np.cos(np.radians(zenith)),
        solar_azimuth=0,
        earth_radius_m=EARTH_RADIUS,
        altitude_grid_m=np.linspace(0, ALTITUDE[0], 800),
        interpolation_method=sk.InterpolationMethod.LinearInterpolation,
        geometry_type=sk.GeometryType.Spherical,
    )
    view = sk.ViewingGeometry()
    view.add_ray(sk.GroundViewingSolar(np.cos(np.radians(zenith)), 0.0, 1.0, 200_000.0))
    atmosphere = sk.Atmosphere(grid, settings, numwavel=2, calculate_derivatives=False)
    height = np.linspace(0, ALTITUDE[0], 800)[:, None]
    column = SCALE * (1 - np.exp(-ALTITUDE[0] / SCALE))
    air = np.exp(-height / SCALE) / column * np.array([1e-9, 0.5])
    moments = np.zeros((16, 800, 2))
    moments[0] = 1.0
    atmosphere["air"] = sk.constituent.Manual(air, 0 * air + 1e-12, legendre_moments=moments)
    atmosphere["surface"] = sk.constituent.LambertianSurface(0.3)
    light = (
        sk.Engine(settings, grid, view).calculate_radiance(atmosphere)["radiance"].values.ravel()
    )
    weight = np.diff(LEVELS) / np.diff(LEVELS).sum()
    found = ways(LEVELS, ALTITUDE, zenith) @ weight + 1
    assert found == pytest.approx(-np.log(light[1] / light[0]) / 0.5, rel=1e-4)


def test_the_radius_is_the_larger_the_nearer_the_pole():
    assert curvature(0.0) == pytest.approx(6_356_752.3, abs=1)
    assert curvature(90.0) == pytest.approx(6_399_593.6, abs=1)
    assert ways(LEVELS, ALTITUDE, 80.0, 0.0)[0] < ways(LEVELS, ALTITUDE, 80.0, 90.0)[0]


@given(angles, angles, st.floats(-180, 180))
def test_the_scattering_angle_is_that_of_vectors(sun, sight, azimuth):
    a, b, c = np.radians([sun, sight, azimuth])
    to_sun = np.array([np.sin(a), 0, np.cos(a)])
    to_eye = np.array([np.sin(b) * np.cos(c), np.sin(b) * np.sin(c), np.cos(b)])
    assert scattering_cosine(sun, sight, azimuth) == pytest.approx(-to_sun @ to_eye, abs=1e-12)


def test_the_sun_in_the_back_scatters_backwards():
    assert scattering_cosine(40.0, 40.0, 0.0) == pytest.approx(-1)


@pytest.mark.parametrize("zenith", [-1.0, 90.0, np.nan])
def test_impossible_zenith_angles_are_refused(zenith):
    with pytest.raises(InvalidValueError, match="zenith"):
        ways(LEVELS, ALTITUDE, zenith)
