"""Rows of soundings, and the file that they become."""

import netCDF4
import numpy as np
import pytest

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.vocabulary import VOCABULARY
from casa_processes.xco2.result import Outcome
from casa_processes.xco2_retrieval import MOST_LISTED
from casa_processes.xco2_retrieval.output import (
    attributes,
    messages,
    outcomes,
    statistics,
    warnings,
    write,
)
from casa_processes.xco2_retrieval.quality import flag
from casa_processes.xco2_retrieval.rows import described, names, nothing, retrieved, stacked
from tests.processes.xco2_retrieval.made import LEVELS, retrieval, sounding

ABOUT = {
    "simulated": False,
    "spectroscopy": "hitran",
    "scattering": "multiple",
    "mission": "OCO-2",
    "instrument": "spectrometer",
    "correction": "",
}


def columns(count=3, simulated=False, screened=False):
    """Converged soundings, newest first, and a last one that was screened."""
    rows = [
        described(sounding(n)) | retrieved(retrieval(n)) | {"retrieval_tests": 0}
        for n in reversed(range(count))
    ]
    told = nothing(Outcome.SCREENED, "cloudy") | {"retrieval_tests": 1}
    rows.append(described(sounding(count)) | told)
    found = stacked(rows, names(simulated=simulated, screened=screened))
    found["xco2"] = found["xco2_raw"] - np.float32(1.0)
    found["quality_flag"] = flag(found["retrieval_tests"], simulated=simulated)
    return found


@pytest.fixture
def file(tmp_path):
    path = write(tmp_path / "soundings.nc", columns(), attributes(**ABOUT))
    with netCDF4.Dataset(path) as opened:
        yield opened


def test_every_column_is_of_the_vocabulary_and_of_its_type():
    for name, values in columns(simulated=True, screened=True).items():
        if name == "message":
            continue
        row = VOCABULARY[name]
        kind = "U" if row.dtype == "str" else np.dtype(row.dtype).kind
        assert values.dtype.kind == kind
        shape = {"scalar": (), "level": (LEVELS,), "vertex": (4,)}[row.shape]
        assert values.shape == (4, *shape)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("pressure_levels", "pressure"),
        ("pressure_weight", "weight"),
        ("xco2_averaging_kernel", "averaging_kernel"),
        ("co2_profile", "profile"),
        ("co2_profile_apriori", "profile_apriori"),
        ("co2_profile_uncertainty", "profile_uncertainty"),
    ],
)
def test_levels_run_from_the_surface_to_the_top(name, field):
    found = retrieved(retrieval())[name]
    assert found.tolist() == list(reversed(getattr(retrieval(), field).tolist()))


def test_pressure_falls_along_the_levels_of_the_file(file):
    pressure = file["pressure_levels"][0]
    assert pressure[0] == 1000.0
    assert (np.diff(pressure) < 0).all()


def test_the_column_follows_from_what_the_file_says(file):
    """h'x of the file, on its own levels: the profile, the prior and their weights fit together."""
    weight = np.asarray(file["pressure_weight"][:3], dtype=float)
    assert weight.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    prior = (weight * np.asarray(file["co2_profile_apriori"][:3])).sum(axis=1)
    by_hand = sum(
        w * x for w, x in zip(retrieval().weight, retrieval().profile_apriori, strict=True)
    )
    assert prior[0] == pytest.approx(by_hand, rel=1e-6)


def test_numbers_of_a_retrieval_keep_their_names():
    found = retrieved(retrieval(7))
    expected = {
        "xco2_raw": 407.0,
        "xco2_apriori": 398.0,
        "xco2_uncertainty": 0.5,
        "xco2_retrieval_noise": 0.3,
        "xco2_smoothing_error": 0.32,
        "xco2_interference_error": 0.24,
        "surface_pressure": 1000.0,
        "surface_pressure_apriori": 998.5,
        "albedo_o2a": 0.25,
        "albedo_wco2": 0.22,
        "albedo_sco2": 0.2,
        "aod_total": 0.08,
        "sif_757": 0.7,
        "h2o_scale": 1.02,
        "temperature_offset": -0.3,
        "dof_co2": 1.7,
        "dof_all": 20.0,
        "information_content": 40.0,
        "iterations": 5,
        "diverging_steps": 1,
        "outcome_flag": 1,
    }
    assert {name: found[name] for name in expected} == expected
    assert "shift_o2a" not in found
    for band in ("o2a", "wco2", "sco2"):
        assert found[f"chi2_{band}"] == retrieval(7).bands[band].chi_squared


@pytest.mark.parametrize(("angle", "told"), [(170.0, 170.0), (290.0, -70.0), (-190.0, 170.0)])
def test_azimuths_are_told_within_half_a_turn(angle, told):
    found = described(sounding(sensor_azimuth=angle))
    assert found["sensor_azimuth_angle"] == pytest.approx(told)


@pytest.mark.parametrize(("fraction", "kind"), [(0.0, 0), (0.49, 0), (0.5, 1), (1.0, 1)])
def test_half_land_is_land(fraction, kind):
    assert described(sounding(land_fraction=fraction))["surface_type"] == kind


def test_footprints_count_from_one():
    assert described(sounding(11))["footprint"] == 4


def test_soundings_are_in_the_order_of_time(file):
    assert list(file["sounding_id"][:]) == [sounding(n).sounding_id for n in range(4)]
    assert file["xco2"][:3].tolist() == [399.0, 400.0, 401.0]
    assert file["xco2_raw"][:3].tolist() == [400.0, 401.0, 402.0]


def test_what_a_sounding_lacks_is_missing(file):
    last = {name: np.ma.filled(file[name][3], np.nan) for name in ("xco2", "xco2_uncertainty")}
    assert all(np.isnan(value) for value in last.values())
    assert np.isnan(np.ma.filled(file["xco2_averaging_kernel"][3], np.nan)).all()
    assert file["outcome_flag"][3] == Outcome.SCREENED
    assert file["quality_flag"][:].tolist() == [0, 0, 0, 1]


def test_the_file_is_what_a_collection_is_made_of(tmp_path):
    path = write(tmp_path / "s.nc", columns(screened=True), attributes(**ABOUT))
    found = read_result(path, "soundings")
    assert found.sizes == {"sounding": 4, "level": LEVELS, "vertex": 4}
    assert found["retrieval_tests"].attrs["flag_masks"].tolist()[:3] == [1, 2, 4]
    assert found.attrs["mission"] == "OCO-2"


def test_the_same_soundings_give_the_same_bytes(tmp_path):
    files = [write(tmp_path / name, columns(), attributes(**ABOUT)) for name in "ab"]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    ("changes", "words", "quality"),
    [
        ({}, set(), "not validated"),
        ({"spectroscopy": "builtin"}, {"built-in", "not for science"}, "no"),
        ({"simulated": True}, {"synthetic"}, "no"),
        ({"simulated": True, "spectroscopy": "builtin"}, {"synthetic", "built-in"}, "no"),
        ({"scattering": "single"}, {"single scattering"}, "no"),
        (
            {"scattering": "single", "spectroscopy": "builtin"},
            {"single scattering", "built-in"},
            "no",
        ),
        ({"scattering": "single", "simulated": True}, {"synthetic"}, "no"),
    ],
)
def test_the_title_says_what_is_no_science(changes, words, quality):
    found = attributes(**{**ABOUT, **changes})
    for word in ("built-in", "single scattering", "not for science", "synthetic"):
        assert (word in found["title"]) == (word in words | _implied(words))
    assert found["science_quality"] == quality
    assert found["mission"] == ("Synthetic" if "simulated" in changes else "OCO-2")


def _implied(words):
    return {"not for science"} if words & {"built-in", "single scattering"} else set()


def test_what_single_scattering_misses_is_told_of_spectra_that_were_measured():
    alone = {**ABOUT, "scattering": "single"}
    (told,) = warnings(simulated=False, scattering="single")
    assert attributes(**alone)["comment"] == told
    assert "scattered more than once was neglected" in told
    assert "comment" not in attributes(**ABOUT)
    assert "comment" not in attributes(**{**alone, "simulated": True})
    for orders in ("single", "multiple"):
        assert attributes(**{**ABOUT, "scattering": orders})["scattering"] == orders
        assert warnings(simulated=True, scattering=orders) == []


def test_outcomes_are_counted_by_their_names():
    assert outcomes(columns()) == {"converged": 3, "screened": 1}


def test_messages_are_told_in_the_order_of_time_up_to_a_limit():
    many = [
        described(sounding(n)) | nothing(Outcome.BAD_INPUT, f"m{n}") | {"retrieval_tests": 0}
        for n in reversed(range(MOST_LISTED + 5))
    ]
    found = messages(stacked(many, names(simulated=False, screened=False)))
    assert [each.message for each in found] == [f"m{n}" for n in range(MOST_LISTED)]
    assert {each.outcome for each in found} == {"bad_input"}


def test_statistics_are_those_of_good_soundings():
    found = statistics(columns())
    assert found.count == 3
    assert found.mean == pytest.approx(np.mean([399.0, 400.0, 401.0]))
    assert found.standard_deviation == pytest.approx(1.0)
    assert found.mean_uncertainty == 0.5
    assert found.mean_true is None


def test_without_good_soundings_there_are_no_statistics():
    whole = columns()
    whole["quality_flag"][:] = 1
    found = statistics(whole)
    assert (found.count, found.mean, found.standard_deviation) == (0, None, None)


def test_ends_are_called_what_the_file_calls_them(file):
    whole = columns()
    whole["outcome_flag"][0] = Outcome.CONVERGED_HIGH_CHI2
    told = outcomes(whole)
    assert told == {"converged": 2, "converged_high_chi_squared": 1, "screened": 1}
    assert set(told) < set(file["outcome_flag"].flag_meanings.split())


def test_a_truth_that_nobody_knows_has_no_mean():
    whole = columns(simulated=True)
    assert statistics(whole).mean_true is None
    whole["xco2_true"][1] = 410.0
    assert statistics(whole).mean_true == 410.0
