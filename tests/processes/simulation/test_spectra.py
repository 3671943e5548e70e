"""Spectra of single soundings: light, noise, fluorescence, and the column that light passed."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.caches import cache_folder
from casa_processes.common.errors import InvalidValueError
from casa_processes.simulation import light_tables, spectra_files
from casa_processes.simulation.spectra import COLOURS, PRESSURE_ERROR, Target, levels, seen
from casa_processes.simulation.spectra_files import all_seen
from casa_processes.simulation.world import STANDARD, SURFACE
from casa_processes.spectroscopy.tables import states
from casa_processes.xco2.model.first_guess import BrightnessError
from casa_processes.xco2.model.prior import FRACTIONS

COARSE = states(pressures=24, temperature=(180.0, 320.0), temperatures=6)
EDGES = STANDARD.mesh.pressure(np.array(SURFACE))
MIDDLES = (EDGES[1:] + EDGES[:-1]) / 2.0
LAND = Target(
    sounding_id="2023070105001233",
    time=1_688_187_612_300,
    latitude=40.0,
    longitude=100.0,
    solar_zenith=30.0,
    solar_azimuth=130.0,
    sensor_zenith=0.3,
    sensor_azimuth=80.0,
    latitude_vertices=(39.99, 39.99, 40.01, 40.01),
    longitude_vertices=(99.99, 100.01, 100.01, 99.99),
    footprint=2,
    land=True,
    day=8582.2,
    aerosol=0.05,
    albedo=0.25,
    sif=0.0,
    xco2=418.0,
    pressure=tuple(MIDDLES),
    profile=tuple(np.linspace(425.0, 408.0, MIDDLES.size)),
)
WATER = replace(
    LAND, land=False, sensor_zenith=30.0, sensor_azimuth=310.0, latitude=10.0, longitude=-150.0
)


@pytest.fixture(scope="module")
def physics():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(light_tables, "STATES", COARSE)
        told = []
        found = light_tables.load(cache_folder() / "cross_sections", told.append)
        assert all(0.0 <= part <= 1.0 for part in told)
        return found


@pytest.fixture(scope="module")
def look(physics):
    """See a target; those that were seen are kept."""
    kept = {}

    def made(target, mission="oco2", seed=0):
        key = (target, mission, seed)
        if key not in kept:
            kept[key] = seen(target, physics, mission, seed)
        return kept[key]

    return made


def spectrum(found, band):
    one = found.sounding.bands[band]
    return one.wavelength[one.good], one.radiance[one.good], one.uncertainty[one.good]


def test_light_passes_the_column_of_the_world(look):
    found = look(LAND)
    assert found.xco2 == pytest.approx(LAND.xco2, abs=1e-9)
    raised = found.profile - levels(LAND)
    assert np.ptp(raised) < 1e-9
    assert abs(raised[0]) < 5.0


def test_levels_are_the_profile_of_the_world_between_its_layers():
    found = levels(LAND)
    for fraction, value in zip(FRACTIONS, found, strict=True):
        pressure = np.clip(fraction * SURFACE, MIDDLES[-1], MIDDLES[0])
        above = np.flatnonzero(pressure >= MIDDLES)[0]
        below = max(above - 1, 0)
        width = MIDDLES[below] - MIDDLES[above]
        part = (pressure - MIDDLES[above]) / width if width else 0.0
        expected = (1 - part) * LAND.profile[above] + part * LAND.profile[below]
        assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("band", COLOURS)
def test_the_continuum_is_sunlight_that_the_ground_reflects(look, physics, band):
    """A Lambertian ground reflects E mu a / pi, of which a polariser passes half."""
    wavelength, radiance, _ = spectrum(look(LAND), band)
    shine = np.percentile(physics.solar.irradiance(1e4 / wavelength), 98)
    albedo = COLOURS[band] * LAND.albedo
    expected = 0.5 * shine * np.cos(np.deg2rad(30.0)) * albedo / np.pi
    distance = look(LAND).sounding.solar_distance
    assert np.percentile(radiance, 98) * distance**2 == pytest.approx(expected, rel=0.1)


def test_noise_is_that_of_the_instrument_and_of_its_own_for_each_sounding(look):
    one, other = look(LAND), look(replace(LAND, footprint=3))
    for band in COLOURS:
        _, first, sigma = spectrum(one, band)
        _, second, _ = spectrum(other, band)
        ratio = (first - second) / (np.sqrt(2.0) * sigma)
        assert ratio.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(2.0 * ratio.size))
        assert abs(ratio.mean()) < 4.0 / np.sqrt(ratio.size)
        assert 100.0 < np.percentile(first / sigma, 98) < 2000.0


def test_fluorescence_adds_its_light(look):
    """Half of 2 W m-2 sr-1 um-1 at 757 nm is 3.81e18 photons.

    It falls by 0.0018 for each wavenumber, 22.6 of them to 758.3 nm, and aerosol and air (optical
    depths of 0.05 and 0.026) keep some of it.
    """
    _, dark, _ = spectrum(look(LAND), "o2a")
    wavelength, bright, _ = spectrum(look(replace(LAND, sif=2.0)), "o2a")
    here = (wavelength > 0.7578) & (wavelength < 0.7588)
    added = (bright - dark)[here]
    error = added.std() / np.sqrt(added.size)
    expected = 3.81e18 * (1.0 - 0.0018 * 22.6) * np.exp(-0.076)
    assert error < 0.01 * expected
    assert added.mean() == pytest.approx(expected, rel=0.04)
    elsewhere = [spectrum(look(t), "wco2")[1] for t in (LAND, replace(LAND, sif=2.0))]
    assert np.array_equal(*elsewhere)


def test_more_carbon_dioxide_leaves_less_light_in_its_bands_alone(look):
    more = look(replace(LAND, xco2=LAND.xco2 + 20.0))
    for band, ratio in (("o2a", 0.0), ("wco2", 1.0), ("sco2", 1.0)):
        _, dark, sigma = spectrum(more, band)
        _, bright, _ = spectrum(look(LAND), band)
        missing = (bright - dark).sum() / np.sqrt((sigma**2).sum())
        assert (missing > 5.0) == bool(ratio), band


def test_water_mirrors_the_sun(look):
    sea, dark = look(WATER), look(replace(WATER, sensor_azimuth=130.0))
    assert spectrum(sea, "o2a")[1].max() > 3.0 * spectrum(dark, "o2a")[1].max()
    assert sea.sounding.land_fraction == 0.0
    assert np.isfinite(spectrum(sea, "sco2")[1]).all()


def test_weather_is_told_with_an_error_of_its_pressure_alone(look):
    errors = []
    for footprint in (2, 3):
        found = look(replace(LAND, footprint=footprint))
        assert found.surface_pressure == SURFACE / 100.0
        errors.append(found.weather.surface_pressure - found.surface_pressure)
    assert errors[0] != errors[1]
    assert max(map(abs, errors)) < 5.0 * PRESSURE_ERROR


def test_satellites_come_nearer_and_go_away(look):
    ahead = look(replace(LAND, sensor_zenith=30.0, sensor_azimuth=170.0)).sounding
    behind = look(replace(LAND, sensor_zenith=30.0, sensor_azimuth=350.0)).sounding
    assert ahead.relative_velocity * behind.relative_velocity < 0.0
    assert 2_000.0 < abs(ahead.relative_velocity) < 5_000.0
    polar = replace(LAND, latitude=70.0)
    assert look(polar, "oco3").sounding.relative_velocity == 0.0


def test_the_same_inputs_give_the_same_bits(look, physics):
    again, other = seen(LAND, physics, "oco2", 0), look(LAND, seed=1)
    for band in COLOURS:
        first = look(LAND).sounding.bands[band].radiance
        assert again.sounding.bands[band].radiance.tobytes() == first.tobytes()
        assert other.sounding.bands[band].radiance.tobytes() != first.tobytes()


def test_what_no_model_of_light_holds_for_is_left_out(physics):
    dark, told = replace(LAND, albedo=1e-7), []
    kept, found = all_seen([dark, LAND], physics, "oco2", 0, told.append)
    assert kept == [LAND]
    assert [each.sounding.sounding_id for each in found] == [LAND.sounding_id]
    assert told == [0.5, 1.0]


def test_nothing_but_darkness_is_left_out_and_all_of_it_is_an_error(physics, monkeypatch):
    dark = replace(LAND, albedo=1e-7)
    with pytest.raises(BrightnessError, match="brightness of"):
        all_seen([dark, dark], physics, "oco2", 0, lambda _: None)

    def broken(*_):
        raise InvalidValueError("tables", "none", "some")

    monkeypatch.setattr(spectra_files, "seen", broken)
    with pytest.raises(InvalidValueError, match="tables"):
        all_seen([LAND], physics, "oco2", 0, lambda _: None)
