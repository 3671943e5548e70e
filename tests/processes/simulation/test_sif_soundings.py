"""Fluorescence of simulated soundings: truth, noise, windows and days."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.simulation.fluorescence import WINDOWS, fluorescence
from casa_processes.simulation.sampling import GLINT, INSTRUMENTS, instrument
from casa_processes.simulation.sif_soundings import NOISE, brightness, sif_columns
from casa_processes.simulation.soundings import observed

TWO = tuple(name for name in NOISE if "740" not in NOISE[name])


@pytest.fixture(scope="module")
def all_found(small, ten_days):
    return {name: observed(instrument(name), small, ten_days[4], 0) for name in INSTRUMENTS}


@pytest.fixture(scope="module")
def columns(all_found):
    return {
        name: sif_columns(instrument(name), each.seen, each.scene, 0)
        for name, each in all_found.items()
    }


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_mission_measures_its_windows(name, columns):
    found = columns[name]
    windows = {*NOISE[name], "740"}
    expected = {f"sif_{each}" for each in windows} | {f"sif_{each}_uncertainty" for each in windows}
    assert set(found) == expected | {"sif_740_daily", "daily_correction_factor", "sif_740_true"}
    for column, values in found.items():
        row = VOCABULARY[column]
        assert np.isfinite(values).all(), column
        assert row.valid_min <= values.min() <= values.max() <= row.valid_max, column


def test_another_instrument_measures_none(all_found):
    found = all_found["oco2"]
    assert sif_columns(replace(instrument("oco2"), name="x"), found.seen, found.scene, 0) == {}


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_truth_is_the_fluorescence_of_place_and_time(name, columns, all_found):
    seen = all_found[name].seen
    truth = fluorescence(seen.latitude, seen.longitude, seen.time, seen.sun_zenith)
    assert columns[name]["sif_740_true"].tobytes() == truth.instant.tobytes()
    water = seen.mode == GLINT
    assert not columns[name]["sif_740_true"][water].any()
    assert columns[name]["sif_740_true"][~water].max() > 0.8


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_errors_are_of_the_size_that_is_reported(name, columns):
    found = columns[name]
    for window in {*NOISE[name], "740"}:
        wrong = found[f"sif_{window}"] - WINDOWS[window] * found["sif_740_true"]
        ratio = wrong / found[f"sif_{window}_uncertainty"]
        assert ratio.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(2.0 * ratio.size))
        assert abs(ratio.mean()) < 4.0 / np.sqrt(ratio.size)


@pytest.mark.parametrize("name", TWO)
def test_740_nm_is_made_of_both_windows(name, columns):
    found = columns[name]
    together = 0.75 * (found["sif_757"] + 1.5 * found["sif_771"])
    assert found["sif_740"] == pytest.approx(together, abs=1e-12)
    error = 0.75 * np.hypot(found["sif_757_uncertainty"], 1.5 * found["sif_771_uncertainty"])
    assert found["sif_740_uncertainty"] == pytest.approx(error, rel=1e-12)


def test_windows_err_independently(columns):
    found = columns["oco2"]
    wrong = [found[f"sif_{w}"] - WINDOWS[w] * found["sif_740_true"] for w in ("757", "771")]
    assert abs(np.corrcoef(*wrong)[0, 1]) < 4.0 / np.sqrt(wrong[0].size)


def test_days_are_instants_times_the_factor(columns):
    found = columns["tansat"]
    assert found["sif_740_daily"] == pytest.approx(
        found["sif_740"] * found["daily_correction_factor"], abs=1e-12
    )
    assert found["daily_correction_factor"].min() > 0.1
    assert found["daily_correction_factor"].max() < 1.5


def test_noise_grows_as_the_root_of_light():
    albedo, zenith = np.array([0.2, 0.4, 0.2, 0.01, 1.0]), np.array([0.0, 0.0, 60.0, 70.0, 0.0])
    expected = [1.0, np.sqrt(2.0), np.sqrt(0.5), 0.5, 2.0]
    assert brightness(albedo, zenith) == pytest.approx(expected, rel=1e-12)


def test_the_same_seed_gives_the_same_bits_and_another_one_others(columns, all_found):
    found = all_found["gosat"]
    again = sif_columns(instrument("gosat"), found.seen, found.scene, 0)
    other = sif_columns(instrument("gosat"), found.seen, found.scene, 1)
    assert again["sif_757"].tobytes() == columns["gosat"]["sif_757"].tobytes()
    assert other["sif_757"].tobytes() != again["sif_757"].tobytes()
    half = np.arange(0, found.seen.time.size, 2)
    some = sif_columns(instrument("gosat"), found.seen[half], half_of(found.scene, half), 0)
    assert some["sif_740"].tobytes() == again["sif_740"][half].tobytes()


def half_of(scene, rows):
    return replace(scene, **{name: values[rows] for name, values in vars(scene).items()})
