"""Waves of a sea: what mirrors must do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.glint import fresnel, reflectance
from casa_processes.radiative_transfer.paths import Geometry, scattering_cosine

zeniths = st.floats(0, 70)


def directions(sun, sight, azimuth=180.0):
    cosine = scattering_cosine(sun, sight, azimuth)
    return Geometry(np.cos(np.radians(sun)), np.cos(np.radians(sight)), cosine)


@pytest.mark.parametrize("index", [1.3, 1.33, 1.5])
def test_light_from_above_is_mirrored_as_fresnel_says(index):
    assert fresnel(1.0, index) == pytest.approx(((index - 1) / (index + 1)) ** 2)
    assert fresnel(1e-9, index) == pytest.approx(1.0, abs=1e-6)


def test_at_brewsters_angle_one_polarisation_is_left():
    index = 1.33
    angle = np.arctan(index)
    across = np.cos(2 * angle) ** 2
    assert fresnel(float(np.cos(angle)), index) == pytest.approx(across / 2)


def mirrored_by_facets(wind, sun, index):
    """Flux that facets of all slopes mirror, summed over slopes instead of directions."""
    variance = 0.003 + 0.005_12 * wind
    slope = np.linspace(-6, 6, 601) * np.sqrt(variance)
    across, along = np.meshgrid(slope, slope)
    a = np.radians(sun)
    facing = np.cos(a) + along * np.sin(a)  # cosine of incidence over that of the tilt
    cosine = facing / np.sqrt(1 + across**2 + along**2)
    share = np.exp(-(across**2 + along**2) / variance) / (np.pi * variance)
    back = np.vectorize(fresnel)(np.maximum(cosine, 0.01), index)
    return (share * facing * back).sum() * (slope[1] - slope[0]) ** 2


@pytest.mark.parametrize(("wind", "sun"), [(0.0, 0.0), (0.0, 40.0), (4.0, 20.0)])
def test_the_mirrored_light_of_all_directions_is_that_of_all_facets(wind, sun):
    cosine, weight = np.polynomial.legendre.leggauss(200)
    whole = 0.0
    for mu, w in zip((cosine + 1) / 2, weight / 2, strict=True):
        zenith = float(np.degrees(np.arccos(mu)))
        azimuth = (np.arange(90) + 0.5) * 2
        row = [reflectance(wind, directions(sun, zenith, a), 1.33) for a in azimuth]
        whole += mu * w * np.mean(row) * 2 * np.pi
    assert whole == pytest.approx(mirrored_by_facets(wind, sun, 1.33), rel=2e-3)


@given(st.floats(0, 30))
def test_the_mirror_image_under_the_sun_has_the_brightness_of_level_facets(wind):
    """Cox and Munk (1954): variance of all slopes 0.003 + 0.00512 wind; nothing is hidden."""
    density = 1 / (np.pi * (0.003 + 0.005_12 * wind))
    expected = fresnel(1.0, 1.33) * density / 4
    assert reflectance(wind, directions(0.0, 0.0), 1.33) == pytest.approx(expected)


@given(st.floats(0, 30), zeniths, zeniths, st.floats(0, 180))
def test_light_may_go_the_other_way(wind, sun, sight, azimuth):
    """Reciprocity: reflectance over the cosine of the Sun is symmetric."""
    there, back = directions(sun, sight, azimuth), directions(sight, sun, azimuth)
    one = reflectance(wind, there, 1.33) / there.sun_cosine
    other = reflectance(wind, back, 1.33) / back.sun_cosine
    assert one == pytest.approx(other, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("wind", [-1.0, 50.0, np.nan])
def test_wind_that_is_no_speed_is_refused(wind):
    with pytest.raises(InvalidValueError, match="wind"):
        reflectance(wind, directions(30, 30), 1.33)


def test_impossible_directions_are_refused():
    with pytest.raises(InvalidValueError, match="sun_cosine"):
        Geometry(0.0, 0.5, -0.5)
    with pytest.raises(InvalidValueError, match="scattering_cosine"):
        Geometry(0.5, 0.5, 2.0)
