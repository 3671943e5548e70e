"""Screening: spectra, air and skies that are not fit for a retrieval, each with its reason."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.radiative_transfer.air import Profile
from casa_processes.xco2.model import Layer, Options
from casa_processes.xco2.result import Outcome
from casa_processes.xco2_retrieval import screening
from casa_processes.xco2_retrieval.choices import Limits
from casa_processes.xco2_retrieval.quality import Bit
from casa_processes.xco2_retrieval.screening import CLIPPED, screened
from casa_processes.xco2_retrieval.synthetic import simulated

LIMITS = Limits()
DUSTY = Options(scattering="multiple", aerosols=(Layer("dust", 0.05, 0.85, 0.1),))


@pytest.fixture(scope="module")
def scene(physics):
    """A simulated sounding over one layer of dust, whatever a retrieval expects by default."""
    return simulated(3, 11, physics, DUSTY)


def with_band(sounding, name, **changes):
    return replace(
        sounding, bands={**sounding.bands, name: replace(sounding.bands[name], **changes)}
    )


def judged(sounding, weather, physics, depth="off", limits=LIMITS, **options):
    return screened(sounding, weather, physics, Options(**options), limits, depth)


def test_a_good_sounding_passes(scene, physics):
    found = judged(scene.sounding, scene.weather, physics)
    assert (found.outcome, found.message, found.bits, found.values) == (None, "", 0, {})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"solar_zenith": 90.5}, "solar zenith is 90.5"),
        ({"solar_zenith": 85.5}, "solar zenith is 85.5"),
        ({"solar_zenith": np.nan}, "solar zenith is nan"),
        ({"sensor_zenith": 91.0}, "sensor zenith is 91"),
        ({"latitude": 91.0}, "latitude is 91"),
        ({"longitude": np.inf}, "longitude is inf"),
        ({"altitude": -2000.0}, "altitude is -2000"),
    ],
)
def test_an_impossible_geometry_is_bad_input(scene, physics, change, told):
    found = judged(replace(scene.sounding, **change), scene.weather, physics)
    assert found.outcome == Outcome.BAD_INPUT
    assert found.bits == Bit.BAD_GEOMETRY
    assert told in found.message


def test_a_missing_band_is_named(scene, physics):
    bands = {name: each for name, each in scene.sounding.bands.items() if name != "wco2"}
    sounding = replace(scene.sounding, bands=bands)
    found = judged(sounding, scene.weather, physics)
    assert (found.outcome, found.bits) == (Outcome.BAD_INPUT, Bit.SIGNAL)
    assert found.message == "wco2: no spectrum"
    assert judged(sounding, scene.weather, physics, bands=("o2a", "sco2")).outcome is None


def test_a_band_without_numbers_is_named(scene, physics):
    missing = np.full_like(scene.sounding.bands["sco2"].radiance, np.nan)
    found = judged(with_band(scene.sounding, "sco2", radiance=missing), scene.weather, physics)
    assert found.bits == Bit.SIGNAL
    assert found.message == "sco2: no good channel"


def test_a_dark_spectrum_is_refused(scene, physics):
    spectrum = scene.sounding.bands["o2a"]
    dark = np.random.default_rng(0).normal(0.0, 1.0, spectrum.radiance.size) * 1e17
    noise = np.full_like(dark, 1e17)
    sounding = with_band(scene.sounding, "o2a", radiance=dark, uncertainty=noise)
    found = judged(sounding, scene.weather, physics)
    assert found.bits == Bit.SIGNAL
    assert "o2a: signal is 2 times the noise" in found.message
    zeros = with_band(scene.sounding, "o2a", radiance=np.zeros_like(dark))
    assert judged(zeros, scene.weather, physics).bits == Bit.SIGNAL


@pytest.mark.parametrize(("channels", "bits"), [(CLIPPED - 1, 0), (CLIPPED, Bit.SIGNAL)])
def test_a_spectrum_that_is_clipped_is_saturated(scene, physics, channels, bits):
    spectrum = scene.sounding.bands["wco2"]
    radiance = spectrum.radiance.copy()
    brightest = np.argsort(np.where(spectrum.good, radiance, -1.0))[-channels:]
    radiance[brightest] = radiance[brightest].min()
    found = judged(with_band(scene.sounding, "wco2", radiance=radiance), scene.weather, physics)
    assert found.bits == bits
    assert ("saturated" in found.message) == bool(bits)


@pytest.mark.parametrize("pressure", [0.0, -5.0, 1200.0, np.nan])
def test_air_beyond_the_tables_is_refused(scene, physics, pressure):
    weather = replace(scene.weather, surface_pressure=pressure)
    found = judged(scene.sounding, weather, physics)
    assert (found.outcome, found.bits) == (Outcome.BAD_INPUT, Bit.OUTSIDE_TABLES)


@pytest.mark.parametrize("change", [-60.0, 60.0])
def test_air_too_cold_or_warm_for_the_tables_is_refused(scene, physics, change):
    air = scene.weather.profile
    shifted = Profile(air.pressure, np.clip(air.temperature + change, 101, 399), air.humidity)
    found = judged(scene.sounding, replace(scene.weather, profile=shifted), physics)
    assert found.bits == Bit.OUTSIDE_TABLES
    assert "temperatures" in found.message


def test_all_faults_are_told_together(scene, physics):
    sounding = replace(scene.sounding, solar_zenith=99.0, bands={})
    weather = replace(scene.weather, surface_pressure=2000.0)
    found = judged(sounding, weather, physics)
    assert found.bits == Bit.BAD_GEOMETRY | Bit.SIGNAL | Bit.OUTSIDE_TABLES
    assert found.message.count(";") == 4


def test_the_a_band_alone_finds_the_surface_pressure(scene, physics):
    """Aerosol of depth 0.05 near the surface hides some hPa at most."""
    found = judged(scene.sounding, scene.weather, physics, "o2a")
    assert found.outcome is None
    assert abs(found.values["pressure_difference"]) < 12.0
    assert set(found.values) == {"pressure_difference"}


def test_single_scattering_mistakes_the_light_of_clear_air_for_pressure(scene, physics):
    """The spectrum has all orders; who leaves them out sees a surface some hPa too low."""
    both = [
        judged(scene.sounding, scene.weather, physics, "o2a", scattering=orders).values
        for orders in ("multiple", "single")
    ]
    all_orders, single = (each["pressure_difference"] for each in both)
    assert 4.0 < single - all_orders < 20.0
    assert abs(all_orders) < 8.0


def test_a_cloud_top_is_a_surface_at_lower_pressure(scene, physics):
    """The same spectrum over a place whose pressure is 80 hPa higher looks cut off above it."""
    clear = judged(scene.sounding, scene.weather, physics, "o2a").values["pressure_difference"]
    higher = replace(scene.weather, surface_pressure=scene.weather.surface_pressure + 80.0)
    found = judged(scene.sounding, higher, physics, "o2a")
    assert (found.outcome, found.bits) == (Outcome.SCREENED, Bit.CLOUD)
    assert "surface pressure of the A band" in found.message
    assert found.values["pressure_difference"] == pytest.approx(clear - 80.0, abs=8.0)


def test_what_is_usual_in_clear_air_is_no_cloud(scene, physics):
    """Spectroscopy that makes all surfaces seem 80 hPa higher up is allowed for."""
    higher = replace(scene.weather, surface_pressure=scene.weather.surface_pressure + 80.0)
    usual = Limits(cloud_pressure_offset=-80.0)
    assert judged(scene.sounding, higher, physics, "o2a", usual).outcome is None
    found = judged(scene.sounding, scene.weather, physics, "o2a", usual)
    assert (found.outcome, found.bits) == (Outcome.SCREENED, Bit.CLOUD)


def test_single_bands_agree_where_the_sky_is_clear(scene, physics):
    found = judged(scene.sounding, scene.weather, physics, "full")
    assert found.outcome is None
    assert found.values["co2_ratio"] == pytest.approx(1.0, abs=0.02)
    assert found.values["h2o_ratio"] == pytest.approx(1.0, abs=0.1)


def test_bands_that_disagree_are_screened(scene, physics):
    """A strong band of a scene with more light that never met the lower air."""
    spectrum = scene.sounding.bands["sco2"]
    scattered = spectrum.radiance + 0.03 * np.nanmax(spectrum.radiance)
    sounding = with_band(scene.sounding, "sco2", radiance=scattered)
    found = judged(sounding, scene.weather, physics, "full", Limits(cloud_pressure=500.0))
    assert (found.outcome, found.bits) == (Outcome.SCREENED, Bit.RATIO)
    assert found.values["co2_ratio"] < 0.97


def test_the_limits_decide(scene, physics):
    strict = Limits(cloud_chi_squared=0.01)
    found = judged(scene.sounding, scene.weather, physics, "o2a", strict)
    assert (found.outcome, found.bits) == (Outcome.SCREENED, Bit.CLOUD)
    assert "chi-squared" in found.message


def test_a_dead_band_that_is_screened_by_alone_lets_nothing_pass(scene, physics):
    """Retrieved is the weak band; clouds are asked for, and nobody can tell."""
    gone = np.full_like(scene.sounding.bands["o2a"].radiance, np.nan)
    dead = with_band(scene.sounding, "o2a", good=np.zeros(gone.size, bool), radiance=gone)
    for sounding in (dead, replace(scene.sounding, bands={"wco2": dead.bands["wco2"]})):
        found = judged(sounding, scene.weather, physics, "o2a", bands=("wco2",))
        assert (found.outcome, found.bits) == (Outcome.SCREENED, Bit.CLOUD)
        assert found.message.startswith("o2a alone could not be screened: ")
        assert found.values == {}
    assert judged(dead, scene.weather, physics, "off", bands=("wco2",)).outcome is None


@pytest.mark.parametrize(
    ("lost", "bits"), [("o2a", Bit.CLOUD), ("wco2", Bit.RATIO), ("sco2", Bit.RATIO)]
)
def test_a_search_that_ends_without_an_answer_fails_its_test(
    scene, physics, lost, bits, monkeypatch
):
    genuine = screening.retrieve

    def losing(sounding, weather, physics, options):
        found = genuine(sounding, weather, physics, options)
        ended = options.bands == (lost,)
        return replace(found, outcome=Outcome.TOO_MANY_STEPS) if ended else found

    monkeypatch.setattr(screening, "retrieve", losing)
    found = judged(scene.sounding, scene.weather, physics, "full")
    assert (found.outcome, found.bits) == (Outcome.SCREENED, bits)
    assert found.message == f"{lost} alone could not be screened: too many steps"
