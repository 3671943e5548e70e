"""Genuine soundings of OCO-2 and GOSAT: what NASA's own retrievals of them allow to prove."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.xco2.model import retrieve
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.state import LEVELS
from casa_processes.xco2.result import Outcome
from tests.nasa import FURTHER, case
from tests.processes.xco2_retrieval.genuine import OPTIONS, SCALES, karlsruhe, physics, scaled

pytestmark = [pytest.mark.realdata, pytest.mark.slow]
RESIDUALS = {"o2a": 2.0, "wco2": 1.5, "sco2": 3.0}


@pytest.fixture(scope="module")
def unscaled(realdata, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASA_SPECTROSCOPY", str(realdata / "spectroscopy"))
        return physics(realdata, tmp_path_factory.mktemp("genuine"))


@pytest.fixture(scope="module")
def known(realdata):
    return karlsruhe(case(realdata, "karlsruhe"))


@pytest.fixture(scope="module")
def frozen(unscaled):
    return scaled(unscaled, SCALES)


def retrieved(known, physics, options=OPTIONS, pressure=0.0, carbon=0.0):
    weather = replace(known.weather, surface_pressure=known.weather.surface_pressure + pressure)
    profile = known.prior[:LEVELS] * 1e6 + carbon
    return retrieve(known.sounding, weather, physics, options, profile)


@pytest.fixture(scope="module")
def found(known, frozen):
    return retrieved(known, frozen)


def test_the_column_of_nasas_state_is_nasas(known, frozen):
    model, prior = prepared(
        known.sounding, known.weather, frozen, OPTIONS, known.state[:LEVELS] * 1e6
    )
    state = prior.mean.copy()
    names = dict(zip(known.names, known.state, strict=True))
    state[model.known.place("surface_pressure")] = names["Surface Pressure (Pascals)"] / 100.0
    weight = model.scene(state).air.weight
    assert weight @ state[:LEVELS] == pytest.approx(known.results["xco2"] * 1e6, abs=0.002)
    theirs = known.results["xco2_pressure_weighting_function"]
    assert weight == pytest.approx(theirs, abs=1e-4)


def test_the_column_is_within_a_ppm_and_a_half_of_nasas(known, found):
    assert found.outcome == Outcome.CONVERGED_HIGH_CHI2
    assert found.xco2 == pytest.approx(known.results["xco2"] * 1e6, abs=1.5)


def test_without_calibration_the_column_is_within_three_per_cent(known, unscaled):
    assert retrieved(known, unscaled).xco2 == pytest.approx(known.results["xco2"] * 1e6, rel=0.03)


def test_the_temperature_is_within_a_kelvin_of_nasas(known, found):
    """With other widths than those of its line mixing, oxygen makes it 2 K too low."""
    names = dict(zip(known.names, known.state, strict=True))
    theirs = names["Temperature Offset (Kelvin)"]
    assert found.more["temperature_offset"] == pytest.approx(theirs, abs=1.0)


@pytest.mark.parametrize("name", ["lamont", "park_falls", *FURTHER])
def test_with_frozen_factors_soundings_of_gosat_are_within_two_ppm_of_nasas(realdata, frozen, name):
    """Nothing of them went into factors or options; the offset of the A band is a default."""
    there = case(realdata, name)
    found = retrieved(there, frozen)
    names = dict(zip(there.names, there.state, strict=True))
    assert found.xco2 == pytest.approx(there.results["xco2"] * 1e6, abs=2.0)
    theirs = names["Temperature Offset (Kelvin)"]
    assert found.more["temperature_offset"] == pytest.approx(theirs, abs=0.5)
    assert abs(found.more["zero_level_o2a"]) < 0.01
    assert {band: fit.measured.size for band, fit in found.bands.items()} == {
        band: np.sum(1e4 / spectrum.wavelength >= spectrum.window[0])
        - np.sum(1e4 / spectrum.wavelength > spectrum.window[1])
        for band, spectrum in there.sounding.bands.items()
    }


@pytest.mark.parametrize("off", [-30.0, 30.0])
def test_the_surface_pressure_is_found_from_far_off(known, frozen, off):
    loose = replace(OPTIONS, sigmas=replace(OPTIONS.sigmas, surface_pressure=50.0))
    again = retrieved(known, frozen, loose, pressure=off)
    theirs = known.results["surface_pressure_fph"] / 100.0
    assert again.surface_pressure == pytest.approx(theirs, rel=0.01)


def test_another_prior_moves_the_column_as_the_averaging_kernel_says(known, frozen, found):
    low, high = (retrieved(known, frozen, carbon=by) for by in (-10.0, 10.0))
    expected = 20.0 * found.weight @ (1.0 - found.averaging_kernel)
    assert high.xco2 - low.xco2 == pytest.approx(expected, rel=0.1)


def test_residuals_are_of_the_size_of_nasas(known, found):
    for name, most in RESIDUALS.items():
        fit = found.bands[name]
        theirs = known.sounding.bands[name].radiance - known.modelled[name]
        ours = fit.measured - fit.fitted
        assert np.mean(ours**2) < most**2 * np.mean(theirs**2), name


def test_information_and_averaging_kernel_are_near_nasas(known, found):
    assert found.dof_co2 == pytest.approx(known.results["dof_co2_profile"], abs=0.2)
    theirs = known.results["xco2_avg_kernel_norm"]
    assert np.abs(found.averaging_kernel - theirs).max() < 0.07
