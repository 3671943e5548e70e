"""Inputs: what is refused, where, and that choices reach the retrieval."""

from dataclasses import fields
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import named_files
from casa_processes.radiative_transfer.aerosol import KINDS
from casa_processes.xco2 import model as core
from casa_processes.xco2_retrieval import PROCESS, Inputs
from casa_processes.xco2_retrieval.choices import Kind, Options, Sigmas
from casa_processes.xco2_retrieval.physics import chosen, needed, suns
from casa_processes.xco2_retrieval.selection import chosen as selected
from casa_processes.xco2_retrieval.sources import Places

FILES = {"l1b": "a.h5", "meteorology": "b.h5"}


def problems(inputs):
    with pytest.raises(InvalidInputsError) as caught:
        PROCESS.validate(inputs)
    return [place for place, _ in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"zork": 1}, "/zork"),
        ({"l1b": ""}, "/l1b"),
        ({"l1b": 3}, "/l1b"),
        ({"l1b": ["a.h5"]}, "/l1b"),
        ({"l1b": "x" * 501}, "/l1b"),
        ({"meteorology": None}, "/meteorology"),
        ({"bbox": [1, 2, 3]}, "/bbox"),
        ({"bbox": [0, 10, 5, -10]}, "/bbox"),
        ({"bbox": [0, -91, 5, 0]}, "/bbox"),
        ({"bbox": [-181, 0, 5, 1]}, "/bbox"),
        ({"bbox": [0, 0, 5, "1"]}, "/bbox/3"),
        ({"footprints": []}, "/footprints"),
        ({"footprints": [0]}, "/footprints/0"),
        ({"footprints": [1.5]}, "/footprints/0"),
        ({"max_soundings": 0}, "/max_soundings"),
        ({"max_soundings": 10**9}, "/max_soundings"),
        ({"max_soundings": True}, "/max_soundings"),
        ({"screening": "some"}, "/screening"),
        ({"plots": 1}, "/plots"),
        ({"seed": -1}, "/seed"),
        ({"limits": {"aerosol": 0}}, "/limits/aerosol"),
        ({"limits": {"zork": 1}}, "/limits/zork"),
        ({"options": {"bands": []}}, "/options/bands"),
        ({"options": {"bands": ["o2b"]}}, "/options/bands/0"),
        ({"options": {"bands": ["o2a", "o2a"]}}, "/options"),
        ({"options": {"threshold": 0}}, "/options/threshold"),
        ({"options": {"threshold": 2}}, "/options/threshold"),
        ({"options": {"accepted": 0}}, "/options/accepted"),
        ({"options": {"scattering": "none"}}, "/options/scattering"),
        ({"options": {"sigmas": {"co2": 0}}}, "/options/sigmas/co2"),
        ({"options": {"sigmas": {"albedo": -1}}}, "/options/sigmas/albedo"),
        ({"options": {"sigmas": {"zork": 1}}}, "/options/sigmas/zork"),
        ({"options": {"aerosols": [{}]}}, "/options/aerosols/0/kind"),
        ({"options": {"aerosols": [{"kind": "zork"}]}}, "/options/aerosols/0/kind"),
        ({"polarisation": "p"}, "/polarisation"),
        ({"options": {"aerosols": [{"kind": "dust", "depth": 0}]}}, "/options/aerosols/0/depth"),
        ({"options": {"aerosols": [{"kind": "dust", "height": 2}]}}, "/options/aerosols/0/height"),
        ({"options": {"aerosols": [{"kind": "dust"}] * 2}}, "/options"),
        ({"options": {"aerosols": [{"kind": "dust"}] * 6}}, "/options/aerosols"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_place(more, place):
    assert problems({**FILES, **more}) == [place]


def test_simulated_spectra_take_no_files_of_spectra():
    found = problems({"l1b": "synthetic", "meteorology": "a", "line_shapes": "b"})
    assert found == ["/meteorology", "/line_shapes"]
    assert problems({"l1b": "synthetic", "max_soundings": 2001}) == ["/max_soundings"]


def test_nothing_is_not_enough():
    assert problems({}) == ["/l1b"]
    assert problems({"l1b": "a.h5"}) == ["/meteorology"]


def test_words_are_no_files_and_names_are():
    given_words = Inputs(l1b="synthetic", spectroscopy="builtin", solar="builtin")
    assert named_files(given_words) == {}
    given_files = Inputs(**FILES, spectroscopy="set.yml", solar="sun.txt", bias_correction="b.yml")
    assert named_files(given_files) == {
        **FILES,
        "spectroscopy": "set.yml",
        "solar": "sun.txt",
        "bias_correction": "b.yml",
    }


def test_several_files_of_one_input_are_named_by_their_places():
    assert named_files(Inputs(**FILES, solar=["a.txt", "b.txt"])) == {
        **FILES,
        "solar/0": "a.txt",
        "solar/1": "b.txt",
    }


SET = """
title: small
quality: builtin
missing: [all but oxygen]
solar: [sun.txt]
bands: {o2a: {O2: {lines: [{builtin: true}]}}}
"""


def test_a_spectroscopy_set_brings_its_sunlight(tmp_path):
    path = tmp_path / "set.yml"
    path.write_text(SET)
    (tmp_path / "sun.txt").write_text("")
    assert suns(str(path)) == (str(tmp_path / "sun.txt"),)
    path.write_text(SET.replace("solar: [sun.txt]", ""))
    assert suns(str(path)) == suns("builtin") == ("builtin",)


def test_bands_that_are_needed_are_those_of_fit_and_screening(tmp_path):
    path = tmp_path / "set.yml"
    path.write_text(SET)
    weak = {"bands": ["wco2"]}
    for screening, expected in (("off", 1), ("o2a", 2), ("full", 3)):
        found = needed(Inputs(**FILES, screening=screening, options=weak), "builtin")
        assert found == {1: ("wco2",), 2: ("o2a", "wco2"), 3: ("o2a", "wco2", "sco2")}[expected]
    alone = Inputs(**FILES, options={"bands": ["o2a"]})
    assert needed(alone, str(path)) == ("o2a",)
    full = Inputs(**FILES, screening="full", options={"bands": ["o2a"]})
    with pytest.raises(InvalidInputsError, match="/screening: the spectroscopy has no band wco2"):
        needed(full, str(path))
    with pytest.raises(InvalidInputsError) as caught:
        needed(Inputs(**FILES), str(path))
    ((place, reason),) = caught.value.problems
    assert place == "/options/bands"
    assert "it has o2a" in reason


@pytest.mark.parametrize(("model", "taken"), [(Options, core.Options), (Sigmas, core.Sigmas)])
def test_every_choice_is_one_of_the_retrieval_with_its_default(model, taken):
    known = {field.name for field in fields(taken)}
    assert set(model.model_fields) <= known
    ours = chosen(Options())
    whole = ours if taken is core.Options else ours.sigmas
    assert whole == taken()


def test_the_kinds_of_aerosol_are_those_there_are():
    assert set(get_args(Kind.__value__)) == set(KINDS)


def test_choices_reach_the_retrieval():
    options = Options(
        bands=["wco2"],
        sigmas={"co2": 2.0, "sif": 0.0},
        aerosols=[{"kind": "ice", "depth": 0.1, "height": 0.3, "width": 0.2, "depth_sigma": 0.9}],
        threshold=0.05,
        accepted=3,
        rejected=4,
    )
    found = chosen(options)
    assert found.bands == ("wco2",)
    assert (found.sigmas.co2, found.sigmas.sif, found.sigmas.albedo) == (2.0, 0.0, 1.0)
    assert found.aerosols == (core.Layer("ice", 0.1, 0.3, 0.2, 0.9),)
    assert (found.threshold, found.accepted, found.rejected) == (0.05, 3, 4)


@pytest.mark.parametrize("text", ["yesterday", "2023-07-02/2023-07-01"])
def test_other_texts_than_times_are_refused(text):
    assert problems({**FILES, "datetime": text}) == ["/datetime"]


def places(count, random):
    return Places(
        np.datetime64("2023-07-01", "ns") + random.permutation(count) * np.timedelta64(1, "h"),
        random.uniform(-90, 90, count),
        random.uniform(-180, 180, count),
        random.integers(1, 9, count),
    )


@given(
    seed=st.integers(0, 1000),
    count=st.integers(1, 60),
    most=st.integers(1, 70),
    west=st.integers(-180, 180),
    east=st.integers(-180, 180),
    south=st.integers(-90, 0),
    footprints=st.sets(st.integers(1, 8), min_size=1),
)
def test_the_earliest_soundings_that_meet_everything_are_chosen(
    seed, count, most, west, east, south, footprints
):
    where = places(count, np.random.default_rng(seed))
    inputs = Inputs(
        **FILES,
        bbox=[west, south, east, 90],
        footprints=sorted(footprints),
        max_soundings=most,
    )
    longitude_fits = [
        west <= x <= east if west <= east else x >= west or x <= east for x in where.longitude
    ]
    meets = [
        row
        for row in range(count)
        if longitude_fits[row]
        and where.latitude[row] >= south
        and where.footprint[row] in footprints
    ]
    if not meets:
        with pytest.raises(InvalidInputsError):
            selected(where, inputs)
        return
    found = selected(where, inputs)
    early = sorted(meets, key=lambda row: where.time[row])[:most]
    assert found.matched == len(meets)
    assert sorted(found.order) == sorted(early)
    assert found.order.tolist() == sorted(
        early, key=lambda row: (where.footprint[row], where.time[row])
    )


def test_soundings_without_place_or_time_are_left_out():
    where = places(4, np.random.default_rng(0))
    where.latitude[0] = where.longitude[1] = np.nan
    where.time[2] = np.datetime64("NaT", "ns")
    assert selected(where, Inputs(**FILES)).order.tolist() == [3]


def test_the_expected_cost_grows_with_what_is_asked_for():
    few, many, single, full = (
        PROCESS.cost(PROCESS.validate({**FILES, **more}), {})
        for more in (
            {"max_soundings": 10},
            {"max_soundings": 1000},
            {"max_soundings": 1000, "options": {"scattering": "single"}},
            {"max_soundings": 1000, "screening": "full", "residuals": True},
        )
    )
    assert few.cpu_seconds < single.cpu_seconds < many.cpu_seconds
    assert many.result < full.result
    assert many.cpu_seconds < full.cpu_seconds


@pytest.mark.parametrize(("orders", "rate"), [("multiple", 1.3), ("single", 6.7)])
def test_a_sounding_is_expected_to_take_what_one_core_was_measured_to_take(orders, rate):
    inputs = {**FILES, "screening": "off", "options": {"scattering": orders}}
    few, many = (
        PROCESS.cost(PROCESS.validate({**inputs, "max_soundings": n}), {}).cpu_seconds
        for n in (10, 1010)
    )
    assert 1000 / (many - few) == pytest.approx(rate)
    described = Options.model_json_schema()["properties"]["scattering"]["description"]
    assert f"{rate} " in described


def test_all_orders_of_scattering_are_the_default():
    assert Inputs(**FILES).options.scattering == core.Options().scattering == "multiple"
