"""Soundings over a sea: bright and dark ones, their search, wind and polarisation."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.glint import reflectance
from casa_processes.xco2.model import Options, retrieve
from casa_processes.xco2.model.polarisation import seen_mirror, seen_phase
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.scenes import INSTRUMENT, scene
from casa_processes.xco2.model.sea import WATER_INDEX, geometry, sea, wind_of
from casa_processes.xco2.model.state import LEVELS
from casa_processes.xco2.result import Outcome
from tests.processes.xco2_retrieval.small import HERE, MODEST, simulated, small_physics

SCENES = 14
FOAMY = {name: replace(each, albedo=(0.01, 0.03)) for name, each in INSTRUMENT.items()}
GLINT = replace(HERE, land_fraction=0.0, relative_azimuth=178.0, altitude=0.0)


def drawn(seed, **place):
    rng = np.random.default_rng(seed)
    sun = rng.uniform(15.0, 60.0)
    beside = max(0.0, sun + rng.uniform(-6.0, 6.0))
    here = replace(GLINT, **({"solar_zenith": sun, "sensor_zenith": beside} | place))
    return scene(rng, small_physics(), Options(), MODEST, here, FOAMY)


@pytest.fixture(scope="module")
def loop():
    """Scenes of foam and wind as they are, and what the defaults make of them."""
    scenes = [drawn(seed) for seed in range(900, 900 + SCENES)]
    return scenes, [retrieve(s.sounding, s.weather, small_physics(), Options()) for s in scenes]


def test_the_defaults_converge_over_a_sea(loop):
    assert {found.outcome for found in loop[1]} == {Outcome.CONVERGED}
    assert np.mean([1 + found.steps + found.rejected for found in loop[1]]) < 9.0


def test_columns_over_a_sea_are_as_uncertain_as_they_say(loop):
    error = [(r.xco2 - s.xco2) / r.uncertainty for s, r in zip(*loop, strict=True)]
    assert 0.5 < np.sqrt(np.mean(np.square(error))) < 1.6
    assert abs(np.mean(error)) < 3.3 / np.sqrt(len(error))


def test_the_wind_is_that_of_the_mirror(loop):
    """Independently of the state: the reflectance of the reported wind is the true one."""
    seen = 0
    for known, found in zip(*loop, strict=True):
        wind = found.more["wind_speed"]
        if np.isnan(wind):
            continue
        seen += 1
        here = geometry(known.sounding)
        expected = min(np.hypot(known.weather.wind_east, known.weather.wind_north), 40.0)
        true = known.value("ln_glint") + np.log(reflectance(expected, here, 1.33))
        assert np.log(reflectance(wind, here, 1.33)) == pytest.approx(true, abs=0.35)
    assert seen > len(loop[1]) // 2


@pytest.mark.parametrize(("zenith", "wind"), [(50.0, 1.0), (60.0, 3.0), (62.0, 5.0), (15.0, 0.5)])
def test_bright_mirrors_are_no_bad_input(zenith, wind):
    known = drawn(30, solar_zenith=zenith, sensor_zenith=zenith)
    weather = replace(known.weather, wind_east=wind, wind_north=0.0)
    model, prior = prepared(known.sounding, weather, small_physics(), Options())
    radiance, jacobian = model(prior.mean)
    assert np.isfinite(radiance).all()
    assert np.isfinite(jacobian).all()
    bands, first = {}, 0
    for band in model.windows:
        whole = known.sounding.bands[band.name].radiance.copy()
        whole[band.used] = radiance[first : first + band.wavelength.size]
        first += band.wavelength.size
        bands[band.name] = replace(known.sounding.bands[band.name], radiance=whole)
    found = retrieve(replace(known.sounding, bands=bands), weather, small_physics(), Options())
    assert found.outcome == Outcome.CONVERGED
    assert found.xco2 == pytest.approx(prior.mean[:LEVELS] @ found.weight, abs=0.05)


def test_fluorescence_of_a_bright_scene_overflows_nothing():
    """Radiances of 5e20, in single precision: no product of two of them."""
    known = drawn(30, solar_zenith=30.0, sensor_zenith=30.0)
    bands = dict(known.sounding.bands)
    bands["o2a"] = replace(bands["o2a"], radiance=40.0 * bands["o2a"].radiance)
    bright = replace(known.sounding, bands=bands)
    model, prior = prepared(bright, known.weather, small_physics(), Options())
    state = prior.mean.copy()
    state[model.known.place("sif")] = 0.05
    assert np.isfinite(model(state)[1]).all()


@given(st.floats(0.0, 20.0), st.floats(0.0, 20.0), st.floats(15.0, 60.0))
def test_the_wind_of_a_reflectance_mirrors_as_much(wind, expected, zenith):
    known = replace(GLINT, solar_zenith=zenith, sensor_zenith=zenith + 2.0)
    here = _geometry(known)
    one, other = (reflectance(each, here, WATER_INDEX["o2a"]) for each in (wind, expected))
    found = wind_of(float(np.log(one / other)), expected, here)
    assert reflectance(found, here, WATER_INDEX["o2a"]) == pytest.approx(one, rel=2e-3)


def test_mirrors_brighter_than_any_wind_makes_have_none():
    assert np.isnan(wind_of(9.0, 5.0, _geometry(GLINT)))


def test_a_wind_that_is_missing_is_refused():
    with pytest.raises(InvalidValueError, match="wind"):
        sea(float("nan"), 5.0, _geometry(GLINT))


def _geometry(place):
    return geometry(_towards(place.solar_zenith, 130.0, place.sensor_zenith, 308.0))


@lru_cache(maxsize=1)
def _somewhere():
    return simulated(3).sounding


def _towards(solar_zenith, solar_azimuth, sensor_zenith, sensor_azimuth):
    return replace(
        _somewhere(),
        solar_zenith=solar_zenith,
        solar_azimuth=solar_azimuth,
        sensor_zenith=sensor_zenith,
        sensor_azimuth=sensor_azimuth,
    )


def _direction(zenith, azimuth):
    a, b = np.radians([zenith, azimuth])
    return np.array([np.sin(a) * np.sin(b), np.sin(a) * np.cos(b), np.cos(a)])


@given(
    st.floats(1.0, 80.0), st.floats(0.0, 360.0), st.floats(1.0, 80.0), st.floats(0.0, 360.0),
    st.floats(0.0, 180.0),
)  # fmt: skip
def test_a_polariser_sees_what_dipoles_radiate(sun, sun_azimuth, sight, sight_azimuth, turned):
    """Two fields across the beam shake a dipole each; a polariser passes one component."""
    sounding = _towards(sun, sun_azimuth, sight, sight_azimuth)
    beam, seen = -_direction(sun, sun_azimuth), _direction(sight, sight_azimuth)
    one = np.cross(beam, [0.3, 0.5, 0.8])
    one /= np.linalg.norm(one)
    fields = one, np.cross(beam, one)
    meridian = np.array([0.0, 0.0, 1.0]) - seen[2] * seen
    meridian /= np.linalg.norm(meridian)
    angle = np.radians(turned)
    axis = np.cos(angle) * meridian + np.sin(angle) * np.cross(seen, meridian)
    passed = 1.5 * np.mean([(field @ axis) ** 2 for field in fields])
    stokes = 0.5, 0.5 * np.cos(2 * angle), 0.5 * np.sin(2 * angle)
    assert 0.5 * seen_phase(sounding, stokes, 0.0) == pytest.approx(passed, abs=1e-9)


@pytest.mark.parametrize("zenith", [10.0, 40.0, 53.0, 65.0])
def test_a_polariser_sees_what_water_mirrors(zenith):
    """Fresnel's sines and tangents, in the plane of Sun and nadir."""
    sounding = _towards(zenith, 130.0, zenith, 310.0)
    here = np.radians(zenith)
    inside = np.arcsin(np.sin(here) / 1.33)
    across = (np.sin(here - inside) / np.sin(here + inside)) ** 2
    along = (np.tan(here - inside) / np.tan(here + inside)) ** 2
    for sign, part in ((1.0, along), (-1.0, across)):
        seen = seen_mirror(sounding, (0.5, 0.5 * sign, 0.0), 1.33)
        assert seen == pytest.approx(part / ((along + across) / 2.0), rel=1e-9)
    assert seen_mirror(sounding, (0.5, 0.0, 0.0), 1.33) == 1.0
